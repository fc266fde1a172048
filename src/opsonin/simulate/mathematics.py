"""Which functions may stand in an equation? These: each takes numbers, numpy arrays or symbols alike.

A model's equations are read twice: once with symbols (to write the compiled kernel) and, in tests and wherever
an independent right-hand side is wanted, with plain numpy arrays. Python's own operators (+ - * / **, <, >, &, |)
work on both; for everything else use the functions of this module.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def _symbolic(*arguments: Any) -> Any:
    """The symbolic functions if any argument is a symbol, else None. Never imports SymPy itself."""
    sympy = sys.modules.get("sympy")
    if sympy is None or not any(isinstance(argument, sympy.Basic) for argument in arguments):
        return None
    from opsonin.simulate import symbols

    return symbols


def maximum(first: Any, second: Any) -> Any:
    """The larger of the two.

    >>> float(maximum(2.0, 3.0))
    3.0
    """
    symbolic = _symbolic(first, second)
    return symbolic.Larger(first, second) if symbolic else np.maximum(first, second)


def minimum(first: Any, second: Any) -> Any:
    """The smaller of the two.

    >>> float(minimum(2.0, 3.0))
    2.0
    """
    symbolic = _symbolic(first, second)
    return symbolic.Smaller(first, second) if symbolic else np.minimum(first, second)


def exp(exponent: Any) -> Any:
    """e to the power of the argument.

    >>> float(exp(0.0))
    1.0
    """
    symbolic = _symbolic(exponent)
    return symbolic.sympy.exp(exponent) if symbolic else np.exp(exponent)


def log(argument: Any) -> Any:
    """The natural logarithm.

    >>> float(log(1.0))
    0.0
    """
    symbolic = _symbolic(argument)
    return symbolic.sympy.log(argument) if symbolic else np.log(argument)


def sqrt(argument: Any) -> Any:
    """The square root.

    >>> float(sqrt(9.0))
    3.0
    """
    symbolic = _symbolic(argument)
    return symbolic.sympy.sqrt(argument) if symbolic else np.sqrt(argument)


def power(base: Any, exponent: Any) -> Any:
    """base to the power of exponent; base must not be negative unless the exponent is a whole number.

    >>> float(power(2.0, 3.0))
    8.0
    """
    symbolic = _symbolic(base, exponent)
    return symbolic.sympy.Pow(base, exponent) if symbolic else np.power(base, exponent)


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """`then` where the condition holds, else `otherwise`. Both are evaluated, so both must be finite.

    >>> float(where(2.0 > 1.0, 10.0, 20.0))
    10.0
    """
    symbolic = _symbolic(condition, then, otherwise)
    return symbolic.choose(condition, then, otherwise) if symbolic else np.where(condition, then, otherwise)
