"""How do formulas become a compiled kernel? Printed as loops over lanes, with common parts shared and hoisted.

The integrator itself is ordinary Python in `kernel/`; the text of those files is put behind the generated functions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

import sympy
from sympy.printing.pycode import PythonCodePrinter

from opsonin.simulate.jacobian import factorise_lines, jacobian
from opsonin.simulate.kernel.rodas5p import GAMMA
from opsonin.simulate.model import Model
from opsonin.simulate.symbols import Formulas, Larger, Smaller, trace

BLOCK = 16  # observations of one lane interpolated together
LANES = 16  # individuals in lockstep: two AVX-512 or four AVX2 vectors; 8 is not vectorised by numba, 32 spills


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

    def _print_exp(self, expr: Any) -> str:
        return f"exponential({self._print(expr.args[0])})"

    def _print_log(self, expr: Any) -> str:
        return f"logarithm({self._print(expr.args[0])})"

    def _print_Larger(self, expr: Any) -> str:  # noqa: N802
        return f"larger({self._print(expr.args[0])}, {self._print(expr.args[1])})"

    def _print_Smaller(self, expr: Any) -> str:  # noqa: N802
        return f"smaller({self._print(expr.args[0])}, {self._print(expr.args[1])})"

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


def _lane_loop(
    name: str, arguments: str, expressions: Sequence[Any], store: str, formulas: Formulas, over: str = "lane"
) -> str:
    """One function whose single loop, over lanes or over BLOCK times of one lane, stores every expression."""
    width = LANES if over == "lane" else BLOCK
    shared, final = sympy.cse(list(expressions), symbols=sympy.numbered_symbols("x_"), order="none")
    used = set().union(*(part.free_symbols for part in [*(e for _, e in shared), *final])) if final else set()
    lines = ["@compiled", f"def {name}({arguments}):", f"    for {over} in range({width}):"]
    rows = [("y", formulas.states), ("u", formulas.inputs)]
    for array, symbols in rows:
        lines += [f"        {s} = {array}[{i * width} + {over}]" for i, s in enumerate(symbols) if s in used]
    constants = sorted((s for s in used if s.name.startswith("c_")), key=lambda s: int(s.name[2:]))
    lines += [f"        {s} = c[{int(s.name[2:]) * LANES} + lane]" for s in constants]
    lines += [f"        {symbol} = {_text(expression)}" for symbol, expression in shared]
    lines += [f"        {store.format(row=i * LANES)} = {_text(e)}" for i, e in enumerate(final)]
    return "\n".join([*lines, ""]) if final else "\n".join([*lines, "        pass", ""])


def _constants_function(constants: _Constants, formulas: Formulas) -> str:
    """One function that fills every constant of one lane from one row of parameters."""
    shared, final = sympy.cse(list(constants.rows), symbols=sympy.numbered_symbols("x_"), order="none")
    used = set().union(*(part.free_symbols for part in [*(e for _, e in shared), *final])) if final else set()
    lines = ["@compiled", "def fill_constants(p, row, c, lane):"]
    lines += [f"    {s} = p[row * PARAMETERS + {i}]" for i, s in enumerate(formulas.parameters) if s in used]
    lines += [f"    {symbol} = {_text(expression)}" for symbol, expression in shared]
    lines += [f"    c[{i * LANES} + lane] = {_text(e)}" for i, e in enumerate(final)]
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
        return "@compiled\ndef find_crossings(y, new, c, u, rtol, clock, cross):\n    return None\n"
    flat = [side for pair in pairs for side in pair]
    after = {state: sympy.Symbol("n" + state.name[1:], real=True) for state in formulas.states}
    sides = [*flat, *(side.xreplace(after) for side in flat)]
    loop = _lane_loop("find_crossings", "y, new, c, u, rtol, clock, cross", sides, "e{row}", formulas).split("\n")
    used = set().union(*(side.free_symbols for side in flat))
    rows = [f"        {after[s]} = new[{i * LANES} + lane]" for i, s in enumerate(formulas.states) if s in used]
    lines = [*loop[:3], *rows, *(line for line in loop[3:] if line)]
    lines.append("        nearest = 2.0")
    for number in range(len(pairs)):
        a, b = f"e{2 * number * LANES}", f"e{(2 * number + 1) * LANES}"
        c, d = (f"e{(2 * (len(pairs) + number) + k) * LANES}" for k in (0, 1))
        lines += [
            f"        before, after = {a} - {b}, {c} - {d}",
            "        changes = (before < 0.0) & (after > 0.0) | (before > 0.0) & (after < 0.0)",
            f"        changes = changes & (abs(after - before) > rtol * (abs({a}) + abs({b}) + abs({c}) + abs({d})))",
            "        where = before / (before - after) if changes else 2.0",
            "        nearest = smaller(nearest, where)",
        ]
    return "\n".join([*lines, "        clock[cross + lane] = nearest", ""])


def _linear_solver(formulas: Formulas, constants: _Constants) -> str:
    """Two functions: factorise 1/(gamma h) I - J in all lanes, and solve with it in place."""
    entries = {place: constants.hoist(-entry) for place, entry in jacobian(formulas).items()}
    size = len(formulas.states)
    places = list(entries)
    loop = _lane_loop("factorise", "y, c, u, clock, used, m", [entries[p] for p in places], "e{row}", formulas)
    lines = [line for line in loop.split("\n") if line.strip() not in ("", "pass")]
    for number, (i, j) in enumerate(places):  # the loop's stores become local variables
        lines = [line.replace(f"e{number * LANES} = ", f"e_{i}_{j} = ", 1) for line in lines]
    texts = {(i, j): f"e_{i}_{j}" for i, j in places}
    for i in range(size):
        texts[i, i] = f"shift + {texts[i, i]}" if (i, i) in texts else "shift"
    factorising, solving, stored, _ = factorise_lines(texts, size)
    lines.insert(3, "        shift = 1.0 / (GAMMA * clock[used + lane])")
    lines += [f"        {line}" for line in factorising]
    lines += [f"        m[{n * LANES} + lane] = m_{i}_{j}" for n, (i, j) in enumerate(stored)]
    back = ["@compiled", "def backsolve(m, r):", f"    for lane in range({LANES}):"]
    back += [f"        m_{i}_{j} = m[{n * LANES} + lane]" for n, (i, j) in enumerate(stored)]
    back += [f"        r_{i} = r[{i * LANES} + lane]" for i in range(size)]
    back += [f"        {line}" for line in solving]
    back += [f"        r[{i * LANES} + lane] = r_{i}" for i in range(size)]
    return "\n".join([f"FACTORS = {len(stored)}", f"GAMMA = {GAMMA!r}", "", "", *lines, "", "", *back, ""])


def _outputs_function(outputs: Sequence[Any], formulas: Formulas) -> str:
    """One function that computes the asked-for output (a state, or a derived one) of one lane at BLOCK times."""
    head = [
        "@compiled",
        "def fill_output(code, y, c, lane, o):",
        f"    if code < {len(formulas.states)}:",
        f"        for n in range({BLOCK}):",
        f"            o[n] = y[code * {BLOCK} + n]",
    ]
    for number, expression in enumerate(outputs):
        head.append(f"    elif code == {len(formulas.states) + number}:")
        body = _lane_loop("", "", [expression], "o[n]", formulas, over="n").split("\n")[2:]
        head += [f"    {line}" for line in body]
    return "\n".join([*head, ""])


def _needs(outputs: Sequence[Any], formulas: Formulas) -> list[list[int]]:
    """For every output code, the states it reads."""
    own = [[i] for i in range(len(formulas.states))]
    return own + [[i for i, s in enumerate(formulas.states) if s in e.free_symbols] for e in outputs]


def _template(name: str) -> str:
    """The text of one file of `kernel/`, without its docstring-level imports of the example shape."""
    text = resources.files("opsonin.simulate.kernel").joinpath(f"{name}.py").read_text("utf-8")
    return text.split("# --- kernel ---\n", 1)[1]


def _unrolled(text: str, counts: dict[str, int]) -> str:
    """The text with every loop marked `# unrolled` written out, so that the loop over lanes around it vectorises."""
    lines, result = text.split("\n"), []
    while lines:
        line = lines.pop(0)
        loop = re.fullmatch(r"( *)for (\w+) in range\((\w+)\):  # unrolled", line)
        if loop is None:
            result.append(line)
            continue
        indent, variable, count = loop.groups()
        body = []
        while lines and lines[0].startswith(indent + "    "):
            body.append(lines.pop(0)[4:])
        for number in range(counts[count]):
            result += [re.sub(rf"\b{variable}\b", str(number), part) for part in body]
    return "\n".join(result)


def kernel_source(formulas: Formulas, method: str) -> str:
    """The full text of a kernel module for these formulas and this method ("tsit5" or "rodas5p")."""
    constants = _Constants(formulas)
    slopes = [constants.hoist(slope) for slope in formulas.slopes]
    outputs = [constants.hoist(output) for output in formulas.outputs]
    generated = [_lane_loop("fill_slopes", "y, c, u, k", slopes, "k[{row} + lane]", formulas)]
    sizes = [_turnover(slope) for slope in slopes]
    generated.append(_lane_loop("fill_turnover", "y, c, u, k", sizes, "k[{row} + lane]", formulas))
    generated += [_crossings_function(slopes, formulas), _outputs_function(outputs, formulas)]
    if method == "rodas5p":
        generated.append(_linear_solver(formulas, constants))
    generated.insert(0, _constants_function(constants, formulas))
    head = f'''"""Generated by opsonin.simulate: a population kernel. Do not edit; delete the folder to regenerate."""
import math
import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

LANES = {LANES}
BLOCK = {BLOCK}
STATES = {len(formulas.states)}
PARAMETERS = {max(1, len(formulas.parameters))}
CONTROLLED = {formulas.controlled}
INPUTS = {max(1, len(formulas.inputs))}
CONSTANTS = {max(1, len(constants.rows))}
SWITCHES = {len(_switches(slopes, formulas))}
NEEDS = {_needs(outputs, formulas)!r}

options = dict(error_model="numpy", fastmath={{"contract", "nsz"}})
entry = njit(cache=True, nogil=True, **options)
compiled = njit(**options)
inlined = njit(**options)


@intrinsic
def address(context, array):
    def generate(context, builder, signature, arguments):
        return make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), generate
'''
    counts = {"STATES": len(formulas.states), "CONTROLLED": formulas.controlled}
    templates = (_unrolled(_template(name), counts) for name in (method, "lanes"))
    return "\n\n".join([head, _template("elementary"), *generated, *templates])


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
