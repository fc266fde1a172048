"""Scores and floors on rows made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from opsonin.trial.chance import exact_binomial
from opsonin.trial.rows import Row
from opsonin.trial.summary import score, summary
from opsonin.trial.validate import Validation


def rate(observed, predicted, n=50, low=0.0, high=100.0, **changes) -> Row:
    ends = exact_binomial(observed * n / 100, n)
    row = Row(
        trial="t", arm="a", endpoint="e", says="", split="validation", age_group="adult", kind="rate", unit="%", n=n,
        observed=observed, observed_low=None, observed_high=None, interval_is="", predicted=predicted, low=low,
        high=high, by_chance_low=None, by_chance_high=None,
        binomial_width=ends[1] - ends[0], regimen="1@0 1@1", clock="", horizon_days=28, obtained="read",
        status="verified", assumed="",
    )  # fmt: skip
    return replace(row, **changes)


def clock(observed, predicted, kind="duration", name="duration of response", **changes) -> Row:
    return rate(observed, predicted, kind=kind, clock=name, binomial_width=None, unit="days", **changes)


def test_the_error_of_rates_is_weighted_by_people_and_stands_beside_its_floor():
    found = score([rate(80, 90, n=100), rate(50, 50, n=20)], [])
    assert found.response_rate_mae_points == pytest.approx((10 * 100 + 0) / 120)
    floors = [100 * 0.8 * np.sqrt(0.8 * 0.2 / 100), 100 * 0.8 * np.sqrt(0.25 / 20)]
    assert found.response_rate_floor_points == pytest.approx((floors[0] * 100 + floors[1] * 20) / 120)


def test_the_floor_is_what_a_perfect_model_scores():
    rng = np.random.default_rng(1)
    trials = rng.binomial(40, 0.8, 20_000) / 40 * 100
    assert np.abs(trials - 80).mean() == pytest.approx(100 * 0.8 * np.sqrt(0.16 / 40), rel=0.02)


def test_coverage_counts_the_ends_and_width_is_relative_to_the_binomial():
    rows = [rate(80, 80, low=80, high=90), rate(80, 80, low=81, high=90)]
    assert score(rows, []).coverage == 0.5
    narrower = [replace(row, by_chance_low=80.5, by_chance_high=82.0) for row in rows]
    found = score(narrower, [])
    assert (found.coverage, found.coverage_by_chance, score(rows, []).coverage_by_chance) == (0.5, 0.0, 0.5)
    assert found.width_ratio_by_chance < found.width_ratio
    same = rate(80, 80, n=40)
    same = replace(same, low=0.0, high=same.binomial_width)
    assert score([same], []).width_ratio == pytest.approx(1)


def test_a_clock_has_its_floor_from_the_same_regimen_and_its_pooled_median_from_calibration():
    fitted = [clock(v, v, split="calibration") for v in (10, 14, 20)]
    other = clock(30, 30, split="calibration", regimen="0.4@0")
    mine = clock(11, 15)
    found = score([mine], [*fitted, other, mine]).duration
    assert found.mae == 4
    assert found.floor == pytest.approx(abs(11 - 12.5))
    assert found.pooled == pytest.approx(abs(11 - np.median([10, 14, 20, 30])))
    assert found.mae_where_pooled == 4


def test_children_and_adults_and_other_clocks_do_not_lend_floors():
    child = clock(5, 5, age_group="child")
    peak = clock(7, 7, kind="time", name="day of the highest count")
    assert score([child], [child, clock(9, 9)]).duration.floor is None
    assert score([peak], [peak, clock(2, 2, kind="time", name="days to 50")]).time.floor is None


def test_a_prediction_of_never_counts_as_the_last_visit():
    assert score([clock(16, np.inf, kind="time", name="days to 50")], []).time.mae == 12


def test_nothing_to_score_is_none_and_not_zero():
    found = score([], [])
    assert found.n_endpoints == 0
    assert found.as_dict() == {**dict.fromkeys(found.as_dict()), "n_endpoints": 0}


def test_splits_come_in_order_and_ages_apart():
    rows = (
        rate(80, 80),
        rate(80, 70, age_group="child"),
        rate(80, 80, split="calibration"),
        rate(8, 8, age_group="mixed"),
    )
    found = summary(Validation("m", "k", "s", 1, 1, "draft", 1, rows, ()))
    assert list(found) == ["calibration", "validation"]
    ages = found["validation"]
    assert [ages[age].n_endpoints for age in ("all", "adults", "children")] == [3, 2, 1]
