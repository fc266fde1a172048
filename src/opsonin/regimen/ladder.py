"""How fast, step by step? The label's own steps, or a named scheme cut at the label's maximum; pump-rounded down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge.knowledge import Fact, LadderFacts, LadderScheme, Rate
from opsonin.quantities import round_down, show
from opsonin.regimen.regimen import RateLadder, RateStep

_MINUTES_PER_HOUR = Decimal(60)


@dataclass(frozen=True)
class RateLimits:
    """The cap that applies to one person on one product, and who says so. Rates in mL/kg/h."""

    maximum: Decimal
    kind: str  # as RateLadder.cap_kind
    reason: str
    facts: tuple[Fact, ...]


def rate_limits(
    facts: LadderFacts, *, concentration_mg_per_ml: Decimal, at_risk: bool, pack_cap: Rate | None
) -> RateLimits:
    """The highest rate this person may be given under the label and, for personal risk, the label's or pack's cap."""
    label = facts.maximum.ml_per_kg_per_h(concentration_mg_per_ml)
    if not at_risk:
        return RateLimits(label, "label", f"label maximum {_per_kg(facts.maximum)}", (facts.maximum.fact,))
    words = (facts.at_risk_words,) if facts.at_risk_words else ()
    if facts.maximum_at_risk is not None:
        cap = min(label, facts.maximum_at_risk.ml_per_kg_per_h(concentration_mg_per_ml))
        says = f"reduced for personal risk: the label's {_per_kg(facts.maximum_at_risk)}"
        return RateLimits(cap, "label-at-risk", says, (facts.maximum_at_risk.fact, *words))
    stated = (
        f"for personal risk the label says “{facts.at_risk_words.value}”"
        if facts.at_risk_words
        else ("the label's statement for personal risk was not found")
    )
    if pack_cap is not None:
        cap = min(label, pack_cap.ml_per_kg_per_h(concentration_mg_per_ml))
        says = f"{stated}, without a number; the pack's cap is {_per_kg(pack_cap)}"
        return RateLimits(cap, "pack-at-risk", says, (pack_cap.fact, *words))
    start = facts.start.ml_per_kg_per_h(concentration_mg_per_ml)
    says = f"{stated}, and this pack names no cap: the ladder stays on the first step, which is why the hours are long"
    return RateLimits(min(start, label), "first-step-only", says, words)


def build_ladder(
    facts: LadderFacts,
    limits: RateLimits,
    *,
    weight_kg: Decimal,
    volume_ml: Decimal,
    concentration_mg_per_ml: Decimal,
    pump_resolution_ml_per_h: Decimal,
    scheme: LadderScheme | None,
    scheme_owner: str,
) -> RateLadder:
    """The ladder for one infusion. Every rate is rounded down to the pump; the last step takes what volume is left."""
    rates, minutes, heading, reasons, step_facts = _plan_steps(
        facts, limits, concentration_mg_per_ml, scheme, scheme_owner
    )
    on_pump = [_on_pump(rate, weight_kg, pump_resolution_ml_per_h) for rate in rates]
    steps = _run(on_pump, minutes, weight_kg=weight_kg, volume_ml=volume_ml, concentration=concentration_mg_per_ml)
    return RateLadder(
        steps=steps,
        heading=heading,
        cap_kind=limits.kind,
        maximum_ml_per_kg_per_h=limits.maximum,
        reasons=(limits.reason, *reasons),
        facts=tuple(dict.fromkeys((*facts.facts, *limits.facts, *step_facts))),
    )


def _plan_steps(
    facts: LadderFacts, limits: RateLimits, concentration: Decimal, scheme: LadderScheme | None, owner: str
) -> tuple[list[Decimal], list[Decimal], str, tuple[str, ...], tuple[Fact, ...]]:
    """Rates (mL/kg/h), minutes for each, heading, reasons, facts."""
    start = facts.start.ml_per_kg_per_h(concentration)
    if limits.kind == "first-step-only":
        return (
            [start],
            [Decimal(0)],
            "steps: stopped at the first step (no numeric cap for personal risk)",
            (),
            (),
        )
    if facts.steps:
        rates = _cut([rate.ml_per_kg_per_h(concentration) for rate in facts.steps], limits.maximum)
        longest = facts.step_minutes[1] if facts.step_minutes else None
        minutes, reasons = _step_minutes(facts, longest, scheme, len(rates))
        note = facts.steps[0].fact.note
        if note:
            return rates, minutes, "steps: not from the label itself (see the reasons)", (note, *reasons), ()
        return rates, minutes, "steps: from the label", reasons, ()
    if scheme is None:
        reason = "the label gives a start and a maximum only, and no scheme of steps is on the shelf"
        return (
            [min(start, limits.maximum)],
            [Decimal(0)],
            "steps: stopped at the first step (no scheme)",
            (reason,),
            (),
        )
    rates = [start]
    while rates[-1] < limits.maximum:
        rates.append(rates[-1] * scheme.factor)
    minutes, reasons = _step_minutes(facts, scheme.step_minutes, scheme, len(rates))
    heading = f"steps: not from the label ({scheme.says.rstrip('.')}; {owner})"
    return _cut(rates, limits.maximum), minutes, heading, reasons, (scheme.fact,)


def _cut(rates: list[Decimal], maximum: Decimal) -> list[Decimal]:
    """The steps below the maximum, then the maximum itself if a step would have gone past it."""
    below = [rate for rate in rates if rate < maximum]
    return below if rates[-1] < maximum else [*below, maximum]


def _step_minutes(
    facts: LadderFacts, step_minutes: Decimal | None, scheme: LadderScheme | None, count: int
) -> tuple[list[Decimal], tuple[str, ...]]:
    """How long each step lasts: the label's time for the first where it gives one, the longest allowed for the rest."""
    reasons: tuple[str, ...] = ()
    rest = step_minutes
    if rest is None:
        rest = scheme.step_minutes if scheme else None
        reasons += ("the label gives no time per step",)
    first = facts.start_minutes.number() if facts.start_minutes is not None and facts.start_minutes.found else None
    if first is None:
        reasons += ("the label text read gives no time for the first step; the step time is used",)
    if rest is None and first is None:
        return [Decimal(0)] * count, (
            *reasons,
            "no step time is on the shelf: the ladder stays on the first step",
        )
    rest = rest if rest is not None else first
    first = max(first, Decimal(0)) if first is not None else rest
    assert rest is not None and first is not None
    return [first] + [rest] * (count - 1), reasons


def _on_pump(rate_ml_per_kg_per_h: Decimal, weight_kg: Decimal, resolution: Decimal) -> Decimal:
    rate = round_down(rate_ml_per_kg_per_h * weight_kg, resolution)
    if rate <= 0:
        raise InputRefused(
            [
                Problem(
                    "pump.resolution",
                    f"{show(resolution)} mL/h",
                    f"is too coarse: {show(rate_ml_per_kg_per_h * weight_kg, 3)} mL/h rounds down to nothing.",
                    "Give a pump with a finer resolution.",
                )
            ]
        )
    return rate


def _run(
    rates: list[Decimal],
    minutes: list[Decimal],
    *,
    weight_kg: Decimal,
    volume_ml: Decimal,
    concentration: Decimal,
) -> tuple[RateStep, ...]:
    """Run the steps until the volume is in; the last one lasts as long as the rest of the volume takes."""
    steps: list[RateStep] = []
    given, clock = Decimal(0), Decimal(0)
    for number, (rate, planned) in enumerate(zip(rates, minutes, strict=True), start=1):
        left = volume_ml - given
        last = number == len(rates) or planned == 0 or rate * planned / _MINUTES_PER_HOUR >= left
        volume = left if last else rate * planned / _MINUTES_PER_HOUR
        lasts = left * _MINUTES_PER_HOUR / rate if last else planned
        given += volume
        per_kg = rate / weight_kg
        steps.append(
            RateStep(
                number=number,
                starts_after_min=clock,
                minutes=lasts,
                ml_per_h=rate,
                ml_per_kg_per_h=per_kg,
                mg_per_kg_per_min=per_kg * concentration / _MINUTES_PER_HOUR,
                volume_ml=volume,
                cumulative_ml=given,
            )
        )
        clock += lasts
        if last:
            break
    return tuple(steps)


def _per_kg(rate: Rate) -> str:
    return f"{show(rate.value)} {rate.unit}"
