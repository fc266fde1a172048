"""The platelet criteria of the International Working Group of 2009 (Rodeghiero and colleagues).

Complete response: a count of 100 or more. Response: 30 or more and at least twice the baseline. No response: less than
either. The criteria also ask for no bleeding; bleeding is not simulated, so only the platelet part is judged here.
Confirmation, as the working group states it, is on two occasions at least 7 days apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from opsonin.response.series import Booleans, first_reaching, last_reaching

COMPLETE = 100.0  # 10⁹/L
RESPONSE = 30.0  # 10⁹/L
RISE = 2.0  # times the baseline
CONFIRMATION_DAYS = 7.0


@dataclass(frozen=True)
class IwgClasses:
    """Who falls into which class; each (people,), exactly one true for every person."""

    complete_response: Booleans
    response: Booleans  # response that is not complete
    no_response: Booleans


def iwg_2009(
    counts: ArrayLike, days: ArrayLike, *, baseline: ArrayLike, confirmation_days: float | None = CONFIRMATION_DAYS
) -> IwgClasses:
    """The best class of each person over all visits after day 0.

    counts: (people, visits), 10⁹/L. baseline: the count before treatment, a number or (people,). confirmation_days: the
    two confirming visits lie at least so far apart; None asks for no confirmation (one visit is enough).

    >>> iwg_2009([[10, 120, 90, 110]], [0, 1, 4, 8], baseline=10).complete_response.tolist()
    [True]
    >>> iwg_2009([[10, 120, 90, 90]], [0, 1, 4, 8], baseline=10).complete_response.tolist()
    [False]
    """
    count = np.asarray(counts, float)
    twice = np.broadcast_to(RISE * np.asarray(baseline, float), count.shape[:1])
    complete = _held(count / COMPLETE, days, confirmation_days)
    respond = _held(count / np.maximum(RESPONSE, twice)[:, None], days, confirmation_days)
    return IwgClasses(complete, respond & ~complete, ~respond & ~complete)


def _held(relative: ArrayLike, days: ArrayLike, confirmation_days: float | None) -> Booleans:
    """Who is at or above 1 at some visit, or at two visits so far apart."""
    first = first_reaching(relative, days, threshold=1.0)
    if confirmation_days is None:
        return np.isfinite(first)
    last = last_reaching(relative, days, threshold=1.0)
    return np.isfinite(first) & (last - first >= confirmation_days)
