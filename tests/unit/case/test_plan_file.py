"""The plan file: what is written fits its own schema, loses nothing, and its reference page is current."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from opsonin.case.plan_file import SCHEMA_ID, plan_file_page, plan_schema, plan_to_dict

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "reference" / "plan-file.md"


def load_example() -> ModuleType:
    spec = spec_from_file_location("example_plan", TESTS / "unit" / "report" / "example_plan.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def example() -> ModuleType:
    return load_example()


@pytest.fixture(scope="module")
def written(example: ModuleType) -> dict[str, Any]:
    return json.loads(json.dumps(plan_to_dict(example.plan(), example.knowledge()), allow_nan=False))


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("which", ["plan", "plan_without_forecast", "plan_without_candidates"])
def test_every_plan_fits_the_schema(example: ModuleType, validator: Any, which: str) -> None:
    for knowledge in (None, example.knowledge()):
        written = json.loads(json.dumps(plan_to_dict(getattr(example, which)(), knowledge), allow_nan=False))
        assert [error.message for error in validator.iter_errors(written)] == []


def test_the_schema_refuses_a_field_it_does_not_know(written: dict[str, Any], validator: Any) -> None:
    assert list(validator.iter_errors({**written, "recommendation": "give it"}))


def test_decimals_are_exact_strings(written: dict[str, Any]) -> None:
    course = written["candidates"][0]["regimen"]
    assert written["schema"] == SCHEMA_ID
    assert course["id"] == "alpha:1x2"
    assert Decimal(course["total_g"]) == 140 and isinstance(course["total_g"], str)
    steps = course["infusions"][0]["ladder"]["steps"]
    assert sum(Decimal(step["volume_ml"]) for step in steps) == Decimal(course["infusions"][0]["dose"]["volume_ml"])
    assert steps[1]["ml_per_h"] == "336.0"


def test_facts_are_written_once_with_mark_and_source(example: ModuleType, written: dict[str, Any]) -> None:
    dose = written["facts"][example.SCHEDULE_FACT.id]
    assert dose["mark"] == "†" and dose["value"] == "1.0" and dose["unit"] == "g/kg"
    assert dose["citations"] == [{"source": "label-alpha", "locator": "section 2"}]
    assert written["facts"][example.EC50.id]["obtained"] == "assumed"
    assert written["facts"][example.NOT_FOUND.id]["value"] is None
    assert set(written["candidates"][0]["regimen"]["infusions"][0]["ladder"]["facts"]) <= set(written["facts"])


def test_sources_are_the_cited_works_without_mirror_addresses(written: dict[str, Any]) -> None:
    assert set(written["sources"]) == {"label-alpha", "guideline", "policy", "trial", "model-paper"}
    assert "mirror.example" not in json.dumps(written)


def test_every_fact_named_is_there(written: dict[str, Any]) -> None:
    named: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            named.update(value.get("fact_ids", ()))
            named.update(item for item in value.get("facts", ()) if isinstance(value.get("facts"), list))
            for item in value.values():
                look(item)
        elif isinstance(value, list):
            for item in value:
                look(item)

    look(written)
    assert named and named <= set(written["facts"])


def test_numbers_that_are_none_are_refused(example: ModuleType) -> None:
    from dataclasses import replace

    plan = example.plan()
    broken = replace(plan.candidates[0], forecast=replace(plan.candidates[0].forecast, goal_probability=float("nan")))
    with pytest.raises(ValueError, match="finite"):
        plan_to_dict(replace(plan, candidates=(broken,)))


def test_the_reference_page_is_current() -> None:
    remedy = "write opsonin.case.plan_file.plan_file_page() to docs/reference/plan-file.md"
    assert PAGE.read_text(encoding="utf-8") == plan_file_page(), remedy
