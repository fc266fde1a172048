"""The shape a kernel is compiled for, here of a decay dA/dt = u - k A, uncompiled: what generated code replaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LANES = 16
BLOCK = 32
STATES = 1
CONTROLLED = 1
INPUTS = 1
CONSTANTS = 1
PARAMETERS = 1


def address(array: Any) -> Any:
    """Stands for the address of an array's first element."""
    return array.reshape(-1)


def entry(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for numba's compiler, with a cache and without Python's lock."""
    return function


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for numba's compiler."""
    return function


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for numba's compiler, where the function becomes part of its caller."""
    return function


def fill_constants(p: Any, row: int, c: Any, lane: int) -> None:
    """Constants of one lane from one row of parameters."""
    c[lane] = p[row * PARAMETERS]


def fill_slopes(y: Any, c: Any, u: Any, k: Any) -> None:
    """Rates of change of all states in all lanes."""
    for lane in range(LANES):
        k[lane] = u[lane] - c[lane] * y[lane]


SWITCHES = 0


def find_crossings(y: Any, new: Any, c: Any, u: Any, rtol: float, clock: Any, cross: int) -> None:
    """Where in the step any branch of the equations changes, as a fraction, or 2; in all lanes."""


def fill_turnover(y: Any, c: Any, u: Any, k: Any) -> None:
    """The sum of the absolute terms of every slope, in all lanes."""
    for lane in range(LANES):
        k[lane] = u[lane] + c[lane] * abs(y[lane])


def fill_output(code: int, y: Any, c: Any, lane: int, o: Any) -> None:
    """One output of one lane at BLOCK times, from its states at those times."""
    for n in range(BLOCK):
        o[n] = y[code * BLOCK + n]


def factorise(y: Any, c: Any, u: Any, clock: Any, used: int, m: Any) -> None:
    """Triangular factors of 1/(gamma h) I - Jacobian in all lanes."""
    for lane in range(LANES):
        m[lane] = 1.0 / (1.0 / (0.21193756319429014 * clock[used + lane]) + c[lane])


def backsolve(m: Any, r: Any) -> None:
    """Solve with the factors, in place, in all lanes."""
    for lane in range(LANES):
        r[lane] = r[lane] * m[lane]


FACTORS = 1
