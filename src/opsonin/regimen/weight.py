"""On which weight is the dose calculated? The pack's rule, with this person's numbers, and where it would switch."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.knowledge.knowledge import Fact, WeightRule
from opsonin.quantities import show
from opsonin.regimen.regimen import DosingWeight

_NEAR_SWITCH_KG = Decimal(10)  # how close to a switch of basis the jump is worth a sentence


@dataclass(frozen=True)
class Body:
    """What a weight rule looks at."""

    actual_kg: Decimal
    height_cm: Decimal | None
    sex: str | None
    is_adult: bool
    pregnant: bool | None


def dosing_weight(body: Body, rule: WeightRule | None) -> DosingWeight:
    """The weight to dose on under `rule`; actual weight when the pack is silent or the rule cannot be applied."""
    ideal = _ideal_kg(body, rule)
    index = body.actual_kg / (body.height_cm / 100) ** 2 if body.height_cm is not None else None
    facts = tuple(fact for fact in (rule.fact, rule.ideal_fact) if fact is not None) if rule else ()
    why_actual = _why_actual(body, rule, ideal)
    if why_actual or rule is None or ideal is None or rule.adjusted_factor is None:
        return DosingWeight(body.actual_kg, "actual", body.actual_kg, ideal, index, why_actual, "", facts)
    switch_at = _switches_at(body, rule, ideal)
    adjusted = ideal + rule.adjusted_factor * (body.actual_kg - ideal)
    if body.actual_kg < switch_at or adjusted >= body.actual_kg:
        says = (
            f"Actual weight {_kg(body.actual_kg)}: below {_kg(switch_at)}, where the rule changes to adjusted weight."
        )
        jump = _jump_above(body, rule, ideal, switch_at)
        return DosingWeight(body.actual_kg, "actual", body.actual_kg, ideal, index, says, jump, facts)
    says = (
        f"Adjusted weight {_kg(adjusted)} = ideal {_kg(ideal)} + {show(rule.adjusted_factor)} × "
        f"(actual {_kg(body.actual_kg)} − ideal {_kg(ideal)})."
    )
    return DosingWeight(
        adjusted,
        "adjusted",
        body.actual_kg,
        ideal,
        index,
        says,
        _jump_below(body, adjusted, switch_at),
        facts,
    )


def ideal_weight_kg(height_cm: Decimal, sex: str, formula: Fact) -> Decimal | None:
    """Ideal body weight by the formula on the shelf; None below the height it is defined from."""
    value = formula.value
    over = height_cm * Decimal(value["cm_to_inches"]) - Decimal(value["from_inches"])
    if over < 0:
        return None
    return Decimal(value[f"{sex}_kg"]) + Decimal(value["per_inch_kg"]) * over


def _ideal_kg(body: Body, rule: WeightRule | None) -> Decimal | None:
    if rule is None or rule.ideal_fact is None or body.height_cm is None or body.sex is None:
        return None
    return ideal_weight_kg(body.height_cm, body.sex, rule.ideal_fact)


def _why_actual(body: Body, rule: WeightRule | None, ideal: Decimal | None) -> str:
    """The reason the rule ends at actual weight without looking at thresholds; "" when it does not."""
    kg = _kg(body.actual_kg)
    if rule is None:
        return f"Actual weight {kg}: this pack has no rule on dosing weight."
    if rule.kind == "actual":
        return f"Actual weight {kg}. {rule.says}"
    if rule.adults_only and not body.is_adult:
        return f"Actual weight {kg}: the rule is for adults only."
    if rule.height_from_cm is not None and body.height_cm is not None and body.height_cm < rule.height_from_cm:
        return f"Actual weight {kg}: the rule is for people of {show(rule.height_from_cm)} cm and taller."
    if ideal is None:
        missing = " and ".join(name for name, value in (("height", body.height_cm), ("sex", body.sex)) if value is None)
        reason = f"{missing} not known" if missing else "the ideal-weight formula is not defined for this height"
        return f"Actual weight {kg}: {reason}, so the pack's rule for adjusted weight could not be applied."
    return ""


def _switches_at(body: Body, rule: WeightRule, ideal: Decimal) -> Decimal:
    """The lowest actual weight, for this height and sex, at which the rule uses adjusted weight."""
    assert body.height_cm is not None
    limits = []
    if rule.bmi_threshold is not None:
        limits.append(rule.bmi_threshold * (body.height_cm / 100) ** 2)
    if rule.over_ideal_threshold is not None:
        limits.append(rule.over_ideal_threshold * ideal)
    by_sex = rule.weight_above_kg_male if body.sex == "male" else rule.weight_above_kg_female
    limits += [limit for limit in (rule.actual_above_kg, by_sex) if limit is not None]
    return min(limits)


def _jump_below(body: Body, adjusted: Decimal, switch_at: Decimal) -> str:
    lighter = body.actual_kg - switch_at
    more = switch_at - adjusted
    if lighter > _NEAR_SWITCH_KG or more <= 0:
        return ""
    return (
        f"{_kg(lighter)} lighter (below {_kg(switch_at)}) the rule would use actual weight: "
        f"up to {show(more, 1)} g more for each g/kg."
    )


def _jump_above(body: Body, rule: WeightRule, ideal: Decimal, switch_at: Decimal) -> str:
    assert rule.adjusted_factor is not None
    heavier = switch_at - body.actual_kg
    at_switch = ideal + rule.adjusted_factor * (switch_at - ideal)
    less = body.actual_kg - at_switch
    if heavier > _NEAR_SWITCH_KG or less <= 0:
        return ""
    return (
        f"{_kg(heavier)} heavier (from {_kg(switch_at)}) the rule would use adjusted weight: "
        f"about {show(less, 1)} g less for each g/kg."
    )


def _kg(weight: Decimal) -> str:
    return f"{show(weight, 1)} kg"
