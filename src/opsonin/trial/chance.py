"""What would a trial of this size have published? Statistics of n people drawn again and again from the virtual ones.

The scatter over those drawings is the predictive interval: what chance alone makes of a perfect model. Where there are
several parameter sets, each drawing takes the next one, so the interval holds their uncertainty too. Where trials are
known to differ by more than chance, each drawing is moved as `trial.likelihood` moves it, so it holds that as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import beta

from opsonin.population.draws import Floats, normals, uniforms
from opsonin.trial.declaration import Published

REPEATS = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class Prediction:
    """Median and 95 % interval of what a trial of this size would publish; `typical` is that of all virtual people.

    by_chance_low, by_chance_high: the interval if trials differed by chance only; None where the sets say no more.
    """

    typical: float
    median: float
    low: float
    high: float
    answering: float  # share of virtual people the statistic is about
    by_chance_low: float | None = None
    by_chance_high: float | None = None


def statistic(values: Floats, kind: str) -> float:
    """One statistic of (people,) values, NaN left out: percent, median, mean, sd; of (people, visits): highest-median.

    >>> statistic(np.array([1.0, 0.0, 1.0, 1.0]), "percent")
    75.0
    >>> statistic(np.array([2.0, np.nan, 3.0, np.inf]), "median")
    3.0
    """
    return float(_statistics(values[None], kind)[0])


def _statistics(samples: Floats, kind: str) -> Floats:
    """The statistic of each sample: samples (repeats, people) or (repeats, people, visits); (repeats,)."""
    if kind == "highest-median":
        return np.asarray(_medians(samples).max(axis=1))
    if kind == "median":
        return _medians(samples)
    present = ~np.isnan(samples)
    count = present.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(present, samples, 0.0).sum(axis=1) / count
        if kind == "percent":
            return np.asarray(100 * mean)
        if kind == "mean":
            return np.asarray(mean)
        squares = np.where(present, samples - mean[:, None], 0.0) ** 2
        return np.asarray(np.sqrt(squares.sum(axis=1) / (count - 1)))


def _medians(samples: Floats) -> Floats:
    """Medians over people (axis 1), NaN left out, infinite values kept in their place."""
    ordered = np.sort(samples, axis=1)
    count = (~np.isnan(samples)).sum(axis=1)
    low, high = np.maximum((count - 1) // 2, 0), np.maximum(count // 2, 0)
    high = np.minimum(high, np.maximum(count - 1, 0))
    pair = [np.take_along_axis(ordered, np.expand_dims(at, 1), axis=1)[:, 0] for at in (low, high)]
    return np.where(count > 0, np.where(pair[0] == pair[1], pair[0], (pair[0] + pair[1]) / 2), np.nan)


def predict(
    values: Sequence[Floats],
    kind: str,
    *,
    n: int,
    seed: int,
    purpose: str,
    repeats: int = REPEATS,
    trial_sds: Sequence[float] = (),
) -> Prediction:
    """What trials of n people would publish; `values` holds the virtual people under each parameter set.

    trial_sds: how much trials differ beyond chance (standard deviation, logit scale) under each set; none: not at all.

    The drawings depend on the seed and the purpose only, so the order in which endpoints are predicted does not matter.
    """
    drawn = uniforms(seed, f"trial of {n}: {purpose}", repeats * n).reshape(repeats, n)
    shifts = normals(seed, f"trial differs: {purpose}", repeats)
    differ = np.array(trial_sds) if any(trial_sds) else np.zeros(len(values))

    def published(sds: Floats) -> list[float]:
        found = np.empty(repeats)
        for number, people in enumerate(values):
            mine = slice(number, None, len(values))
            found[mine] = _statistics(_moved(people, drawn[mine], sds[number] * shifts[mine]), kind)
        seen = found[~np.isnan(found)]
        ends = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
        return list(np.quantile(seen, ends, method="inverted_cdf").tolist()) if seen.size else [np.nan] * 3

    low, middle, high = published(differ)
    by_chance = published(np.zeros(len(values)))[::2] if differ.any() else [None, None]
    everyone = np.concatenate(list(values))
    answering = float(1 - np.isnan(everyone if everyone.ndim == 1 else everyone[:, 0]).mean())
    return Prediction(statistic(everyone, kind), middle, low, high, answering, *by_chance)


def _moved(people: Floats, drawn: Floats, shift: Floats) -> Floats:
    """People at these places (repeats, n) of their order, from 0 to 1; a repeat's places moved on the logit scale.

    Those whom the endpoint is not about (NaN) keep their share. Series are ordered visit by visit: only their medians
    at each visit are asked for.
    """
    ordered = np.sort(people, axis=0)  # NaN last
    about = (~np.isnan(ordered if ordered.ndim == 1 else ordered[:, 0])).sum()
    inside = drawn * people.shape[0] < about
    place = np.clip(drawn * people.shape[0] / max(about, 1), 1e-12, 1 - 1e-12)
    moved = expit(logit(place) + shift[:, None])
    at = np.where(inside, moved * about, drawn * people.shape[0]).astype(np.int64)
    return np.asarray(ordered[np.minimum(at, people.shape[0] - 1)])


def exact_binomial(events: float, n: int) -> tuple[float, float]:
    """The exact (Clopper and Pearson) 95 % interval of a percentage.

    >>> [round(end, 1) for end in exact_binomial(46, 57)]
    [68.1, 90.0]
    """
    tail = (1 - LEVEL) / 2
    low = 0.0 if events <= 0 else float(beta.ppf(tail, events, n - events + 1))
    high = 1.0 if events >= n else float(beta.ppf(1 - tail, events + 1, n - events))
    return 100 * low, 100 * high


def interval_of(published: Published) -> tuple[float, float, str] | None:
    """The interval of a published value and what it is: as published, exact binomial, or from the standard error."""
    if published.interval_95 is not None:
        return (*published.interval_95, "as published")
    if published.events is not None and published.n is not None:
        return (*exact_binomial(published.events, published.n), "exact binomial")
    if published.sd is not None and published.n is not None:
        half = 1.96 * published.sd / np.sqrt(published.n)
        return published.value - half, published.value + half, "from the standard error"
    return None
