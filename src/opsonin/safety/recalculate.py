"""The second, independent calculation: from the case's facts and the finished regimen only, in exact fractions.

It shares no code with how the regimen was built. It asks: is the dose what weight and schedule make it, do the vials
and millilitres add up, is no step faster than the label's maximum or the cap for risk, does the clock close?
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from opsonin.errors import CheckFailed
from opsonin.knowledge.knowledge import RoundingRule
from opsonin.patient import Patient
from opsonin.regimen import Infusion, Regimen

_ONE = Fraction(1)
_TINY = Fraction(1, 10**15)  # decimal division carries 28 digits; anything above this is a real difference


def recalculate(
    patient: Patient, regimen: Regimen, *, rounding: RoundingRule | None, cap_ml_per_kg_per_h: Fraction
) -> None:
    """Raise CheckFailed naming every figure of `regimen` that a second calculation does not confirm."""
    wrong = [
        *_weight(patient, regimen),
        *(problem for infusion in regimen.infusions for problem in _dose(regimen, infusion, rounding)),
        *(
            problem
            for infusion in regimen.infusions
            for problem in _rates(patient, regimen, infusion, cap_ml_per_kg_per_h)
        ),
    ]
    days = [infusion.dose.day for infusion in regimen.infusions]
    if days != list(range(1, regimen.schedule.days + 1)):
        wrong.append(f"days {days} are not {regimen.schedule.days} consecutive days")
    if wrong:
        raise CheckFailed(f"The second calculation of {regimen.id} disagrees: " + "; ".join(wrong) + ".")


def _weight(patient: Patient, regimen: Regimen) -> list[str]:
    used, actual = Fraction(regimen.weight.kg), Fraction(patient.weight.kg)
    if regimen.weight.basis == "actual":
        return (
            [] if used == actual else [f"dosing weight {regimen.weight.kg} kg is not the actual {patient.weight.kg} kg"]
        )
    if regimen.weight.ideal_kg is None or not Fraction(regimen.weight.ideal_kg) <= used <= actual:
        return [f"adjusted weight {regimen.weight.kg} kg does not lie between ideal and actual weight"]
    return []


def _dose(regimen: Regimen, infusion: Infusion, rounding: RoundingRule | None) -> list[str]:
    dose = infusion.dose
    wanted = Fraction(regimen.weight.kg) * Fraction(regimen.schedule.g_per_kg_per_day)
    given = Fraction(dose.grams)
    wrong = []
    if abs(wanted - Fraction(dose.calculated_g)) > _TINY:
        wrong.append(f"day {dose.day}: calculated dose {dose.calculated_g} g should be {float(wanted)} g")
    allowed = _allowed_difference(regimen, rounding, wanted)
    if abs(given - wanted) > allowed:
        wrong.append(f"day {dose.day}: {dose.grams} g is more than {float(allowed):.3g} g from {float(wanted)} g")
    in_vials = sum((Fraction(v.size_g) * v.count for v in dose.vials), Fraction(0))
    if in_vials != given + Fraction(dose.discarded_g) or dose.discarded_g < 0:
        wrong.append(
            f"day {dose.day}: vials hold {float(in_vials)} g, not {float(given)} g + {dose.discarded_g} g discarded"
        )
    if any(v.size_g not in regimen.product.vials_g or v.count < 1 for v in dose.vials):
        wrong.append(f"day {dose.day}: a vial size does not exist for {regimen.product.brand}")
    held_g = Fraction(dose.volume_ml) * Fraction(regimen.product.concentration_mg_per_ml) / 1000
    if abs(held_g - given) > _TINY * given:
        wrong.append(f"day {dose.day}: {dose.volume_ml} mL do not hold {dose.grams} g")
    return wrong


def _allowed_difference(regimen: Regimen, rounding: RoundingRule | None, wanted: Fraction) -> Fraction:
    """How far rounding may take the dose: the rule's own tolerance, never less than half of 0.1 g."""
    if rounding is None:
        return Fraction(1, 20)
    if rounding.tolerance_percent is not None:
        return max(wanted * Fraction(rounding.tolerance_percent) / 100, Fraction(1, 20))
    step = rounding.to_grams if rounding.to_grams is not None else max(regimen.product.vials_g)
    return Fraction(step)


def _rates(patient: Patient, regimen: Regimen, infusion: Infusion, cap: Fraction) -> list[str]:
    day, steps = infusion.dose.day, infusion.ladder.steps
    highest_ml_per_h = cap * min(Fraction(regimen.weight.kg), Fraction(patient.weight.kg))
    wrong = []
    total, clock = Fraction(0), Fraction(0)
    for step in steps:
        rate, minutes, volume = Fraction(step.ml_per_h), Fraction(step.minutes), Fraction(step.volume_ml)
        if rate > highest_ml_per_h:
            wrong.append(f"day {day} step {step.number}: {step.ml_per_h} mL/h is above {float(highest_ml_per_h)} mL/h")
        if abs(rate * minutes / 60 - volume) > _TINY * max(_ONE, volume):
            wrong.append(f"day {day} step {step.number}: rate × time is not {step.volume_ml} mL")
        if abs(Fraction(step.starts_after_min) - clock) > _TINY * max(_ONE, clock):
            wrong.append(f"day {day} step {step.number}: does not start when the step before ends")
        total, clock = total + volume, clock + minutes
        if abs(Fraction(step.cumulative_ml) - total) > _TINY * max(_ONE, total):
            wrong.append(f"day {day} step {step.number}: cumulative volume is wrong")
    if abs(total - Fraction(infusion.dose.volume_ml)) > _TINY * total:
        wrong.append(f"day {day}: the steps add up to {float(total)} mL, the dose is {infusion.dose.volume_ml} mL")
    if any(later.ml_per_h < earlier.ml_per_h for earlier, later in pairwise(steps)):
        wrong.append(f"day {day}: the ladder goes down")
    return wrong
