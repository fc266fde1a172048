"""The clocks of trials on series made by hand."""

import numpy as np
import pytest

from opsonin.response import clocks

DAYS = [0, 1, 2, 4, 7, 10, 14, 21]
#          0   1   2    4    7    10  14  21
COURSE = [10, 20, 60, 150, 120, 90, 45, 15]
HOLDS = [10, 60, 90, 150, 150, 150, 150, 150]
NEVER = [10, 12, 15, 20, 22, 20, 12, 10]
DIPS = [10, 60, 40, 60, 60, 60, 40, 40]
ALL = [COURSE, HOLDS, NEVER, DIPS]


def test_first_above_is_strict():
    assert clocks.first_above([[10, 50, 50.1]], [0, 1, 2], threshold=50).tolist() == [2.0]
    assert np.isinf(clocks.first_above([NEVER], DAYS, threshold=50)).tolist() == [True]


def test_duration_runs_from_the_first_visit_at_50_to_the_first_below():
    found = clocks.duration_of_response(ALL, DAYS, threshold=50)
    assert found[:2].tolist() == [12.0, np.inf]
    assert np.isnan(found[2])
    assert found[3] == 1.0  # lost at the first low visit


def test_a_loss_that_has_to_be_confirmed_forgives_one_low_visit():
    assert clocks.duration_of_response([DIPS], DAYS, threshold=50, confirmed_by=2).tolist() == [13.0]


def test_for_a_mean_those_who_hold_are_counted_to_the_last_visit():
    assert clocks.duration_of_response([HOLDS], DAYS, threshold=50, until_last_visit=True).tolist() == [20.0]


def test_a_clock_that_starts_at_the_end_of_treatment_is_shorter():
    assert clocks.duration_of_response([COURSE], DAYS, threshold=50, counted_from=4).tolist() == [10.0]
    assert clocks.duration_of_response([DIPS], DAYS, threshold=50, counted_from=4).tolist() == [0.0]


def test_total_days_add_up_over_dips():
    assert clocks.total_days_at_or_above([DIPS], DAYS, threshold=50).tolist() == [1 + 10.0]


def test_highest_and_its_day():
    assert clocks.highest(ALL, DAYS).tolist() == [150, 150, 22, 60]
    assert clocks.highest([COURSE], DAYS, within=2).tolist() == [60]
    assert clocks.day_of_highest(ALL, DAYS).tolist() == [4, 4, 7, 1]


def test_changes_are_from_the_baseline():
    assert clocks.change_on([COURSE], DAYS, baseline=[10], day=4).tolist() == [140]
    assert clocks.highest_rise([COURSE], DAYS, baseline=[10]).tolist() == [140]
    with pytest.raises(ValueError, match="no visit"):
        clocks.change_on([COURSE], DAYS, baseline=[10], day=3)
