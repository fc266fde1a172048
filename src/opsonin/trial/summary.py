"""How good is that, and how good could it be? Scores of a validation by split, each beside its floor.

The floor is what a perfect model would score. A rate from n people scatters by √(p(1−p)/n) and misses by 0.8 of that
on average. Published times and durations of the same regimen differ among themselves; a model that predicted their
median would miss by their mean distance from it. `pooled` is the score of always saying the median of what the
calibration arms published, which a model should beat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from opsonin.trial.rows import Row
from opsonin.trial.split import SPLITS
from opsonin.trial.validate import OWN_ARMS, Validation

MEAN_MISS = 0.8  # mean distance of a normal variable from its mean, in standard deviations: √(2/π)


@dataclass(frozen=True)
class Clock:
    """Scores of times or of durations, days; None where there is nothing to score."""

    mae: float | None
    floor: float | None  # among endpoints of the same regimen and clock, wherever they stand
    pooled: float | None  # always saying the calibration arms' median, and …
    mae_where_pooled: float | None  # … the model on the same endpoints


@dataclass(frozen=True)
class Score:
    """Scores of some rows; None where there is nothing to score."""

    n_endpoints: int
    coverage: float | None  # fraction of published values inside their 95 % predictive interval
    width_ratio: float | None  # median width over that of the exact binomial interval of the same rate and n
    coverage_by_chance: float | None  # both if trials differed by chance only
    width_ratio_by_chance: float | None
    response_rate_mae_points: float | None  # weighted by n
    response_rate_floor_points: float | None
    time: Clock
    duration: Clock

    def as_dict(self) -> dict[str, float | int | None]:
        """The scores under the names of the JSON output."""
        named: dict[str, float | int | None] = {
            "n_endpoints": self.n_endpoints,
            "coverage": self.coverage,
            "width_ratio": self.width_ratio,
            "coverage_by_chance": self.coverage_by_chance,
            "width_ratio_by_chance": self.width_ratio_by_chance,
            "response_rate_mae_points": self.response_rate_mae_points,
            "response_rate_floor_points": self.response_rate_floor_points,
        }
        for name, clock in (("time", self.time), ("duration", self.duration)):
            named |= {
                f"{name}_mae_days": clock.mae,
                f"{name}_floor_days": clock.floor,
                f"{name}_pooled_median_mae_days": clock.pooled,
                f"{name}_mae_days_where_pooled": clock.mae_where_pooled,
            }
        return named


AGES: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "adults": lambda row: row.age_group != "child",
    "children": lambda row: row.age_group == "child",
}


def summary(found: Validation) -> dict[str, dict[str, Score]]:
    """Scores by split, and in each for all, for adults (mixed ages with them) and for children."""
    present = {row.split for row in found.rows}
    splits = [split for split in (*SPLITS, OWN_ARMS) if split in present]
    return {
        split: {
            age: score([row for row in found.rows if row.split == split and belongs(row)], found.rows)
            for age, belongs in AGES.items()
        }
        for split in splits
    }


def score(rows: Sequence[Row], every: Sequence[Row]) -> Score:
    """The scores of some rows; floors and the pooled median come from `every` row."""
    rates = [row for row in rows if row.kind == "rate"]
    weights = np.array([row.n for row in rates], float)
    misses = np.array([abs(row.predicted - row.observed) for row in rates])
    p = np.array([row.observed / 100 for row in rates])
    widths = [(row.high - row.low) / row.binomial_width for row in rates if row.binomial_width]
    narrower = [_width_by_chance(row) / row.binomial_width for row in rates if row.binomial_width]
    return Score(
        n_endpoints=len(rows),
        coverage=_mean([float(row.inside) for row in rows]),
        width_ratio=float(np.median(widths)) if widths else None,
        coverage_by_chance=_mean([float(row.inside_by_chance) for row in rows]),
        width_ratio_by_chance=float(np.median(narrower)) if narrower else None,
        response_rate_mae_points=float(np.average(misses, weights=weights)) if rates else None,
        response_rate_floor_points=(
            float(np.average(100 * MEAN_MISS * np.sqrt(p * (1 - p) / weights), weights=weights)) if rates else None
        ),
        time=_clock_scores([row for row in rows if row.kind == "time"], every),
        duration=_clock_scores([row for row in rows if row.kind == "duration"], every),
    )


def _width_by_chance(row: Row) -> float:
    if row.by_chance_low is None or row.by_chance_high is None:
        return row.high - row.low
    return row.by_chance_high - row.by_chance_low


def _clock_scores(rows: Sequence[Row], every: Sequence[Row]) -> Clock:
    floors, pooled, beside = [], [], []
    for row in rows:
        alike = [r.observed for r in every if _same_clock(r, row) and r.regimen == row.regimen]
        if len(alike) > 1:
            floors.append(abs(row.observed - float(np.median(alike))))
        fitted = [r.observed for r in every if _same_clock(r, row) and r.split == "calibration"]
        if fitted:
            pooled.append(abs(row.observed - float(np.median(fitted))))
            beside.append(_miss(row))
    return Clock(_mean([_miss(row) for row in rows]), _mean(floors), _mean(pooled), _mean(beside))


def _same_clock(one: Row, other: Row) -> bool:
    return (one.kind, one.clock, one.age_group == "child") == (other.kind, other.clock, other.age_group == "child")


def _miss(row: Row) -> float:
    """How far the prediction is off, days; a prediction beyond the last visit counts as the last visit."""
    return abs(min(row.predicted, row.horizon_days) - row.observed)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
