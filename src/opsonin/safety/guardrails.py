"""Is a dose or a rate beyond a limit that a smart pump would hold? Hard limits stop it, soft ones ask.

What is measured is taken from the finished regimen and the person's actual weight; the limits stand on the shelf.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from opsonin.knowledge import Guardrail, Knowledge, Pack, Rate
from opsonin.patient import Circumstances, Patient
from opsonin.quantities import round_half_up, show
from opsonin.regimen import Infusion, Regimen
from opsonin.safety.finding import Finding

_MINUTES_PER_HOUR = Decimal(60)
_BELOW_ANY_REAL_DIFFERENCE = Decimal("1e-12")  # decimal division carries 28 digits


@dataclass(frozen=True)
class Measured:
    """What the limits look at: one infusion of a regimen in a person."""

    regimen: Regimen
    infusion: Infusion
    kg: Decimal  # actual weight, from the case
    label_maximum: Rate | None  # of this product where this pack is used

    @property
    def pump_rate(self) -> Decimal:
        """The fastest step, mL/h."""
        return max(step.ml_per_h for step in self.infusion.ladder.steps)

    @property
    def ml_per_kg_per_h(self) -> Decimal:
        return self.pump_rate / self.kg

    @property
    def strength_mg_per_ml(self) -> Decimal:
        return self.regimen.product.concentration_mg_per_ml


def _off(measured: Decimal, wanted: Decimal) -> Decimal:
    return abs(measured - wanted) / wanted * 100


def _off_schedule(m: Measured) -> Decimal:
    return _off(m.infusion.dose.grams, m.regimen.schedule.g_per_kg_per_day * min(m.regimen.weight.kg, m.kg))


def _off_strength(m: Measured) -> Decimal:
    return _off(m.infusion.dose.volume_ml * m.strength_mg_per_ml / 1000, m.infusion.dose.grams)


def _of_label(m: Measured) -> Decimal | None:
    if m.label_maximum is None:
        return None
    return m.ml_per_kg_per_h / m.label_maximum.ml_per_kg_per_h(m.strength_mg_per_ml) * 100


MEASURES: Mapping[str, Callable[[Measured], Decimal | None]] = {
    "daily_dose": lambda m: m.infusion.dose.grams / m.kg,
    "daily_dose_on_dosing_weight": lambda m: m.infusion.dose.grams / min(m.regimen.weight.kg, m.kg),
    "course_dose": lambda m: m.regimen.total_g / m.kg,
    "off_schedule": _off_schedule,
    "daily_volume": lambda m: m.infusion.dose.volume_ml / m.kg,
    "off_strength": _off_strength,
    "rate": lambda m: m.ml_per_kg_per_h * m.strength_mg_per_ml / _MINUTES_PER_HOUR,
    "rate_of_label_maximum": _of_label,
    "pump_rate": lambda m: m.pump_rate,
    "hours": lambda m: m.infusion.ladder.minutes / _MINUTES_PER_HOUR,
}


def check_guardrails(
    patient: Patient, circumstances: Circumstances, regimen: Regimen, known: Knowledge
) -> tuple[Finding, ...]:
    """Every limit this regimen passes in this person: hard limits as absolute findings, soft ones as conditional."""
    pack = known.pack(circumstances.pack)
    measured = [
        Measured(regimen, infusion, patient.weight.kg, _label_maximum(regimen, pack)) for infusion in regimen.infusions
    ]
    rails = [rail for rail in known.guardrails if not rail.packs or pack.id in rail.packs]
    return tuple(finding for rail in rails for finding in _passed(rail, measured))


def _passed(rail: Guardrail, measured: list[Measured]) -> list[Finding]:
    """One finding for the infusion that lies furthest beyond the limit, if any does."""
    values = [value for m in measured if (value := MEASURES[rail.measure](m)) is not None]
    if not values:
        return []
    worst = max(values) if rail.side == "above" else min(values)
    beyond = worst - rail.limit if rail.side == "above" else rail.limit - worst
    if beyond <= _BELOW_ANY_REAL_DIFFERENCE:
        return []
    found = f"{rail.says}: {show(round_half_up(worst, Decimal('0.001')))} {rail.unit}."
    kind = "hard" if rail.severity == "absolute" else "soft"
    reason = f"The {kind} limit is {show(rail.limit)} {rail.unit}. {rail.fact.note}".rstrip()
    return [Finding(f"guardrails/{rail.id}", rail.severity, found, reason, rail.remedy, (rail.fact,))]


def _label_maximum(regimen: Regimen, pack: Pack) -> Rate | None:
    label = regimen.product.labels.get(pack.label_region)
    return label.ladder.maximum if label is not None and label.ladder is not None else None
