"""Can this be simulated? Everything asked of `solve`, checked at once and brought into shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from opsonin.errors import InputRefused, Problem
from opsonin.simulate.events import EventTable, Floats
from opsonin.simulate.model import Model
from opsonin.simulate.reductions import Reduction

METHODS = ("auto", "tsit5", "rodas5p")


@dataclass(frozen=True)
class Request:
    """A checked request: arrays in shape, names known."""

    model: Model
    n: int
    parameters: Mapping[str, Floats]
    times: Floats
    events: EventTable
    outputs: tuple[str, ...]
    kept: tuple[str, ...]
    codes: Mapping[str, int]
    reductions: tuple[Reduction, ...]
    initial: Mapping[str, Floats]
    typical: Mapping[str, Floats]
    start: float
    rtol: float
    atol: Floats
    floor: float
    given_atol: Any
    method: str
    max_steps: int
    solver: Any = None

    def initial_states(self, parameters: Mapping[str, Floats], rows: slice) -> Floats:
        """(individuals, states) for the chosen rows, whose parameters are given."""
        own = self.model.initial_state(parameters) if len(self.initial) < len(self.model.states) else {}
        size = rows.stop - rows.start
        state = np.empty((size, len(self.model.states)))
        for index, name in enumerate(self.model.states):
            given = self.initial.get(name)
            state[:, index] = own[name] if given is None else np.broadcast_to(given, (self.n,))[rows]
        return state

    def typical_sizes(self, rows: slice) -> Floats:
        """(individuals, states): sizes that are known beforehand; 0 where none is."""
        sizes = np.zeros((rows.stop - rows.start, len(self.model.states)))
        for index, name in enumerate(self.model.states):
            if name in self.typical:
                sizes[:, index] = np.broadcast_to(np.abs(self.typical[name]), (self.n,))[rows]
        return sizes


def _columns(kind: str, given: Mapping[str, ArrayLike], n: int, problems: list[Problem]) -> dict[str, Floats]:
    """Each value as a number or (n,), finite."""
    columns = {}
    for name, value in given.items():
        try:
            column = np.asarray(value, float)
        except (TypeError, ValueError):
            problems.append(
                Problem(f"{kind}[{name}]", repr(value)[:40], "is not numeric.", "Give a number or an array.")
            )
            continue
        if column.shape not in ((), (1,), (n,)):
            problems.append(
                Problem(f"{kind}[{name}]", str(column.shape), "has the wrong shape.", f"Give a number or ({n},).")
            )
        elif not np.isfinite(column).all():
            where = int(np.flatnonzero(~np.isfinite(np.atleast_1d(column)))[0])
            problems.append(Problem(f"{kind}[{name}]", f"individual {where}", "is not finite.", "Give finite numbers."))
        else:
            columns[name] = column
    return columns


def _checked_times(times: ArrayLike, n: int, problems: list[Problem]) -> Floats:
    grid = np.asarray(times, float)
    if grid.ndim not in (1, 2) or grid.shape[-1] == 0 or (grid.ndim == 2 and grid.shape[0] != n):
        problems.append(Problem("times", str(grid.shape), "has the wrong shape.", f"Give (times,) or ({n}, times)."))
        return np.zeros(1)
    present = np.isfinite(grid)
    padded = grid.ndim == 2 and bool((present[:, 1:] <= present[:, :-1]).all() and present[:, 0].all())
    if not present.all() and not (padded and np.isnan(grid[~present]).all()):
        problems.append(Problem("times", "", "must be finite (rows of a table may end in NaN).", "Remove the others."))
    elif (np.diff(grid, axis=-1) < 0).any():
        problems.append(Problem("times", "", "must not decrease.", "Sort them."))
    return grid


def _unknown(kind: str, names: Sequence[str], known: Sequence[str]) -> list[Problem]:
    shown = ", ".join(known)
    return [Problem(kind, name, "is unknown to the model.", f"Known: {shown}.") for name in names if name not in known]


def checked(
    model: Model,
    *,
    parameters: Mapping[str, ArrayLike],
    times: ArrayLike,
    n: int | None,
    events: EventTable | None,
    outputs: Sequence[str] | None,
    reductions: Sequence[Reduction],
    initial: Mapping[str, ArrayLike] | None,
    typical: Mapping[str, ArrayLike] | None,
    start: float | None,
    rtol: float,
    atol: float | Mapping[str, float] | None,
    method: str,
    max_steps: int,
    solver: Any = None,
) -> Request:
    """The request, or InputRefused with every problem."""
    problems: list[Problem] = []
    if n is None:
        n = events.n if events else max((np.size(value) for value in parameters.values()), default=1)
    if n < 1:
        raise InputRefused([Problem("n", str(n), "must be at least 1.", "Simulate somebody.")], source="solve")
    if events is not None and events.n != n:
        problems.append(
            Problem("events", str(events.n), f"are for another number of people than n = {n}.", "Match them.")
        )
    problems += _unknown("parameters", list(parameters), list(model.parameters))
    problems += [
        Problem("parameters", name, "is missing.", f"Give it in {unit}.")
        for name, unit in model.parameters.items()
        if name not in parameters
    ]
    problems += _unknown("initial", list(initial or {}), list(model.states))
    problems += _unknown("typical", list(typical or {}), list(model.states))
    names = model.output_names()
    wanted = tuple(outputs) if outputs is not None else (() if reductions else names)
    problems += _unknown("outputs", wanted, names)
    problems += _unknown("reductions", [reduction.output for reduction in reductions], names)
    if method not in METHODS:
        problems.append(Problem("method", method, "is unknown.", f"Known: {', '.join(METHODS)}."))
    if not 1e-13 <= rtol <= 1e-1:
        problems.append(Problem("rtol", str(rtol), "is out of reach.", "Choose 1e-13 to 0.1."))
    columns = _columns("parameters", parameters, n, problems)
    starting = _columns("initial", initial or {}, n, problems)
    sizes = _columns("typical", typical or {}, n, problems)
    absolute = _tolerances(model, atol, problems)
    grid = _checked_times(times, n, problems)
    table = events or EventTable.none(n)
    earliest = min(float(np.nanmin(grid)), float(table.time.min()) if table.time.size else 0.0)
    if start is not None and not start <= earliest:
        problems.append(
            Problem("start", str(start), f"is after the first event or observation ({earliest:g}).", "Start earlier.")
        )
    if problems:
        raise InputRefused(problems, source=f"solve {model.name}")
    return Request(
        model=model,
        n=n,
        parameters=columns,
        times=grid,
        events=table,
        outputs=tuple(dict.fromkeys(wanted)),
        kept=tuple(dict.fromkeys((*wanted, *(reduction.output for reduction in reductions)))),
        codes={name: code for code, name in enumerate(names)},
        reductions=tuple(reductions),
        initial=starting,
        typical=sizes,
        start=float(min(0.0, earliest) if start is None else start),
        rtol=float(rtol),
        atol=absolute,
        floor=1e-3 if atol is None else 0.0,
        given_atol=atol,
        method=method,
        max_steps=int(max_steps),
        solver=solver,
    )


def _tolerances(model: Model, atol: float | Mapping[str, float] | None, problems: list[Problem]) -> Floats:
    """One absolute tolerance per state; 0 where the automatic one is used."""
    given = (
        dict(atol)
        if isinstance(atol, Mapping)
        else {name: 0.0 if atol is None else float(atol) for name in model.states}
    )
    problems += _unknown("atol", list(given), list(model.states))
    values = np.array([given.get(name, 0.0) for name in model.states], float)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        problems.append(Problem("atol", str(atol), "must be finite and not negative.", "Correct it."))
    return values
