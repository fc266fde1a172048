"""How do a model's equations read in print? LaTeX of every slope and output, from the model's one declaration."""

from __future__ import annotations

from typing import Any

import sympy

from opsonin.simulate.model import Model
from opsonin.simulate.symbols import trace


def latex(model: Model) -> tuple[dict[str, str], dict[str, str]]:
    """The right-hand side of every state's equation, and every output, in LaTeX; prefixes taken off."""
    formulas = trace(model)
    symbols = {s for e in (*formulas.slopes, *formulas.outputs) for s in e.free_symbols}
    plain = {symbol: sympy.Symbol(symbol.name.partition("_")[2]) for symbol in symbols}
    derived = [name for name in model.output_names() if name not in model.states]

    def written(expression: Any) -> str:
        text: str = sympy.latex(expression.xreplace(plain))
        return text.replace(r"\operatorname{Larger}", r"\max").replace(r"\operatorname{Smaller}", r"\min")

    return (
        {name: written(slope) for name, slope in zip(model.states, formulas.slopes, strict=True)},
        {name: written(output) for name, output in zip(derived, formulas.outputs, strict=True)},
    )
