"""How often did a harm happen? One published count, or one published result that is not a count."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.sources import Citation, Obtained, Status, mark


@dataclass(frozen=True)
class HarmCount:
    """One published frequency of a harm: so many of so many, of whom, counted how, seen when."""

    id: str
    harm: str  # "headache", "haemolysis", … : the harm it belongs to
    event: str  # in the study's words
    population: str
    age_group: str  # "adult" | "child" | "mixed"
    study: str
    happened: int | None  # None: the study gives no count
    of: int | None
    unit: str  # "people" | "infusions" | "courses"; "" without a count
    dose_g_per_kg: Decimal | None  # of the course or the infusion counted; None: not stated
    counted_as: str  # "of any cause", "related to the infusion", "looked for", "reported", …
    result: str  # as published
    timing: str
    factors: str  # dose, rate and who was at risk, as published
    citation: Citation
    obtained: Obtained
    status: Status
    note: str

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def mark(self) -> str:
        """The quiet mark it prints with."""
        return mark(self.obtained, self.status)
