"""How high, how long? Endpoints of serum IgG at visits: peak, level and rise on a day, half-life in a window.

`levels` is (people, visits) in g/L, `days` is (visits,): days since the first infusion began. A half-life of infused
IgG depends on the window and on whether the level before treatment is subtracted, so both are part of the definition.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from opsonin.response.responders import counts_on
from opsonin.response.series import Floats


def highest_level(levels: ArrayLike, days: ArrayLike) -> Floats:
    """The highest level at visits after day 0, g/L; (people,)."""
    return np.asarray(levels, float)[:, np.asarray(days, float) > 0].max(axis=1)


def level_on(levels: ArrayLike, days: ArrayLike, *, day: float) -> Floats:
    """The level at the visit on this day, g/L; (people,). ValueError when no visit is on that day.

    >>> level_on([[10.0, 30, 12]], [0, 1, 28], day=28).tolist()
    [12.0]
    """
    return counts_on(levels, days, day=day)


def rise_on(levels: ArrayLike, days: ArrayLike, *, before: ArrayLike, day: float) -> Floats:
    """The level at the visit on this day less the level before treatment, g/L; (people,)."""
    return counts_on(levels, days, day=day) - np.asarray(before, float)


def half_life(
    levels: ArrayLike, days: ArrayLike, *, before: ArrayLike, first_day: float, last_day: float, corrected: bool
) -> Floats:
    """Half-life from a line through the logarithms at the visits of the window, days; (people,).

    first_day, last_day: the window, both ends in it. corrected: the level before treatment is subtracted first.
    NaN where the line does not fall, or where a corrected level in the window is not above 0.

    >>> half_life([[32.0, 16, 8]], [0, 10, 20], before=0, first_day=0, last_day=20, corrected=False).round(6).tolist()
    [10.0]
    """
    visit, level = np.asarray(days, float), np.asarray(levels, float)
    window = (visit >= first_day) & (visit <= last_day)
    if window.sum() < 2:
        raise ValueError(f"fewer than two visits lie between day {first_day:g} and day {last_day:g}")
    if corrected:
        level = level - np.broadcast_to(np.asarray(before, float), level.shape[:1])[:, None]
    seen, when = level[:, window], visit[window] - visit[window].mean()
    usable = np.asarray((seen > 0).all(axis=1))
    logs = np.log(np.where(usable[:, None], seen, 1.0))
    slope = (logs * when).sum(axis=1) / (when**2).sum()
    falls = usable & (slope < 0)
    return np.where(falls, np.log(2) / np.where(falls, -slope, 1.0), np.nan)
