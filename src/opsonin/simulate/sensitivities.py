"""How much would the courses move if a parameter did? Forward sensitivities, from the model's own derivatives.

The model is extended by one state per state and parameter, d(state)/d(parameter), whose equation follows from the
symbolic Jacobian; the extended model is an ordinary `Model`, solved by the same kernels under the same error control.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from opsonin.errors import InputRefused, Problem
from opsonin.simulate.courses import Courses
from opsonin.simulate.model import Model
from opsonin.simulate.solve import solve

STEP = 1e-5  # relative step of the central differences that give the initial state's own sensitivities


def by(name: str, parameter: str) -> str:
    """The name under which d(name)/d(parameter) is found."""
    return f"{name}__by__{parameter}"


def sensitivities(
    model: Model,
    *,
    parameters: Mapping[str, ArrayLike],
    wrt: Sequence[str],
    outputs: Sequence[str],
    **asked: Any,
) -> Courses:
    """Courses of the outputs and of their derivatives by the parameters `wrt`.

    The derivative of output o by parameter p is `courses[by(o, p)]`, in o's unit over p's, shape (n, times).
    Everything else as in `solve`. Parameters that steer doses (bioavailability, lag, duration, rate) and values
    replaced through `initial` cannot be derived; at a `where` that jumps the derivative ignores the jump's shift.
    Raises InputRefused with every problem.

    >>> from opsonin.simulate import EventTable
    >>> from opsonin.simulate.examples import DECAY
    >>> events = EventTable.infusions(DECAY, 1, [(0.0, 0.0, 100.0)], state="A")
    >>> courses = sensitivities(DECAY, parameters={"k": 0.1, "V": 10.0}, wrt=("k",), outputs=("A",), n=1,
    ...                         events=events, times=[10.0])
    >>> round(float(courses[by("A", "k")][0, 0]), 2)  # -t * 100 * exp(-k t)
    -367.88
    """
    problems = [
        Problem("wrt", name, "is not a parameter.", "Name one.") for name in wrt if name not in model.parameters
    ]
    steering = {p for kind in ("bioavailability", "lag", "duration", "rate") for p in getattr(model, kind).values()}
    problems += [Problem("wrt", name, "steers doses.", "Use finite differences.") for name in wrt if name in steering]
    if asked.get("initial"):
        problems.append(Problem("initial", "", "cannot be replaced here.", "Let the model give it."))
    known = model.output_names()
    problems += [Problem("outputs", name, "is unknown.", "Name an output.") for name in outputs if name not in known]
    if problems:
        raise InputRefused(problems, source=f"sensitivities {model.name}")
    wanted = [*outputs, *(by(name, parameter) for name in outputs for parameter in wrt)]
    plain = solve(model, parameters=parameters, outputs=tuple(model.states), **asked)
    typical = {}
    for parameter in wrt:  # a sensitivity's natural size is its state's over its parameter's
        size = np.maximum(np.abs(np.asarray(parameters[parameter], float)), 1e-300)
        for name in model.states:
            typical[by(name, parameter)] = np.nan_to_num(np.fmax.reduce(np.abs(plain[name]), axis=1) / size)
    return solve(extended(model, tuple(wrt)), parameters=parameters, outputs=wanted, typical=typical, **asked)


def extended(model: Model, wrt: tuple[str, ...]) -> Model:
    """The model with its sensitivities as further states, and those of its derived outputs as further outputs."""
    names = tuple(model.states)
    derived = model.output_names()[len(names) :]

    def equations(y: Any, p: Any, u: Any) -> dict[str, Any]:
        slopes = {name: _expression(value) for name, value in model.equations(y, p, u).items()}
        result = dict(slopes)
        for parameter in wrt:
            for name in names:
                result[by(name, parameter)] = _total(slopes[name], y, p, names, parameter)
        return result

    def outputs(y: Any, p: Any) -> dict[str, Any]:
        own = model.observe(vars(y), vars(p))
        if isinstance(getattr(y, names[0]), np.ndarray):  # only the names are asked for
            return own | {by(name, parameter): 0.0 for name in derived for parameter in wrt}
        own = {name: _expression(value) for name, value in own.items()}
        return own | {by(name, q): _total(own[name], y, p, names, q) for name in derived for q in wrt}

    def initial(p: Any) -> dict[str, Any]:
        values = vars(p)
        result = dict(model.initial_state(values))
        for parameter in wrt:
            step = STEP * np.maximum(np.abs(values[parameter]), 1e-300)
            high = model.initial_state(values | {parameter: values[parameter] + step})
            low = model.initial_state(values | {parameter: values[parameter] - step})
            result |= {by(name, parameter): (high[name] - low[name]) / (2 * step) for name in names}
        return result

    further = {by(n, q): f"{model.states[n]} per {model.parameters[q]}" for q in wrt for n in names}
    kept = {kind: getattr(model, kind) for kind in ("inputs", "bioavailability", "lag", "duration", "rate")}
    return Model(
        name=f"{model.name}, with sensitivities",
        time_unit=model.time_unit,
        states={**model.states, **further},
        parameters=model.parameters,
        equations=equations,
        outputs=outputs,
        initial=initial,
        output_units=model.output_units,
        **kept,
    )


def _expression(value: Any) -> Any:
    import sympy

    return sympy.sympify(value)


def _total(expression: Any, y: SimpleNamespace, p: SimpleNamespace, names: Sequence[str], parameter: str) -> Any:
    """d(expression)/d(parameter), through the states and directly."""
    import sympy

    terms = [expression.diff(getattr(p, parameter))]
    terms += [expression.diff(getattr(y, name)) * getattr(y, by(name, parameter)) for name in names]
    return sympy.powsimp(sympy.Add(*terms), combine="exp")
