"""Pooling of counts: closed forms at the edges, and an independent sampler in the middle."""

import emcee
import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import beta

from opsonin.knowledge import load_knowledge
from opsonin.mechanism.harm.chances import grid
from opsonin.mechanism.harm.pooling import Count, jeffreys, pooled

GRID = grid(load_knowledge())
STUDIES = [Count("a", 12, 345), Count("b", 24, 1031), Count("b", 32, 364)]
BY_DOSE = [Count("a", 17, 40, 2.0), Count("b", 10, 35, 2.0), Count("c", 12, 72, 2.0), Count("d", 15, 87, 1.0)]


def test_one_study_is_jeffreys_own_interval():
    found = jeffreys(8, 1324, level=0.95)
    assert found == pytest.approx(tuple(beta(8.5, 1316.5).ppf([0.5, 0.025, 0.975])))


def test_a_large_study_stands_with_its_frequency_and_others_widen_it():
    alike = [Count(str(i), 300, 1000) for i in range(6)]
    apart = [Count(str(i), 1000 * p // 100, 1000) for i, p in enumerate((10, 20, 30, 40, 50, 30))]
    close, wide = pooled(alike, grid=GRID, scale=1, level=0.95), pooled(apart, grid=GRID, scale=1, level=0.95)
    assert close.middle == pytest.approx(0.3, abs=0.01)
    assert close.high - close.low < (wide.high - wide.low) / 2


def test_without_heterogeneity_it_is_the_pooled_posterior():
    studies = [Count("a", 30, 100), Count("b", 45, 150)]
    found = pooled(studies, grid=GRID, scale=1e-4, level=0.95)
    flat_on_logit = beta(75, 175)  # flat in the logit is Beta(0, 0) in the frequency
    assert found == pytest.approx(tuple(flat_on_logit.ppf([0.5, 0.025, 0.975])), abs=0.002)


@pytest.mark.parametrize(
    ("studies", "exposure"), [(STUDIES, None), (BY_DOSE, 2.0), (BY_DOSE, 1.0)], ids=["by infusion", "2 g/kg", "1 g/kg"]
)
def test_an_independent_sampler_gives_the_same_chance(studies, exposure):
    """emcee on the mean, log τ and every study's own value; no grid, no filter."""
    names = list(dict.fromkeys(study.study for study in studies))

    def log_posterior(x):  # x: (walkers, parameters)
        mean, log_tau, own = x[:, :1], x[:, 1:2], x[:, 2:]
        tau = np.exp(log_tau)
        value = (-(tau**2) / 2 + log_tau - own.shape[1] * log_tau)[:, 0] - (((own - mean) / tau) ** 2).sum(axis=1) / 2
        for study in studies:
            theta = own[:, names.index(study.study)]
            p = expit(theta) if study.exposure is None else -np.expm1(-study.exposure * np.exp(theta))
            p = np.clip(p, 1e-300, 1 - 1e-16)
            value += study.happened * np.log(p) + (study.of - study.happened) * np.log1p(-p)
        inside = (np.abs(mean + 4) < 12) & (np.abs(log_tau + 2) < 5)
        return np.where(inside[:, 0], value, -np.inf)

    rng = np.random.default_rng(5)
    size = 2 + len(names)
    start = np.concatenate([[-2.0, -0.7], np.full(len(names), -2.0)]) + 0.1 * rng.normal(size=(32, size))
    sampler = emcee.EnsembleSampler(32, size, log_posterior, vectorize=True)
    sampler.random_state = np.random.RandomState(5).get_state()
    sampler.run_mcmc(start, 2000)
    drawn = sampler.get_chain(discard=500, flat=True)
    theta = drawn[:, 0] + np.exp(drawn[:, 1]) * rng.normal(size=len(drawn))
    p = expit(theta) if exposure is None else -np.expm1(-exposure * np.exp(theta))
    found = pooled(studies, grid=GRID, scale=1, level=0.9, exposure=exposure)
    assert found == pytest.approx(tuple(np.quantile(p, [0.5, 0.05, 0.95])), rel=0.15)
