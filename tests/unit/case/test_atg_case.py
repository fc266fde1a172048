"""A case of antithymocyte globulin: read whole, or refused with every problem at once."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from opsonin.case import AtgCase, new_case, open_case
from opsonin.case.atg_fields import AtgRisksBlock
from opsonin.errors import InputRefused
from opsonin.knowledge import load_knowledge
from opsonin.patient import ATG_RISKS, Serostatus

SOUND = (Path(__file__).parents[2] / "data" / "atg_sound_case.yaml").read_text(encoding="utf-8")


def read(text: str) -> AtgCase:
    case = open_case(text, shelf=lambda day: load_knowledge(on=day))
    assert isinstance(case, AtgCase)
    return case


def test_a_sound_case_becomes_exact_values() -> None:
    case = read(SOUND)
    recipient, request = case.recipient, case.request
    assert recipient.weight.kg == 80
    assert [dose.mg for dose in recipient.given or ()] == [120, 120]
    assert [m.value for m in recipient.series("white-cells")] == [Decimal("7.1"), Decimal("2.6")]
    assert recipient.latest("cd3").value == 25  # type: ignore[union-attr]
    assert recipient.cmv == Serostatus(donor=True, recipient=False)
    assert recipient.ebv == Serostatus(donor=True, recipient=None)
    assert (request.dose_mg_per_kg, request.doses, request.final_volume_ml) == (Decimal("1.5"), (5,), 500)
    assert request.transplant_on == date(2026, 11, 21)
    assert case.circumstances.pack == "us"


def test_what_is_absent_stays_unknown() -> None:
    least = "\n".join(line for line in SOUND.splitlines() if re.match(r"schema|id|therapy|as_of|pack|indication", line))
    least += "\npatient: {age: 47 years}\nweights:\n  - {value: 80 kg, date: 2026-11-20}\n"
    case = read(least)
    assert set(case.recipient.risks.values()) == {None}
    assert (case.recipient.given, case.recipient.medicines, case.request.protocol) == (None, None, None)


def test_the_case_to_fill_in_names_what_is_missing_and_nothing_else() -> None:
    with pytest.raises(InputRefused) as refused:
        open_case(new_case("atg"))
    assert {problem.why for problem in refused.value.problems} == {"is still to be filled in."}


def test_the_case_to_fill_in_is_sound_with_every_optional_line() -> None:
    answers = {
        "id": "first-case", "as_of": "2026-11-20", "pack": "us", "birth_date": "1979-03-02", "date": "2026-11-19",
        "indication": "kidney-prophylaxis",
    }  # fmt: skip
    text = new_case("atg").replace("value: <body weight", "value: 72 kg  # <body weight")
    text = re.sub(r"(?m)^([ -]*)(\w+): <.*>$", lambda m: f"{m[1]}{m[2]}: {answers[m[2]]}", text)
    assert isinstance(open_case(text), AtgCase)
    head, body = text.split("\n\n", 1)
    case = read(f"{head}\n\n" + re.sub(r"(?m)^( *)# ( *)(?=[\w-])", r"\1\2", body))
    assert case.request.protocol == "thymoglobulin_us/kidney-prophylaxis"
    assert len(case.recipient.given or ()) == 1


def test_the_risks_are_those_of_the_recipient() -> None:
    assert list(AtgRisksBlock.model_fields) == list(ATG_RISKS)
