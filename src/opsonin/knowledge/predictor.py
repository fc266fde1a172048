"""What was published of a predictor of response: how often those with it responded, and those without."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from opsonin.sources import Citation, Obtained, Status, mark

NORMAL_95 = 1.959964  # half-width of a 95 % interval in standard errors


class OddsRatio(NamedTuple):
    """An odds ratio with its 95 % interval (Woolf: normal on the logarithm)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PredictorEffect:
    """One published comparison of people with and without something that may predict their response."""

    id: str
    predictor: str  # "anti_gpib_ix", … : several studies may speak of one
    says: str  # what those who carry it have
    population: str
    age_group: str  # "adult" | "child" | "mixed"
    outcome: str  # in the study's words
    yes_with: int | None  # so many with it had the outcome …
    of_with: int | None  # … of so many; None: no counts were read
    yes_without: int | None
    of_without: int | None
    result: str  # as published
    acts_on: str  # "blockade_half" | "natural_recovery" | "": what it moves in a virtual population
    studied_in: str  # the declared "study/arm/endpoint" on which its size is found; "" when it cannot be used
    use: str  # "named": when the predictor is named; "effect": only when this effect is named; "none": shown only
    why: str  # why not "named"
    citation: Citation
    obtained: Obtained
    status: Status
    note: str

    @property
    def mark(self) -> str:
        """The quiet mark it prints with."""
        return mark(self.obtained, self.status)

    @property
    def odds_ratio(self) -> OddsRatio | None:
        """Odds of the outcome with it over those without; None where no counts were read or a cell is empty."""
        if self.yes_with is None or self.of_with is None or self.yes_without is None or self.of_without is None:
            return None
        cells = (self.yes_with, self.of_with - self.yes_with, self.yes_without, self.of_without - self.yes_without)
        if not all(cells):
            return None
        middle = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
        half = NORMAL_95 * math.sqrt(sum(1 / cell for cell in cells))
        return OddsRatio(math.exp(middle), math.exp(middle - half), math.exp(middle + half))

    @property
    def share_with(self) -> float | None:
        """The share of the study's people who carried it."""
        if self.of_with is None or self.of_without is None:
            return None
        return self.of_with / (self.of_with + self.of_without)
