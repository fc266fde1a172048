"""The second, independent calculation of a course of antithymocyte globulin, in exact fractions.

It takes the case's facts, the protocol and the finished course, and shares no code with how the course was built. Is
each dose what weight and protocol make it? Do vials and millilitres add up? Is the mixture never too strong, the
infusion never too short, the cumulative dose never passed, and is every dose on a day the protocol allows?
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from opsonin.errors import CheckFailed
from opsonin.patient import Recipient, Request
from opsonin.regimen import GlobulinCourse, GlobulinInfusion

_TINY = Fraction(1, 10**15)  # decimal division carries 28 digits; anything above this is a real difference


def recalculate_globulin(recipient: Recipient, request: Request, course: GlobulinCourse) -> None:
    """Raise CheckFailed naming every figure of `course` that a second calculation does not confirm."""
    wrong = [*_weight(recipient, course), *_days(course), *_doses(request, course), *_limit(course)]
    for infusion in course.infusions:
        wrong += _preparation(course, infusion)
        wrong += _time(infusion)
    if wrong:
        raise CheckFailed(f"The second calculation of {course.id} disagrees: " + "; ".join(wrong) + ".")


def confirm_share(
    share: Fraction,
    scheduled_mg: Fraction,
    answer_mg: Fraction,
    counts: Mapping[str, Fraction],
    rule: Mapping[str, Any],
) -> None:
    """Raise CheckFailed unless today's dose is the share of the scheduled one that a second reading of the rule gives.

    `counts` holds today's white cells and platelets in 10^9/L under the names of the rule.
    """
    zones = []
    for name, count in counts.items():
        edges = [Fraction(rule[name]["stop_below"]), Fraction(rule[name]["halve_up_to"])]
        zones.append(0 if count < edges[0] else 2 if count > edges[1] else 1)
    wanted = Fraction(min(zones), 2) if zones else Fraction(1)
    if wanted != share or answer_mg != wanted * scheduled_mg:
        raise CheckFailed(
            f"The second calculation of the next dose disagrees: {float(answer_mg)} mg of {float(scheduled_mg)} mg, "
            f"where the counts give a share of {float(wanted)}."
        )


def _close(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= _TINY * max(Fraction(1), abs(other))


def _weight(recipient: Recipient, course: GlobulinCourse) -> list[str]:
    used, actual = Fraction(course.weight.kg), Fraction(recipient.weight.kg)
    if course.weight.basis == "actual":
        return [] if used == actual else [f"dosing weight {used} kg is not the actual {actual} kg"]
    if course.protocol.dosing_weight == "" or used >= actual:
        return ["an ideal weight is used where none is asked for, or it is no lighter than the person"]
    return []


def _days(course: GlobulinCourse) -> list[str]:
    """Each phase's days and counts, walked through once more."""
    days = [infusion.day for infusion in course.infusions]
    wrong = []
    if sorted(set(days)) != days:
        wrong.append(f"days {days} do not rise")
    dated = [(infusion.day, infusion.on) for infusion in course.infusions if infusion.on is not None]
    for (day, on), (next_day, next_on) in pairwise(dated):
        if next_on - on != timedelta(days=next_day - day):
            wrong.append(f"day {next_day} is on {next_on}")
    fewest = sum(phase.doses[0] for phase in course.protocol.phases)
    most = sum(phase.doses[1] for phase in course.protocol.phases)
    if course.protocol.most_doses is not None:
        most = min(most, course.protocol.most_doses)
    if not fewest <= len(days) <= most:
        wrong.append(f"{len(days)} doses, where the protocol has {fewest} to {most}")
    first = course.protocol.phases[0].first_day
    if days and days[0] != first:
        wrong.append(f"the first dose is on day {days[0]}, not {first}")
    gaps = {later - earlier for earlier, later in pairwise(days)}
    allowed = {phase.every_days for phase in course.protocol.phases}
    fixed = {phase.first_day for phase in course.protocol.phases if phase.first_day is not None}
    if not gaps <= allowed and len(fixed) < len(course.protocol.phases):
        wrong.append(f"doses are {sorted(gaps)} days apart, where the protocol has {sorted(allowed)}")
    return wrong


def _doses(request: Request, course: GlobulinCourse) -> list[str]:
    wrong = []
    ranges = [phase.dose_mg_per_kg for phase in course.protocol.phases]
    for infusion in course.infusions:
        each = Fraction(infusion.mg_per_kg)
        if not any(Fraction(low) <= each <= Fraction(high) for low, high in ranges):
            wrong.append(f"dose {infusion.number}: {infusion.mg_per_kg} mg/kg is outside the protocol")
        if Fraction(infusion.mg) != each * Fraction(course.weight.kg):
            wrong.append(f"dose {infusion.number}: {infusion.mg} mg is not {infusion.mg_per_kg} mg/kg × weight")
    named = request.dose_mg_per_kg
    if named is not None and course.end == "as-named" and not any(i.mg_per_kg == named for i in course.infusions):
        wrong.append(f"the dose named, {named} mg/kg, is nowhere in the course")
    return wrong


def _limit(course: GlobulinCourse) -> list[str]:
    limit = course.protocol.cumulative_mg_per_kg
    total = sum((Fraction(infusion.mg) for infusion in course.infusions), Fraction(0))
    if limit is not None and total > Fraction(limit[1]) * Fraction(course.weight.kg):
        return [f"the course adds up to {float(total)} mg, above {limit[1]} mg/kg"]
    return []


def _preparation(course: GlobulinCourse, infusion: GlobulinInfusion) -> list[str]:
    name, mg = f"dose {infusion.number}", Fraction(infusion.mg)
    strength, size = course.product.facts["concentration"].number(), course.product.facts["vials"].value[0]
    wrong = []
    held = infusion.vials * Fraction(size)
    if held != mg + Fraction(infusion.discarded_mg) or not 0 <= Fraction(infusion.discarded_mg) < Fraction(size):
        wrong.append(f"{name}: {infusion.vials} vials hold {float(held)} mg, for {infusion.mg} mg")
    if not _close(Fraction(infusion.concentrate_ml) * Fraction(strength), mg):
        wrong.append(f"{name}: {infusion.concentrate_ml} mL do not hold {infusion.mg} mg")
    if infusion.final_volume_ml is None:
        return wrong
    volume = Fraction(infusion.final_volume_ml)
    if volume < Fraction(infusion.concentrate_ml):
        wrong.append(f"{name}: the final volume is smaller than the concentrate")
    if infusion.concentration_mg_per_ml is None or not _close(Fraction(infusion.concentration_mg_per_ml) * volume, mg):
        wrong.append(f"{name}: the concentration is not dose over volume")
    highest = course.product.facts.get("concentration_maximum")
    if highest is not None and highest.found and mg > Fraction(highest.number()) * volume:
        wrong.append(f"{name}: more than {highest.number()} mg/mL")
    return wrong


def _time(infusion: GlobulinInfusion) -> list[str]:
    name, hours = f"dose {infusion.number}", Fraction(infusion.hours)
    wrong = []
    if hours < Fraction(infusion.minimum_hours):
        wrong.append(f"{name}: {infusion.hours} h is shorter than {infusion.minimum_hours} h")
    if infusion.rate_ml_per_h is not None and infusion.final_volume_ml is not None:
        runs = Fraction(infusion.final_volume_ml) / Fraction(infusion.rate_ml_per_h)
        if runs < Fraction(infusion.minimum_hours) or not _close(runs, hours):
            wrong.append(f"{name}: the rate empties it in {float(runs)} h, not {infusion.hours} h")
    if infusion.starts_at is not None and infusion.ends_at is not None:
        seconds = Fraction((infusion.ends_at - infusion.starts_at).total_seconds())
        if not hours * 3600 - _TINY <= seconds < hours * 3600 + 60:
            wrong.append(f"{name}: the clock does not close")
    return wrong
