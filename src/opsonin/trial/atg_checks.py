"""What was published about ATG levels and T cells, and when does a prediction agree? Declared before it is run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

CHECKS = Path(__file__).with_name("atg_checks.yaml")
Part = Literal["total", "active", "T cells", "horse"]


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(Frozen):
    """One published number, the course it belongs to, what is computed, and the bounds within which it agrees."""

    id: str
    part: Part
    product: str
    used: Literal["fit", "free"]
    source: str  # a work on the shelf
    says: str
    measure: str
    arguments: dict[str, Any] = Field(default_factory=dict, alias="with")
    published: float | str
    low: float | Literal["back"] | None = None
    high: float | Literal["back"] | None = None
    spread: str = ""  # what the bounds are; "" where none was published
    n: int | None = None
    dose: float | None = None  # mg/kg, each day
    doses: tuple[float, ...] | None = None  # mg/kg, day by day
    days: tuple[float, ...] = ()
    hours: float = 4.0
    graft_day: float | None = None
    assumed: str = ""

    @property
    def amounts(self) -> tuple[float, ...]:
        """mg/kg of each infusion."""
        return self.doses if self.doses is not None else (self.dose or 0.0,) * len(self.days)


class NotCompared(Frozen):
    """Something published that is not compared, and why."""

    what: str
    why: str


class Checks(Frozen):
    """Every check, the two rules that hold for all, and what is not compared."""

    within_percent_without_spread: float
    back_at: float
    checks: tuple[Check, ...]
    not_compared: tuple[NotCompared, ...]


@lru_cache(maxsize=1)
def declared_checks() -> Checks:
    """The checks that come with the package.

    >>> declared_checks().checks[0].published
    21.5
    """
    return Checks.model_validate(yaml.safe_load(CHECKS.read_text(encoding="utf-8")))
