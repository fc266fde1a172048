"""A protocol of antithymocyte globulin: whose it is, for what, how much per kilogram, on which days."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.knowledge.fact import Fact


@dataclass(frozen=True)
class Phase:
    """Doses of one size at one interval; a range where the source gives one."""

    dose_mg_per_kg: tuple[Decimal, Decimal]  # lowest and highest single dose
    doses: tuple[int, int]  # fewest and most
    every_days: int  # 1 = daily, 2 = alternate days
    first_day: int | None  # counted as the protocol counts; None: one interval after the phase before


@dataclass(frozen=True)
class Protocol:
    """One way to give one product for one purpose, as a label or a publication has it."""

    id: str  # file/block: "thymoglobulin_us/kidney-prophylaxis"
    name: str  # whose it is
    product: str
    kind: str  # "label" | "published" | "handbook"
    where: tuple[str, ...]  # jurisdictions; () = none in particular
    indications: tuple[str, ...]
    counted_from: str  # "first-dose" (day 1) | "transplant" (day 0)
    phases: tuple[Phase, ...]
    most_doses: int | None  # over all phases together
    cumulative_mg_per_kg: tuple[Decimal, Decimal] | None  # as the source states it; None: it states none
    minimum_hours: tuple[Decimal, Decimal] | None  # first, later; None: the label's
    advised_hours: Decimal | None
    dosing_weight: str  # "ideal-when-obese" | "" (the source states no rule)
    cytopenia_is_the_disease: bool
    says: str
    fact: Fact

    def needs_dose(self) -> bool:
        """Whether the source leaves the size of a dose to the clinician."""
        return any(low < high for low, high in (phase.dose_mg_per_kg for phase in self.phases))

    def needs_doses(self) -> bool:
        """Whether the source leaves the number of doses to the clinician."""
        return any(low < high for low, high in (phase.doses for phase in self.phases))
