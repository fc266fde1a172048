"""Likelihoods that respect what was published, on people made by hand."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from opsonin.trial.declaration import Arm, Endpoint
from opsonin.trial.endpoints import Observed
from opsonin.trial.likelihood import NEVER, log_likelihood, log_likelihood_of_arm

DAYS = np.array([0.0, 1, 2, 3, 7])
WHERE = {"locator": "abstract", "obtained": "read"}


def people(reached_on):
    """People who are at 10 until their day and at 100 from then on."""
    counts = np.array([[10.0 if day < on else 100.0 for day in DAYS] for on in reached_on])
    return Observed(counts, np.full_like(counts, 10.0), DAYS)


def endpoint(published, **changes):
    made = {
        "id": "e", "says": "", "kind": "rate", "measure": "reached", "with": {"threshold": 50, "within": 7},
        "statistic": "percent", "published": {**WHERE, **published},
    } | changes  # fmt: skip
    return Endpoint.model_validate(made)


HALF = people([1] * 500 + [99] * 500)


def test_a_rate_is_binomial():
    found = log_likelihood(endpoint({"value": 60, "events": 12, "n": 20}), 20, HALF)
    assert found == pytest.approx(binom.logpmf(12, 20, 500.5 / 1001))


def test_a_percentage_between_two_counts_of_people_lies_between_their_likelihoods():
    ends = [log_likelihood(endpoint({"value": 60, "events": e, "n": 20}), 20, HALF) for e in (12, 13)]
    assert log_likelihood(endpoint({"value": 60, "events": 12.5, "n": 20}), 20, HALF) == pytest.approx(np.mean(ends))


def test_a_mean_has_its_published_or_else_the_peoples_standard_error():
    of = {"kind": "count", "measure": "count-on", "with": {"day": 7}, "statistic": "mean"}
    counts = HALF.counts[:, -1]
    published = log_likelihood(endpoint({"value": 60, "sd": 20, "n": 25}, **of), 25, HALF)
    assert published == pytest.approx(norm.logpdf(60, counts.mean(), 20 / 5))
    without = log_likelihood(endpoint({"value": 60, "n": 25}, **of), 25, HALF)
    assert without == pytest.approx(norm.logpdf(60, counts.mean(), counts.std() / 5))


def test_a_median_of_n_is_the_chance_that_the_middle_person_lies_there():
    of = {"kind": "time", "measure": "first-reaching", "with": {"threshold": 50}, "statistic": "median"}
    seen = people([1] * 300 + [2] * 400 + [7] * 300)
    rng = np.random.default_rng(4)
    medians = np.median(rng.choice([1, 2, 7], p=[0.3, 0.4, 0.3], size=(20_000, 21)), axis=1)
    for value in (1, 2):
        found = log_likelihood(endpoint({"value": value, "n": 21}, **of), 21, seen)
        assert np.exp(found) == pytest.approx((medians == value).mean(), abs=0.01)


def test_the_upper_end_of_a_range_is_the_last_of_n_people():
    of = {"kind": "time", "measure": "first-reaching", "with": {"threshold": 50}, "statistic": "median"}
    seen = people([1] * 600 + [2] * 390 + [7] * 10)
    alone = log_likelihood(endpoint({"value": 1, "n": 21}, **of), 21, seen)
    rng = np.random.default_rng(4)
    last = rng.choice([1, 2, 7], p=[0.6, 0.39, 0.01], size=(20_000, 21)).max(axis=1)
    for value in (2, 7):
        both = log_likelihood(endpoint({"value": 1, "n": 21, "range": [1, value]}, **of), 21, seen)
        assert np.exp(both - alone) == pytest.approx((last == value).mean(), abs=0.02)
    nobody = log_likelihood(endpoint({"value": 1, "n": 21, "range": [1, 5]}, **of), 21, people([1] * 1000))
    assert nobody > NEVER, "where no virtual person stands is unlikely, not impossible"


def test_people_who_are_all_alike_have_no_standard_error():
    of = {"kind": "time", "measure": "first-reaching", "with": {"threshold": 50}, "statistic": "mean"}
    assert log_likelihood(endpoint({"value": 2, "n": 21}, **of), 21, people([1] * 1000)) == NEVER


def test_what_nobody_shows_costs_a_fixed_price():
    of = {"kind": "time", "measure": "first-reaching", "with": {"threshold": 50}, "statistic": "median"}
    assert log_likelihood(endpoint({"value": 3, "n": 21}, **of), 21, people([99] * 100)) == NEVER


def test_the_better_people_have_the_higher_likelihood():
    published = endpoint({"value": 80, "events": 40, "n": 50})
    near, far = people([1] * 80 + [99] * 20), people([1] * 50 + [99] * 50)
    assert log_likelihood(published, 50, near) > log_likelihood(published, 50, far) + 5


def test_endpoints_of_the_same_people_do_not_count_twice():
    one = endpoint({"value": 60, "events": 12, "n": 20})
    arm = {"id": "a", "says": "", "n": 20, "regimen": {"says": ""}}
    single = Arm.model_validate({**arm, "endpoints": (one,)})
    double = Arm.model_validate({**arm, "endpoints": (one, one.model_copy(update={"id": "f"}))})
    alone, twice = (log_likelihood_of_arm(a, HALF) for a in (single, double))
    assert twice == pytest.approx(np.sqrt(2) * alone)


def test_an_arm_that_did_much_better_is_likelier_where_trials_differ():
    arm = {"id": "a", "says": "", "n": 50, "regimen": {"says": ""}}
    better = Arm.model_validate({**arm, "endpoints": (endpoint({"value": 80, "events": 40, "n": 50}),)})
    as_usual = Arm.model_validate({**arm, "endpoints": (endpoint({"value": 50, "events": 25, "n": 50}),)})
    sds = np.array([0.0, 0.5, 1.0])
    assert np.all(np.diff(log_likelihood_of_arm(better, HALF, sds)) > 0)
    assert np.all(np.diff(log_likelihood_of_arm(as_usual, HALF, sds)) < 0)
    alone = log_likelihood_of_arm(better, HALF)
    assert log_likelihood_of_arm(better, HALF, sds)[0] == pytest.approx(alone[0])
    better_by = np.linspace(-6, 6, 4001)  # the same by plain summation
    share = 1 / (1 + np.exp(-(np.log(500.5 / 500.5) + better_by)))
    density = norm.pdf(better_by, 0, 0.5)
    by_sum = np.log((binom.pmf(40, 50, share) * density).sum() / density.sum())
    assert log_likelihood_of_arm(better, HALF, sds)[1] == pytest.approx(by_sum, abs=0.05)
