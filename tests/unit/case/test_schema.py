"""The schema accepts what is read and refuses what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from opsonin.case import case_schema
from opsonin.case.document import read_document
from opsonin.case.fields import CaseFile, RisksBlock
from opsonin.case.reference import reference_page
from opsonin.patient import RISKS

ROOT = Path(__file__).parents[3]
SCHEMA = case_schema()
SOUND = (ROOT / "examples" / "adult-before-surgery.yaml").read_text(encoding="utf-8")


def complaints(text: str) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(read_document(text).content)]


def blocks() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from SCHEMA["$defs"].items()


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert complaints(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pack: us", "pack: us\nheigth: 1 m"),
        ("therapy: ivig-itp", "therapy: atg"),
        ("id: adult-before-surgery", "id: a name"),
        ("pack: us\n", ""),
        ("  birth_date: 1979-03-02\n", ""),
        ("  birth_date: 1979-03-02\n", "  birth_date: 1979-03-02\n  age: 47 years\n"),
        ("value: 72 kg", "value: 72"),
        ("value: 72 kg", "value: 72 stone"),
        ("value: 72 kg", "value: -72 kg"),
        ("168 cm", "168"),
        ("14 x10^9/L", "14 g/L"),
        ("0.8 mg/dL", "0.8 g/L"),
        ("date: 2026-10-22", "date: 22.10.2026"),
        ("start: 2026-11-21T09:00+01:00", "start: 2026-11-21T09:00"),
        ("blood_group: O+", "blood_group: C"),
        ("grade: 1", "grade: 6"),
        ("sites: [skin]", "sites: skin"),
        ("  count: 50 x10^9/L\n", ""),
        ("  renal: no", "  renal: maybe"),
        ("98.50", "cheap"),
        ("what: platelets", "what: iga"),
    ],
)
def test_a_broken_example_is_not_valid(old: str, new: str) -> None:
    assert old in SOUND
    assert complaints(SOUND.replace(old, new)) != []


@pytest.mark.parametrize(
    "value", ["50 x10^9/L", "50 ×10⁹/L", "50 G/L", "50 K/uL", "50000 /µL", "50000 /mm³", "50 10*9/L"]
)
def test_both_habits_of_writing_counts_are_valid(value: str) -> None:
    assert complaints(SOUND.replace("50 x10^9/L", value)) == []


def test_every_field_is_described_and_has_an_example_of_itself() -> None:
    for block, schema in blocks():
        for name, field in schema["properties"].items():
            assert field["description"].endswith("."), f"{block}.{name}"
            validator = Draft202012Validator({**field, "$defs": SCHEMA["$defs"]})
            for example in field["examples"]:
                assert list(validator.iter_errors(example)) == [], f"{block}.{name}: {example}"


def test_the_risks_are_those_of_the_patient() -> None:
    assert list(RisksBlock.model_fields) == list(RISKS)


def test_the_reference_page_is_current() -> None:
    page = (ROOT / "docs" / "reference" / "case-file.md").read_text(encoding="utf-8")
    assert page == reference_page(), "run: python -m opsonin.case.reference > docs/reference/case-file.md"


def test_the_reference_page_names_every_field() -> None:
    page = reference_page()
    for _, schema in blocks():
        for name in schema["properties"]:
            assert f"| `{name}` |" in page
    assert len(CaseFile.model_fields) == 22
