"""The product-limit estimate against a worked example and against its own definition."""

import numpy as np
import pytest

from opsonin.trial.survival import kaplan_meier

# Remission of 21 people on 6-mercaptopurine (Freireich 1963), the textbook example; + marks those who left.
WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSED = [True] * 9 + [False] * 12


def test_the_textbook_example():
    days, share = kaplan_meier(WEEKS, happened=RELAPSED)
    assert days.tolist() == [0, 6, 7, 10, 13, 16, 22, 23]
    assert share == pytest.approx([1, 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)


def test_without_leavers_it_is_the_share_left():
    when = np.array([3.0, 1, 2, 5])
    days, share = kaplan_meier(when, happened=np.ones(4, bool))
    assert share.tolist() == [(when > day).mean() for day in days]


def test_nothing_happened():
    days, share = kaplan_meier([4, 5], happened=[False, False])
    assert (days.tolist(), share.tolist()) == ([0], [1])
