"""One thing known, and one guardrail made of it: the smallest frozen values the loader makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from opsonin.errors import KnowledgeError
from opsonin.sources import Citation, Obtained, Status, mark


@dataclass(frozen=True)
class Fact:
    """One thing known: value, unit, source with place, how obtained, whom it holds for, date, status."""

    id: str  # path on the shelf + block name, e.g. "products/privigen/labels/us/rate_maximum"
    says: str
    value: Any  # Decimal | str | bool | None (not found) | tuple | Mapping of these
    unit: str
    obtained: Obtained
    status: Status
    citations: tuple[Citation, ...]
    where: tuple[str, ...]  # jurisdictions: "us", "eu", …; empty: everywhere
    in_force_from: date | None
    in_force_until: date | None
    checked: date | None
    note: str
    tags: tuple[str, ...]  # source-document facts it carries, e.g. "SRC-B11"
    holds_for: Mapping[str, Any]  # {"hard": {...}, "soft": {...}}; empty when it holds for all
    spread: Mapping[str, Any]  # {"between_people_cv_percent": …}; empty when none

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def mark(self) -> str:
        """The quiet mark it prints with."""
        return mark(self.obtained, self.status)

    @property
    def found(self) -> bool:
        return self.value is not None

    def number(self) -> Decimal:
        """The value as a decimal; raises KnowledgeError when it is not one."""
        if isinstance(self.value, bool) or not isinstance(self.value, (Decimal, int)):
            raise KnowledgeError(f"{self.id} is asked for a number but holds {self.value!r}.")
        return Decimal(self.value)


@dataclass(frozen=True)
class Rate:
    """An infusion rate per body weight as its source prints it."""

    value: Decimal
    unit: str  # "mg/kg/min" | "mg/kg/h" | "mL/kg/min" | "mL/kg/h"
    fact: Fact

    def ml_per_kg_per_h(self, concentration_mg_per_ml: Decimal) -> Decimal:
        """The same rate as a volume of this product."""
        if self.unit == "mL/kg/h":
            return self.value
        if self.unit == "mL/kg/min":
            return self.value * 60
        if self.unit == "mg/kg/h":
            return self.value / concentration_mg_per_ml
        return self.value * 60 / concentration_mg_per_ml


@dataclass(frozen=True)
class Guardrail:
    """A limit as a smart pump has it: a hard one stops a dose or rate, a soft one asks why.

    It speaks when `measure` lies above the limit (or below it, for `side` "below").
    """

    id: str
    measure: str  # one of safety/guardrails.py
    side: str  # "above" | "below"
    severity: str  # "absolute" (hard) | "conditional" (soft)
    limit: Decimal
    unit: str
    packs: tuple[str, ...]  # () = all
    says: str
    remedy: str
    fact: Fact
