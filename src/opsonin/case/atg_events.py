"""What do the events of a file add to a case of antithymocyte globulin? Its doses and counts, held to the same checks.

A dose is an event `given` of an antithymocyte globulin with its `dose`, as `opsonin infuse` writes it; a count is an
event `measured`. Days are those of the case's own zone. What stands in both is refused, and so is an infusion that
began without a word on what ran in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from opsonin.case import limits
from opsonin.case.atg_checks import NO_ASSAY
from opsonin.case.case import AtgCase
from opsonin.errors import InputRefused, Problem
from opsonin.patient import GlobulinDose, Measurement
from opsonin.patient.event import Event, standing
from opsonin.patient.event_line import ATG_LEVELS, ATG_MEASURED, read_value
from opsonin.quantities import Quantity, read_quantity

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge

_MG_PER_G = 1000
_ONE_DAY = "Keep one of the two, or withdraw an event with a correction."


@dataclass(frozen=True)
class Added:
    """The case with its events, and what was taken from them and passed over."""

    case: AtgCase
    says: str


def add_events(case: AtgCase, events: Sequence[Event], knowledge: Knowledge, *, source: str) -> Added:
    """The case with the doses and counts of these events. Raises InputRefused with every problem found."""
    zone, globulins = _zone_of(case), set(knowledge.of_family("atg"))
    still = standing(events)
    given = [event for event in still if event.kind == "given" and globulins & {event.product, event.what}]
    began = [event for event in still if event.kind == "start" and event.product in globulins]
    counted = [event for event in still if event.kind == "measured" and event.what in ATG_MEASURED]
    problems = [
        *_after_the_day([*given, *counted], case, zone),
        *_not_told(began, given, case, zone),
        *_given_problems(given, case, knowledge, zone),
        *_counted_problems(counted, case, zone),
    ]
    if problems:
        raise InputRefused(problems, source=source)
    doses = [GlobulinDose(_product(e), _dose(e).amount * _MG_PER_G, _day(e, zone), e.at, e.until) for e in given]
    measured = [_measurement(event, zone) for event in counted]
    who = case.recipient
    recipient = replace(
        who,
        given=_oldest_first([*(who.given or ()), *doses]) if doses or who.given is not None else None,
        measurements=tuple(sorted([*who.measurements, *measured], key=lambda one: one.taken_on)),
    )
    return Added(replace(case, recipient=recipient), _says(source, still, given, counted))


def _oldest_first(doses: Sequence[GlobulinDose]) -> tuple[GlobulinDose, ...]:
    return tuple(sorted(doses, key=lambda dose: dose.given_on))


def _zone_of(case: AtgCase) -> tzinfo | None:
    """The zone in which days of the case are meant; None where it names no time: then each event's own."""
    times = [dose.started_at for dose in case.recipient.given or () if dose.started_at is not None]
    moment = times[0] if times else case.circumstances.start
    return moment.tzinfo if moment is not None else None


def _day(event: Event, zone: tzinfo | None) -> date:
    return (event.at.astimezone(zone) if zone is not None else event.at).date()


def _product(event: Event) -> str:
    return event.product or event.what


def _dose(event: Event) -> Quantity:
    return read_quantity(event.dose, "mass", field="dose")


def _measurement(event: Event, zone: tzinfo | None) -> Measurement:
    value = read_value(event.what, event.written)
    return Measurement(
        event.what, value.amount, value.unit, _day(event, zone), event.written, event.at, assay=event.assay
    )


def _after_the_day(events: Sequence[Event], case: AtgCase, zone: tzinfo | None) -> Iterator[Problem]:
    today = case.circumstances.as_of
    for event in events:
        if _day(event, zone) > today:
            why = f"is after {today.isoformat()}, the day of the case, in the case's own zone."
            yield Problem(f"{event.place}.at", event.at.isoformat(), why, "Give the day with --on, or in `as_of`.")


def _not_told(began: Sequence[Event], given: Sequence[Event], case: AtgCase, zone: tzinfo | None) -> Iterator[Problem]:
    """An infusion that began, and of which no event says how much ran in: the doses so far are not known."""
    told = {_day(event, zone) for event in given} | {dose.given_on for dose in case.recipient.given or ()}
    for event in began:
        if _day(event, zone) not in told:
            why = "began, and no event says how much of it ran in."
            remedy = "Write what was given (`opsonin infuse log` does at its end), or withdraw the start."
            yield Problem(f"{event.place}.product", str(event.product), why, remedy)


def _given_problems(
    given: Sequence[Event], case: AtgCase, knowledge: Knowledge, zone: tzinfo | None
) -> Iterator[Problem]:
    """A dose that cannot be read or meant, of another product than the course, or a second one on its day."""
    before = case.recipient.given or ()
    protocol = knowledge.protocols[case.request.protocol].product if case.request.protocol else None
    of_course = before[0].product if before else protocol or (_product(given[0]) if given else None)
    days = {dose.given_on: "the case" for dose in before}
    for event in given:
        if _product(event) != of_course:
            why = f"is not the product of this course, {of_course}: products are not interchangeable by dose."
            yield Problem(f"{event.place}.product", _product(event), why, "Correct it; one course is of one product.")
        yield from _dose_problems(event)
        day = _day(event, zone)
        if day in days:
            why = f"is a second dose on {day.isoformat()}; the first stands in {days[day]}."
            yield Problem(f"{event.place}.at", event.at.isoformat(), why, _ONE_DAY)
        days.setdefault(day, event.place)


def _dose_problems(event: Event) -> Iterator[Problem]:
    if not event.dose:
        yield Problem(f"{event.place}.dose", "", "is missing: how much really ran in.", 'Write it as "96 mg".')
        return
    try:
        wrong = limits.implausible(_dose(event), limits.GLOBULIN_GIVEN)
    except InputRefused as refused:
        yield replace(refused.problems[0], field=f"{event.place}.dose")
        return
    if wrong is not None:
        yield Problem(f"{event.place}.dose", event.dose, *wrong)


def _counted_problems(counted: Sequence[Event], case: AtgCase, zone: tzinfo | None) -> Iterator[Problem]:
    """A count without a value of its own, or a second one of its kind on its day."""
    days = {
        _once(one.what, one.taken_on, one.taken_at): f"the case, {one.written}" for one in case.recipient.measurements
    }
    for event in counted:
        if event.below:
            why = "is below detection, which is no value to hold against a limit."
            yield Problem(f"{event.place}.value", event.written, why, "Write the value the laboratory counted.")
        if event.what in ATG_LEVELS and not event.assay:
            why, remedy = NO_ASSAY
            yield Problem(f"{event.place}.assay", "", why, remedy)
        elif event.assay and event.what not in ATG_LEVELS:
            why = f"is given, but {event.what} has none."
            yield Problem(f"{event.place}.assay", event.assay, why, "Delete it, or correct what was measured.")
        key = _once(event.what, _day(event, zone), event.at)
        if key in days:
            why = f"is a second {event.what} of {key[1].isoformat()}; the first stands in {days[key]}."
            yield Problem(f"{event.place}.value", event.written, why, _ONE_DAY)
        days.setdefault(key, f"{event.place}, {event.written}")


def _once(what: str, day: date, at: datetime | None) -> tuple[str, date]:
    """What may be measured once: a count on a day, a level of antithymocyte globulin at a time."""
    return what, at if what in ATG_LEVELS and at is not None else day


def _says(source: str, still: Sequence[Event], given: Sequence[Event], counted: Sequence[Event]) -> str:
    used = {id(event) for event in (*given, *counted)}
    others = Counter(" ".join(filter(None, (e.kind, e.what))) for e in still if id(e) not in used)
    passed = ", ".join(f"{number} {what}" for what, number in others.items())
    doses, results = _number(len(given), "dose"), _number(len(counted), "result")
    return f"{source}: {doses} and {results} read; passed over: {passed or 'nothing'}."


def _number(of: int, what: str) -> str:
    return f"{of} {what}{'' if of == 1 else 's'}"
