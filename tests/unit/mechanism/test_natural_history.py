"""The disease that goes by itself, on its way from the first day."""

import numpy as np
import pytest

from opsonin.mechanism.natural_history import Recovery, course_events

COUNTS = {"P0": 8.0, "Pn": 237.0}


def rises(**recovery):
    """When the count that the disease allows rises, and to what, of one person who recovers on day 40."""
    events = course_events(1, [], parameters=COUNTS, recovery=Recovery(np.array([40.0]), steps=8, **recovery))
    return events.time, events.amount


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0])
def test_its_logarithm_has_gone_a_power_of_the_time(shape):
    time, count = rises(shape=shape)
    gone = np.log(count / COUNTS["P0"]) / np.log(COUNTS["Pn"] / COUNTS["P0"])
    assert gone == pytest.approx((time / 40) ** shape)
    assert time[-1] == 40 and count[-1] == pytest.approx(COUNTS["Pn"])


def test_a_lower_shape_is_faster_at_first():
    assert np.all(rises(shape=0.5)[0][:-1] < rises()[0][:-1])


def test_everyone_may_have_their_own():
    recovery = Recovery(np.array([40.0, 40.0]), steps=2, shape=np.array([0.5, 1.0]))
    events = course_events(2, [], parameters=COUNTS, recovery=recovery)
    assert events.time.tolist() == [10, 40, 20, 40]
