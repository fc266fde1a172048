"""Who counts as a responder? The definitions trials use, on a series of counts at visits.

`counts` is (people, visits) in 10⁹/L, `days` is (visits,): days since the first infusion began; visits at day 0 or
before are the baseline and never count as a response. `baseline`: the count before treatment, a number or (people,).
"At least" is ≥, "above" is >; which of the two a trial uses is part of its definition. Every answer is (people,).
Bleeding is not judged here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from opsonin.response.iwg import RESPONSE, RISE
from opsonin.response.series import Booleans, Floats, first_reaching, last_reaching


def counts_on(counts: ArrayLike, days: ArrayLike, *, day: float) -> Floats:
    """The counts at the visit on exactly this day, 10⁹/L; (people,). ValueError when no visit is on that day."""
    found = np.flatnonzero(np.isclose(np.asarray(days, float), day))
    if found.size == 0:
        raise ValueError(f"no visit is on day {day:g}")
    return np.asarray(counts, float)[:, int(found[0])]


def above(counts: ArrayLike, days: ArrayLike, *, threshold: float, within: float) -> Booleans:
    """Who has a count above the threshold at any visit after day 0 up to and including day `within`.

    >>> above([[10, 30, 50], [10, 20, 51]], [0, 1, 2], threshold=50, within=2).tolist()
    [False, True]
    """
    visit = np.asarray(days, float)
    window = (visit > 0) & (visit <= within)
    return np.asarray((np.asarray(counts, float)[:, window] > threshold).any(axis=1))


def at_least_on(counts: ArrayLike, days: ArrayLike, *, threshold: float, day: float) -> Booleans:
    """Who has a count at or above the threshold at the visit on this day, whatever came before or comes after."""
    return counts_on(counts, days, day=day) >= threshold


def above_on(counts: ArrayLike, days: ArrayLike, *, threshold: float, day: float) -> Booleans:
    """Who has a count above the threshold at the visit on this day."""
    return counts_on(counts, days, day=day) > threshold


def multiplied_on(
    counts: ArrayLike, days: ArrayLike, *, baseline: ArrayLike, threshold: float, times: float, day: float
) -> Booleans:
    """Who is above the threshold and at or above so many times the baseline at the visit on this day.

    Godeau and colleagues 1999: above 80 and at least twice the baseline on day 4.

    >>> multiplied_on([[20, 85], [50, 85]], [0, 4], baseline=[20, 50], threshold=80, times=2, day=4).tolist()
    [True, False]
    """
    count = counts_on(counts, days, day=day)
    return (count > threshold) & (count >= times * np.asarray(baseline, float))


def risen_by(counts: ArrayLike, days: ArrayLike, *, baseline: ArrayLike, by: float, within: float) -> Booleans:
    """Who is so much above the baseline at any visit after day 0 up to and including day `within`.

    >>> risen_by([[5, 40, 56], [20, 60, 69]], [0, 1, 2], baseline=[5, 20], by=50, within=2).tolist()
    [True, False]
    """
    visit, count = np.asarray(days, float), np.asarray(counts, float)
    window = (visit > 0) & (visit <= within)
    start = np.broadcast_to(np.asarray(baseline, float), count.shape[:1])
    return np.asarray((count[:, window] - start[:, None] >= by).any(axis=1))


def doubled(
    counts: ArrayLike,
    days: ArrayLike,
    *,
    baseline: ArrayLike,
    within: float,
    threshold: float = RESPONSE,
    times: float = RISE,
    confirmation_days: float | None = None,
) -> Booleans:
    """Who is at or above the threshold and so many times the baseline at a visit up to and including day `within`.

    The platelet part of the responses of the IWG 2009 and the EMA guideline (30 or more and twice the baseline). With
    `confirmation_days` another visit so much later, inside the window or after it, has to be as high too.

    >>> doubled([[10, 40, 45], [20, 35, 39]], [0, 1, 8], baseline=[10, 20], within=7).tolist()
    [True, False]
    >>> doubled([[10, 40, 25]], [0, 1, 8], baseline=10, within=7, confirmation_days=7).tolist()
    [False]
    """
    count, visit = np.asarray(counts, float), np.asarray(days, float)
    start = np.broadcast_to(np.asarray(baseline, float), count.shape[:1])
    relative = count / np.maximum(threshold, times * start)[:, None]
    first = first_reaching(relative, visit, threshold=1.0)
    if confirmation_days is None:
        return first <= within
    last = last_reaching(relative, visit, threshold=1.0)
    return (first <= within) & (last - first >= confirmation_days)


def sustained(counts: ArrayLike, days: ArrayLike, *, threshold: float, for_days: float) -> Booleans:
    """Who is at or above the threshold at every visit of a stretch of so many days or more, begun after day 0.

    >>> sustained([[10, 60, 60, 55], [10, 60, 40, 60]], [0, 1, 4, 8], threshold=50, for_days=7).tolist()
    [True, False]
    """
    count, visit = np.asarray(counts, float), np.asarray(days, float)
    begun = np.full(count.shape[0], np.nan)
    held = np.zeros(count.shape[0], bool)
    for column in np.flatnonzero(visit > 0):
        high = count[:, column] >= threshold
        begun = np.where(high, np.where(np.isnan(begun), visit[column], begun), np.nan)
        held |= high & (visit[column] - begun >= for_days)
    return held
