"""Endpoints on series written by hand."""

import numpy as np
import pytest

from opsonin.response import days_at_or_above, first_reaching, next_fall, reached
from opsonin.response.series import last_reaching

DAYS = [0, 1, 2, 3, 4, 5, 6, 7, 8]
QUICK = [12, 55, 90, 120, 80, 45, 28, 20, 15]
SLOW = [12, 14, 20, 29, 35, 48, 50, 49, 60]
NEVER = [12, 10, 9, 11, 12, 13, 12, 11, 10]
COUNTS = np.array([QUICK, SLOW, NEVER], float)


@pytest.mark.parametrize(
    ("threshold", "within", "expected"),
    [
        (50, 1, [True, False, False]),
        (50, 5, [True, False, False]),
        (50, 6, [True, True, False]),  # the threshold itself counts
        (30, 3, [True, False, False]),
        (30, 7, [True, True, False]),
        (100, 7, [True, False, False]),
    ],
)
def test_reached_counts_the_threshold_and_the_last_day_in(threshold, within, expected):
    assert reached(COUNTS, DAYS, threshold=threshold, within=within).tolist() == expected


def test_the_baseline_is_not_a_response():
    assert reached([[60, 20, 20]], [0, 1, 2], threshold=50, within=2).tolist() == [False]
    assert first_reaching([[60, 20, 55]], [0, 1, 2], threshold=50).tolist() == [2.0]
    assert days_at_or_above([[60, 20, 55]], [0, 1, 2], threshold=50).tolist() == [1.0]


def test_first_and_last_time_at_the_threshold():
    assert first_reaching(COUNTS, DAYS, threshold=50).tolist() == [1.0, 6.0, np.inf]
    assert last_reaching(COUNTS, DAYS, threshold=50).tolist() == [4.0, 8.0, -np.inf]


def test_days_above():
    assert days_at_or_above(COUNTS, DAYS, threshold=50).tolist() == [4.0, 2.0, 0.0]
    assert days_at_or_above(COUNTS, DAYS, threshold=30).tolist() == [5.0, 5.0, 0.0]


def test_next_fall_only_after_it_was_reached():
    """QUICK falls on day 6; SLOW is above 30 from day 4 to the end; NEVER had nothing to fall from."""
    found = next_fall(COUNTS, DAYS, threshold=30)
    assert found[:2].tolist() == [6.0, np.inf]
    assert np.isnan(found[2])


@pytest.mark.parametrize(
    ("series", "by_two", "by_one"),
    [
        ([10, 40, 25, 45, 20, 20], 4.0, 2.0),  # one low report between higher ones
        ([10, 40, 40, 40, 40, 20], np.inf, 5.0),  # low on the last visit only: not confirmed yet
        ([10, 40, 20, 20, 60, 60], 2.0, 2.0),  # a fall stays one, though it rises again
    ],
)
def test_a_fall_is_confirmed_by_the_next_visit(series, by_two, by_one):
    days = range(len(series))
    assert next_fall([series], days, threshold=30).tolist() == [by_two]
    assert next_fall([series], days, threshold=30, confirmed_by=1).tolist() == [by_one]


def test_a_missing_count_neither_reaches_nor_falls():
    series = [[10, np.nan, 60, np.nan, 60]]
    days = range(5)
    assert first_reaching(series, np.arange(5), threshold=50).tolist() == [2.0]
    assert next_fall(series, days, threshold=50, confirmed_by=1).tolist() == [np.inf]
