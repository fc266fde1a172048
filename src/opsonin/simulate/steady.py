"""Where does repeated dosing, or no dosing, lead? Periodic and constant steady states, solved and then checked.

The state before a dose that comes every II is a fixed point of "one interval with its doses". Newton's method finds
it, with a Jacobian from perturbed copies of each individual run side by side; for a linear model one step is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from opsonin.errors import SimulationFailed
from opsonin.simulate.events import EventTable, Floats, Records
from opsonin.simulate.model import Model
from opsonin.simulate.records import CHANGE, DOSE, RESET

ROUNDS = 25
SINGULAR = 1e-10  # smaller singular values than this, relative to the largest, are 0
CLOSE = 1e-9  # a steady state is accepted when one more interval moves it less than this, relative to its size

Solver = Callable[..., Any]


@dataclass(frozen=True)
class Regimen:
    """One steady dosing: the state dosed, amount, duration (0 bolus), interval (0: a constant rate `amount`), lag."""

    target: int
    amount: float
    duration: float
    interval: float
    lag: float


def interval_pieces(regimen: Regimen) -> list[tuple[float, float, float]]:
    """What one interval, beginning at the record, holds: (start, duration, amount) per piece."""
    if regimen.interval == 0:
        return [(0.0, 1.0, regimen.amount)]
    begins = regimen.lag % regimen.interval
    if regimen.duration == 0:
        return [(begins, 0.0, regimen.amount)]
    rate = regimen.amount / regimen.duration
    whole, rest = divmod(regimen.duration, regimen.interval)
    pieces = [(0.0, regimen.interval, whole * rate * regimen.interval)] if whole else []
    first = min(rest, regimen.interval - begins)
    pieces.append((begins, first, first * rate))
    if rest > first:
        pieces.append((0.0, rest - first, (rest - first) * rate))
    return [piece for piece in pieces if piece[1] > 0]


def tails(regimen: Regimen) -> list[tuple[float, float, float]]:
    """Earlier doses still running, or still to come, at the record: (start after it, duration, amount)."""
    if regimen.interval == 0:
        return []
    found = []
    k = 1
    while regimen.lag - k * regimen.interval + regimen.duration > 0:
        start = regimen.lag - k * regimen.interval
        stop = start + regimen.duration
        if regimen.duration == 0:
            found.append((start, 0.0, regimen.amount))
        else:
            begins = max(start, 0.0)
            found.append((begins, stop - begins, (stop - begins) * regimen.amount / regimen.duration))
        k += 1
    return found


def periodic_states(
    model: Model, regimens: list[Regimen], parameters: Mapping[str, Floats], guess: Floats, solver: Solver
) -> Floats:
    """The state just before each regimen's dose, (m, states). parameters, guess: one row per regimen.

    Raises SimulationFailed if an individual has no steady state that can be found.
    """
    size = len(model.states)
    state = guess.copy()
    dosed = np.array([regimen.amount for regimen in regimens])[:, None]
    scale = np.maximum(np.abs(guess), np.maximum(dosed, 1e-6))
    for _ in range(ROUNDS):
        nudge = 1e-3 * np.maximum(scale, np.abs(state))
        copies = np.repeat(state[:, None, :], size + 1, axis=1)
        for s in range(size):
            copies[:, s + 1, s] += nudge[:, s]
        after = _interval(model, regimens, parameters, copies, solver)
        moved = after[:, 0] - state
        if np.all(np.abs(moved) <= CLOSE * np.maximum(np.abs(state), 1e-3 * np.abs(state).max(axis=1, keepdims=True))):
            return after[:, 0]
        slope = np.swapaxes((after[:, 1:] - after[:, :1]) / nudge[:, :, None], 1, 2)
        state = state + _newton_step(np.eye(size) - slope, moved)
    raise SimulationFailed(f"{model.name}: no steady state was found for {len(regimens)} dosing records")


def _newton_step(matrix: Floats, residual: Floats) -> Floats:
    """Newton's step of each individual, (n, states); a state that nothing moves and that moves nothing stays."""
    return np.asarray((np.linalg.pinv(matrix, rcond=SINGULAR) @ residual[:, :, None])[:, :, 0])


def _interval(
    model: Model, regimens: list[Regimen], parameters: Mapping[str, Floats], copies: Floats, solver: Solver
) -> Floats:
    """The copies (m, states + 1, states) after one interval with its doses."""
    m, width, size = copies.shape
    pieces = [interval_pieces(regimen) for regimen in regimens]
    flat = [(regimen.target, *piece) for regimen, group in zip(regimens, pieces, strict=True) for piece in group]
    count = np.array([len(group) for group in pieces])
    target, start, duration, amount = (np.array(column) for column in zip(*flat, strict=True))
    whole = np.zeros(len(flat), np.int64)
    events = EventTable(
        n=m * width,
        time=start.astype(float),
        what=np.full(len(flat), DOSE),
        target=target.astype(np.int64),
        amount=amount.astype(float),
        duration=duration.astype(float),
        rate_mode=whole,
        interval=np.zeros(len(flat)),
        first=np.concatenate(([0], np.cumsum(count))).astype(np.int64),
        pattern_of=np.repeat(np.arange(m), width),
        spelled=True,
    )
    ends = np.array([regimen.interval or 1.0 for regimen in regimens])
    courses = solver(
        model,
        parameters={name: np.repeat(value, width) for name, value in parameters.items()},
        n=m * width,
        events=events,
        times=np.repeat(ends, width)[:, None],
        outputs=(),
        initial={name: copies.reshape(-1, size)[:, s] for s, name in enumerate(model.states)},
        rtol=1e-11,
        threads=1,
    ).require()
    return np.asarray(courses.final).reshape(m, width, size)


def with_steady_states(
    records: Records, model: Model, parameters: Mapping[str, Floats], initial: Floats, solver: Solver
) -> tuple[Records, dict[int, Floats]]:
    """Records with the tails of earlier doses added, and the state each steady record sets or adds, by its order."""
    chosen = np.flatnonzero((records.what != DOSE) & (records.what != CHANGE) & (records.what != RESET))
    if not chosen.size:
        return records, {}
    names = list(model.states)
    regimens = []
    for r in chosen:
        lag = model.lag.get(names[records.target[r]])
        delay = float(parameters[lag][records.who[r]]) if lag else 0.0
        shape = float(records.amount[r]), float(records.duration[r]), float(records.interval[r])
        regimens.append(Regimen(int(records.target[r]), *shape, delay))
    people = records.who[chosen]
    states = periodic_states(
        model, regimens, {name: value[people] for name, value in parameters.items()}, initial[people], solver
    )
    added = [(r, tail) for r, regimen in zip(chosen, regimens, strict=True) for tail in tails(regimen)]
    rows = np.array([r for r, _ in added], np.int64)
    start, duration, amount = (np.array([tail[i] for _, tail in added], float) for i in range(3))
    zero = np.zeros(rows.size)
    extra = (records.who[rows], records.time[rows] + start, np.full(rows.size, DOSE), records.target[rows], amount,
             duration, zero.astype(np.int64), zero, records.order[rows] + 1)  # fmt: skip
    own = (records.who, records.time, records.what, records.target, records.amount, records.duration,
           records.rate_mode, records.interval, records.order)  # fmt: skip
    joined = Records(*(np.concatenate(pair) for pair in zip(own, extra, strict=True)))
    return joined, {int(records.order[r]): states[i] for i, r in enumerate(chosen)}


def steady_state(
    model: Model, parameters: Mapping[str, Any], guess: Mapping[str, Any] | None = None, size: int | None = None
) -> dict[str, Floats]:
    """Where the undosed model rests, for each individual: name → (n,). Solved by Newton's method, then checked.

    guess: where to start (default: the model's initial state). Raises SimulationFailed if nobody's rest is found.
    For models without an analytic steady state; use the result as `solve(..., initial=...)`.

    >>> from opsonin.simulate import Model
    >>> filling = Model(name="filling", time_unit="h", states={"x": "L"}, parameters={"k": "1/h"},
    ...                 equations=lambda y, p, u: {"x": 6.0 - p.k * y.x})
    >>> steady_state(filling, {"k": [2.0, 3.0]})["x"].round(6).tolist()
    [3.0, 2.0]
    """
    own = {name: np.atleast_1d(np.asarray(value, float)) for name, value in parameters.items()}
    n = size or max((value.size for value in own.values()), default=1)
    own = {name: np.broadcast_to(value, (n,)) for name, value in own.items()}
    begin = model.initial_state(own) | dict(guess or {})
    state = np.column_stack([np.broadcast_to(np.asarray(begin[name], float), (n,)) for name in model.states])

    def slope(values: Floats) -> Floats:
        rates = model.derivative(dict(zip(model.states, values.T, strict=True)), own)
        return np.column_stack([np.broadcast_to(rates[name], (n,)) for name in model.states])

    for _ in range(ROUNDS):
        moving = slope(state)
        matrix = np.empty((n, state.shape[1], state.shape[1]))
        nudge = 1e-6 * np.maximum(np.abs(state), 1e-3)
        for s in range(state.shape[1]):
            moved = state.copy()
            moved[:, s] += nudge[:, s]
            matrix[:, :, s] = (slope(moved) - moving) / nudge[:, s : s + 1]
        change = _newton_step(matrix, moving)
        state = state - change
        if np.all(np.abs(change) <= 1e-11 * np.maximum(np.abs(state), 1e-6)):
            return dict(zip(model.states, state.T, strict=True))
    raise SimulationFailed(f"{model.name}: no steady state was found for {n} individuals")
