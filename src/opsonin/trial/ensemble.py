"""Which parameter values does the data allow? Adaptive importance sampling, round by round.

The first round is drawn from the prior on a Latin hypercube. Each later round is drawn from a Student distribution
around the weighted values of the rounds before, where the likelihood is flattened as far as needed to keep enough of
them. The final weights are exact for the likelihood as it is: prior times likelihood over the mixture of all rounds'
proposals, the prior among them, so that no round can lose the way. All on the logarithms of the parameters; the same
seed gives the same answer.

A parameter that needs no new simulation is integrated out: the likelihood is asked for at several equally likely values
of it at once, and `extended` adds it to what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp
from scipy.stats import multivariate_t, norm, qmc

from opsonin.population.draws import Floats

HEAVY_TAILS = 8  # degrees of freedom of the proposals
WIDER = 1.15  # proposals are so much wider than what was found
ENOUGH = 0.15  # the flattened weights keep this share of the values effective


@dataclass(frozen=True)
class Prior:
    """A parameter before the data: log-normal, its median and its standard deviation on the logarithm."""

    name: str
    median: float
    log_sd: float


@dataclass(frozen=True)
class Drawn:
    """One round: values drawn (log scale), (draws, parameters), their log-likelihood, and the density drawn from."""

    logs: Floats
    log_likelihood: Floats
    log_density: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Found:
    """Values with weights that sum to 1, and how many equally weighted ones they are worth."""

    values: Floats  # (draws, parameters), natural scale
    weights: Floats
    effective: float
    log_evidence: float  # logarithm of the likelihood's mean over the prior, for comparing structures
    inner: Floats  # (draws, inner values): log-likelihood at each value of what was integrated out


Evaluate = Callable[[Floats, str], Floats | float]  # log-likelihood of one row, at each inner value if there are any;
# the text names the draw


def sample(priors: Sequence[Prior], evaluate: Evaluate, *, rounds: int, per_round: int, seed: int) -> Found:
    """Weighted parameter values from all rounds; `evaluate` is asked rounds × per_round times."""
    middle = np.log([p.median for p in priors])
    width = np.array([p.log_sd for p in priors])

    def log_prior(logs: Floats) -> Floats:
        return np.asarray(norm.logpdf(logs, middle, width).sum(axis=1))

    drawn: list[Drawn] = []
    inner: list[Floats] = []
    for number in range(rounds):
        rng = np.random.default_rng([seed, number])
        if number == 0:
            logs = middle + width * norm.ppf(qmc.LatinHypercube(len(priors), rng=rng).random(per_round))
            density: Callable[[Floats], Floats] = log_prior
        else:
            proposal = _proposal(drawn, log_prior, width)
            logs = proposal.rvs(size=per_round, random_state=rng).reshape(per_round, len(priors))
            density = proposal.logpdf
        each = np.array([np.atleast_1d(evaluate(np.exp(row), f"{number}/{i}")) for i, row in enumerate(logs)])
        inner.append(each)
        drawn.append(Drawn(logs, logsumexp(each, axis=1) - np.log(each.shape[1]), density))
    logs, likelihood, drawn_from = _joined(drawn)
    score = log_prior(logs) + likelihood - drawn_from
    weights = _weights(score)
    evidence = float(logsumexp(score) - np.log(score.size))
    return Found(np.exp(logs), weights, float(1 / (weights**2).sum()), evidence, np.concatenate(inner))


def equally_likely(prior: Prior, count: int) -> Floats:
    """So many values that stand for a prior, each as likely as the others.

    >>> equally_likely(Prior("trial_sd", 0.3, 0.7), 3).round(2)
    array([0.15, 0.3 , 0.59])
    """
    middles = (np.arange(count) + 0.5) / count
    return np.asarray(prior.median * np.exp(prior.log_sd * norm.ppf(middles)))


def extended(found: Found, inner_values: Floats) -> Found:
    """What was integrated out as a last column: every draw with each of its values, weighted as likely as it makes it.

    How many independent draws it is worth stays that of the simulated ones.
    """
    count = inner_values.size
    share = np.exp(found.inner - logsumexp(found.inner, axis=1, keepdims=True))
    values = np.column_stack([np.repeat(found.values, count, axis=0), np.tile(inner_values, found.weights.size)])
    weights = (found.weights[:, None] * share).ravel()
    return Found(values, weights, found.effective, found.log_evidence, found.inner)


def _joined(drawn: Sequence[Drawn]) -> tuple[Floats, Floats, Floats]:
    """All values of some rounds, their log-likelihood, and the log-density of the mixture they were drawn from."""
    logs = np.concatenate([d.logs for d in drawn])
    sizes = np.array([d.logs.shape[0] for d in drawn], float)
    densities = np.array([d.log_density(logs) for d in drawn])
    mixture = logsumexp(densities, axis=0, b=(sizes / sizes.sum())[:, None])
    return logs, np.concatenate([d.log_likelihood for d in drawn]), np.asarray(mixture)


def _weights(score: Floats) -> Floats:
    weights = np.exp(score - score.max())
    return np.asarray(weights / weights.sum())


def _proposal(drawn: Sequence[Drawn], log_prior: Callable[[Floats], Floats], width: Floats) -> Any:
    """A Student distribution around the values so far, weighted with a likelihood flattened as far as needed."""
    logs, likelihood, drawn_from = _joined(drawn)
    base = log_prior(logs) - drawn_from
    weights = _weights(base + _flattening(base, likelihood) * likelihood)
    centre = weights @ logs
    away = logs - centre
    spread = WIDER**2 * (away * weights[:, None]).T @ away + 1e-6 * np.diag(width**2)
    return multivariate_t(centre, spread, df=HEAVY_TAILS)


def _flattening(base: Floats, likelihood: Floats) -> float:
    """How far the likelihood may count (0 to 1) for enough of the values to stay effective."""

    def short(flattened: float) -> float:
        weights = _weights(base + flattened * likelihood)
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
