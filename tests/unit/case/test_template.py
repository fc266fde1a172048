"""The case to fill in: refused while it is not, sound once it is."""

from __future__ import annotations

import re

import pytest

from opsonin.case import new_case, read_case
from opsonin.case.document import read_document
from opsonin.errors import InputRefused

ANSWERS = {
    "id": "first-case",
    "as_of": "2026-11-20",
    "pack": "us",
    "birth_date": "1979-03-02",
    "weights": "72 kg",
    "date": "2026-11-19",
    "name": "primary-itp",
    "kind": "raise-low-count",
    "value": "14 x10^9/L",
}


def filled(text: str) -> str:
    weighed = text.replace("value: <body weight", "value: 72 kg  # <body weight")
    return re.sub(r"(?m)^([ -]*)(\w+): <.*>$", lambda m: f"{m[1]}{m[2]}: {ANSWERS[m[2]]}", weighed)


def with_optional_facts(text: str) -> str:
    head, body = text.split("\n\n", 1)
    return f"{head}\n\n" + re.sub(r"(?m)^( *)# ( *)(?=[\w-])", r"\1\2", body)


def test_as_it_is_it_names_what_to_fill_in_and_nothing_else() -> None:
    with pytest.raises(InputRefused) as refused:
        read_case(new_case("ivig"))
    problems = refused.value.problems
    assert {problem.why for problem in problems} == {"is still to be filled in."}
    assert [problem.field for problem in problems] == [
        "id", "as_of", "pack", "patient.birth_date", "weights[0].value", "weights[0].date", "diagnosis.name",
        "goal.kind", "measured[0].value", "measured[0].date",
    ]  # fmt: skip


def test_filled_in_it_is_sound() -> None:
    case = read_case(filled(new_case("ivig-itp")))
    assert case.id == "first-case"
    assert set(case.patient.risks.values()) == {None}


def test_with_every_optional_line_it_is_sound_and_states_every_block() -> None:
    text = with_optional_facts(filled(new_case("ivig"))).replace("name: primary-itp", "name: secondary-itp")
    case = read_case(text)
    top = set(read_document(text).content)
    assert top >= {
        "start",
        "red_flags",
        "given",
        "tolerated",
        "medicines",
        "vaccines",
        "stock",
        "prices",
        "pump",
        "limits",
        "team",
    }
    assert case.patient.blood_group == "A"
    assert case.patient.latest("igg") is not None


@pytest.mark.parametrize("therapy", ["chemotherapy", ""])
def test_other_therapies_are_refused(therapy: str) -> None:
    with pytest.raises(InputRefused, match="Write ivig"):
        new_case(therapy)
