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
    0.8501
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


def around_report(
    u: Floats, *, report: float, proportional: float, additive: float, least: float, median: float, width: float
) -> Floats:
    """Quantiles u of the true value behind one laboratory report.

    The report is normal around the truth P with standard deviation √((proportional·P)² + additive²). Before the report
    ln P is normal around ln `median` with the standard deviation `width`; an infinite width says that nothing was known.
    Truths below `least`, and above 3.5 standard deviations, are left out.

    >>> around_report(np.array([0.5]), report=10, proportional=0, additive=0.001, least=1, median=1, width=np.inf).round(2)
    array([10.])
    """
    steps = 4001
    highest = (report + 4 * additive) / (1 - min(3.5 * proportional, 0.75))
    log_p = np.linspace(np.log(least), np.log(max(highest, 2 * least)), steps)
    spread = np.hypot(proportional * np.exp(log_p), additive)
    weight = np.exp(-0.5 * ((report - np.exp(log_p)) / spread) ** 2) / spread
    weight *= np.exp(-0.5 * ((log_p - np.log(median)) / width) ** 2)
    share: Floats = np.concatenate([[0.0], np.cumsum(weight[1:] + weight[:-1])])
    return np.exp(np.interp(u, share / share[-1], log_p))


def as_column(value: ArrayLike, n: int) -> Floats:
    """A number or (n,) values as (n,) values."""
    return np.broadcast_to(np.asarray(value, float), (n,))
