"""How do formulas become a compiled kernel? Printed as loops over lanes, with common parts shared and hoisted.

The integrator itself is ordinary Python in `kernel/`; the text of those files is put behind the generated functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

import sympy
from sympy.printing.pycode import PythonCodePrinter

from opsonin.simulate.jacobian import factorise_lines, jacobian
from opsonin.simulate.kernel.rodas5p import GAMMA
from opsonin.simulate.model import Model
from opsonin.simulate.symbols import Formulas, Larger, Smaller, trace

LANES = 16  # individuals in lockstep: two AVX-512 or four AVX2 vectors
STAGES = {"tsit5": 6, "rodas5p": 8}  # blocks of K


class _KernelPrinter(PythonCodePrinter):
    """Python text whose every operation vectorises: no libm calls, no branches, whole doubles."""

    def _print_Float(self, expr: Any) -> str:  # noqa: N802
        return repr(float(expr))

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: N802
        base, exponent = expr.base, expr.exp
        if exponent == sympy.Rational(1, 2):
            return f"math.sqrt({self._print(base)})"
        if exponent == -sympy.Rational(1, 2):
            return f"(1.0/math.sqrt({self._print(base)}))"
        if exponent.is_Integer and abs(int(exponent)) <= 8:
            factor = f"({self._print(base)})"
            product = "*".join([factor] * abs(int(exponent)))
            return f"({product})" if exponent > 0 else f"(1.0/({product}))"
        return f"power({self._print(base)}, {self._print(exponent)})"

    def _print_LogarithmOfPower(self, expr: Any) -> str:  # noqa: N802
        return f"logarithm_of_power({self._print(expr.args[0])}, {self._print(expr.args[1])})"

    def _print_exp(self, expr: Any) -> str:
        return f"exponential({self._print(expr.args[0])})"

    def _print_log(self, expr: Any) -> str:
        return f"logarithm({self._print(expr.args[0])})"

    def _print_Larger(self, expr: Any) -> str:  # noqa: N802
        return f"larger({self._print(expr.args[0])}, {self._print(expr.args[1])})"

    def _print_Smaller(self, expr: Any) -> str:  # noqa: N802
        return f"smaller({self._print(expr.args[0])}, {self._print(expr.args[1])})"

    def _print_Piecewise(self, expr: Any) -> str:  # noqa: N802
        *choices, (last, _) = expr.args
        text = self._print(last)
        for value, condition in reversed(choices):
            text = f"choose({self._print(condition)}, {self._print(value)}, {text})"
        return text

    def _print_And(self, expr: Any) -> str:  # noqa: N802
        return "(" + " & ".join(f"({self._print(part)})" for part in expr.args) + ")"

    def _print_Or(self, expr: Any) -> str:  # noqa: N802
        return "(" + " | ".join(f"({self._print(part)})" for part in expr.args) + ")"


def _text(expression: Any) -> str:
    return str(_KernelPrinter().doprint(expression))


class _Constants:
    """Sub-expressions of parameters only: computed once per individual, then one row of lanes each."""

    def __init__(self, formulas: Formulas) -> None:
        self._parameters = frozenset(formulas.parameters)
        self.rows: dict[Any, Any] = {}

    def symbol(self, expression: Any) -> Any:
        return self.rows.setdefault(expression, sympy.Symbol(f"c_{len(self.rows)}", real=True))

    def hoist(self, expression: Any) -> Any:
        """The expression with every parameter-only part replaced by a constant's symbol."""
        free = expression.free_symbols
        if not free:
            return expression
        if free <= self._parameters:
            return (
                self.symbol(expression)
                if not expression.is_Boolean
                else expression.func(*map(self.hoist, expression.args))
            )
        if not expression.args:
            return expression
        if not (expression.is_Add or expression.is_Mul):
            return expression.func(*(self.hoist(part) for part in expression.args))
        fixed = [part for part in expression.args if part.free_symbols <= self._parameters]
        moving = [self.hoist(part) for part in expression.args if not part.free_symbols <= self._parameters]
        return expression.func(self.hoist(expression.func(*fixed)), *moving) if fixed else expression.func(*moving)


class LogarithmOfPower(sympy.Function):
    """e * log(b): what b**e is the exponential of."""

    nargs = 2


def _is_power(expression: Any) -> bool:
    """Does the printer need the function `power` for it?"""
    return bool(expression.is_Pow) and _text(expression).startswith("power(")


class _Terms:
    """Logarithms and exponentials, taken out: each kind in a short loop of its own, which the processor overlaps.

    In the long loop of an equation each waits for the one before it.
    """

    def __init__(self) -> None:
        self.levels: list[dict[Any, Any]] = []

    def take(self, expression: Any) -> tuple[Any, int]:
        """The expression with symbols in place of terms, and how many rounds of terms must come before it."""
        if not expression.args:
            return expression, 0
        parts = [self.take(part) for part in expression.args]
        level = max(depth for _, depth in parts)
        inner = expression.func(*(part for part, _ in parts))
        if _is_power(inner):
            logarithm = self._row(LogarithmOfPower(*inner.args), level)
            return self._row(sympy.exp(logarithm, evaluate=False), level + 1), level + 2
        if isinstance(inner, sympy.log | sympy.exp):
            return self._row(inner, level), level + 1
        return inner, level

    def _row(self, term: Any, level: int) -> Any:
        while len(self.levels) <= level:
            self.levels.append({})
        number = sum(len(terms) for terms in self.levels)
        known = self.levels[level]
        return known.setdefault(term, sympy.Symbol(f"t_{number}", real=True))

    def count(self) -> int:
        """How many rows the terms take."""
        return sum(len(terms) for terms in self.levels)


class _Code:
    """Prints loops over lanes; remembers how many rows of terms the hungriest function needs."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas = formulas
        self.terms = 0

    def function(self, name: str, arguments: str, expressions: Sequence[Any], store: str, at: str = "STAGE") -> str:
        """One function that stores every expression of the states at Y or STAGE, in all lanes."""
        terms = _Terms()
        final = [terms.take(expression)[0] for expression in expressions]
        lines = ["@compiled", f"def {name}({arguments}):"]
        for found in terms.levels:
            rows = [f"m[TERM + {int(symbol.name[2:]) * LANES} + lane]" for symbol in found.values()]
            lines += self.loop(list(found), rows, at)
        rows = [store.format(row=i * LANES) for i in range(len(final))]
        self.terms = max(self.terms, terms.count())
        return "\n".join([*lines, *self.loop(final, rows, at), ""])

    def loop(self, expressions: Sequence[Any], stores: Sequence[str], at: str) -> list[str]:
        """The lines of one loop over lanes."""
        shared, final = sympy.cse(list(expressions), symbols=sympy.numbered_symbols("x_"), order="none")
        used = _symbols([*(e for _, e in shared), *final])
        lines = ["    for lane in range(one * LANES):"]
        lines += [f"        {line}" for line in _loads(used, self.formulas, "{block} + {row} + lane", at)]
        lines += [f"        {symbol} = {_text(expression)}" for symbol, expression in shared]
        lines += [f"        {place} = {_text(e)}" for place, e in zip(stores, final, strict=True)]
        return lines if final else []


def _symbols(expressions: Sequence[Any]) -> set[Any]:
    return set().union(*(part.free_symbols for part in expressions)) if expressions else set()


def _loads(used: set[Any], formulas: Formulas, place: str, at: str) -> list[str]:
    """Assignments of every used state, input, constant and term from its row."""
    rows = [(s, at, i) for i, s in enumerate(formulas.states)] + [(s, "U", i) for i, s in enumerate(formulas.inputs)]
    for block, prefix in (("C", "c_"), ("TERM", "t_")):
        numbers = sorted(int(s.name[2:]) for s in used if s.name.startswith(prefix))
        rows += [(sympy.Symbol(f"{prefix}{n}", real=True), block, n) for n in numbers]
    return [f"{s} = m[{place.format(block=block, row=n * LANES)}]" for s, block, n in rows if s in used]


def _constants_function(constants: _Constants, formulas: Formulas) -> str:
    """One function that fills every constant of one lane from one row of parameters."""
    shared, final = sympy.cse(list(constants.rows), symbols=sympy.numbered_symbols("x_"), order="none")
    used = _symbols([*(e for _, e in shared), *final])
    lines = ["@compiled", "def fill_constants(p, row, m, lane):"]
    lines += [f"    {s} = p[row * PARAMETERS + {i}]" for i, s in enumerate(formulas.parameters) if s in used]
    lines += [f"    {symbol} = {_text(expression)}" for symbol, expression in shared]
    lines += [f"    m[C + {i * LANES} + lane] = {_text(e)}" for i, e in enumerate(final)]
    return "\n".join([*lines, "    return None", ""])


def _turnover(expression: Any) -> Any:
    """The sum of what an expression adds up, all taken positive: what its rounding errors are relative to."""
    if expression.is_Add or expression.is_Mul:
        return expression.func(*(_turnover(part) for part in expression.args))
    if isinstance(expression, sympy.log):
        return sympy.Abs(expression) + 1
    return sympy.Abs(expression)


def _switches(slopes: Sequence[Any], formulas: Formulas) -> list[tuple[Any, Any]]:
    """Pairs of expressions whose order decides which branch of a maximum, minimum or where is taken."""
    states = set(formulas.states)
    pairs = []
    for slope in slopes:
        pairs += [part.args for part in slope.atoms(Larger, Smaller)]
        pairs += [(part.lhs, part.rhs) for part in slope.atoms(sympy.core.relational.Relational)]
    moving = [(a, b) for a, b in pairs if (a.free_symbols | b.free_symbols) & states]
    return list(dict.fromkeys(moving))


def _crossings_function(slopes: Sequence[Any], formulas: Formulas) -> str:
    """One function: where in the step (fraction; 2 if nowhere) any switch changes sides, in every lane.

    A switch whose two sides stay equal within the tolerance is left alone: its branches then hardly differ.
    """
    pairs = _switches(slopes, formulas)
    if not pairs:
        return "@compiled\ndef find_crossings(m, one, rtol):\n    return None\n"
    after = {state: sympy.Symbol("n" + state.name[1:], real=True) for state in formulas.states}
    flat = [side for pair in pairs for side in pair]
    sides = [*flat, *(side.xreplace(after) for side in flat)]
    used = _symbols(flat)
    lines = ["@compiled", "def find_crossings(m, one, rtol):", "    for lane in range(one * LANES):"]
    lines += [f"        {line}" for line in _loads(used, formulas, "{block} + {row} + lane", "Y")]
    lines += [f"        {after[s]} = m[STAGE + {i * LANES} + lane]" for i, s in enumerate(formulas.states) if s in used]
    lines += [f"        e_{number} = {_text(side)}" for number, side in enumerate(sides)]
    lines.append("        nearest = 2.0")
    for number in range(len(pairs)):
        a, b, c, d = (f"e_{2 * number + k}" for k in (0, 1, 2 * len(pairs), 2 * len(pairs) + 1))
        lines += [
            f"        before, after = {a} - {b}, {c} - {d}",
            "        changes = (before < 0.0) & (after > 0.0) | (before > 0.0) & (after < 0.0)",
            f"        changes = changes & (abs(after - before) > rtol * (abs({a}) + abs({b}) + abs({c}) + abs({d})))",
            "        where = choose(changes, before / (before - after), 2.0)",
            "        nearest = smaller(nearest, where)",
        ]
    return "\n".join([*lines, "        m[CROSS + lane] = nearest", ""])


def _linear_solver(code: _Code, constants: _Constants) -> tuple[str, int]:
    """Two functions, factorise 1/(gamma h) I - J in all lanes and solve with it in place; and how many factors."""
    size = len(code.formulas.states)
    entries = {place: constants.hoist(-entry) for place, entry in jacobian(code.formulas).items()}
    text = code.function("factorise", "m, one", list(entries.values()), "e{row}", at="Y")
    lines = [line for line in text.split("\n") if line.strip()]
    for number, (i, j) in enumerate(entries):  # the loop's stores become local variables
        lines = [line.replace(f"e{number * LANES} = ", f"e_{i}_{j} = ", 1) for line in lines]
    texts = {(i, j): f"e_{i}_{j}" for i, j in entries}
    for i in range(size):
        texts[i, i] = f"shift + {texts[i, i]}" if (i, i) in texts else "shift"
    factorising, solving, stored, _ = factorise_lines(texts, size)
    if not entries:
        lines.append("    for lane in range(one * LANES):")
    lines.append(f"        shift = 1.0 / ({GAMMA!r} * m[USED + lane])")
    lines += [f"        {line}" for line in factorising]
    lines += [f"        m[WORK + {n * LANES} + lane] = m_{i}_{j}" for n, (i, j) in enumerate(stored)]
    back = ["@compiled", "def backsolve(m, one):", "    for lane in range(one * LANES):"]
    back += [f"        m_{i}_{j} = m[WORK + {n * LANES} + lane]" for n, (i, j) in enumerate(stored)]
    back += [f"        r_{i} = m[F + {i * LANES} + lane]" for i in range(size)]
    back += [f"        {line}" for line in solving]
    back += [f"        m[F + {i * LANES} + lane] = r_{i}" for i in range(size)]
    return "\n".join([*lines, "", "", *back, ""]), len(stored)


def _outputs_function(outputs: Sequence[Any], formulas: Formulas) -> str:
    """One function that computes one output (a state, or a derived one) of one lane from the states in POINT."""
    lines = ["@compiled", "def output(code, m, lane):"]
    lines += [f"    if code < {len(formulas.states)}:", "        return m[POINT + code]"]
    for number, expression in enumerate(outputs):
        lines.append(f"    if code == {len(formulas.states) + number}:")
        used = _symbols([expression])
        lines += [f"        {s} = m[POINT + {i}]" for i, s in enumerate(formulas.states) if s in used]
        lines += [f"        {s} = m[C + {int(s.name[2:]) * LANES} + lane]" for s in used if s.name.startswith("c_")]
        lines.append(f"        return {_text(expression)}")
    return "\n".join([*lines, "    return np.nan", ""])


def _rows_functions(size: int) -> str:
    """Functions between one row and a block of all states."""
    text = []
    loop = "    for lane in range(one * LANES):"
    for name, row in (("spread_steps", "USED"), ("spread_verdicts", "GOOD")):
        text += ["@compiled", f"def {name}(m, one):", loop, f"        value = m[{row} + lane]"]
        text += [f"        m[H + {s * LANES} + lane] = value" for s in range(size)] + ["", ""]
    text += ["@compiled", "def collect_errors(m, one):", loop, "        worst, spoilt = 0.0, 0.0"]
    for s in range(size):
        text += [f"        error = m[SIZED + {s * LANES} + lane]", "        worst = larger(worst, error)"]
        text += ["        spoilt = spoilt + 0.0 * error"]
    return "\n".join([*text, "        m[ERROR + lane] = worst + spoilt", ""])


def _needs(outputs: Sequence[Any], formulas: Formulas) -> list[list[int]]:
    """For every output code, the states it reads."""
    own = [[i] for i in range(len(formulas.states))]
    return own + [[i for i, s in enumerate(formulas.states) if s in e.free_symbols] for e in outputs]


def _template(name: str) -> str:
    """The text of one file of `kernel/`, without its docstring-level imports of the example shape."""
    text = resources.files("opsonin.simulate.kernel").joinpath(f"{name}.py").read_text("utf-8")
    return text.split("# --- kernel ---\n", 1)[1]


def kernel_source(formulas: Formulas, method: str) -> str:
    """The full text of a kernel module for these formulas and this method ("tsit5" or "rodas5p")."""
    constants, code = _Constants(formulas), _Code(formulas)
    slopes = [constants.hoist(slope) for slope in formulas.slopes]
    outputs = [constants.hoist(output) for output in formulas.outputs]
    turnovers = [_turnover(slope) for slope in slopes]
    generated = [
        code.function("fill_slopes", "m, one", slopes, "m[F + {row} + lane]"),
        code.function("fill_turnover", "m, one", turnovers, "m[F + {row} + lane]"),
        _crossings_function(slopes, formulas),
        _outputs_function(outputs, formulas),
        _rows_functions(len(formulas.states)),
    ]
    factors = 0
    if method == "rodas5p":
        solver, factors = _linear_solver(code, constants)
        generated.append(solver)
    generated.insert(0, _constants_function(constants, formulas))
    head = f'''"""Generated by opsonin.simulate: a population kernel. Do not edit; delete the folder to regenerate."""
import math
from typing import Any, NamedTuple
import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

LANES = {LANES}
STATES = {len(formulas.states)}
PARAMETERS = {max(1, len(formulas.parameters))}
INPUTS = {max(1, len(formulas.inputs))}
CONSTANTS = {max(1, len(constants.rows))}
SWITCHES = {len(_switches(slopes, formulas))}
STAGES = {STAGES[method]}
FACTORS = {factors}
SCRATCH = {code.terms}
NEEDS = {_needs(outputs, formulas)!r}

options = dict(error_model="numpy", fastmath={{"contract", "nsz"}})
entry = njit(cache=True, nogil=True, **options)
compiled = njit(**options)
inlined = njit(forceinline=True, **options)


@intrinsic
def address(context, array):
    def generate(context, builder, signature, arguments):
        return make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), generate


@intrinsic
def choose(context, condition, first, second):
    def generate(context, builder, signature, arguments):
        return builder.select(*arguments)

    return types.float64(types.boolean, types.float64, types.float64), generate
'''
    parts = [_template("elementary"), _template("memory"), *generated, _template(method), _template("lanes")]
    return "\n\n".join([head, *parts])


def latex(model: Model) -> dict[str, str]:
    """The equations of a model as LaTeX, one per state."""
    formulas = trace(model)
    plain = {s: sympy.Symbol(s.name[2:]) for s in (*formulas.states, *formulas.parameters)}
    plain |= {s: sympy.Symbol(f"R_{s.name[2:]}") for s in formulas.inputs}
    result = {}
    for name, slope in zip(model.states, formulas.slopes, strict=True):
        shown = slope.xreplace(plain).replace(
            lambda e: type(e).__name__ in ("Larger", "Smaller"),
            lambda e: (sympy.Max if type(e).__name__ == "Larger" else sympy.Min)(*e.args, evaluate=False),
        )
        result[name] = (
            rf"\frac{{d\,{sympy.latex(plain[sympy.Symbol('y_' + name, real=True)])}}}{{dt}} = {sympy.latex(shown)}"
        )
    return result
