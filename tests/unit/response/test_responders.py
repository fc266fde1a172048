"""Definitions of a responder on series made by hand, each with someone just inside and someone just outside."""

import numpy as np
import pytest

from opsonin.response import responders
from opsonin.response.series import reached

DAYS = [0, 1, 2, 3, 4, 7, 8, 14]
#             0   1    2    3    4    7    8   14
RISES_FAST = [10, 51, 120, 140, 150, 140, 130, 40]
RISES_LATE = [10, 12, 15, 20, 30, 49, 60, 90]
FLICKERS = [20, 30, 20, 60, 20, 20, 20, 20]
NOTHING = [18, 20, 20, 21, 20, 19, 20, 20]
ALL = [RISES_FAST, RISES_LATE, FLICKERS, NOTHING]


def test_label_style_50_within_7_days_needs_one_visit():
    assert reached(ALL, DAYS, threshold=50, within=7).tolist() == [True, False, True, False]


def test_a_day_more_of_window_makes_a_late_responder():
    assert reached(ALL, DAYS, threshold=50, within=8).tolist() == [True, True, True, False]


def test_within_one_day():
    assert reached(ALL, DAYS, threshold=50, within=1).tolist() == [True, False, False, False]


def test_above_is_not_at_least():
    counts = [[10, 50], [10, 50.5]]
    assert responders.above(counts, [0, 1], threshold=50, within=1).tolist() == [False, True]
    assert reached(counts, [0, 1], threshold=50, within=1).tolist() == [True, True]


def test_a_count_before_treatment_never_counts():
    assert not responders.above([[200, 10]], [0, 1], threshold=100, within=7).any()
    assert not responders.doubled([[200, 10]], [0, 1], baseline=20, within=7).any()
    assert not responders.sustained([[200, 10, 10]], [0, 4, 8], threshold=100, for_days=4).any()


def test_complete_response_above_100_on_one_day_only():
    assert responders.above_on(ALL, DAYS, threshold=100, day=8).tolist() == [True, False, False, False]
    assert responders.at_least_on([[10, 100]], [0, 7], threshold=100, day=7).tolist() == [True]
    assert responders.above_on([[10, 100]], [0, 7], threshold=100, day=7).tolist() == [False]


def test_above_20_at_72_hours():
    assert responders.above_on(ALL, DAYS, threshold=20, day=3).tolist() == [True, False, True, True]


def test_godeau_day_4_needs_both_the_height_and_the_doubling():
    counts = [[20, 81], [20, 80], [41, 81], [40, 81], [20, 30]]
    baseline = [20, 20, 41, 40, 20]
    found = responders.multiplied_on(counts, [0, 4], baseline=baseline, threshold=80, times=2, day=4)
    assert found.tolist() == [True, False, False, True, False]


def test_ema_style_30_and_doubling_with_and_without_confirmation():
    assert responders.doubled(ALL, DAYS, baseline=[10, 10, 20, 18], within=7).tolist() == [True, True, True, False]
    confirmed = responders.doubled(ALL, DAYS, baseline=[10, 10, 20, 18], within=7, confirmation_days=7)
    assert confirmed.tolist() == [True, True, False, False]


def test_doubling_matters_only_from_a_baseline_above_15():
    counts = [[15, 30], [16, 31.9], [16, 32], [5, 29.9]]
    found = responders.doubled(counts, [0, 1], baseline=[15, 16, 16, 5], within=7)
    assert found.tolist() == [True, False, True, False]


def test_the_confirming_visit_may_lie_after_the_window():
    assert responders.doubled([[10, 40, 40]], [0, 7, 14], baseline=10, within=7, confirmation_days=7).tolist() == [True]
    assert responders.doubled([[10, 20, 40]], [0, 7, 14], baseline=10, within=7, confirmation_days=None).tolist() == [
        False
    ]


def test_a_rise_of_50_in_48_hours_counts_from_the_own_baseline():
    assert responders.risen_by([[5, 30, 55], [30, 60, 79]], [0, 1, 2], baseline=[5, 30], by=50, within=2).tolist() == [
        True,
        False,
    ]


def test_sustained_for_7_days_is_broken_by_one_low_visit():
    days = [0, 1, 4, 8, 15]
    counts = [[10, 60, 60, 60, 10], [10, 60, 49, 60, 10], [10, 60, 49, 60, 60], [10, 10, 60, 60, 10]]
    assert responders.sustained(counts, days, threshold=50, for_days=7).tolist() == [True, False, True, False]


def test_a_missing_count_neither_reaches_nor_sustains():
    counts = np.array([[10, np.nan, 60, 60]])
    assert responders.sustained(counts, [0, 1, 4, 8], threshold=50, for_days=7).tolist() == [False]
    assert responders.above(counts, [0, 1, 4, 8], threshold=50, within=1).tolist() == [False]


def test_a_day_without_a_visit_is_an_error_not_a_guess():
    with pytest.raises(ValueError, match="no visit is on day 5"):
        responders.counts_on(ALL, DAYS, day=5)
