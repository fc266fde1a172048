"""What happens to the disease by itself? In newly diagnosed children it goes, on a day of each child's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opsonin.mechanism.ivig_itp import MODEL
from opsonin.simulate import EventTable
from opsonin.simulate.records import CHANGE, DOSE

Floats = NDArray[np.float64]


def course_events(
    n: int,
    infusions: Sequence[tuple[float, float, Any]],
    *,
    recovery_day: Floats | None = None,
    normal_count: Floats | None = None,
) -> EventTable | None:
    """Infusions (start and length in days, grams for all or for each) and, on each one's own day, natural recovery.

    On that day the count at which the disease holds the platelets becomes normal: immune loss falls to what holds a
    normal count at the same production, and the count follows with its own turnover.
    """
    if recovery_day is None or normal_count is None:
        return EventTable.infusions(MODEL, n, list(infusions), "A1x") if infusions else None
    shape = (n, len(infusions) + 1)
    time = np.column_stack([*(np.full(n, start) for start, _, _ in infusions), recovery_day])
    grams_of = (np.broadcast_to(np.asarray(grams, float), (n,)) for _, _, grams in infusions)
    amount = np.column_stack([*grams_of, np.broadcast_to(normal_count, (n,))])
    duration = np.broadcast_to(np.array([*(length for _, length, _ in infusions), 0.0]), shape)
    what = np.broadcast_to(np.array([DOSE] * len(infusions) + [CHANGE]), shape)
    into, count = list(MODEL.states).index("A1x"), list(MODEL.parameters).index("P0")
    target = np.broadcast_to(np.array([into] * len(infusions) + [count]), shape)
    order = np.argsort(time, axis=1, kind="stable")
    columns = [np.take_along_axis(c, order, axis=1).ravel() for c in (time, what, target, amount, duration)]
    whole = np.zeros(n * shape[1], np.int64)
    first, pattern = np.arange(n + 1, dtype=np.int64) * shape[1], np.arange(n, dtype=np.int64)
    when, kind, state, grams, length = columns
    return EventTable(n, when, kind, state, grams, length, whole, np.zeros(whole.size), first, pattern)
