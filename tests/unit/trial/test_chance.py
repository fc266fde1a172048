"""What a trial of a given size would publish: against closed forms."""

import numpy as np
import pytest
from scipy.stats import binom

from opsonin.trial.chance import exact_binomial, interval_of, predict, statistic
from opsonin.trial.declaration import Published


def test_the_interval_of_a_rate_is_the_binomial_one():
    people = np.zeros(10_000)
    people[:8_000] = 1
    found = predict([people], "percent", n=40, seed=3, purpose="test", repeats=20_000)
    assert found.typical == 80
    assert (found.low, found.median, found.high) == tuple(100 * binom.ppf([0.025, 0.5, 0.975], 40, 0.8) / 40)


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    people = np.random.default_rng(1).normal(50, 20, 20_000)
    found = predict([people], "mean", n=100, seed=3, purpose="test", repeats=20_000)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 20 / 10, rel=0.03)


def test_several_parameter_sets_widen_the_interval_and_a_smaller_trial_does_too():
    low, high = np.full(1000, 40.0), np.full(1000, 60.0)
    assert predict([low], "mean", n=10, seed=1, purpose="x").low == 40
    both = predict([low, high], "mean", n=10, seed=1, purpose="x")
    assert (both.low, both.high) == (40, 60)
    people = np.arange(1000.0)
    widths = [predict([people], "median", n=n, seed=1, purpose="x") for n in (10, 100)]
    assert widths[0].high - widths[0].low > 2 * (widths[1].high - widths[1].low)


def test_the_same_seed_and_purpose_draw_the_same_trials():
    people = np.arange(1000.0)
    one = predict([people], "mean", n=20, seed=1, purpose="a")
    assert one == predict([people], "mean", n=20, seed=1, purpose="a")
    assert one != predict([people], "mean", n=20, seed=1, purpose="b")
    assert one != predict([people], "mean", n=20, seed=2, purpose="a")


def test_those_the_endpoint_is_not_about_are_left_out_and_counted():
    people = np.where(np.arange(1000) % 2 == 0, 5.0, np.nan)
    found = predict([people], "median", n=20, seed=1, purpose="x")
    assert (found.low, found.median, found.high, found.answering) == (5, 5, 5, 0.5)


def test_statistics_by_hand():
    assert statistic(np.array([1.0, 2, 3, np.nan]), "mean") == 2
    assert statistic(np.array([1.0, 2, 3, np.nan]), "sd") == 1
    assert statistic(np.array([1.0, 2, 3, 4]), "median") == 2.5
    assert statistic(np.array([1.0, np.inf, np.inf]), "median") == np.inf
    series = np.array([[1.0, 9], [3, 8], [5, 10], [np.nan, np.nan]])
    assert statistic(series, "highest-median") == 9


def test_intervals_of_published_values():
    where = {"locator": "abstract", "obtained": "read"}
    as_published = Published(value=80, n=10, events=8, interval_95=(50, 95), **where)
    assert interval_of(as_published) == (50, 95, "as published")
    low, high, name = interval_of(Published(value=80, n=10, events=8, **where))
    assert (round(low, 1), round(high, 1), name) == (44.4, 97.5, "exact binomial")
    assert interval_of(Published(value=10, n=25, sd=5, **where)) == (10 - 1.96, 10 + 1.96, "from the standard error")
    assert interval_of(Published(value=10, n=25, **where)) is None
    assert exact_binomial(0, 10)[0] == 0
    assert exact_binomial(10, 10)[1] == 100
