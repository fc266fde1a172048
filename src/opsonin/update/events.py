"""What the case states as given and measured, as events, and together with the events of a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, tzinfo
from itertools import pairwise

from opsonin.errors import InputRefused, Problem
from opsonin.patient import Circumstances, Measurement, Patient, Recipient
from opsonin.patient.event import IMMUNOGLOBULIN, Event

SAMPLE_TIME, DOSE_TIME = time(8), time(9)  # where only the day is known


def case_events(patient: Patient, zone: tzinfo) -> tuple[Event, ...]:
    """What the case states as given and measured, as events. Where only the day is known: result 08:00, dose 09:00."""
    measured = (measured_event(one, zone) for one in patient.measurements)
    given = (
        Event(
            kind="given",
            at=dose.started_at or datetime.combine(dose.given_on, DOSE_TIME, zone),
            who="",
            source="case",
            place=f"given: {dose.product} on {dose.given_on.isoformat()}",
            what=IMMUNOGLOBULIN,
            product=dose.product,
            amount=dose.grams,
            written=f"{dose.grams} g",
            day_only=dose.started_at is None,
        )
        for dose in patient.given or ()
    )
    return (*measured, *given)


def measured_event(one: Measurement, zone: tzinfo) -> Event:
    """A result as an event; at 08:00 where only the day is known."""
    return Event(
        kind="measured",
        at=one.taken_at or datetime.combine(one.taken_on, SAMPLE_TIME, zone),
        who="",
        source="case",
        place=f"measured: {one.what} of {one.taken_on.isoformat()}",
        what=one.what,
        amount=one.value,
        written=one.written,
        day_only=one.taken_at is None,
        assay=one.assay,
    )


def zone_of(patient: Patient | Recipient, circumstances: Circumstances) -> tzinfo:
    """The zone in which days of the case are meant: that of a timed infusion, else of the planned start, else UTC."""
    timed = [dose.started_at for dose in patient.given or () if dose.started_at is not None]
    moment = timed[0] if timed else circumstances.start
    return (moment.tzinfo if moment is not None else None) or UTC


def merged(case: Iterable[Event], file: Iterable[Event]) -> tuple[Event, ...]:
    """Both together, oldest first. What stands in both is refused: counted twice it would mislead."""
    case, file = tuple(case), tuple(file)
    days = {(e.kind, e.what, e.at.date(), e.amount, e.below) for e in case}
    problems = [
        Problem(e.place, e.written, f"stands in the case too ({e.what} on {e.at.date().isoformat()}).", "Keep one.")
        for e in file
        if e.kind in ("given", "measured") and (e.kind, e.what, e.at.date(), e.amount, e.below) in days
    ]
    problems += _overlaps([e for e in (*case, *file) if e.kind == "given" and e.what == IMMUNOGLOBULIN])
    if problems:
        raise InputRefused(problems, source="events")
    return tuple(sorted((*case, *file), key=lambda e: e.at))


def _overlaps(doses: list[Event]) -> list[Problem]:
    """Two infusions cannot run at the same time."""
    inside = sorted((d for d in doses if not d.day_only), key=lambda d: d.at)
    return [
        Problem(b.place, b.at.isoformat(), f"begins before the infusion at {a.at.isoformat()} ended.", "Correct one.")
        for a, b in pairwise(inside)
        if b.at < (a.until or a.at) or b.at == a.at
    ]
