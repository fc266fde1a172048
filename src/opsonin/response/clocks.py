"""When, how long and how high? The clocks of trials, on a series of counts at visits.

`counts` is (people, visits) in 10⁹/L, `days` is (visits,): days since the first infusion began. A visit tells nothing
of the days between visits: a response starts at the visit that shows it and is lost at the visit that shows its loss,
so sparse visits lengthen both clocks, as they do in a clinic. Every answer is (people,); NaN where the question does
not apply (no response, so no duration), infinite where the end was not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from opsonin.response.responders import counts_on
from opsonin.response.series import Floats, first_reaching, next_fall


def first_above(counts: ArrayLike, days: ArrayLike, *, threshold: float) -> Floats:
    """Day of the first visit after day 0 with a count above the threshold; infinite if there is none.

    >>> first_above([[10, 50, 51]], [0, 1, 2], threshold=50).tolist()
    [2.0]
    """
    at = (np.asarray(counts, float) > threshold) & (np.asarray(days, float) > 0)
    return np.where(at, np.asarray(days, float), np.inf).min(axis=1)


def duration_of_response(
    counts: ArrayLike,
    days: ArrayLike,
    *,
    threshold: float,
    confirmed_by: int = 1,
    counted_from: float = 0.0,
    until_last_visit: bool = False,
) -> Floats:
    """Days from the first visit at or above the threshold to the first later visit below it.

    confirmed_by: so many visits in a row have to be below. counted_from: the clock starts here at the earliest, for
    trials that count from the end of treatment (a response lost before then lasted 0 days). until_last_visit: those who
    did not fall are counted up to the last visit, for trials that publish a mean, instead of being infinite.

    >>> three = [[10, 60, 70, 40], [10, 20, 20, 20], [10, 60, 60, 60]]
    >>> duration_of_response(three, [0, 2, 7, 14], threshold=50).tolist()
    [12.0, nan, inf]
    """
    visit = np.asarray(days, float)
    begun = np.maximum(first_reaching(counts, visit, threshold=threshold), counted_from)
    ended = next_fall(counts, visit, threshold=threshold, confirmed_by=confirmed_by)
    if until_last_visit:
        ended = np.where(np.isinf(ended), visit[-1], ended)
    with np.errstate(invalid="ignore"):
        return np.maximum(ended - begun, 0.0)


def total_days_at_or_above(counts: ArrayLike, days: ArrayLike, *, threshold: float) -> Floats:
    """Days at or above the threshold in all, each visit's count standing until the next visit.

    >>> total_days_at_or_above([[10, 60, 40, 60, 20]], [0, 2, 7, 9, 14], threshold=50).tolist()
    [10.0]
    """
    count, visit = np.asarray(counts, float), np.asarray(days, float)
    return ((count[:, :-1] >= threshold) * np.diff(visit)).sum(axis=1)


def highest(counts: ArrayLike, days: ArrayLike, *, within: float = np.inf) -> Floats:
    """The highest count at visits after day 0 up to and including day `within`, 10⁹/L."""
    visit = np.asarray(days, float)
    return np.asarray(counts, float)[:, (visit > 0) & (visit <= within)].max(axis=1)


def day_of_highest(counts: ArrayLike, days: ArrayLike) -> Floats:
    """Day of the visit with the highest count after day 0 (the first, if several are as high).

    >>> day_of_highest([[10, 60, 140, 90]], [0, 2, 7, 14]).tolist()
    [7.0]
    """
    visit, count = np.asarray(days, float), np.asarray(counts, float)
    after = np.flatnonzero(visit > 0)
    return visit[after][count[:, after].argmax(axis=1)]


def highest_rise(counts: ArrayLike, days: ArrayLike, *, baseline: ArrayLike) -> Floats:
    """The highest count after day 0 less the baseline, 10⁹/L: the best change of a waterfall figure."""
    return highest(counts, days) - np.asarray(baseline, float)


def change_on(counts: ArrayLike, days: ArrayLike, *, baseline: ArrayLike, day: float) -> Floats:
    """The count at the visit on this day less the baseline, 10⁹/L.

    >>> change_on([[10, 60]], [0, 3], baseline=10, day=3).tolist()
    [50.0]
    """
    return counts_on(counts, days, day=day) - np.asarray(baseline, float)
