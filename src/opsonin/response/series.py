"""Endpoints of a series of counts at visits: reached, first reached, time above, next fall.

`counts` is (people, visits) in 10⁹/L, `days` is (visits,): days since the first infusion began. Visits at day 0 or
before are the baseline and never count as a response. A missing count (NaN) neither reaches nor falls.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


def reached(counts: ArrayLike, days: ArrayLike, *, threshold: float, within: float) -> Booleans:
    """Who has a count at or above the threshold at any visit after day 0 up to and including day `within`; (people,).

    >>> reached([[10, 30, 60], [10, 20, 30]], [0, 1, 2], threshold=50, within=2).tolist()
    [True, False]
    """
    visit = np.asarray(days, float)
    window = (visit > 0) & (visit <= within)
    return np.asarray((np.asarray(counts, float)[:, window] >= threshold).any(axis=1))


def first_reaching(counts: ArrayLike, days: ArrayLike, *, threshold: float) -> Floats:
    """Day of the first visit after day 0 with a count at or above the threshold; infinite if there is none; (people,).

    >>> first_reaching([[10, 30, 60], [10, 20, 30]], [0, 1, 2], threshold=50).tolist()
    [2.0, inf]
    """
    visit = np.asarray(days, float)
    at = (np.asarray(counts, float) >= threshold) & (visit > 0)
    return np.where(at, visit, np.inf).min(axis=1)


def last_reaching(counts: ArrayLike, days: ArrayLike, *, threshold: float) -> Floats:
    """Day of the last visit after day 0 with a count at or above the threshold; minus infinity if there is none."""
    visit = np.asarray(days, float)
    at = (np.asarray(counts, float) >= threshold) & (visit > 0)
    return np.where(at, visit, -np.inf).max(axis=1)


def days_at_or_above(counts: ArrayLike, days: ArrayLike, *, threshold: float) -> Floats:
    """On how many daily visits after day 0 the count is at or above the threshold; (people,).

    >>> days_at_or_above([[60, 30, 60, 50]], [0, 1, 2, 3], threshold=50).tolist()
    [2.0]
    """
    at = (np.asarray(counts, float) >= threshold) & (np.asarray(days, float) > 0)
    return at.sum(axis=1).astype(float)


def next_fall(counts: ArrayLike, days: ArrayLike, *, threshold: float, confirmed_by: int = 2) -> Floats:
    """Day of the first visit below the threshold after it was reached, if so many in a row are below it; (people,).

    NaN for those who never reached it, infinite for those who reached it and did not fall. One low report between
    higher ones is not a fall; a run cut short by the last visit is not yet one.

    >>> next_fall([[10, 40, 20, 40, 20, 20], [10, 40, 40, 40, 40, 20]], range(6), threshold=30).tolist()
    [4.0, inf]
    """
    count, visit = np.asarray(counts, float), np.asarray(list(days) if isinstance(days, range) else days, float)
    reached_on = first_reaching(count, visit, threshold=threshold)
    low = (count < threshold) & (visit > reached_on[:, None])
    run = low.copy()
    for later in range(1, confirmed_by):
        run[:, :-later] &= low[:, later:]
        run[:, -later:] = False
    fell_on = np.where(run, visit, np.inf).min(axis=1)
    return np.where(np.isfinite(reached_on), fell_on, np.nan)
