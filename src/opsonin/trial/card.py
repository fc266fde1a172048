"""The model card of the documentation: its parts, written from the code, the shelf and the committed results.

    python -m opsonin.trial.card docs/explanation

writes every part of model-card-itp.md anew, between marks; the words around them are ours. The scores and misses are
taken from validation.md beside it, so write that page first (`python -m opsonin.trial.page`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sympy

from opsonin.knowledge import Fact, Knowledge, load_knowledge
from opsonin.mechanism import FITTED_MODEL, MODEL
from opsonin.mechanism.igg import SHELF, clearance
from opsonin.mechanism.ivig_itp import FACTS, SIZE_FACTS
from opsonin.mechanism.platelets import blocked, immune_loss, stimulus, thrombopoietin_loss
from opsonin.simulate.symbols import trace
from opsonin.trial.calibrate import model_seal
from opsonin.trial.calibrated import FITTED
from opsonin.trial.harms import harm_checks, met
from opsonin.trial.igg import OUTSIDE
from opsonin.trial.page import FITTED_HEAD, fitted_rows
from opsonin.trial.parts import rewritten
from opsonin.trial.say import ROW_HEAD, markdown_table
from opsonin.trial.sensitivity import sensitivity
from opsonin.trial.sensitivity_say import HEAD, TITLES, sensitivity_rows
from opsonin.trial.split import declared_split

WRITER = "opsonin.trial.card"
CARD, VALIDATION, CHANGES = "model-card-itp.md", "validation.md", "CHANGELOG.md"
PARAMETER_HEAD = ("symbol", "what it is", "value", "unit", "spread", "obtained, status", "source and place", "note")
TIGHT = 0.5  # correlations of logs from here on are shown


def parts(knowledge: Knowledge, docs: Path) -> dict[str, str]:
    """Every part but the sensitivity analysis, by the name of its marks."""
    fitted = json.loads(FITTED.read_text(encoding="utf-8"))
    page = (docs / VALIDATION).read_text(encoding="utf-8")
    return {
        "identity": "\n".join(_identity(knowledge, fitted)),
        "domain": "\n\n".join("\n".join(_domain(fact)) for fact in _domains(knowledge)),
        "equations": "\n".join(_equations()),
        "parameters": markdown_table(PARAMETER_HEAD, _parameters(knowledge)),
        "fit": "\n".join(_fit(fitted)),
        "scores": _scores(page),
        "misses": "\n".join(_misses(page)),
        "harms": "\n".join(_harms(knowledge)),
        "history": "\n".join(_history(docs.parents[1] / CHANGES)),
    }


def sensitivity_part(knowledge: Knowledge) -> str:
    """The tables of the sensitivity analysis; some seconds of work."""
    found = sensitivity(knowledge, samples=1024)
    tables = [
        f"*{TITLES[name]}*\n\n{markdown_table(HEAD, sensitivity_rows(part))}" for name, part in found.parts.items()
    ]
    about = f"Sobol indices, {found.samples} base samples; {found.course}. {_of_this(knowledge)}"
    return "\n\n".join([about, *tables])


def _of_this(knowledge: Knowledge) -> str:
    return f"For the shelf with seal `{model_seal(knowledge)[:16]}` and the fitted set `{FITTED.stem}`."


def _identity(knowledge: Knowledge, fitted: dict[str, Any]) -> Iterator[str]:
    rows = [
        ("model", f"`{MODEL.name}`: {len(MODEL.states)} states, {len(MODEL.parameters)} parameters, time in days"),
        ("status", "; ".join(f"{fact.id.rpartition('/')[2]}: {fact.value}" for fact in _domains(knowledge))),
        ("seal of its facts", f"`{model_seal(knowledge)[:16]}`"),
        ("fitted set", f"`{fitted['name']}`, made on {fitted['made_on']}"),
        ("made by", f"`{fitted['command']}`"),
        *_adults_from(fitted),
        ("seal of the split", f"`{declared_split().seal[:16]}`, declared on {declared_split().declared_on}"),
    ]
    yield markdown_table(("", ""), iter(rows))


def _adults_from(fitted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fit from which the adults were kept, if they were."""
    if "adults_from" in fitted:
        kept = fitted["adults_from"]
        yield "adults kept from", f"`{kept['name']}`, made on {kept['made_on']} by `{kept['command']}`"


def _domains(knowledge: Knowledge) -> tuple[Fact, ...]:
    """For whom the model holds: adults, children."""
    return tuple(knowledge.fact(f"models/{FITTED_MODEL}/{group}") for group in ("adults", "children"))


def _domain(fact: Fact) -> Iterator[str]:
    yield fact.says
    yield ""
    yield markdown_table(
        ("limit", "holds for"),
        ((key.replace("_", " "), _span(v)) for key, v in fact.holds_for["hard"].items() if v is not None),
    )
    if fact.note:
        yield f"\n{fact.note}"


def _span(value: Any) -> str:
    if not isinstance(value, tuple):
        return {False: "no", True: "yes"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    low, high = value
    return f"{low} or more" if high is None else f"{low} to {high}"


def _equations() -> Iterator[str]:
    """The slopes and outputs of the model as declared, with the quantities its functions name kept as names."""
    formulas = trace(MODEL)
    names = {symbol: sympy.Symbol(symbol.name.partition("_")[2]) for symbol in _symbols(formulas)}
    names |= {symbol: sympy.Symbol(f"R_{{{names[symbol].name}}}") for symbol in formulas.inputs}
    y, p = (SimpleNamespace(**{n: sympy.Symbol(n) for n in names_of}) for names_of in (MODEL.states, MODEL.parameters))
    named = _named(y, p)
    yield "Quantities the equations share:"
    for name, expression in named:
        yield f"\n$$ {name} = {_latex(_short(expression, [pair for pair in named if pair[0] != name]))} $$"
    yield "\nStates:"
    for state, slope in zip(MODEL.states, formulas.slopes, strict=True):
        shown = _latex(_short(slope.xreplace(names), named))
        change = f"\\frac{{d\\,{_latex(sympy.Symbol(state))}}}{{dt}}"
        yield f"\n$$ {change} = {shown} \\qquad [\\mathrm{{{_unit(state)}}}] $$"
    yield "\nWhat is looked at:"
    derived = [name for name in MODEL.output_names() if name not in MODEL.states]
    for output, expression in zip(derived, formulas.outputs, strict=True):
        shown = _latex(expression.xreplace(names))
        yield f"\n$$ \\mathrm{{{output.replace('_', chr(92) + '_')}}} = {shown} $$"


def _symbols(formulas: Any) -> set[Any]:
    expressions = (*formulas.slopes, *formulas.outputs)
    return set().union(*(expression.free_symbols for expression in expressions), formulas.inputs)


def _named(y: Any, p: Any) -> list[tuple[str, Any]]:
    """Name and formula of what the model's own functions calculate, largest first."""
    marrow = [getattr(y, name) for name in MODEL.states if re.fullmatch(r"M\d", name)]
    mass = sum(marrow[1:], start=marrow[0]) / len(marrow)
    found = [
        (r"CL", clearance((y.A1e + y.A1x) / p.V1, p, u=p.u)),
        (r"CL_0", clearance(p.C0, p, u=1)),
        (r"B", blocked(y.X, p)),
        (r"k_{imm,0}", immune_loss(p)),
        (r"L", thrombopoietin_loss(y.P, mass, p)),
        (r"L_0", thrombopoietin_loss(p.P0, 1, p)),
        (r"S", stimulus(y.T, p)),
    ]
    return [(name, sympy.sympify(expression)) for name, expression in found]


def _short(expression: Any, named: list[tuple[str, Any]]) -> Any:
    for name, formula in named:
        if not formula.is_Symbol:
            expression = expression.subs(formula, sympy.Symbol(name))
    return expression


def _latex(expression: Any) -> str:
    text: str = sympy.latex(expression, mul_symbol="dot")
    text = text.replace(r"\operatorname{Larger}", r"\max").replace(r"\operatorname{Smaller}", r"\min")
    return re.sub(r"2\.22044604925031 \\cdot 10\^\{-16\}", r"\\epsilon", text)


def _unit(state: str) -> str:
    unit = MODEL.states[state]
    return "d^{-1}" if unit == "1" else f"{unit}/d".replace("1e9", "10^9")


def _parameters(knowledge: Knowledge) -> Iterator[tuple[str, ...]]:
    symbols = {id: symbol for symbol, id in {**FACTS, **SIZE_FACTS}.items()}
    for fact in knowledge.facts_under(SHELF):
        if fact.id != f"{SHELF}/model":  # the draft's own description
            yield _parameter(fact, symbols.get(fact.id, "–"), knowledge)


def _parameter(fact: Fact, symbol: str, knowledge: Knowledge) -> tuple[str, ...]:
    spread = "; ".join(f"{key.removeprefix('between_people_').replace('_', ' ')} {v}" for key, v in fact.spread.items())
    places = "; ".join(f"{_short_reference(knowledge, c.source)}: {c.locator}" for c in fact.citations)
    shown = f"`{symbol}`" if symbol != "–" else symbol
    known = f"{fact.obtained}, {fact.status}"
    return shown, fact.says, f"{fact.value}{fact.mark}", fact.unit, spread or "–", known, places, fact.note


def _short_reference(knowledge: Knowledge, key: str) -> str:
    source = knowledge.sources[key]
    who = source.authors.partition(" and ")[0].partition(",")[0] or source.title
    return f"{who} {source.year}".strip()


def _fit(fitted: dict[str, Any]) -> Iterator[str]:
    yield markdown_table(FITTED_HEAD, fitted_rows(fitted))
    for group, fit in fitted["groups"].items():
        pairs = [
            f"{a} with {b} {fit['correlation_of_logs'][i][j]:+.2f}"
            for i, a in enumerate(fit["names"])
            for j, b in enumerate(fit["names"])
            if i < j and abs(fit["correlation_of_logs"][i][j]) >= TIGHT
        ]
        told = "; ".join(pairs) or f"none of {TIGHT} or more"
        yield f"\nCorrelations of the logarithms, {group}: {told}. Worth {fit['effective_draws']} independent draws."


def _scores(page: str) -> str:
    """The first table of scores on the validation page, that of the fitted set."""
    part = page.partition("### Scores:")[2].partition("###")[0]
    return "\n".join(line for line in part.splitlines() if line.startswith("|"))


def _misses(page: str) -> Iterator[str]:
    """Every published value outside its predictive interval, as the validation page has it, IgG last."""
    split = ""
    for line in page.splitlines():
        if line.startswith("### ") and line.endswith(" parameters"):
            split = line.removeprefix("### ").partition(":")[0]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[-1] == "NO" and len(cells) == len(ROW_HEAD):
            yield f"- {split}: {cells[0]}, {cells[1]}: published {cells[3]}, predicted {cells[5]} ({cells[6]})"
        elif cells[-2:] == ["NO", OUTSIDE]:
            yield f"- IgG, {OUTSIDE}: {cells[0]}, {cells[1]}: published {cells[3]}, predicted {cells[5]} ({cells[6]})"


def _harms(knowledge: Knowledge) -> Iterator[str]:
    checks = harm_checks(knowledge)
    words = {
        "left out": "studies of a pooled chance, each foretold from the others",
        "counted otherwise": "counts of other people or other definitions",
        "ratio": "published effects of dose, product and time",
    }
    for kind, says in words.items():
        meet, of = met(checks, kind)
        yield f"- {says}: {meet} of {of} meet"
    for check in checks:
        if not check.inside and check.kind == "ratio":
            numbers = f"published {check.observed:g}, calculated {check.calculated:.3g}"
            yield f"- a miss: {check.published.rstrip('†‡')}: {numbers}"


def _history(changes: Path) -> Iterator[str]:
    """The entries of kind “model” in the list of changes."""
    text = changes.read_text(encoding="utf-8")
    for version in re.split(r"^## ", text, flags=re.M)[1:]:
        head, _, body = version.partition("\n")
        for entry in re.split(r"^- ", body, flags=re.M)[1:]:
            if entry.startswith("model:") and "antithymocyte" not in entry:
                yield f"- {head.strip()}: {' '.join(entry.removeprefix('model:').split())}"


def main(docs: Path, *, again: Callable[[Knowledge], str] = sensitivity_part) -> None:
    """Write every part of the card anew."""
    knowledge = load_knowledge()
    path = docs / CARD
    text = path.read_text(encoding="utf-8")
    for name, made in {**parts(knowledge, docs), "sensitivity": again(knowledge)}.items():
        text = rewritten(text, name, made, writer=WRITER)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
