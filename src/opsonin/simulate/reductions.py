"""What single numbers matter? Functions of one output's course, computed chunk by chunk: no course need be stored.

All work on the observation times asked for, joined by straight lines: ask for times as dense as you need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from opsonin.simulate.events import Floats


class Reduction(Protocol):
    """Anything with an output to read, a name for the result, and reduce(times, values (n, times)) → (n,)."""

    @property
    def output(self) -> str: ...

    @property
    def name(self) -> str: ...

    def reduce(self, times: Floats, values: Floats) -> Floats:
        """One number per individual; times is (times,) or (n, times)."""


def _grid(times: Floats, values: Floats) -> Floats:
    return np.broadcast_to(times, values.shape)


@dataclass(frozen=True)
class Maximum:
    """The largest value.

    >>> Maximum("x").reduce(np.array([0.0, 1.0]), np.array([[1.0, 3.0]])).tolist()
    [3.0]
    """

    output: str
    name: str = "maximum"

    def reduce(self, times: Floats, values: Floats) -> Floats:
        """See the class."""
        return np.fmax.reduce(values, axis=1)


@dataclass(frozen=True)
class TimeOfMaximum:
    """When the largest value is first reached.

    >>> TimeOfMaximum("x").reduce(np.array([0.0, 1.0]), np.array([[1.0, 3.0]])).tolist()
    [1.0]
    """

    output: str
    name: str = "time_of_maximum"

    def reduce(self, times: Floats, values: Floats) -> Floats:
        """See the class."""
        best = np.argmax(np.where(np.isnan(values), -np.inf, values), axis=1)
        return np.take_along_axis(_grid(times, values), best[:, None], axis=1)[:, 0]


@dataclass(frozen=True)
class Area:
    """Area under the course (trapezoids).

    >>> Area("x").reduce(np.array([0.0, 2.0]), np.array([[1.0, 3.0]])).tolist()
    [4.0]
    """

    output: str
    name: str = "area"

    def reduce(self, times: Floats, values: Floats) -> Floats:
        """See the class."""
        pieces = np.diff(_grid(times, values), axis=1) * 0.5 * (values[:, 1:] + values[:, :-1])
        return np.nansum(pieces, axis=1)


@dataclass(frozen=True)
class ValueAt:
    """The value at one time, between observations by a straight line.

    >>> ValueAt("x", 0.5).reduce(np.array([0.0, 1.0]), np.array([[1.0, 3.0]])).tolist()
    [2.0]
    """

    output: str
    when: float
    name: str = "value"

    def reduce(self, times: Floats, values: Floats) -> Floats:
        """See the class."""
        grid = _grid(times, values)
        after = np.clip((grid <= self.when).sum(axis=1), 1, values.shape[1] - 1)[:, None]
        t0, t1 = (np.take_along_axis(grid, after - 1 + i, axis=1)[:, 0] for i in (0, 1))
        v0, v1 = (np.take_along_axis(values, after - 1 + i, axis=1)[:, 0] for i in (0, 1))
        share = (self.when - t0) / np.where(t1 > t0, t1 - t0, 1.0)
        inside = (self.when >= grid[:, 0]) & (self.when <= np.fmax.reduce(grid, axis=1))
        return np.where(inside, v0 + share * (v1 - v0), np.nan)


@dataclass(frozen=True)
class TimeAbove:
    """How long the value is above a threshold (below it with below=True).

    >>> TimeAbove("x", 2.0).reduce(np.array([0.0, 1.0]), np.array([[1.0, 3.0]])).tolist()
    [0.5]
    """

    output: str
    threshold: float
    below: bool = False
    name: str = "time_above"

    def reduce(self, times: Floats, values: Floats) -> Floats:
        """See the class."""
        over = (self.threshold - values) if self.below else (values - self.threshold)
        start, end = over[:, :-1], over[:, 1:]
        rise = np.where(end == start, 1.0, end - start)
        share = np.where((start > 0) == (end > 0), (start > 0) * 1.0, np.where(end > 0, end / rise, -start / rise))
        return np.nansum(share * np.diff(_grid(times, values), axis=1), axis=1)


@dataclass(frozen=True)
class FirstTime:
    """When the value first gets above a threshold (below with below=True) and stays so for `sustained`; NaN if never.

    A crossing whose staying cannot be seen to the end, because the times end, does not count.

    >>> FirstTime("x", 2.0).reduce(np.array([0.0, 1.0, 2.0]), np.array([[1.0, 3.0, 1.0]])).tolist()
    [0.5]
    >>> FirstTime("x", 2.0, sustained=1.5).reduce(np.array([0.0, 1.0, 2.0]), np.array([[1.0, 3.0, 1.0]])).tolist()
    [nan]
    """

    output: str
    threshold: float
    sustained: float = 0.0
    below: bool = False
    after: float = field(default=-np.inf)
    name: str = "first_time"

    def reduce(self, times: Floats, values: Floats) -> Floats:
        """See the class."""
        grid = _grid(times, values)
        over = (self.threshold - values) if self.below else (values - self.threshold)
        over = np.where(grid < self.after, -np.inf, over)
        held = over > 0
        crossing = _crossings(grid, over)
        begins = held & ~np.concatenate((np.zeros_like(held[:, :1]), held[:, :-1]), axis=1)
        last = np.fmax.reduce(grid, axis=1)[:, None]
        leave = np.where(~held & np.concatenate((np.zeros_like(held[:, :1]), held[:, :-1]), axis=1), crossing, np.inf)
        leave = np.minimum.accumulate(leave[:, ::-1], axis=1)[:, ::-1]
        until = np.where(np.isinf(leave), last, leave)
        counts = begins & (until - crossing >= self.sustained)
        found = counts.any(axis=1)
        first = np.argmax(counts, axis=1)[:, None]
        return np.where(found, np.take_along_axis(crossing, first, axis=1)[:, 0], np.nan)


def _crossings(grid: Floats, over: Floats) -> Floats:
    """For every observation, where the line from the one before it meets 0 (its own time if it does not)."""
    crossing = grid.copy()
    start, end = over[:, :-1], over[:, 1:]
    meets = ((start > 0) != (end > 0)) & np.isfinite(start)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(meets, -start / np.where(meets, end - start, 1.0), 1.0)
    crossing[:, 1:] = np.where(meets, grid[:, :-1] + share * np.diff(grid, axis=1), grid[:, 1:])
    return crossing
