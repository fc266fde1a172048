"""What happens to the disease by itself? In newly diagnosed children it goes, each child's at its own pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opsonin.mechanism.ivig_itp import MODEL
from opsonin.simulate import EventTable
from opsonin.simulate.records import CHANGE, DOSE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recovery:
    """When the disease is gone (days from the first infusion, one for each), and in how many equal steps it goes.

    One step is a sudden recovery. Many follow a count that the disease lets rise from the first day: at the time t its
    logarithm has gone (t/day)^shape of its way, so a shape of 1 is an exponential rise, a lower one is fast at first.
    """

    day: Floats  # (n,)
    steps: int = 1
    shape: Floats | float = 1.0  # (n,), or one for all


def course_events(
    n: int,
    infusions: Sequence[tuple[float, float, Any]],
    *,
    parameters: Mapping[str, Any],
    recovery: Recovery | None = None,
) -> EventTable | None:
    """Infusions (start and length in days, grams for all or for each) and each one's own natural recovery.

    At every step of recovery the count at which the disease holds the platelets rises by the same factor, from the
    baseline to normal at the last: immune loss falls to what holds this count at the same production, and the count
    follows with its own turnover.
    """
    if recovery is None:
        return EventTable.infusions(MODEL, n, list(infusions), "A1x") if infusions else None
    doses, steps = len(infusions), recovery.steps
    table = (n, doses + steps)
    part = np.arange(1, steps + 1) / steps
    low, high = (np.broadcast_to(np.asarray(parameters[name], float), (n,)) for name in ("P0", "Pn"))
    counts = low[:, None] * (high / low)[:, None] ** part
    shape = np.broadcast_to(np.asarray(recovery.shape, float), (n,))
    rises = recovery.day[:, None] * part ** (1 / shape[:, None])
    time = np.column_stack([*(np.full(n, start) for start, _, _ in infusions), rises])
    grams_of = (np.broadcast_to(np.asarray(grams, float), (n,)) for _, _, grams in infusions)
    amount = np.column_stack([*grams_of, counts])
    duration = np.broadcast_to(np.array([*(length for _, length, _ in infusions), *np.zeros(steps)]), table)
    what = np.broadcast_to(np.array([DOSE] * doses + [CHANGE] * steps), table)
    into, count = list(MODEL.states).index("A1x"), list(MODEL.parameters).index("P0")
    target = np.broadcast_to(np.array([into] * doses + [count] * steps), table)
    order = np.argsort(time, axis=1, kind="stable")
    columns = [np.take_along_axis(c, order, axis=1).ravel() for c in (time, what, target, amount, duration)]
    whole = np.zeros(n * table[1], np.int64)
    first, pattern = np.arange(n + 1, dtype=np.int64) * table[1], np.arange(n, dtype=np.int64)
    when, kind, state, grams, length = columns
    return EventTable(n, when, kind, state, grams, length, whole, np.zeros(whole.size), first, pattern)
