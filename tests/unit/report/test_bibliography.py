"""Bibliography and working: everything used, nothing else, each once."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

from opsonin.report import bibliography, working
from opsonin.report.bibliography import show_value


def test_only_works_that_are_cited_numbered_from_one(example: ModuleType) -> None:
    references = bibliography(example.plan(), example.knowledge())
    assert [reference.number for reference in references] == list(range(1, len(references) + 1))
    assert {reference.source.key for reference in references} == {
        "label-alpha",
        "guideline",
        "policy",
        "trial",
        "model-paper",
    }


def test_published_arms_are_cited_even_without_a_fact(example: ModuleType) -> None:
    trial = next(r for r in bibliography(example.plan(), example.knowledge()) if r.source.key == "trial")
    assert trial.locators == ("Table 2",)


def test_working_has_each_fact_once_with_the_forecast_parameters_and_the_pack_rules(example: ModuleType) -> None:
    lines = {line.id: line for line in working(example.plan(), example.knowledge())}
    assert len(lines) == len(working(example.plan(), example.knowledge()))
    for fact in (
        example.CLEARANCE,
        example.EC50,
        example.ROUNDING,
        example.RANKING,
        example.STRENGTH,
        example.VIAL_SIZES,
    ):
        assert fact.id in lines
    assert example.UNUSED.id not in lines
    line = lines[example.MAXIMUM.id]
    assert (line.value, line.unit, line.mark, line.obtained, line.status) == (
        "8",
        "mg/kg/min",
        "†",
        "second-hand",
        "verified",
    )
    assert lines[example.NOT_FOUND.id].value == "not found"


def test_values_in_print() -> None:
    assert show_value((Decimal("5.0"), Decimal("10"))) == "5, 10"
    assert show_value({"male_base_kg": Decimal("50.0"), "known": True}) == "male base kg: 50; known: yes"
    assert show_value(None) == "not found"
