"""A course of antithymocyte globulin as it would be prepared and run: exact milligrams, vials, millilitres, hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from opsonin.knowledge import Fact, Product, Protocol
from opsonin.regimen.regimen import DosingWeight


@dataclass(frozen=True)
class GlobulinInfusion:
    """One dose: how much, in what, how fast, when."""

    number: int
    day: int  # as the protocol counts
    on: date | None
    mg_per_kg: Decimal
    mg: Decimal
    vials: int
    discarded_mg: Decimal  # left in the last vial
    concentrate_ml: Decimal  # of the concentrate, or of the reconstituted powder
    final_volume_ml: Decimal | None  # None: no dilution is known and the case names none
    concentration_mg_per_ml: Decimal | None
    minimum_hours: Decimal
    planned_hours: Decimal  # the clinician's, the advised, or the minimum
    hours: Decimal  # as it runs on this pump, never below the minimum
    rate_ml_per_h: Decimal | None  # rounded down to the pump
    starts_at: datetime | None
    ends_at: datetime | None
    premedication_at: datetime | None


@dataclass(frozen=True)
class GlobulinCourse:
    """Every dose of one protocol at one end of its range, or as the clinician named it."""

    protocol: Protocol
    product: Product
    end: str  # "as-named" | "smallest" | "largest"
    weight: DosingWeight
    infusions: tuple[GlobulinInfusion, ...]
    preparation: str  # where the volume comes from
    timing: str  # where the hours come from
    facts: tuple[Fact, ...]

    @property
    def id(self) -> str:
        return f"{self.protocol.id}:{self.end}"

    @property
    def total_mg(self) -> Decimal:
        return sum((infusion.mg for infusion in self.infusions), Decimal(0))

    @property
    def total_mg_per_kg(self) -> Decimal:
        return sum((infusion.mg_per_kg for infusion in self.infusions), Decimal(0))
