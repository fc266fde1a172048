"""Which regimens could be given? Every offered product on every schedule its label or a guideline supports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from opsonin.knowledge import DoseSchedule, Fact, Knowledge, Label, Pack, Product
from opsonin.knowledge.knowledge import LadderScheme
from opsonin.patient import Circumstances, Patient
from opsonin.planning.calendar import holds_for
from opsonin.planning.rate_history import rate_history
from opsonin.regimen import (
    DosingWeight,
    Infusion,
    RateLimits,
    Regimen,
    build_ladder,
    daily_dose,
    dosing_weight,
    pump_resolution,
    rate_limits,
)
from opsonin.regimen.weight import Body
from opsonin.safety import Offer, Standing, rate_at_risk, recalculate, regimen_standing, supporting_guidelines
from opsonin.safety.offers import vials_at_hand


@dataclass(frozen=True)
class Silence:
    """Something the active pack has no rule on, and whose rule is used instead."""

    topic: str
    instead: str

    def says(self, pack: str) -> str:
        return f"The pack “{pack}” has no rule on {self.topic}: {self.instead}."


def weight_for_dosing(patient: Patient, pack: Pack) -> DosingWeight:
    """The dosing weight under the pack's rule."""
    body = Body(patient.weight.kg, patient.height_cm, patient.sex, patient.is_adult, patient.pregnant)
    return dosing_weight(body, pack.dosing_weight)


def candidates(
    patient: Patient, circumstances: Circumstances, offered: tuple[Offer, ...], known: Knowledge
) -> tuple[tuple[Regimen, Standing], ...]:
    """Every regimen that is on label or supported by a guideline, built exactly and calculated twice."""
    pack = known.pack(circumstances.pack)
    weight = weight_for_dosing(patient, pack)
    built = []
    for offer in offered:
        if offer.standing.kind in ("excluded", "not-supported"):
            continue
        label = offer.product.labels[pack.label_region]
        if label.ladder is None:
            continue
        for schedule in _schedules(patient, label, pack, known):
            standing = regimen_standing(patient, offer, label, schedule, pack, known)
            if standing.kind != "not-supported":
                built.append((_build(patient, circumstances, offer.product, label, schedule, weight, known), standing))
    return tuple(built)


def ladder_scheme(pack: Pack, known: Knowledge) -> tuple[LadderScheme | None, str]:
    """The pack's scheme of steps, or, where the pack is silent, the first other pack's, named as borrowed."""
    if pack.ladder_scheme is not None:
        return pack.ladder_scheme, f"scheme of the pack “{pack.id}”"
    for other in known.packs.values():
        if other.ladder_scheme is not None:
            return other.ladder_scheme, f"the scheme of the pack “{other.id}” is borrowed"
    return None, ""


def plan_statements(patient: Patient, pack: Pack) -> Mapping[str, tuple[Fact, ...]]:
    """What the pack says to this person's age about premedication, hydration, monitoring and the rest, by topic."""
    return {
        topic: tuple(fact for fact in facts if holds_for(patient, fact)) for topic, facts in pack.statements.items()
    }


def silences(pack: Pack, known: Knowledge, *, at_risk: bool) -> tuple[Silence, ...]:
    """What the pack does not say, and what the plan did instead."""
    found = []
    if pack.dosing_weight is None:
        found.append(Silence("dosing weight", "actual body weight is used"))
    if pack.rounding is None:
        found.append(
            Silence(
                "rounding to vials",
                "the calculated dose is kept and the rest of the last vial is shown as discarded",
            )
        )
    if pack.ladder_scheme is None:
        owner = ladder_scheme(pack, known)[1]
        found.append(Silence("rate steps where the label gives none", owner or "the ladder stays on the first step"))
    if pack.cap_at_risk is None and at_risk:
        found.append(
            Silence(
                "a numeric rate cap for personal risk",
                "where the label has none either, the ladder stays on the first step",
            )
        )
    if pack.restart_after_weeks is None:
        found.append(
            Silence(
                "the gap after which an infusion counts as a first one",
                "every ladder starts at the first step",
            )
        )
    return tuple(found)


def _schedules(patient: Patient, label: Label, pack: Pack, known: Knowledge) -> tuple[DoseSchedule, ...]:
    """The label's schedules first, then those only a guideline supports, each once."""
    found = {schedule.id: schedule for schedule in label.schedules}
    for guideline in supporting_guidelines(patient, pack, known):
        for schedule in guideline.schedules:
            found.setdefault(schedule.id, schedule)
    return tuple(found.values())


def _build(
    patient: Patient,
    circumstances: Circumstances,
    product: Product,
    label: Label,
    schedule: DoseSchedule,
    weight: DosingWeight,
    known: Knowledge,
) -> Regimen:
    pack = known.pack(circumstances.pack)
    assert label.ladder is not None
    limits = rate_limits(
        label.ladder,
        concentration_mg_per_ml=product.concentration_mg_per_ml,
        at_risk=bool(rate_at_risk(patient, known)[0]),
        pack_cap=pack.cap_at_risk,
    )
    history = rate_history(patient, circumstances, product, pack, known)
    regimen = Regimen(
        product,
        schedule,
        weight,
        tuple(
            _infusion(day, circumstances, product, label, schedule, weight, limits, history, pack, known)
            for day in range(1, schedule.days + 1)
        ),
    )
    recalculate(
        patient,
        regimen,
        rounding=pack.rounding,
        cap_ml_per_kg_per_h=Fraction(limits.maximum),
    )
    return regimen


def _infusion(
    day: int,
    circumstances: Circumstances,
    product: Product,
    label: Label,
    schedule: DoseSchedule,
    weight: DosingWeight,
    limits: RateLimits,
    history: tuple[str, ...],
    pack: Pack,
    known: Knowledge,
) -> Infusion:
    assert label.ladder is not None
    dose = daily_dose(
        day,
        weight_kg=weight.kg,
        g_per_kg=schedule.g_per_kg_per_day,
        vial_sizes_g=vials_at_hand(product, circumstances),
        concentration_mg_per_ml=product.concentration_mg_per_ml,
        rounding=pack.rounding,
    )
    scheme, owner = ladder_scheme(pack, known)
    ladder = build_ladder(
        label.ladder,
        limits,
        weight_kg=min(weight.kg, weight.actual_kg),
        volume_ml=dose.volume_ml,
        concentration_mg_per_ml=product.concentration_mg_per_ml,
        pump_resolution_ml_per_h=pump_resolution(circumstances.pump_resolution_ml_per_h, pack, weight.actual_kg),
        scheme=scheme,
        scheme_owner=owner,
    )
    ladder = replace(ladder, reasons=(*ladder.reasons, *history))
    starts = circumstances.start + timedelta(days=day - 1) if circumstances.start else None
    return Infusion(dose, ladder, starts, _after(starts, ladder.minutes))


def _after(start: datetime | None, minutes: Decimal) -> datetime | None:
    return start + timedelta(minutes=float(minutes)) if start is not None else None
