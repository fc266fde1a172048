"""What is to come? Classes, falls and the goal, on results seen and daily counts to come."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from opsonin.patient import Goal
from opsonin.population.draws import Floats
from opsonin.response import GoalEvent, iwg_2009, next_fall
from opsonin.response.goal import USUAL_COUNT, USUAL_DAYS
from opsonin.update.answer import NextFall, ToCome
from opsonin.update.history import History
from opsonin.update.so_far import series


def goal_ahead(goal: Goal, history: History, days: Floats) -> GoalEvent:
    """The goal as an event of the daily counts to come; `days` since the first infusion."""
    count = float(goal.count_10e9_per_l) if goal.count_10e9_per_l is not None else USUAL_COUNT
    said = f"a reported count of {count:g} ×10⁹/L or more"
    if goal.count_10e9_per_l is None:
        said += " (no count is stated, so 50 was taken)"
    first, last = int(days[0]), int(days[-1])
    if goal.by is None:
        day = min(first + USUAL_DAYS - 1, last)
        return GoalEvent(count, day, False, f"{said} at any daily visit from day {first} to day {day}")
    wanted = (goal.by - history.zero.date()).days
    day = min(max(wanted, first), last)
    when = f"day {day} ({(history.zero + timedelta(days=day)).date().isoformat()})"
    if wanted != day:
        when += f", the nearest day simulated to the goal's date {goal.by.isoformat()}"
    if goal.kind == "before-procedure":
        return GoalEvent(count, day, True, f"{said} on {when}")
    return GoalEvent(count, day, False, f"{said} at any daily visit from day {first} to {when}")


def to_come(history: History, set_aside: tuple[str, ...], reports: Floats, days: Floats) -> ToCome:
    """The IWG 2009 class of each person by the last day, results seen and to come together, confirmed."""
    seen = [one for one in history.counts() if one.place not in set_aside]
    every, when = reports, days
    if seen:
        counts, seen_on = series(seen)
        every = np.column_stack([np.repeat(counts, reports.shape[0], axis=0), reports])
        when = np.concatenate([seen_on, days])
    classes = iwg_2009(every, when, baseline=history.baseline.value)
    return ToCome(
        complete_response=float(np.mean(classes.complete_response)),
        response=float(np.mean(classes.response)),
        no_response=float(np.mean(classes.no_response)),
        by_day=int(days[-1]),
    )


def fall_below(threshold: int, now: Floats, reports: Floats, days: Floats, today: float) -> NextFall:
    """When the count next falls below the threshold. now: true counts today; reports: daily counts to come."""
    after = np.concatenate([[1.0], days - today + 1.0])  # today stands as a visit of its own
    fell = next_fall(np.column_stack([now, reports]), after, threshold=threshold)
    among = fell[~np.isnan(fell)] + today - 1.0
    above = now >= threshold
    low, middle, high = (None, None, None)
    if among.size:
        quantiles = np.quantile(among, [0.25, 0.5, 0.75], method="inverted_cdf")
        low, middle, high = (float(q) if np.isfinite(q) else None for q in quantiles)
    soon = above & (fell - 1.0 <= USUAL_DAYS)
    never = float(np.isinf(among).mean()) if among.size else 0.0
    return NextFall(threshold, float((~above).mean()), middle, low, high, float(soon.mean()), never)
