"""Which of these people could it be? Importance weights, smoothed and judged, with better proposals when needed.

First people are drawn from the prior and weighted by the likelihood. Where too few of them count, further rounds are
drawn around those that do: a Student distribution around the weighted people, with the likelihood flattened as far as
needed to keep enough of them, mixed with the prior so that nothing is lost from sight. All rounds are weighed
together: prior times likelihood over the mixture of everything drawn from. The largest weights are smoothed and judged
by ArviZ (Pareto-smoothed importance sampling, Vehtari and colleagues 2024).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from scipy.special import gammaincinv, gammaln

from opsonin.errors import OpsoninError
from opsonin.population.draws import Floats, normals, uniforms

ENOUGH = 1000.0  # effective people wanted
LEAST = 100.0  # fewer effective people: no answer
WORST_K = 0.7  # above it the weights cannot be trusted
MOST_ROUNDS = 6
_TAILS = 5.0  # degrees of freedom of the proposals
_WIDER = 1.2  # proposals are so much wider than what was found
_OF_PRIOR = 0.15  # share of each proposal that is drawn from the prior
_KEPT = 0.05  # the flattened weights keep this share of people effective

LogLikelihood = Callable[[Floats], Floats]  # people as rows of standard normal numbers → (people,)
Draw = Callable[[int], Floats]  # so many people of the prior
Progress = Callable[[int, int], None]


class BayesNotInstalled(OpsoninError):
    """The package that judges the weights is missing; the message says how to install it."""


@dataclass(frozen=True)
class Sample:
    """Weighted people: rows of standard normal numbers, weights that sum to 1, and how far they can be trusted."""

    z: Floats
    weights: Floats
    effective: float
    pareto_k: float
    rounds: int

    @property
    def trusted(self) -> bool:
        return self.effective >= LEAST and self.pareto_k <= WORST_K

    def picked(self, count: int, seed: int) -> np.ndarray:
        """Rows of so many equally weighted people, chosen systematically."""
        start = uniforms(seed, "picked", 1)[0]
        places = (start + np.arange(count)) / count
        return np.minimum(np.searchsorted(np.cumsum(self.weights), places), self.weights.size - 1)


@dataclass(frozen=True)
class _Proposal:
    """What one round was drawn from: the prior (no centre), or the prior mixed with a Student distribution."""

    centre: Floats | None = None
    root: Floats | None = None  # lower triangular root of the scale

    def density(self, z: Floats) -> Floats:
        prior = _log_normal(z)
        if self.centre is None or self.root is None:
            return prior
        dimensions = z.shape[1]
        away = np.linalg.solve(self.root, (z - self.centre).T)
        constant = gammaln((_TAILS + dimensions) / 2) - gammaln(_TAILS / 2) - dimensions / 2 * np.log(_TAILS * np.pi)
        student = constant - np.log(np.diag(self.root)).sum()
        student = student - (_TAILS + dimensions) / 2 * np.log1p((away**2).sum(axis=0) / _TAILS)
        return np.logaddexp(np.log(_OF_PRIOR) + prior, np.log1p(-_OF_PRIOR) + student)


def posterior(draw: Draw, likelihood: LogLikelihood, *, n: int, seed: int, progress: Progress | None = None) -> Sample:
    """The posterior as weighted people, n in each round; the same seed gives the same answer."""
    rounds: list[_Proposal] = [_Proposal()]
    people = draw(n)
    logs = likelihood(people)
    found = _weigh(people, logs, rounds)
    while (found.effective < ENOUGH or found.pareto_k > WORST_K) and len(rounds) < MOST_ROUNDS:
        if not np.isfinite(logs).any():
            break
        proposal = _around(people, logs, rounds)
        more = _drawn(proposal, people.shape[1], n, seed, len(rounds))
        rounds.append(proposal)
        people, logs = np.concatenate([people, more]), np.concatenate([logs, likelihood(more)])
        found = _weigh(people, logs, rounds)
        if progress is not None:
            progress(len(rounds), MOST_ROUNDS)
    return found


def _log_normal(z: Floats) -> Floats:
    return np.asarray(-0.5 * (z**2).sum(axis=1) - z.shape[1] * 0.5 * np.log(2 * np.pi))


def _scores(people: Floats, logs: Floats, rounds: list[_Proposal], flattened: float = 1.0) -> Floats:
    drawn = np.logaddexp.reduce([proposal.density(people) for proposal in rounds], axis=0) - np.log(len(rounds))
    usable = np.where(np.isfinite(logs), logs, -1e6)
    return np.asarray(_log_normal(people) - drawn + flattened * usable)


def _weigh(people: Floats, logs: Floats, rounds: list[_Proposal]) -> Sample:
    smoothed, k = smooth(_scores(people, logs, rounds))
    weights = np.exp(smoothed - smoothed.max())
    weights /= weights.sum()
    return Sample(people, weights, float(1 / (weights**2).sum()), k, len(rounds))


def smooth(log_weights: Floats) -> tuple[Floats, float]:
    """Pareto-smoothed logarithms of the weights, and the shape k of their tail (ArviZ)."""
    size = log_weights.size
    tail = np.sort(log_weights)[-max(5, int(min(0.2 * size, 3 * size**0.5))) :]  # as long as the one ArviZ fits
    if np.ptp(tail) < 1e-9:  # the largest weights are all equal: nothing to smooth, nothing to fear
        return log_weights, 0.0
    try:
        array_stats = import_module("arviz_stats.base").array_stats
    except ImportError as error:
        raise BayesNotInstalled(
            "Follow-up needs arviz-stats, which judges the weights. Install opsonin[bayes], for example: "
            'pip install "opsonin[bayes]".'
        ) from error
    with np.errstate(all="ignore"):  # what is not finite is judged below
        smoothed, k = array_stats.psislw(log_weights.max() - log_weights)  # ArviZ takes what the weights are one over
    return np.asarray(smoothed, float), float(k) if np.isfinite(k) else float("inf")


def _around(people: Floats, logs: Floats, rounds: list[_Proposal]) -> _Proposal:
    """The proposal around the people that count, with the likelihood flattened to keep enough of them."""
    base, usable = _scores(people, logs, rounds, 0.0), np.where(np.isfinite(logs), logs, -1e6)

    def weights(flattened: float) -> Floats:
        score = base + flattened * usable
        raw = np.exp(score - score.max())
        return np.asarray(raw / raw.sum())

    def short(flattened: float) -> float:
        return float(1 / (weights(flattened) ** 2).sum()) - _KEPT * logs.size / len(rounds)

    share = weights(_largest(lambda flattened: short(flattened) >= 0))
    centre = share @ people
    away = people - centre
    scale = _WIDER**2 * (away * share[:, None]).T @ away + 1e-6 * np.eye(people.shape[1])
    return _Proposal(centre, np.asarray(np.linalg.cholesky(scale)))


def _largest(allowed: Callable[[float], bool]) -> float:
    """The largest number from 0 to 1 that is allowed, to a thousandth; 0 always is."""
    if allowed(1.0):
        return 1.0
    low, high = 0.0, 1.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if allowed(middle) else (low, middle)
    return low


def _drawn(proposal: _Proposal, dimensions: int, n: int, seed: int, number: int) -> Floats:
    assert proposal.centre is not None and proposal.root is not None
    z = np.column_stack([normals(seed, f"round {number}, column {d}", n) for d in range(dimensions)])
    stretch = np.sqrt(_TAILS / (2 * gammaincinv(_TAILS / 2, uniforms(seed, f"round {number}, stretch", n))))
    student = proposal.centre + (z * stretch[:, None]) @ proposal.root.T
    of_prior = uniforms(seed, f"round {number}, which", n) < _OF_PRIOR
    return np.where(of_prior[:, None], z, student)
