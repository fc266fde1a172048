"""Which parameter values does the data allow? Adaptive importance sampling, round by round.

The first round is drawn from the prior on a Latin hypercube. Each later round is drawn from a Student distribution
around the weighted values of the rounds before, where the likelihood is flattened as far as needed to keep enough of
them. The last weights are exact for the likelihood as it is: prior times likelihood over what was drawn from. All on
the logarithms of the parameters; the same seed gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import multivariate_t, norm, qmc

from opsonin.population.draws import Floats

HEAVY_TAILS = 5  # degrees of freedom of the proposals
WIDER = 1.3  # proposals are so much wider than what was found
ENOUGH = 0.15  # the flattened weights keep this share of the values effective


@dataclass(frozen=True)
class Prior:
    """A parameter before the data: log-normal, its median and its standard deviation on the logarithm."""

    name: str
    median: float
    log_sd: float


@dataclass(frozen=True)
class Drawn:
    """Values drawn (log scale), (draws, parameters), with their log-likelihood and the log-density drawn from."""

    logs: Floats
    log_likelihood: Floats
    log_drawn: Floats


@dataclass(frozen=True)
class Found:
    """Values with weights that sum to 1, and how many equally weighted ones they are worth."""

    values: Floats  # (draws, parameters), natural scale
    weights: Floats
    effective: float


Evaluate = Callable[[Floats, str], float]  # log-likelihood of one row of natural values; the text names the draw


def sample(priors: Sequence[Prior], evaluate: Evaluate, *, rounds: int, per_round: int, seed: int) -> Found:
    """Weighted parameter values from the last two rounds; `evaluate` is asked rounds × per_round times."""
    middle = np.log([p.median for p in priors])
    width = np.array([p.log_sd for p in priors])
    drawn: list[Drawn] = []
    for number in range(rounds):
        if number == 0:
            u = qmc.LatinHypercube(len(priors), rng=np.random.default_rng([seed, 0])).random(per_round)
            logs = middle + width * norm.ppf(u)
            density = norm.logpdf(logs, middle, width).sum(axis=1)
        else:
            logs, density = _propose(drawn, middle, width, per_round, np.random.default_rng([seed, number]))
        likelihood = np.array([evaluate(np.exp(row), f"{number}/{i}") for i, row in enumerate(logs)])
        drawn.append(Drawn(logs, likelihood, density))
    used = _joined(drawn[-2:] if rounds > 2 else drawn)
    weights = _weights(used, middle, width, 1.0)
    return Found(np.exp(used.logs), weights, float(1 / (weights**2).sum()))


def _joined(drawn: Sequence[Drawn]) -> Drawn:
    parts = [np.concatenate([getattr(d, name) for d in drawn]) for name in ("logs", "log_likelihood", "log_drawn")]
    return Drawn(*parts)


def _weights(drawn: Drawn, middle: Floats, width: Floats, flattened: float) -> Floats:
    prior = norm.logpdf(drawn.logs, middle, width).sum(axis=1)
    score = prior + flattened * drawn.log_likelihood - drawn.log_drawn
    weights = np.exp(score - score.max())
    return np.asarray(weights / weights.sum())


def _propose(
    drawn: list[Drawn], middle: Floats, width: Floats, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """New values around the weighted ones so far, and the log-density they were drawn from."""
    every = _joined(drawn[-2:])
    weights = _weights(every, middle, width, _flattening(every, middle, width))
    centre = weights @ every.logs
    away = every.logs - centre
    spread = WIDER**2 * (away * weights[:, None]).T @ away + 1e-6 * np.diag(width**2)
    proposal = multivariate_t(centre, spread, df=HEAVY_TAILS)
    logs = np.atleast_2d(proposal.rvs(size=count, random_state=rng))
    return logs, np.asarray(proposal.logpdf(logs))


def _flattening(drawn: Drawn, middle: Floats, width: Floats) -> float:
    """How far the likelihood may count (0 to 1) for enough of the values to stay effective."""

    def short(flattened: float) -> float:
        weights = _weights(drawn, middle, width, flattened)
        return float(1 / (weights**2).sum()) - ENOUGH * weights.size

    if short(1.0) >= 0 or short(0.0) <= 0:
        return 1.0 if short(1.0) >= 0 else 0.0
    return float(brentq(short, 0.0, 1.0, xtol=1e-3))


def resampled(found: Found, count: int, *, seed: int) -> Floats:
    """So many equally weighted values, drawn systematically; (count, parameters)."""
    start = np.random.default_rng([seed, 10_000]).random()
    places = (start + np.arange(count)) / count
    chosen = np.searchsorted(np.cumsum(found.weights), places)
    return found.values[np.minimum(chosen, found.weights.size - 1)]
