"""What of a course of antithymocyte globulin can the models follow? Doses and results on one clock, or a refusal.

Day 0 is the start of the first infusion. A result known only by its day is taken at 08:00 (on the day of the first
infusion, before it), a dose known only by its day at 09:00. What the models cannot follow is named with its reason;
where nothing can be followed, and for a level by an assay they do not know, the follow-up is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, tzinfo
from types import MappingProxyType

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_domain import COUNTED, KIND_OF_LEVEL, PER_UL, not_modelled, passed_limits, setting_of
from opsonin.mechanism.atg_parameters import AtgParameters
from opsonin.patient import Circumstances, GlobulinDose, Measurement, Recipient, Request
from opsonin.population.atg_courses import AtgDose
from opsonin.update.events import DOSE_TIME, measured_event, zone_of
from opsonin.update.history import Observed, days_between, observed_at

ZERO_IS_BELOW = {"cd3": 1.0, "cd4": 1.0, "lymphocytes": 100.0}  # cells/µL: one step of what is printed (assumed)
_NOON = time(12)
_WITHOUT_A_MODEL = "`opsonin next-dose` and `opsonin plan` need no model."
Hours = tuple[float, float]  # of the first infusion, of a later one
Withheld = Mapping[str, str]  # "T cells", "active ATG" → why


@dataclass(frozen=True)
class Unused:
    """A result that the models cannot follow, and why."""

    what: str
    written: str
    why: str


@dataclass(frozen=True)
class AtgHistory:
    """One course: what was given, what was seen, and what of it is not used."""

    product: str
    zero: datetime  # the first infusion begins
    today: float  # days from then to noon of the day of the case, or to the last result
    doses: tuple[AtgDose, ...]
    before: Mapping[str, Observed]  # the last count of each kind before the first infusion, cells/µL
    observed: tuple[Observed, ...]  # after it began, in order: cells/µL, µg/mL, AU/mL
    unused: tuple[Unused, ...]
    notes: tuple[str, ...]


def atg_history(
    recipient: Recipient,
    request: Request,
    circumstances: Circumstances,
    *,
    numbers: AtgParameters,
    knowledge: Knowledge,
    hours: Hours | None,
) -> AtgHistory:
    """The course so far, as the models can follow it. `hours`: of an infusion whose end is not known.

    Raises InputRefused with everything that the models cannot do.
    """
    given, zone = recipient.given or (), zone_of(recipient, circumstances)
    zero = _start(given[0], zone)
    withheld = {each.what: each.why for each in not_modelled(numbers, setting_of(request.indication), knowledge)}
    seen = sorted(((m, _observed(m, zone, zero)) for m in recipient.measurements), key=lambda pair: pair[1].day)
    before = {one.what: one for m, one in seen if one.what in COUNTED and one.day <= 0 and m.value > 0}
    reasons = [(one, _why_not(one, before, numbers, withheld)) for _, one in seen if not _is_baseline(one)]
    used = tuple(one for one, why in reasons if not why)
    unused = tuple(Unused(one.what, one.written, why) for one, why in reasons if why)
    problems = [
        *_outside(recipient, numbers),
        *_without_an_end(given, hours),
        *(_levels(recipient.measurements, numbers) or _nothing_left(recipient, used, unused, numbers, withheld)),
    ]
    if problems:
        raise InputRefused(problems, source="follow-up of antithymocyte globulin")
    noon = datetime.combine(circumstances.as_of, _NOON, zone)
    return AtgHistory(
        product=given[0].product,
        zero=zero,
        today=max([days_between(zero, noon), 0.0, *(one.day for one in used)]),
        doses=tuple(_dose(number, dose, zone, zero, hours) for number, dose in enumerate(given)),
        before=MappingProxyType({} if "T cells" in withheld else before),
        observed=used,
        unused=unused,
        notes=tuple(_notes(recipient)),
    )


def _start(dose: GlobulinDose, zone: tzinfo) -> datetime:
    return dose.started_at or datetime.combine(dose.given_on, DOSE_TIME, zone)


def _dose(number: int, dose: GlobulinDose, zone: tzinfo, zero: datetime, hours: Hours | None) -> AtgDose:
    start = _start(dose, zone)
    if dose.ended_at is not None:
        length = 24 * days_between(start, dose.ended_at)
    else:
        assert hours is not None, "an infusion without an end and without hours was refused"
        length = hours[0 if number == 0 else 1]
    return AtgDose(days_between(zero, start), length, float(dose.mg))


def _observed(one: Measurement, zone: tzinfo, zero: datetime) -> Observed:
    """The result on the course's clock; a count in cells/µL, and one of 0 as below the least that is printed."""
    found = observed_at(measured_event(one, zone), zero)
    if one.what not in COUNTED:
        return found
    if one.value == 0:
        return replace(found, value=ZERO_IS_BELOW[one.what])
    return replace(found, value=float(one.value) * PER_UL[one.unit])


def _is_baseline(one: Observed) -> bool:
    return one.what in COUNTED and one.day <= 0


def _why_not(one: Observed, before: Mapping[str, Observed], numbers: AtgParameters, withheld: Withheld) -> str:
    """Why the models cannot follow this result; "" when they can."""
    if one.what in KIND_OF_LEVEL:
        if KIND_OF_LEVEL[one.what] not in numbers.assays:
            return withheld["active ATG"]
        return "" if one.day > 0 else "it was taken before the first infusion"
    if one.what not in COUNTED:
        return "the models do not follow it"
    if "T cells" in withheld:
        return withheld["T cells"]
    return "" if one.what in before else f"no {one.what} above 0 from before the first infusion is known"


def _outside(recipient: Recipient, numbers: AtgParameters) -> Iterator[Problem]:
    fields = {"age": "patient.age", "weight": "weights"}
    for limit in passed_limits(numbers, float(recipient.weight.kg), recipient.age_years):
        yield Problem(fields[limit.what], limit.value, limit.why, _WITHOUT_A_MODEL)


def _without_an_end(given: Sequence[GlobulinDose], hours: Hours | None) -> Iterator[Problem]:
    for number, dose in enumerate(given):
        if dose.ended_at is None and hours is None:
            why = "has no end, and neither a protocol nor `infusion_hours` says how long it ran."
            yield Problem(f"given[{number}].ended", "", why, "Write the end, the protocol, or the infusion hours.")


def _levels(measured: Sequence[Measurement], numbers: AtgParameters) -> list[Problem]:
    """Levels by an assay that the parameters do not speak of, and levels of 0."""
    problems = []
    for one in measured:
        known = numbers.assays.get(KIND_OF_LEVEL.get(one.what, ""))
        field = f"measured: {one.what} of {one.taken_on.isoformat()}"
        if known is not None and one.assay != known:
            why = f"is not the assay of the parameters ({numbers.name}), {known}: levels by two assays do not compare."
            remedy = f"Leave the level out, or correct the assay if it was {known}."
            problems.append(Problem(f"{field}.assay", one.assay, why, remedy))
        if known is not None and one.value == 0:
            why = "is no level: where the assay's limit of detection lies is not known."
            problems.append(Problem(f"{field}.value", one.written, why, "Leave it out."))
    return problems


def _nothing_left(
    recipient: Recipient,
    used: Sequence[Observed],
    unused: Sequence[Unused],
    numbers: AtgParameters,
    withheld: Withheld,
) -> Iterator[Problem]:
    """No result that could be followed, where there are some, or where counts never can be."""
    followed = [one for one in unused if one.what in COUNTED or one.what in KIND_OF_LEVEL]
    if used or not (followed or "T cells" in withheld):
        return
    for one in followed:
        yield Problem(f"measured: {one.what}", one.written, f"cannot be followed: {one.why}.", _WITHOUT_A_MODEL)
    if "T cells" in withheld:
        why = f"has no level that can be followed, and counts cannot be: {withheld['T cells']}."
        remedy = f"Add a total-atg by the assay {numbers.assays['total']}. {_WITHOUT_A_MODEL}"
        yield Problem("given[0].product", numbers.product, why, remedy)


def _notes(recipient: Recipient) -> Iterator[str]:
    given, measured = recipient.given or (), recipient.measurements
    if any(dose.started_at is None for dose in given):
        yield "An infusion known only by its day is taken to begin at 09:00."
    if any(dose.ended_at is None for dose in given):
        yield "Where the end of an infusion is not known, the hours of the case or of its protocol are taken."
    if any(one.taken_at is None for one in measured):
        yield "A result known only by its day is taken at 08:00; on the day of the first infusion, before it."
    if any(one.value == 0 for one in measured):
        yield "A count of 0 is taken as less than the least that is printed (assumed)."
    if recipient.previous:
        yield "An earlier course of antithymocyte globulin is taken as washed out."
