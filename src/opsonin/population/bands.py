"""How far do courses lie apart? Median, central half and central nine tenths of people, at each time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opsonin.population.draws import Floats


class Bands(NamedTuple):
    """Quantiles over people; each of shape (times,)."""

    median: Floats
    low_50: Floats
    high_50: Floats
    low_90: Floats
    high_90: Floats


def bands(values: Floats) -> Bands:
    """The bands of values of shape (n, times).

    >>> bands(np.arange(101.0)[:, None]).high_90.tolist()
    [95.0]
    """
    return Bands(*np.quantile(values, [0.5, 0.25, 0.75, 0.05, 0.95], axis=0))
