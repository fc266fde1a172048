"""What share has not yet had it? The product-limit estimate of Kaplan and Meier."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from opsonin.response.series import Floats


def kaplan_meier(when: ArrayLike, *, happened: ArrayLike) -> tuple[Floats, Floats]:
    """Days at which it happened to someone, and the share to whom it has not happened after each; starts at (0, 1).

    when: day of the event, or the last day seen without it. happened: whether it was the event.

    >>> days, share = kaplan_meier([1, 2, 2, 4], happened=[True, True, False, False])
    >>> days.tolist(), share.tolist()
    ([0.0, 1.0, 2.0], [1.0, 0.75, 0.5])
    """
    day, event = np.asarray(when, float), np.asarray(happened, bool)
    days = np.unique(day[event])
    at_risk = np.array([(day >= d).sum() for d in days], float)
    events = np.array([(event & (day == d)).sum() for d in days], float)
    return np.concatenate([[0.0], days]), np.concatenate([[1.0], np.cumprod(1 - events / at_risk)])
