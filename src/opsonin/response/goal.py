"""When is the goal met? One event of the series of reported counts for each kind of goal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from opsonin.patient import Goal
from opsonin.response.series import Booleans, reached

USUAL_COUNT = 50.0  # 10⁹/L, where the case names no count
USUAL_DAYS = 7  # where the case names no date


@dataclass(frozen=True)
class GoalEvent:
    """The event whose probability is the goal's: a count at one visit, or at any visit up to one."""

    count: float
    day: int
    on_the_day: bool
    says: str

    def met(self, counts: ArrayLike, days: ArrayLike) -> Booleans:
        """Who meets it; counts (people, visits) in 10⁹/L at `days`."""
        if not self.on_the_day:
            return reached(counts, days, threshold=self.count, within=self.day)
        column = int(np.flatnonzero(np.asarray(days, float) <= self.day)[-1])
        return np.asarray(counts, float)[:, column] >= self.count


def goal_event(goal: Goal, *, first_day: date, last_visit: int) -> GoalEvent:
    """The event for this goal when the first infusion is on `first_day` and visits end on day `last_visit`.

    Before a procedure the count has to be there on the day it is needed; otherwise at any daily visit in time.
    """
    count = float(goal.count_10e9_per_l) if goal.count_10e9_per_l is not None else USUAL_COUNT
    said = f"a reported count of {count:g} ×10⁹/L or more"
    if goal.count_10e9_per_l is None:
        said += " (no count is stated, so 50 was taken)"
    if goal.by is None:
        days = min(USUAL_DAYS, last_visit)
        return GoalEvent(
            count, days, False, f"{said} at any daily visit up to day {days} after the first infusion began"
        )
    wanted = (goal.by - first_day).days
    day = min(max(wanted, 0), last_visit)
    when = f"day {day} after the first infusion began"
    if wanted > last_visit:
        when += f", the last day simulated (the goal's date, {goal.by.isoformat()}, is day {wanted})"
    elif wanted <= 0:
        when = f"day 0, before immunoglobulin can have acted (the goal's date is {goal.by.isoformat()})"
    else:
        when += f" ({goal.by.isoformat()})"
    if goal.kind == "before-procedure" or day == 0:
        return GoalEvent(count, day, True, f"{said} on {when}")
    return GoalEvent(count, day, False, f"{said} at any daily visit up to {when}")
