"""The shape a kernel is compiled for, here of a decay dA/dt = u - k A, uncompiled: what generated code replaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opsonin.simulate.kernel.memory import ERROR, GOOD, POINT, SIZED, STAGE, USED, WORK, C, F, H, U
from opsonin.simulate.kernel.shape import LANES, PARAMETERS


def address(array: Any) -> Any:
    """Stands for the address of an array's first element."""
    return array.reshape(-1)


def choose(condition: Any, first: Any, second: Any) -> Any:
    """Stands for the first if the condition holds, else the second, without a branch."""
    return first if condition else second


def entry(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for numba's compiler, with a cache and without Python's lock."""
    return function


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for numba's compiler."""
    return function


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for numba's compiler, where the function becomes part of its caller."""
    return function


def fill_constants(p: Any, row: int, m: Any, lane: int) -> None:
    """Constants of one lane from one row of parameters."""
    m[C + lane] = p[row * PARAMETERS]


def fill_slopes(m: Any, one: int) -> None:
    """Rates of change, F, of the states in STAGE, in all lanes."""
    for lane in range(one * LANES):
        m[F + lane] = m[U + lane] - m[C + lane] * m[STAGE + lane]


def fill_turnover(m: Any, one: int) -> None:
    """The sum of the absolute terms of every slope, into F, in all lanes."""
    for lane in range(one * LANES):
        m[F + lane] = m[U + lane] + m[C + lane] * abs(m[STAGE + lane])


def find_crossings(m: Any, one: int, rtol: float) -> None:
    """CROSS: where in the step any branch of the equations changes, as a fraction, or 2; in all lanes."""


def spread_steps(m: Any, one: int) -> None:
    """The step of every lane, USED, to all its states, H."""
    for lane in range(one * LANES):
        m[H + lane] = m[USED + lane]


def spread_verdicts(m: Any, one: int) -> None:
    """Whether the step is accepted, GOOD, to all states, H."""
    for lane in range(one * LANES):
        m[H + lane] = m[GOOD + lane]


def collect_errors(m: Any, one: int) -> None:
    """ERROR: the largest of all states' SIZED errors in every lane; NaN if one is."""
    for lane in range(one * LANES):
        m[ERROR + lane] = m[SIZED + lane]


def output(code: int, m: Any, lane: int) -> float:
    """One output of one lane, from its states in POINT."""
    return float(m[POINT + code])


def factorise(m: Any, one: int) -> None:
    """Triangular factors of 1/(gamma h) I - Jacobian into WORK, in all lanes."""
    for lane in range(one * LANES):
        m[WORK + lane] = 1.0 / (1.0 / (0.21193756319429014 * m[USED + lane]) + m[C + lane])


def backsolve(m: Any, one: int) -> None:
    """Solve with the factors, in place in F, in all lanes."""
    for lane in range(one * LANES):
        m[F + lane] = m[F + lane] * m[WORK + lane]
