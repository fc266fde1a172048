"""Adaptive importance sampling against posteriors known in closed form."""

import numpy as np
import pytest

from opsonin.trial.ensemble import Prior, equally_likely, extended, resampled, sample

PRIORS = (Prior("a", 10.0, 0.5), Prior("b", 1.0, 0.5))


def narrow(row, _draw):
    """Log-normal data: log a is 2.0 ± 0.1, log b is 0.3 ± 0.2, correlated through their sum 2.3 ± 0.05."""
    a, b = np.log(row)
    return -0.5 * (((a - 2.0) / 0.1) ** 2 + ((b - 0.3) / 0.2) ** 2 + ((a + b - 2.3) / 0.05) ** 2)


def exact():
    """Mean and covariance of the logarithms: a product of normal densities."""
    prior = np.diag([1 / 0.5**2, 1 / 0.5**2])
    data = np.diag([1 / 0.1**2, 1 / 0.2**2])
    both = np.ones((2, 2)) / 0.05**2
    covariance = np.linalg.inv(prior + data + both)
    pull = prior @ np.log([10.0, 1.0]) + data @ np.array([2.0, 0.3]) + both @ np.array([2.3, 0.0])
    return covariance @ pull, covariance


def test_mean_spread_and_correlation_are_found():
    found = sample(PRIORS, narrow, rounds=5, per_round=400, seed=3)
    logs = np.log(found.values)
    middle = found.weights @ logs
    covariance = ((logs - middle) * found.weights[:, None]).T @ (logs - middle)
    mean, wanted = exact()
    assert found.effective > 200
    assert middle == pytest.approx(mean, abs=0.02)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(np.sqrt(np.diag(wanted)), rel=0.12)
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert correlation == pytest.approx(wanted[0, 1] / np.sqrt(wanted[0, 0] * wanted[1, 1]), abs=0.08)


def test_without_data_the_prior_comes_back():
    found = sample(PRIORS, lambda row, draw: 0.0, rounds=3, per_round=600, seed=1)
    logs = np.log(found.values)
    middle = found.weights @ logs
    assert middle == pytest.approx(np.log([10.0, 1.0]), abs=0.06)
    assert np.sqrt(found.weights @ (logs - middle) ** 2) == pytest.approx([0.5, 0.5], rel=0.12)


def test_every_draw_has_its_own_name_and_the_seed_decides():
    asked = []

    def remember(row, draw):
        asked.append(draw)
        return narrow(row, draw)

    one = sample(PRIORS, remember, rounds=3, per_round=20, seed=1)
    assert len(asked) == len(set(asked)) == 60
    again, other = (sample(PRIORS, narrow, rounds=3, per_round=20, seed=seed) for seed in (1, 2))
    assert (one.values == again.values).all()
    assert (one.values != other.values).any()


def test_resampled_sets_are_equally_weighted():
    found = sample(PRIORS, narrow, rounds=5, per_round=400, seed=3)
    sets = resampled(found, 200, seed=1)
    assert np.log(sets).mean(axis=0) == pytest.approx(found.weights @ np.log(found.values), abs=0.02)


def test_the_evidence_is_the_likelihood_averaged_over_the_prior():
    # one log-normal parameter, prior log a ~ N(0, 1), data log a = 0.5 ± 0.2: the mean likelihood is a normal density
    found = sample(
        (Prior("a", 1.0, 1.0),),
        lambda row, draw: float(-0.5 * ((np.log(row[0]) - 0.5) / 0.2) ** 2),
        rounds=4,
        per_round=500,
        seed=2,
    )
    width = np.sqrt(1 + 0.2**2)
    exact = np.log(0.2 / width) - 0.5 * (0.5 / width) ** 2
    assert found.log_evidence == pytest.approx(exact, abs=0.03)


def test_what_is_integrated_out_is_found_as_if_it_had_been_sampled():
    """Two values, the second known only through the first: x + y is 1 ± 0.1."""
    inner = equally_likely(Prior("y", 1, 0.5), 200)
    priors = [Prior("x", 1, 0.5)]

    def together(row, _draw):
        return -0.5 * ((np.log(row[0]) + np.log(inner) - 1) / 0.1) ** 2

    found = extended(sample(priors, together, rounds=4, per_round=300, seed=2), inner)
    logs = np.log(found.values)
    middle = found.weights @ logs
    away = (logs - middle) * np.sqrt(found.weights)[:, None]
    assert middle == pytest.approx([0.49, 0.49], abs=0.03)  # two priors of variance ¼ and a sum of variance 0.01
    exact = 0.25 * np.eye(2) - 0.25**2 / 0.51
    assert away.T @ away == pytest.approx(exact, abs=0.02)
    assert found.weights.size == 1200 * 200 and found.effective < 1200
