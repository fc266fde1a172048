"""What would a laboratory report? The true value with an error of its own for every person and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from opsonin.mechanism import ReportError
from opsonin.population.cohort import Cohort
from opsonin.population.draws import Floats, normals

MINUTES_PER_DAY = 24 * 60


@dataclass(frozen=True)
class Laboratory:
    """The reporting errors of everyone in a cohort at some times: report = true · factor + offset, never below 0.

    Keys are what is reported, such as "platelets" (10⁹/L) and "igg" (g/L); factors and offsets are (n, times).
    """

    factors: Mapping[str, Floats]
    offsets: Mapping[str, Floats]

    def report(self, what: str, true: Floats) -> Floats:
        """Reported values for true ones of shape (n, times)."""
        return np.maximum(true * self.factors[what] + self.offsets[what], 0.0)


class Reported(Protocol):
    """People whose values a laboratory reports."""

    @property
    def n(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def report_errors(self) -> Mapping[str, ReportError]: ...


def laboratory(cohort: Reported, times: ArrayLike, *, of: tuple[str, ...] = ("platelets", "igg")) -> Laboratory:
    """The errors of this cohort's reports at these times (days, (times,)).

    The errors of a person at a time are the same whatever was given and whichever other times are looked at.
    """
    minutes = [round(day * MINUTES_PER_DAY) for day in np.asarray(times, float)]

    def deviates(what: str, part: str) -> Floats:
        drawn = [normals(cohort.seed, f"{what} reported, {part}, minute {minute}", cohort.n) for minute in minutes]
        return np.column_stack(drawn)

    errors = cohort.report_errors
    return Laboratory(
        factors={what: 1 + errors[what].proportional * deviates(what, "proportional") for what in of},
        offsets={what: errors[what].additive * deviates(what, "additive") for what in of},
    )


def reported(cohort: Cohort, what: str, true: Floats, times: ArrayLike) -> Floats:
    """Reported values for true ones of shape (n, times) at times (days, (times,)); never below 0."""
    return laboratory(cohort, times, of=(what,)).report(what, true)
