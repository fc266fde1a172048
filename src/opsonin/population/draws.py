"""Chance, keyed by what it is for and by person: person i draws the same number whoever else is drawn.

Every purpose (a parameter, a report at one time) has its own counter-based Philox stream; person i takes the i-th
number of each stream. So more people, more times or more candidates change nothing for those already there.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

_HALF_STEP = 2.0**-54  # moves the generator's multiples of 2⁻⁵³ off zero


def uniforms(seed: int, purpose: str, n: int) -> Floats:
    """n numbers between 0 and 1, both excluded; shape (n,).

    >>> bool((uniforms(1, "weight", 3) == uniforms(1, "weight", 5)[:3]).all())
    True
    """
    stream = int.from_bytes(blake2b(purpose.encode(), digest_size=8).digest(), "little")
    generator = np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)))
    return generator.random(n) + _HALF_STEP


def normals(seed: int, purpose: str, n: int) -> Floats:
    """n standard normal numbers; shape (n,)."""
    return np.asarray(ndtri(uniforms(seed, purpose, n)))


def log_normal_width(cv: float) -> float:
    """Standard deviation of the logarithm for a coefficient of variation (a fraction).

    >>> round(log_normal_width(1.03), 4)
    0.8504
    """
    return float(np.sqrt(np.log1p(cv**2)))


def truncated_log_normal(u: Floats, *, median: float, cv: float, low: float, high: float) -> Floats:
    """Quantiles u of a log-normal distribution kept between low and high.

    >>> truncated_log_normal(np.array([0.5]), median=10, cv=0.6, low=1e-9, high=1e9).round(6).tolist()
    [10.0]
    """
    width = log_normal_width(cv)
    below, above = (float(ndtr(np.log(end / median) / width)) for end in (low, high))
    return np.asarray(median * np.exp(width * ndtri(below + (above - below) * u)))


def around_report(u: Floats, *, report: float, proportional: float, additive: float, least: float) -> Floats:
    """Quantiles u of the true value behind one laboratory report, when nothing else is known of it.

    A report of the truth P has the standard deviation √((proportional·P)² + additive²). On the scale
    asinh(proportional·P/additive)/proportional that deviation is 1 everywhere, so there the truth lies normally around
    the report; the report is its median. Truths below `least` are left out.

    >>> around_report(np.array([0.5, 0.95]), report=14, proportional=0.2, additive=3, least=1e-6).round(1).tolist()
    [14.0, 21.6]
    """
    bend = additive / proportional
    middle = np.arcsinh(report / bend)
    below = ndtr((np.arcsinh(least / bend) - middle) / proportional)
    return np.asarray(bend * np.sinh(middle + proportional * ndtri(below + (1 - below) * u)))


def around_report_and_population(
    z: Floats, *, report: float, proportional: float, additive: float, median: float, width: float
) -> Floats:
    """The true value behind one laboratory report of someone from a log-normal population; z standard normal.

    On the logarithm, report and population are weighed by how sure each is. `width`: standard deviation of the
    population's logarithm.

    >>> known = {"report": 8, "proportional": 0.1, "additive": 0.8, "median": 11, "width": 0.25}
    >>> around_report_and_population(np.zeros(1), **known).round(2)
    array([8.64])
    """
    unsure = np.hypot(proportional, additive / report)
    weight = width**2 / (width**2 + unsure**2)
    return np.asarray(np.exp(np.log(median) + weight * np.log(report / median) + unsure * np.sqrt(weight) * z))


def as_column(value: ArrayLike, n: int) -> Floats:
    """A number or (n,) values as (n,) values."""
    return np.broadcast_to(np.asarray(value, float), (n,))
