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
