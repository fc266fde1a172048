"""Is a case of antithymocyte globulin complete, plausible and free of contradictions? All problems at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from opsonin.case import limits
from opsonin.case.atg_fields import DoseBlock
from opsonin.case.check_amounts import body, measured_amounts, team_limits, weight_change, within
from opsonin.case.check_dates import birth, medicine_dates, not_after, not_before, not_before_birth, order
from opsonin.case.check_required import age_or_birth_date, block_complete
from opsonin.case.check_sense import conflicting_measurements, conflicting_weights, pregnancy, prices, stock
from opsonin.case.check_unusual import check_unusual
from opsonin.case.document import Place
from opsonin.case.sight import AtgSight
from opsonin.patient.event_line import ATG_LEVELS

NO_ASSAY = (
    "is missing: levels of antithymocyte globulin by different assays do not compare.",
    "Ask the laboratory, and write for example active-au, total-rabbit-igg or total-horse-igg.",
)
LONGEST = timedelta(hours=float(limits.INFUSION_HOURS.high))
_WITH_A_DATE, _WITH_A_TIME = ("weights", "measured", "given"), ("measured", "given")


def check_atg(sight: AtgSight) -> None:
    """Note everything wrong with the case that can be seen without the shelf."""
    block_complete(sight, type(sight.file), sight.file, ())
    age_or_birth_date(sight)
    _one_day_each(sight)
    _dates(sight)
    _amounts(sight)
    pregnancy(sight)
    conflicting_measurements(sight)
    _assays(sight)
    conflicting_weights(sight)
    stock(sight)
    prices(sight)
    _sense(sight)


def _one_day_each(sight: AtgSight) -> None:
    """A day or a time, not both and not neither, where a day is needed."""
    places: list[tuple[Place, object, object, bool]] = [
        ((name, index), entry.date, entry.time, True)
        for name in _WITH_A_TIME
        for index, entry in enumerate(getattr(sight.file, name) or [])
    ]
    transplant = sight.file.transplant
    if transplant is not None:
        places.append((("transplant",), transplant.date, transplant.time, False))
    for place, day, time, needed in places:
        if day is not None and time is not None:
            why = "is given beside the time, which holds the day."
            sight.notes.add((*place, "date"), why, "Keep one of the two.")
        elif needed and day is None and time is None and not sight.notes.touched((*place, "time")):
            sight.notes.missing((*place, "date"), "is missing, and so is time.", "Write the day.")


def _assays(sight: AtgSight) -> None:
    """A level without its assay means nothing; a count has none."""
    for index, one in enumerate(sight.file.measured or []):
        place: Place = ("measured", index, "assay")
        if one.what in ATG_LEVELS and one.assay is None and not sight.notes.touched(place):
            sight.notes.missing(place, *NO_ASSAY)
        elif one.what is not None and one.what not in ATG_LEVELS and one.assay is not None:
            sight.notes.add(place, f"is given, but {one.what} has none.", "Delete it, or correct what was measured.")


def _dates(sight: AtgSight) -> None:
    birth(sight)
    for place, day in _past_days(sight):
        not_after(sight, place, day)
        not_before_birth(sight, place, day)
    for place, day in _coming_days(sight):
        not_before(sight, place, day)
    order(sight)
    medicine_dates(sight)
    _doses_in_order(sight)
    _transplant_day(sight)


def _past_days(sight: AtgSight) -> Iterator[tuple[Place, date]]:
    file = sight.file
    for name in _WITH_A_DATE:
        for index, entry in enumerate(getattr(file, name) or []):
            if entry.date:
                yield (name, index, "date"), entry.date
    for name in _WITH_A_TIME:
        for index, entry in enumerate(getattr(file, name) or []):
            if entry.time:
                yield (name, index, "time"), entry.time.date()
    for index, course in enumerate(file.previous_atg or []):
        if course.last:
            yield ("previous_atg", index, "last"), course.last
    if file.skin_test and file.skin_test.date:
        yield ("skin_test", "date"), file.skin_test.date
    for index, medicine in enumerate(file.medicines or []):
        for name in ("started", "changed"):
            day = getattr(medicine, name)
            if day:
                yield ("medicines", index, name), day


def _coming_days(sight: AtgSight) -> Iterator[tuple[Place, date]]:
    file = sight.file
    if file.start and not file.given and not sight.doses_beside:
        yield ("start",), file.start.date()
    for index, vaccine in enumerate(file.vaccines or []):
        if vaccine.date:
            yield ("vaccines", index, "date"), vaccine.date


def _doses_in_order(sight: AtgSight) -> None:
    latest: date | None = None
    for index, dose in enumerate(sight.file.given or []):
        day = dose.time.date() if dose.time else dose.date
        if day is None:
            continue
        place: Place = ("given", index, "time" if dose.time else "date")
        if latest and day < latest:
            why = f"is before the dose above it, {latest.isoformat()}."
            sight.notes.add(place, why, "Correct the date, or list the oldest first.")
        elif latest and day == latest:
            sight.notes.add(place, "is a second dose on one day.", "Write the day's dose as one entry, or correct it.")
        latest = max(latest, day) if latest else day


def _transplant_day(sight: AtgSight) -> None:
    transplant, as_of = sight.file.transplant, sight.as_of
    if transplant is None or as_of is None:
        return
    day = transplant.time.date() if transplant.time else transplant.date
    place: Place = ("transplant", "time" if transplant.time else "date")
    if day is not None and sight.born and day < sight.born:
        sight.notes.add(place, f"is before birth, {sight.born.isoformat()}.", "Correct the date or the birth date.")
    if day is not None and (day - as_of).days > limits.LONGEST_AHEAD_DAYS:
        why = f"is more than a year after {as_of.isoformat()}, the day of the case."
        sight.notes.add(place, why, "Correct the year.")
    if sight.file.indication and sight.file.indication.endswith("-rejection") and day is not None and day > as_of:
        sight.notes.add(place, "lies ahead, but a rejection comes after it.", "Correct the date or the indication.")


def _amounts(sight: AtgSight) -> None:
    file = sight.file
    body(sight)
    weight_change(sight)
    measured_amounts(sight)
    check_unusual(sight)
    team_limits(sight)
    for index, given in enumerate(file.given or []):
        within(sight, ("given", index, "dose"), given.dose, limits.GLOBULIN_GIVEN)
        _ended(sight, ("given", index, "ended"), given)
    for index, item in enumerate(file.stock or []):
        for number, vial in enumerate(item.vials or []):
            within(sight, ("stock", index, "vials", number), vial, limits.GLOBULIN_VIAL)
    within(sight, ("final_volume",), file.final_volume, limits.FINAL_VOLUME)
    if file.infusion_hours is not None:
        within(sight, ("infusion_hours", "first"), file.infusion_hours.first, limits.INFUSION_HOURS)
        within(sight, ("infusion_hours", "later"), file.infusion_hours.later, limits.INFUSION_HOURS)
    if file.pump is not None:
        within(sight, ("pump", "resolution"), file.pump.resolution, limits.PUMP_STEP)


def _ended(sight: AtgSight, place: Place, given: DoseBlock) -> None:
    """An end belongs to a start, and lies within a day after it."""
    if given.ended is None:
        return
    if given.time is None:
        sight.notes.add(place, "is given without the start.", "Write the start as `time`, or delete this.")
    elif not given.time < given.ended <= given.time + LONGEST:
        sight.notes.add(place, "is not within 24 h after the start.", "Correct one of the two.")


def _sense(sight: AtgSight) -> None:
    file = sight.file
    place: Place
    for index, dose in enumerate(file.given or []):
        if dose.product and file.given and file.given[0].product and dose.product != file.given[0].product:
            place = ("given", index, "product")
            why = f"differs from given[0], {file.given[0].product}: one course is of one product."
            sight.notes.add(place, why, "List the doses of the present course only; earlier ones under previous_atg.")
    if file.indication in ("aplastic-anaemia", "severe-itp") and file.transplant is not None:
        why = f"is given, but {file.indication} is treated without one."
        sight.notes.add(("transplant",), why, "Delete it, or correct the indication.", "")
    if file.doses is not None and (None in file.doses or not file.doses):
        sight.notes.missing(("doses",), "has an empty entry.", "Write one whole number for each phase.")
    elif file.doses is not None and sum(count or 0 for count in file.doses) == 0:
        sight.notes.add(("doses",), "is no dose at all.", "Write how many doses, or leave it out.", str(file.doses))
    if file.skin_test and file.skin_test.result == "not-done" and file.skin_test.date:
        sight.notes.add(("skin_test", "date"), "is the day of a test that was not done.", "Correct one of the two.")
    for name in ("dose_mg_per_kg", "doses"):
        if getattr(file, name) is not None and file.protocol is None and not sight.notes.touched(("protocol",)):
            why = "is chosen inside a protocol, but no protocol is named."
            sight.notes.add((name,), why, "Name the protocol, or leave this out.", str(getattr(file, name)))
