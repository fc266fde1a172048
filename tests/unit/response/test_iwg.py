"""The platelet criteria of the International Working Group on series written by hand."""

import numpy as np
import pytest

from opsonin.response import iwg_2009

DAYS = np.arange(15)


def series(*values):
    """A series of 15 daily counts: the values given, then the last one onwards."""
    return [list(values) + [values[-1]] * (15 - len(values))]


def classes(counts, baseline, **options):
    found = iwg_2009(counts, DAYS, baseline=baseline, **options)
    return found.complete_response[0], found.response[0], found.no_response[0]


CR, R, NR = (True, False, False), (False, True, False), (False, False, True)


@pytest.mark.parametrize(
    ("counts", "baseline", "confirmed", "unconfirmed"),
    [
        (series(10, 120), 10, CR, CR),
        (series(10, 120, 90), 10, R, CR),  # 100 on one day only
        (series(10, 120, 120, 120, 120, 120, 120, 120, 90), 10, R, CR),  # days 1–7: six days apart
        (series(10, 120, 60, 60, 60, 60, 60, 60, 100, 60), 10, CR, CR),  # days 1 and 8: seven days apart
        (series(10, 35, 35, 12), 10, NR, R),
        (series(18, 35), 18, NR, NR),  # 30 reached but not doubled
        (series(18, 36), 18, R, R),  # doubled exactly
        (series(10, 29), 10, NR, NR),  # doubled but not 30
        (series(60, 100), 60, CR, CR),  # complete response asks for no doubling
        (series(40, 20), 40, NR, NR),
    ],
)
def test_classes_with_and_without_confirmation(counts, baseline, confirmed, unconfirmed):
    assert classes(counts, baseline) == confirmed
    assert classes(counts, baseline, confirmation_days=None) == unconfirmed


def test_everyone_is_in_exactly_one_class():
    counts = np.random.default_rng(1).lognormal(3.5, 1.0, (500, 15))
    found = iwg_2009(counts, DAYS, baseline=counts[:, 0])
    total = found.complete_response.astype(int) + found.response + found.no_response
    assert (total == 1).all()
    assert found.response.any() and found.no_response.any() and found.complete_response.any()
