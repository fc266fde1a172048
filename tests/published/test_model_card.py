"""The model card is current: its parts stand as code, shelf and committed results make them."""

from pathlib import Path

import pytest
import sympy

from opsonin.knowledge import load_knowledge
from opsonin.mechanism import MODEL
from opsonin.simulate.symbols import trace
from opsonin.trial.calibrate import model_seal
from opsonin.trial.calibrated import FITTED
from opsonin.trial.card import CARD, WRITER, parts
from opsonin.trial.parts import rewritten, written

DOCS = Path(__file__).resolve().parents[2] / "docs" / "explanation"
TEXT = (DOCS / CARD).read_text(encoding="utf-8")
KNOWN = load_knowledge()
PARTS = parts(KNOWN, DOCS)
REMEDY = "run: python -m opsonin.trial.card docs/explanation"


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_current(name):
    assert written(TEXT, name, writer=WRITER) == PARTS[name].strip(), REMEDY


def test_the_sensitivity_tables_are_of_this_shelf_and_fit():
    made = written(TEXT, "sensitivity", writer=WRITER)
    assert model_seal(KNOWN)[:16] in made and FITTED.stem in made, REMEDY
    assert "highest IgG" in made


def test_the_equations_name_every_state_and_parameter():
    equations = PARTS["equations"]
    for name in (*MODEL.states, *MODEL.parameters):
        assert sympy.latex(sympy.Symbol(name)) in equations or name in equations, name
    assert equations.count(r"\frac{d\,") == len(MODEL.states) == len(trace(MODEL).slopes)
    assert "R_{A1x}" in equations


def test_every_fact_of_the_model_stands_in_the_table():
    facts = KNOWN.facts_under("models/ivig_itp_draft")
    assert PARTS["parameters"].count("\n") == len(facts)  # head and rule take the place of the model's own fact
    assert all(fact.says in PARTS["parameters"] for fact in facts[1:])


def test_a_part_without_marks_is_refused():
    with pytest.raises(ValueError, match="no marks for 'nothing'"):
        rewritten(TEXT, "nothing", "text", writer=WRITER)
