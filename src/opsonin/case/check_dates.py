"""Do the days fit? Nothing before birth, nothing measured after the day of the case, nothing planned before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from opsonin.case.age import months_between
from opsonin.case.document import Place
from opsonin.case.limits import LONGEST_AHEAD_DAYS, OLDEST_YEARS, PHASE_TOLERANCE_MONTHS
from opsonin.case.sight import Seen, Sight

_RIGHT_DAY = "Correct the date."


def check_dates(sight: Sight) -> None:
    birth(sight)
    for place, day in _past_days(sight):
        not_after(sight, place, day)
        not_before_birth(sight, place, day)
    for place, day in _coming_days(sight):
        not_before(sight, place, day)
    _goal_after_start(sight)
    order(sight)
    medicine_dates(sight)
    _phase(sight)


def _past_days(sight: Sight) -> Iterator[tuple[Place, date]]:
    """Every day that lies in the past of the case."""
    file = sight.file
    if file.diagnosis:
        if file.diagnosis.since:
            yield ("diagnosis", "since"), file.diagnosis.since
        for index, treatment in enumerate(file.diagnosis.earlier_treatments or []):
            if treatment.last:
                yield ("diagnosis", "earlier_treatments", index, "last"), treatment.last
    for name in ("weights", "measured", "tolerated", "given"):
        for index, entry in enumerate(getattr(file, name) or []):
            if entry.date:
                yield (name, index, "date"), entry.date
    for index, given in enumerate(file.given or []):
        if given.time:
            yield ("given", index, "time"), given.time.date()
    for index, medicine in enumerate(file.medicines or []):
        for name in ("started", "changed"):
            day = getattr(medicine, name)
            if day:
                yield ("medicines", index, name), day


def _coming_days(sight: Sight) -> Iterator[tuple[Place, date]]:
    """Every day that lies in the future of the case."""
    file = sight.file
    if file.start:
        yield ("start",), file.start.date()
    if file.goal and file.goal.by:
        yield ("goal", "by"), file.goal.by
    for index, vaccine in enumerate(file.vaccines or []):
        if vaccine.date:
            yield ("vaccines", index, "date"), vaccine.date


def birth(sight: Seen) -> None:
    patient, as_of, place = sight.file.patient, sight.as_of, ("patient", "birth_date")
    if patient is None:
        return
    if patient.birth_date and as_of and patient.birth_date > as_of:
        sight.notes.add(place, f"is after {as_of.isoformat()}, the day of the case.", _RIGHT_DAY)
    if patient.age is not None and patient.age.amount < 0:
        sight.notes.add(("patient", "age"), "is negative.", "Write the age with its unit.")
    elif sight.age_years is not None and sight.age_years > OLDEST_YEARS:
        where = place if patient.birth_date else ("patient", "age")
        why = f"is not plausible: nobody is known to have lived longer than {OLDEST_YEARS} years."
        sight.notes.add(where, why, "Correct the number, or the unit if months are meant.")


def not_after(sight: Seen, place: Place, day: date) -> None:
    if sight.as_of and day > sight.as_of:
        why = f"is after {sight.as_of.isoformat()}, the day of the case."
        sight.notes.add(place, why, "Correct the date, or set as_of to the day the case describes.")


def not_before_birth(sight: Seen, place: Place, day: date) -> None:
    if sight.born and day < sight.born and not sight.notes.touched(("patient", "birth_date")):
        sight.notes.add(place, f"is before birth, {sight.born.isoformat()}.", "Correct the date or the birth date.")


def not_before(sight: Seen, place: Place, day: date) -> None:
    if sight.as_of is None:
        return
    if day < sight.as_of:
        why = f"is before {sight.as_of.isoformat()}, the day of the case."
        sight.notes.add(place, why, "Write a day on or after as_of; leave out what is past.")
    elif day > sight.as_of + timedelta(days=LONGEST_AHEAD_DAYS) and place[0] != "vaccines":
        why = f"is more than a year after {sight.as_of.isoformat()}, the day of the case."
        sight.notes.add(place, why, "Correct the year.")


def _goal_after_start(sight: Sight) -> None:
    start, goal = sight.file.start, sight.file.goal
    if sight.notes.touched(("start",)) or sight.notes.touched(("goal", "by")):
        return
    if start and goal and goal.by and goal.by < start.date():
        why = f"is before the first infusion starts, {start.date().isoformat()}."
        sight.notes.add(("goal", "by"), why, "Correct this date or start.")


def order(sight: Seen) -> None:
    """Weights, and values of one quantity, stand oldest first: a mistyped year then shows."""
    _ascending(sight, "weights", [(i, w.date, "") for i, w in enumerate(sight.file.weights or [])])
    for what in dict.fromkeys(one.what for one in sight.file.measured or [] if one.what):
        rows = [(i, m.day, what) for i, m in enumerate(sight.file.measured or []) if m.what == what]
        _ascending(sight, "measured", rows)


def _ascending(sight: Seen, name: str, rows: list[tuple[int, date | None, str]]) -> None:
    latest: date | None = None
    for index, day, what in rows:
        if day is None:
            continue
        if latest and day < latest:
            why = f"is before the one above it, {latest.isoformat()}: dates are out of order."
            of = f" for {what}" if what else ""
            sight.notes.add((name, index, "date"), why, f"Correct the date, or list the oldest first{of}.")
        latest = max(latest, day) if latest else day


def medicine_dates(sight: Seen) -> None:
    for index, medicine in enumerate(sight.file.medicines or []):
        if medicine.started and medicine.changed and medicine.changed < medicine.started:
            why = f"is before the medicine was started, {medicine.started.isoformat()}."
            sight.notes.add(("medicines", index, "changed"), why, "Correct one of the two dates.")


_PHASES = {  # phase → fewest and most months since diagnosis (IWG 2009)
    "newly-diagnosed": (0, 3),
    "persistent": (3, 12),
    "chronic": (12, None),
}


def _phase(sight: Sight) -> None:
    diagnosis = sight.file.diagnosis
    if not (diagnosis and diagnosis.phase and diagnosis.since and sight.as_of) or diagnosis.since > sight.as_of:
        return
    months = months_between(diagnosis.since, sight.as_of)
    fewest, most = _PHASES[diagnosis.phase]
    too_early = months < fewest - PHASE_TOLERANCE_MONTHS
    too_late = most is not None and months > most + PHASE_TOLERANCE_MONTHS
    if too_early or too_late:
        expected = f"{fewest} to {most}" if most else f"more than {fewest}"
        why = (
            f"does not fit a diagnosis on {diagnosis.since.isoformat()}, {int(months)} months ago "
            f"({diagnosis.phase} is {expected} months, International Working Group 2009)."
        )
        sight.notes.add(("diagnosis", "phase"), why, "Correct the phase or the date of diagnosis.")
