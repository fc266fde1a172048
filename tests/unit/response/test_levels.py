"""Peak, rise and half-life of IgG on levels made by hand."""

import numpy as np
import pytest

from opsonin.response import levels

DAYS = np.array([0.0, 2, 7, 14, 21])


def test_peak_and_rise():
    made = [[10, 45, 30, 20, 15]]
    assert levels.highest_level(made, DAYS).tolist() == [45]
    assert levels.rise_on(made, DAYS, before=[10], day=14).tolist() == [10]


def test_the_correction_for_the_baseline_changes_the_half_life():
    infused = 40 * 0.5 ** (DAYS / 10)
    made = (10 + infused)[None]
    asked = {"before": [10], "first_day": 7, "last_day": 21}
    assert levels.half_life(made, DAYS, corrected=True, **asked) == pytest.approx([10])
    assert levels.half_life(made, DAYS, corrected=False, **asked)[0] > 15


def test_what_does_not_fall_or_lies_below_the_baseline_has_no_half_life():
    asked = {"first_day": 7, "last_day": 21}
    assert np.isnan(levels.half_life([[10, 10, 10, 11, 12]], DAYS, before=[5], corrected=False, **asked)[0])
    assert np.isnan(levels.half_life([[10, 30, 20, 12, 9]], DAYS, before=[10], corrected=True, **asked)[0])


def test_a_window_with_one_visit_is_an_error():
    with pytest.raises(ValueError, match="fewer than two visits"):
        levels.half_life([[10, 30, 20, 12, 9]], DAYS, before=[10], first_day=8, last_day=15, corrected=False)


def test_the_window_decides_and_holds_both_its_ends():
    fast_then_slow = [[64.0, 64, 16, 8, 4]]  # by half every 2.5 days from day 2 to 7, then every 7
    asked = {"before": [0], "corrected": False}
    late = levels.half_life(fast_then_slow, DAYS, first_day=7, last_day=21, **asked)
    early = levels.half_life(fast_then_slow, DAYS, first_day=2, last_day=7, **asked)
    assert (late, early) == (pytest.approx([7]), pytest.approx([2.5]))


def test_each_person_is_corrected_by_the_own_level_before():
    infused = 32 * 0.5 ** (DAYS / 14)
    made = np.array([5 + infused, 12 + infused])
    found = levels.half_life(made, DAYS, before=[5, 12], first_day=2, last_day=21, corrected=True)
    assert found == pytest.approx([14, 14])


def test_the_level_on_a_day_and_on_no_visit():
    assert levels.level_on([[10, 45, 30, 20, 15]], DAYS, day=21).tolist() == [15]
    with pytest.raises(ValueError, match="no visit is on day 3"):
        levels.level_on([[10, 45, 30, 20, 15]], DAYS, day=3)
