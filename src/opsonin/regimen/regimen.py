"""A course of immunoglobulin as it would be prepared and run: exact grams, vials, millilitres, minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from opsonin.knowledge import Fact, Product
from opsonin.knowledge.knowledge import DoseSchedule


@dataclass(frozen=True)
class DosingWeight:
    """The weight the dose is calculated on, and how it came about."""

    kg: Decimal
    basis: str  # "actual" | "adjusted"
    actual_kg: Decimal
    ideal_kg: Decimal | None
    body_mass_index: Decimal | None
    says: str  # the rule in words, with this patient's numbers
    jump: str  # "" or what a slightly different weight would change, in grams per g/kg
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Vials:
    """So many vials of one size."""

    size_g: Decimal
    count: int


@dataclass(frozen=True)
class DailyDose:
    """One day's dose: what was calculated, what is prepared, and the difference."""

    day: int  # 1 = first day
    calculated_g: Decimal
    grams: Decimal  # given
    volume_ml: Decimal
    vials: tuple[Vials, ...]
    discarded_g: Decimal  # opened but not given
    rounding: str  # rule, direction, percentage, in words
    rounding_percent: Decimal  # (grams - calculated) / calculated x 100


@dataclass(frozen=True)
class RateStep:
    """One rung of the ladder. Volumes are exact: rate x minutes / 60, and they add up to the dose."""

    number: int
    starts_after_min: Decimal
    minutes: Decimal
    ml_per_h: Decimal
    ml_per_kg_per_h: Decimal  # what ml_per_h is for the weight
    mg_per_kg_per_min: Decimal
    volume_ml: Decimal
    cumulative_ml: Decimal


@dataclass(frozen=True)
class RateLadder:
    """The rate, step by step, for one infusion of one product in one person."""

    steps: tuple[RateStep, ...]
    heading: str  # "steps: from the label" | "steps: not from the label (…)" | "steps: stopped at the first step (…)"
    cap_kind: str  # "label" | "label-at-risk" | "pack-at-risk" | "first-step-only"
    maximum_ml_per_kg_per_h: Decimal  # the cap that applies
    reasons: tuple[str, ...]
    facts: tuple[Fact, ...]

    @property
    def minutes(self) -> Decimal:
        return sum((step.minutes for step in self.steps), Decimal(0))


@dataclass(frozen=True)
class Infusion:
    """One day: the dose and the ladder it runs on. Clock times only where a start was given."""

    dose: DailyDose
    ladder: RateLadder
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class Regimen:
    """One product on one schedule for one person."""

    product: Product
    schedule: DoseSchedule
    weight: DosingWeight
    infusions: tuple[Infusion, ...]

    @property
    def id(self) -> str:
        return f"{self.product.id}:{self.schedule.id}"

    @property
    def total_g(self) -> Decimal:
        return sum((i.dose.grams for i in self.infusions), Decimal(0))

    @property
    def total_ml(self) -> Decimal:
        return sum((i.dose.volume_ml for i in self.infusions), Decimal(0))

    @property
    def discarded_g(self) -> Decimal:
        return sum((i.dose.discarded_g for i in self.infusions), Decimal(0))

    @property
    def hours(self) -> Decimal:
        """Hours at the bedside over the whole course."""
        return sum((i.ladder.minutes for i in self.infusions), Decimal(0)) / 60

    @property
    def total_g_per_actual_kg(self) -> Decimal:
        return self.total_g / self.weight.actual_kg
