"""What do counts say of a further place? Jeffreys for one study; random effects over several.

Studies that counted differently share a mean and a spread τ on the logit scale, or, with the dose as exposure, on the
complementary log-log scale: the chance is 1 − exp(−dose·eᶿ). Flat prior on the mean, half-normal on τ. Everything
stands on one grid of θ, on which a normal spread is a Gaussian filter; no chance is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.special import expit
from scipy.stats import beta, binom, halfnorm

Floats = NDArray[np.float64]


class Grid(NamedTuple):
    """Where studies are pooled: θ from, to and step; values of τ, equally likely before; reach of the filter."""

    low: float
    high: float
    step: float
    spreads: int
    reach: float  # standard deviations

    @property
    def theta(self) -> Floats:
        return np.arange(self.low, self.high, self.step)


class Interval(NamedTuple):
    """Median and the ends of the central interval."""

    middle: float
    low: float
    high: float


class Count(NamedTuple):
    """So many of so many in one study, and the exposure (g/kg) when the dose is used."""

    study: str
    happened: int
    of: int
    exposure: float | None = None


def jeffreys(happened: int, of: int, *, level: float) -> Interval:
    """Posterior of a frequency under Jeffreys' prior; level between 0 and 1.

    >>> [round(value, 4) for value in jeffreys(6, 54, level=0.95)]
    [0.1136, 0.0477, 0.2147]
    """
    posterior = beta(happened + 1 / 2, of - happened + 1 / 2)
    return Interval(*(float(q) for q in posterior.ppf([1 / 2, (1 - level) / 2, (1 + level) / 2])))


def pooled(
    counts: Sequence[Count], *, grid: Grid, scale: float, level: float, exposure: float | None = None
) -> Interval:
    """The chance at a further place, by random effects; `scale`: of the half-normal prior on τ.

    With counts that carry an exposure, `exposure` is that of the person asked about.

    >>> studies = [Count("a", 30, 100), Count("b", 40, 100), Count("c", 35, 100)]
    >>> found = pooled(studies, grid=Grid(-16, 8, 0.02, 48, 6), scale=1, level=0.95)
    >>> found.low < 0.2 < 0.34 < found.middle < 0.36 < 0.5 < found.high
    True
    """
    middle, low, high = _quantiles(tuple(counts), grid, scale, (1 / 2, (1 - level) / 2, (1 + level) / 2))
    return Interval(*(chance(theta, exposure) for theta in (middle, low, high)))


def chance(theta: float, exposure: float | None) -> float:
    """The probability at a place whose value on the link's scale is θ."""
    return float(expit(theta)) if exposure is None else float(-np.expm1(-exposure * np.exp(theta)))


@lru_cache
def _quantiles(counts: tuple[Count, ...], grid: Grid, scale: float, at: tuple[float, ...]) -> tuple[float, ...]:
    """Quantiles of the predictive distribution of θ."""
    likelihoods = [
        _likelihood([c for c in counts if c.study == study], grid.theta)
        for study in dict.fromkeys(c.study for c in counts)
    ]
    spreads = halfnorm(scale=scale).ppf((np.arange(grid.spreads) + 1 / 2) / grid.spreads)
    predictive = np.zeros_like(grid.theta)
    for tau in spreads:
        mean = np.prod([_spread(likelihood, tau, grid) for likelihood in likelihoods], axis=0)
        predictive += _spread(mean, tau, grid)
    total = np.cumsum(predictive)
    return tuple(float(np.interp(q * total[-1], total, grid.theta + grid.step / 2)) for q in at)


def _likelihood(counts: Sequence[Count], theta: Floats) -> Floats:
    """Of one study's θ, over the grid, highest at 1."""
    log = np.zeros_like(theta)
    for count in counts:
        p = expit(theta) if count.exposure is None else -np.expm1(-count.exposure * np.exp(theta))
        log += binom.logpmf(count.happened, count.of, p)
    return np.asarray(np.exp(log - log.max()))


def _spread(values: Floats, tau: float, grid: Grid) -> Floats:
    return np.asarray(gaussian_filter1d(values, tau / grid.step, mode="constant", truncate=grid.reach))
