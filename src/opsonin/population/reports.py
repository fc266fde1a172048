"""What would a laboratory report? The true value with an error of its own for every person and time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from opsonin.population.cohort import Cohort
from opsonin.population.draws import Floats, normals

MINUTES_PER_DAY = 24 * 60


def reported(cohort: Cohort, what: str, true: Floats, times: ArrayLike) -> Floats:
    """Reported values for true ones of shape (n, times); never below 0.

    what: "platelets" (10⁹/L) or "igg" (g/L). times: days, (times,). The errors of a person at a time are the same
    whatever was given and whichever other times are looked at.
    """
    error = cohort.report_errors[what]
    seen = np.empty_like(true)
    for column, day in enumerate(np.asarray(times, float)):
        minute = round(day * MINUTES_PER_DAY)
        proportional = normals(cohort.seed, f"{what} reported, proportional, minute {minute}", cohort.n)
        additive = normals(cohort.seed, f"{what} reported, additive, minute {minute}", cohort.n)
        seen[:, column] = true[:, column] * (1 + error.proportional * proportional) + error.additive * additive
    return np.maximum(seen, 0.0)
