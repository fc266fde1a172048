"""What is to run? One day's infusion as ordered: product, volume, the steps of the rate, every limit that applies.

Generic over the two ways a rate is ordered: a ladder of steps (immunoglobulin), or one constant rate that keeps a
shortest time (antithymocyte globulin).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from opsonin.errors import InputRefused, Problem
from opsonin.infusion.rules import Rules, rules_in_force
from opsonin.knowledge import Fact, Knowledge, Product, Rate
from opsonin.patient import Circumstances, Patient
from opsonin.quantities import round_down, show
from opsonin.regimen import RateLadder, Regimen, pump_resolution
from opsonin.regimen.globulin import GlobulinCourse
from opsonin.safety.check import Situation, starts_afresh

_MG_PER_G = Decimal(1000)
IN_USE = {"pooled_start_within": "begin", "pooled_infuse_within": "finish", "infuse_within": "finish"}


@dataclass(frozen=True)
class Step:
    """One rung: this rate, and how long it must have run before the next."""

    ml_per_h: Decimal
    minutes: Decimal | None  # None: no time is ordered, so the software never advises the next step


@dataclass(frozen=True)
class InUse:
    """How long a bag may hang once it was made."""

    what: str  # "begin" | "finish"
    within: timedelta
    fact: Fact


@dataclass(frozen=True)
class Order:
    """One infusion as ordered. Amounts in `unit`; the volume holds exactly the amount."""

    product: str
    brand: str
    therapy: str  # "immunoglobulin" | "antithymocyte-globulin"
    regimen: str  # id of the regimen, and the day in it
    day: int
    amount: Decimal
    unit: str  # "g" | "mg"
    volume_ml: Decimal
    mg_per_ml: Decimal
    weight_kg: Decimal  # rates per kilogram are of this weight
    is_adult: bool
    first_infusion: bool | None  # first, new brand or long gap; None: not known
    steps: tuple[Step, ...]
    maximum_ml_per_h: Decimal  # the highest rate that may be set on the pump
    shortest_min: Decimal | None  # the infusion may not be over sooner
    pump_step_ml_per_h: Decimal
    heading: str  # where the steps come from
    facts: tuple[Fact, ...]  # behind steps and maximum
    rules: Rules
    in_use: tuple[InUse, ...] = ()
    after_reaction: Rate | None = None  # this product's own maximum after a reaction
    limits: Mapping[str, Decimal] = field(default_factory=dict)  # the team's own, by the names in knowledge.LIMITS
    limits_source: str = ""

    @property
    def rates(self) -> tuple[Decimal, ...]:
        """The rates on the pump, slowest first."""
        return tuple(step.ml_per_h for step in self.steps)

    @property
    def after_reaction_ml_per_h(self) -> Decimal | None:
        """The product's own maximum after a reaction, on the pump."""
        if self.after_reaction is None:
            return None
        return self.on_pump(self.after_reaction.ml_per_kg_per_h(self.mg_per_ml) * self.weight_kg)

    def on_pump(self, ml_per_h: Decimal) -> Decimal:
        """The highest rate the pump can be set to that is not above this one."""
        return round_down(ml_per_h, self.pump_step_ml_per_h)

    def minutes_before_next(self, ml_per_h: Decimal) -> Decimal | None:
        """How long this rate must have run before the next step; between two rungs the lower one's time holds."""
        below = [step for step in self.steps if step.ml_per_h <= ml_per_h]
        return (below[-1] if below else self.steps[0]).minutes

    def next_rate(self, ml_per_h: Decimal) -> Decimal | None:
        """The rung above this rate; None at the top."""
        return next((step.ml_per_h for step in self.steps if step.ml_per_h > ml_per_h), None)

    def amount_in(self, volume_ml: Decimal) -> Decimal:
        """How much of the product so many millilitres hold, in `unit`."""
        mg = volume_ml * self.mg_per_ml
        return mg / _MG_PER_G if self.unit == "g" else mg

    def ml_per_kg_per_h(self, ml_per_h: Decimal) -> Decimal:
        return ml_per_h / self.weight_kg

    def says(self) -> str:
        return (
            f"{self.brand}, {show(self.amount)} {self.unit} in {show(self.volume_ml)} mL "
            f"({show(self.mg_per_ml)} mg/mL), day {self.day} of {self.regimen}"
        )


def immunoglobulin_order(
    regimen: Regimen, day: int, *, patient: Patient, circumstances: Circumstances, knowledge: Knowledge
) -> Order:
    """Day `day` of an immunoglobulin regimen as an order that can be followed. Raises InputRefused for no such day."""
    if not 1 <= day <= len(regimen.infusions):
        why = f"is not a day of {regimen.id}, which has {len(regimen.infusions)}."
        raise InputRefused([Problem("--day", str(day), why, "Count from 1.")])
    infusion = regimen.infusions[day - 1]
    pack = knowledge.pack(circumstances.pack)
    weight = min(regimen.weight.kg, regimen.weight.actual_kg)
    pump = pump_resolution(circumstances.pump_resolution_ml_per_h, pack, regimen.weight.actual_kg)
    ladder = infusion.ladder
    limits, limits_source = team_limits(circumstances, knowledge)
    restart = pack.restart_after_weeks.number() if pack.restart_after_weeks is not None else None
    situation = Situation(patient, circumstances, regimen.product, None, None, restart)
    return Order(
        product=regimen.product.id,
        brand=regimen.product.brand,
        therapy="immunoglobulin",
        regimen=regimen.id,
        day=day,
        amount=infusion.dose.grams,
        unit="g",
        volume_ml=infusion.dose.volume_ml,
        mg_per_ml=regimen.product.concentration_mg_per_ml,
        weight_kg=weight,
        is_adult=patient.is_adult,
        first_infusion=starts_afresh(situation) if day == 1 else False,
        steps=_steps(ladder),
        maximum_ml_per_h=min(
            [round_down(ladder.maximum_ml_per_kg_per_h * weight, pump), *_pump_ceilings(pack.id, knowledge)]
        ),
        shortest_min=None,
        pump_step_ml_per_h=pump,
        heading=ladder.heading,
        facts=ladder.facts,
        rules=rules_in_force(pack, knowledge),
        in_use=in_use(regimen.product.facts),
        after_reaction=_after_reaction(regimen.product.labels.get(pack.label_region)),
        limits=limits,
        limits_source=limits_source,
    )


def globulin_order(
    product: Product,
    *,
    amount_mg: Decimal,
    volume_ml: Decimal,
    day: int,
    weight_kg: Decimal,
    is_adult: bool,
    circumstances: Circumstances,
    knowledge: Knowledge,
) -> Order:
    """One bag of antithymocyte globulin as an order: a constant rate that keeps the label's shortest time.

    Raises InputRefused when no shortest time for this product is on the shelf: it is not invented.
    """
    pack = knowledge.pack(circumstances.pack)
    label = product.labels.get(pack.id) or product.labels.get(pack.label_region)
    name = "infusion_hours_first" if day == 1 else "infusion_hours_later"
    hours = label.facts.get(name) if label is not None else None
    if hours is None or not hours.found:
        why = f"has no shortest time of infusion on the shelf under the pack {pack.id}."
        raise InputRefused([Problem("product", product.id, why, "Choose a pack whose text states one.")])
    pump = pump_resolution(circumstances.pump_resolution_ml_per_h, pack, weight_kg)
    return _one_rate(
        product,
        regimen=product.id,
        day=day,
        amount_mg=amount_mg,
        volume_ml=volume_ml,
        rate_ml_per_h=round_down(volume_ml / hours.number(), pump),
        shortest_hours=hours.number(),
        weight_kg=weight_kg,
        is_adult=is_adult,
        facts=(hours,),
        circumstances=circumstances,
        knowledge=knowledge,
    )


def course_order(
    course: GlobulinCourse, number: int, *, is_adult: bool, circumstances: Circumstances, knowledge: Knowledge
) -> Order:
    """Dose `number` of a planned course of antithymocyte globulin. Raises InputRefused when it cannot be followed."""
    infusion = next((one for one in course.infusions if one.number == number), None)
    if infusion is None:
        why = f"is not a dose of {course.id}, which has {len(course.infusions)}."
        raise InputRefused([Problem("--day", str(number), why, "Count from 1.")])
    if infusion.final_volume_ml is None or infusion.rate_ml_per_h is None:
        why = "has no volume: no dilution is known, and the case names none."
        raise InputRefused([Problem("final_volume", "", why, "Write the prepared volume in the case.")])
    return _one_rate(
        course.product,
        regimen=course.id,
        day=number,
        amount_mg=infusion.mg,
        volume_ml=infusion.final_volume_ml,
        rate_ml_per_h=infusion.rate_ml_per_h,
        shortest_hours=infusion.minimum_hours,
        weight_kg=course.weight.actual_kg,
        is_adult=is_adult,
        facts=course.facts,
        circumstances=circumstances,
        knowledge=knowledge,
    )


def _one_rate(
    product: Product,
    *,
    regimen: str,
    day: int,
    amount_mg: Decimal,
    volume_ml: Decimal,
    rate_ml_per_h: Decimal,
    shortest_hours: Decimal,
    weight_kg: Decimal,
    is_adult: bool,
    facts: tuple[Fact, ...],
    circumstances: Circumstances,
    knowledge: Knowledge,
) -> Order:
    """One constant rate; the highest that may be set is the one that just keeps the shortest time."""
    pack = knowledge.pack(circumstances.pack)
    pump = pump_resolution(circumstances.pump_resolution_ml_per_h, pack, weight_kg)
    limits, limits_source = team_limits(circumstances, knowledge)
    return Order(
        product=product.id,
        brand=product.brand,
        therapy="antithymocyte-globulin",
        regimen=regimen,
        day=day,
        amount=amount_mg,
        unit="mg",
        volume_ml=volume_ml,
        mg_per_ml=amount_mg / volume_ml,
        weight_kg=weight_kg,
        is_adult=is_adult,
        first_infusion=day == 1,
        steps=(Step(rate_ml_per_h, None),),
        maximum_ml_per_h=max(rate_ml_per_h, round_down(volume_ml / shortest_hours, pump)),
        shortest_min=shortest_hours * 60,
        pump_step_ml_per_h=pump,
        heading=f"one rate: not over before {show(shortest_hours)} hours",
        facts=facts,
        rules=rules_in_force(pack, knowledge),
        in_use=in_use(product.facts),
        limits=limits,
        limits_source=limits_source,
    )


def _steps(ladder: RateLadder) -> tuple[Step, ...]:
    """The ladder's rungs; the last one runs until the volume is in."""
    *before, last = ladder.steps
    return (*(Step(step.ml_per_h, step.minutes) for step in before), Step(last.ml_per_h, None))


def in_use(facts: Mapping[str, Fact]) -> tuple[InUse, ...]:
    """What the shelf says of how long a bag of this product may hang; () when nothing was found."""
    found = [(what, facts[name]) for name, what in IN_USE.items() if name in facts and facts[name].found]
    return tuple(InUse(what, timedelta(hours=float(fact.number())), fact) for what, fact in found)


def team_limits(circumstances: Circumstances, knowledge: Knowledge) -> tuple[Mapping[str, Decimal], str]:
    """The team's limits for vital signs: those of the case, over those of its pack; and where they stand."""
    fact = knowledge.pack(circumstances.pack).supervision.get("limits")
    from_pack: Mapping[str, Decimal] = fact.value if fact is not None else {}
    places = [f"pack {circumstances.pack}"] if from_pack else []
    if circumstances.limits:
        places.insert(0, "the case")
    return {**from_pack, **circumstances.limits}, " and ".join(places)


def _after_reaction(label: object) -> Rate | None:
    fact = getattr(label, "facts", {}).get("rate_after_reaction_maximum")
    return Rate(fact.number(), fact.unit, fact) if fact is not None and fact.found else None


def _pump_ceilings(pack: str, knowledge: Knowledge) -> list[Decimal]:
    """Absolute ceilings in mL/h that hold under this pack."""
    rails = (rail for rail in knowledge.guardrails if rail.measure == "pump_rate" and rail.side == "above")
    return [rail.limit for rail in rails if not rail.packs or pack in rail.packs]
