"""A course of antithymocyte globulin: which dose on which day, from how many vials, in what volume, over how long.

Exact decimals. A dose is never rounded, for no source on the shelf says how; the pump rate is rounded down, so that
no infusion becomes shorter than its minimum. Where the case asks for less than a limit allows (a shorter infusion, a
smaller volume), the course keeps the limit, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

from opsonin.knowledge import Fact, Product, Protocol
from opsonin.patient import Recipient, Request
from opsonin.quantities import round_down, round_up, show
from opsonin.regimen import DosingWeight, GlobulinCourse, GlobulinInfusion
from opsonin.regimen.weight import ideal_weight_kg

_WHOLE_ML = Decimal(1)


@dataclass(frozen=True)
class InfusionTimes:
    """Shortest infusion, first and later, what is planned, and who says so."""

    minimum: tuple[Decimal, Decimal]
    planned: tuple[Decimal, Decimal]
    premedication_hours: Decimal | None
    says: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class WeightFacts:
    """What an ideal weight needs where a protocol asks for one."""

    obese_from: Fact
    ideal_weight: Fact


def dosing_weight_for(recipient: Recipient, protocol: Protocol, facts: WeightFacts) -> DosingWeight:
    """Actual weight, or ideal weight in obesity where the protocol says so and height and sex are known."""
    actual, height, sex = recipient.weight.kg, recipient.height_cm, recipient.sex
    index = actual / (height / 100) ** 2 if height is not None else None
    ideal = ideal_weight_kg(height, sex, facts.ideal_weight) if height is not None and sex is not None else None
    known = (protocol.fact, facts.obese_from, facts.ideal_weight)

    def stays(says: str, used: tuple[Fact, ...]) -> DosingWeight:
        return DosingWeight(
            actual, "actual", actual, ideal, index, f"Actual weight {show(actual, 1)} kg: {says}", "", used
        )

    if protocol.dosing_weight != "ideal-when-obese":
        return stays("this protocol states no rule on dosing weight.", (protocol.fact,))
    threshold = facts.obese_from.number()
    if recipient.age_years < 18:
        return stays("its rule for obesity is applied to adults only.", known)
    if index is None:
        return stays("height not known, so its rule for obesity could not be applied.", known)
    if index < threshold:
        return stays(f"body-mass index {show(index, 1)}, below {show(threshold)} kg/m².", known)
    if ideal is None or ideal >= actual:
        return stays("obese, but an ideal weight could not be calculated (sex, height).", known)
    says = f"Ideal weight {show(ideal, 1)} kg: body-mass index {show(index, 1)}, from {show(threshold)} kg/m² upwards."
    return DosingWeight(ideal, "ideal", actual, ideal, index, says, "", known)


def infusion_times(product: Product, protocol: Protocol, region: str, request: Request) -> InfusionTimes:
    """The shortest infusions the texts allow: the protocol's own, its region's, or the longest on the shelf."""
    first, later, says, facts = _minimum(product, protocol, region)
    premedication = _premedication(product, protocol, region)
    advised = protocol.advised_hours
    wanted = [
        hours or advised or minimum for hours, minimum in ((request.hours_first, first), (request.hours_later, later))
    ]
    planned = (max(first, wanted[0]), max(later, wanted[1]))
    if advised is not None:
        says += f" {show(advised)} hours are advised, and planned unless the case names a time."
    if premedication is None:
        return InfusionTimes((first, later), planned, None, says, facts)
    return InfusionTimes((first, later), planned, premedication.number(), says, (*facts, premedication))


def courses(
    recipient: Recipient,
    request: Request,
    protocol: Protocol,
    product: Product,
    *,
    start: datetime | None,
    times: InfusionTimes,
    weight: DosingWeight,
    pump_resolution_ml_per_h: Decimal,
) -> tuple[GlobulinCourse, ...]:
    """The course as named, or, where the protocol leaves a choice that the case does not make, both its ends."""
    found = []
    for end in ends(protocol, request):
        infusions: list[GlobulinInfusion] = []
        for number, (day, mg_per_kg) in enumerate(_as_asked(protocol, request, end), start=1):
            first = number == 1
            on = day_of(protocol, request, recipient, start, day)
            infusions.append(
                _infusion(
                    number, day, on, mg_per_kg, weight.kg, product, request, pump_resolution_ml_per_h,
                    minimum=times.minimum[0 if first else 1],
                    planned=times.planned[0 if first else 1],
                    clock=start,
                    premedication_hours=times.premedication_hours,
                )
            )  # fmt: skip
        says, facts = _preparation(product, request)
        used = (
            protocol.fact,
            *facts,
            *times.facts,
            *weight.facts,
            product.facts["concentration"],
            product.facts["vials"],
        )
        found.append(
            GlobulinCourse(
                protocol, product, end, weight, tuple(infusions), says, times.says, tuple(dict.fromkeys(used))
            )
        )
    return tuple(found)


def ends(protocol: Protocol, request: Request) -> tuple[str, ...]:
    """Which ends of the protocol are to be shown."""
    dose_open = protocol.needs_dose() and request.dose_mg_per_kg is None
    doses_open = protocol.needs_doses() and request.doses is None
    return ("smallest", "largest") if dose_open or doses_open else ("as-named",)


def _as_asked(protocol: Protocol, request: Request, end: str) -> tuple[tuple[int, Decimal], ...]:
    return schedule(protocol, end, doses=request.doses, dose_mg_per_kg=request.dose_mg_per_kg)


def schedule(
    protocol: Protocol, end: str, *, doses: Sequence[int] | None = None, dose_mg_per_kg: Decimal | None = None
) -> tuple[tuple[int, Decimal], ...]:
    """Day and mg/kg of every dose, as the protocol counts; what is not named is taken from this end of it."""
    counts = list(doses) if doses is not None else [phase.doses[end == "largest"] for phase in protocol.phases]
    if protocol.most_doses is not None:
        for index in reversed(range(len(counts))):
            counts[index] -= min(counts[index], max(0, sum(counts) - protocol.most_doses))
    found: list[tuple[int, Decimal]] = []
    for phase, count in zip(protocol.phases, counts, strict=True):
        low, high = phase.dose_mg_per_kg
        named = dose_mg_per_kg if low < high else None
        dose = named if named is not None else high if end == "largest" else low
        day = phase.first_day if phase.first_day is not None else found[-1][0] + phase.every_days
        found += [(day + phase.every_days * step, dose) for step in range(count)]
    return tuple(found)


def day_of(protocol: Protocol, request: Request, recipient: Recipient, start: datetime | None, day: int) -> date | None:
    """The date of a day of the protocol; None while its day 0 or 1 is not known."""
    if protocol.counted_from == "transplant":
        return request.transplant_on + timedelta(days=day) if request.transplant_on else None
    first = recipient.given[0].given_on if recipient.given else start.date() if start else None
    return first + timedelta(days=day - 1) if first else None


def smallest_volume_ml(product: Product, mg: Decimal) -> Decimal | None:
    """The smallest final volume that keeps the highest concentration read, in whole mL; None: none was read."""
    limit = product.facts.get("concentration_maximum")
    return round_up(mg / limit.number(), _WHOLE_ML) if limit is not None and limit.found else None


def half_of(
    infusion: GlobulinInfusion, course: GlobulinCourse, request: Request, pump_resolution_ml_per_h: Decimal
) -> GlobulinInfusion:
    """The same infusion with half the dose, prepared and timed anew."""
    lead = infusion.starts_at - infusion.premedication_at if infusion.starts_at and infusion.premedication_at else None
    return _infusion(
        infusion.number, infusion.day, infusion.on, infusion.mg_per_kg / 2, course.weight.kg, course.product, request,
        pump_resolution_ml_per_h,
        minimum=infusion.minimum_hours,
        planned=infusion.planned_hours,
        clock=infusion.starts_at,
        premedication_hours=Decimal(int(lead.total_seconds())) / 3600 if lead is not None else None,
    )  # fmt: skip


def _infusion(
    number: int, day: int, on: date | None, mg_per_kg: Decimal, kg: Decimal, product: Product, request: Request,
    resolution: Decimal, *, minimum: Decimal, planned: Decimal, clock: datetime | None,
    premedication_hours: Decimal | None,
) -> GlobulinInfusion:  # fmt: skip
    mg = mg_per_kg * kg
    vial_mg = product.vials_g[0] * 1000
    vials = ceil(mg / vial_mg)
    concentrate = mg / product.concentration_mg_per_ml
    volume = _final_volume(product, request, mg, vials, concentrate)
    rate = round_down(volume / planned, resolution) if volume is not None else None
    if rate is not None and rate <= 0:
        rate = None
    hours = volume / rate if volume is not None and rate is not None else planned
    starts = datetime.combine(on, clock.timetz()) if on is not None and clock is not None else None
    return GlobulinInfusion(
        number=number,
        day=day,
        on=on,
        mg_per_kg=mg_per_kg,
        mg=mg,
        vials=vials,
        discarded_mg=vials * vial_mg - mg,
        concentrate_ml=concentrate,
        final_volume_ml=volume,
        concentration_mg_per_ml=mg / volume if volume is not None else None,
        minimum_hours=minimum,
        planned_hours=planned,
        hours=max(hours, minimum),
        rate_ml_per_h=rate,
        starts_at=starts,
        ends_at=starts + _span(hours) if starts is not None else None,
        premedication_at=starts - _span(premedication_hours) if starts and premedication_hours is not None else None,
    )


def _span(hours: Decimal) -> timedelta:
    """Hours as a span of time, rounded up to the minute so that no infusion ends early on paper."""
    return timedelta(minutes=ceil(hours * 60))


def _final_volume(product: Product, request: Request, mg: Decimal, vials: int, concentrate: Decimal) -> Decimal | None:
    """The case's volume, or the product's own recipe; never below what the highest concentration allows."""
    smallest = smallest_volume_ml(product, mg)
    per_vial, per_ml = product.facts.get("dilution_ml_per_vial"), product.facts.get("dilution_ml_per_ml")
    if request.final_volume_ml is not None:
        volume: Decimal | None = request.final_volume_ml if request.final_volume_ml > concentrate else None
    elif per_vial is not None and per_vial.found:
        volume = per_vial.number() * vials + concentrate
    elif per_ml is not None and per_ml.found:
        volume = concentrate * (1 + per_ml.number())
    else:
        volume = smallest
    return max(volume, smallest) if volume is not None and smallest is not None else volume


def _preparation(product: Product, request: Request) -> tuple[str, tuple[Fact, ...]]:
    limit = product.facts.get("concentration_maximum")
    limits = (limit,) if limit is not None else ()
    if limit is not None and limit.found:
        checked = f"checked against the highest concentration read, {show(limit.number())} mg/mL"
    else:
        checked = "no highest concentration was found for this product, so none was checked"
    if request.final_volume_ml is not None:
        return f"Volume from the case; {checked}.", limits
    for name in ("dilution_ml_per_vial", "dilution_ml_per_ml"):
        recipe = product.facts.get(name)
        if recipe is not None and recipe.found:
            how = "unverified" if recipe.mark else "read"
            return f"{recipe.says.rstrip('.')}: {show(recipe.number())} mL ({how}); {checked}.", (recipe, *limits)
    if limit is not None and limit.found:
        return f"Smallest volume allowed: at most {show(limit.number())} mg/mL. More diluent may be used.", limits
    return f"No dilution was found and the case names no final volume: no rate can be calculated; {checked}.", limits


def _minimum(product: Product, protocol: Protocol, region: str) -> tuple[Decimal, Decimal, str, tuple[Fact, ...]]:
    if protocol.minimum_hours is not None:
        return *protocol.minimum_hours, f"Minimum of {protocol.name}.", (protocol.fact,)
    for where in protocol.where if protocol.kind == "label" else (region,):
        facts = _hours_in(product, where)
        if facts is not None:
            return facts[0].number(), facts[1].number(), f"Minimum of the {where.upper()} text.", facts
    every = [pair for where in product.labels if (pair := _hours_in(product, where)) is not None]
    first = max((pair[0] for pair in every), key=lambda fact: fact.number())
    later = max((pair[1] for pair in every), key=lambda fact: fact.number())
    says = "The text gives no minimum in what was read: the longest on the shelf for this product."
    return first.number(), later.number(), says, (first, later)


def _hours_in(product: Product, region: str) -> tuple[Fact, Fact] | None:
    label = product.labels.get(region)
    first = label.facts.get("infusion_hours_first") if label else None
    later = label.facts.get("infusion_hours_later") if label else None
    return (first, later) if first and first.found and later and later.found else None


def _premedication(product: Product, protocol: Protocol, region: str) -> Fact | None:
    """How long before the infusion premedication is given: the region's text, or another of the same product."""
    for where in (*protocol.where, region, *product.labels):
        label = product.labels.get(where)
        fact = label.facts.get("premedication_hours_before") if label else None
        if fact is not None and fact.found:
            return fact
    return None
