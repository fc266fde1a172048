"""What do a model's equations say, as formulas? Calls the model's functions once with SymPy symbols.

Only this module and `kernel_source` import SymPy, and only when a kernel is not in the cache yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sympy

from opsonin.errors import InputRefused, Problem
from opsonin.simulate.model import Model


class Larger(sympy.Function):
    """max(a, b), kept whole; its derivative is a step."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Any:
        first, second = self.args
        return choose(first > second, 2 - argindex, argindex - 1)


class Smaller(sympy.Function):
    """min(a, b), kept whole; its derivative is a step."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Any:
        first, second = self.args
        return choose(first < second, 2 - argindex, argindex - 1)


def choose(condition: Any, then: Any, otherwise: Any) -> Any:
    """A two-way choice as SymPy's Piecewise."""
    return sympy.Piecewise((then, condition), (otherwise, True))


@dataclass(frozen=True)
class Formulas:
    """A model as formulas: one slope per state, one expression per output, all over prefixed symbols.

    `controlled` is how many states, from the first, take part in error control (sensitivities may not).
    """

    states: tuple[Any, ...]
    parameters: tuple[Any, ...]
    inputs: tuple[Any, ...]
    slopes: tuple[Any, ...]
    outputs: tuple[Any, ...]
    controlled: int


def _prefixed(prefix: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Symbols such as y_A1 and p_V1, so that no model name can meet a name of the kernel."""
    return {name: sympy.Symbol(f"{prefix}_{name}", real=True) for name in names}


def trace(model: Model) -> Formulas:
    """The formulas of a model. Raises InputRefused when its functions cannot be read with symbols."""
    states, parameters = _prefixed("y", model.states), _prefixed("p", model.parameters)
    inputs = _prefixed("u", model.inputs)
    y, p, u = (SimpleNamespace(**symbols) for symbols in (states, parameters, inputs))
    try:
        slopes = model.equations(y, p, u)
        outputs = model.outputs(y, p) if model.outputs else {}
    except InputRefused:
        raise
    except Exception as error:
        raise InputRefused(
            [
                Problem(
                    "equations",
                    model.name,
                    f"cannot be read with symbols ({type(error).__name__}: {error}).",
                    "Use + - * / ** and opsonin.simulate's functions (maximum, exp, where ...); no `if` on a state.",
                )
            ],
            source=f"model {model.name}",
        ) from error
    formulas = Formulas(
        states=tuple(states.values()),
        parameters=tuple(parameters.values()),
        inputs=tuple(inputs.values()),
        slopes=tuple(sympy.sympify(slopes[name]) for name in model.states if name in slopes),
        outputs=tuple(sympy.sympify(outputs[name]) for name in outputs),
        controlled=len(states),
    )
    _check(model, formulas, slopes)
    return formulas


def _check(model: Model, formulas: Formulas, slopes: Mapping[str, Any]) -> None:
    problems = [
        Problem("equations", name, "has no equation.", f'Return "{name}": its rate of change.')
        for name in model.states
        if name not in slopes
    ]
    problems += [
        Problem("equations", name, "is not a state.", "Declare it in states, or remove it.")
        for name in slopes
        if name not in model.states
    ]
    used = set().union(*(slope.free_symbols for slope in formulas.slopes)) if formulas.slopes else set()
    problems += [
        Problem("inputs", name, "is never used, so its infusions would vanish.", f"Add u.{name} to an equation.")
        for name, symbol in zip(model.inputs, formulas.inputs, strict=True)
        if symbol not in used
    ]
    if problems:
        raise InputRefused(problems, source=f"model {model.name}")
