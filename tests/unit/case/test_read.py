"""What a sound case says, and what it leaves open."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from opsonin.case import Case, open_case, problems_as_json, read_case
from opsonin.errors import InputRefused
from opsonin.patient import RISKS

EXAMPLES = Path(__file__).parents[3] / "examples"

LEAST = """\
schema: opsonin-case/1
id: least
therapy: ivig-itp
as_of: 2026-11-20
pack: us
patient: {age: 47 years}
weights: [{value: 154 lb, date: 2026-11-19}]
diagnosis: {name: Primary ITP}
goal: {kind: raise-low-count}
measured: [{what: platelets, value: 14000 /uL, date: 2026-11-19}]
"""


def refused(text: str | Path, **how: object) -> InputRefused:
    with pytest.raises(InputRefused) as caught:
        read_case(text, **how)  # type: ignore[arg-type]
    return caught.value


def test_what_the_file_leaves_open_stays_open() -> None:
    case = read_case(LEAST)
    patient, around = case.patient, case.circumstances
    for value in (patient.sex, patient.height_cm, patient.blood_group, patient.rhesus, patient.pregnant):
        assert value is None
    for value in (patient.medicines, patient.tolerated, patient.vaccines, patient.given, patient.corticosteroids):
        assert value is None
    for value in (around.start, around.stock, around.pump_resolution_ml_per_h, case.goal.by, patient.bleeding.grade):
        assert value is None
    assert patient.risks == dict.fromkeys(RISKS)
    assert around.prices_per_g == {}
    assert around.team == {}


def test_an_empty_list_says_none_and_is_not_the_same_as_silence() -> None:
    empty = "medicines: []\nvaccines: []\ntolerated: []\ngiven: []\nstock: []\n"
    case = read_case(LEAST + empty)
    patient = case.patient
    assert (patient.medicines, patient.vaccines, patient.tolerated, patient.given) == ((), (), (), ())
    assert case.circumstances.stock == ()
    assert case.states("medicines")
    assert not read_case(LEAST).states("medicines")


def test_an_empty_value_is_the_same_as_an_absent_one() -> None:
    case = read_case(LEAST + "medicines:\nstart:\nrisks:\n")
    assert (case.patient.medicines, case.circumstances.start) == (None, None)
    assert not case.states("start")


def test_amounts_are_canonical_and_exact_and_what_was_written_is_kept() -> None:
    patient = read_case(LEAST).patient
    assert (patient.weight.kg, patient.weight.written) == (Decimal("69.85322498"), "154 lb")
    platelets = patient.latest("platelets")
    assert platelets is not None
    assert (platelets.value, platelets.unit, platelets.written) == (Decimal(14), "10^9/L", "14000 /uL")
    assert patient.age_years == 47
    assert patient.diagnosis.name == "primary-itp"


def test_stated_lists_every_field_with_a_value_in_file_order() -> None:
    assert read_case(LEAST).stated == (
        "schema", "id", "therapy", "as_of", "pack", "patient.age", "weights[0].value", "weights[0].date",
        "diagnosis.name", "goal.kind", "measured[0].what", "measured[0].value", "measured[0].date",
    )  # fmt: skip


def test_yes_no_unknown() -> None:
    risks = read_case(LEAST + "risks: {renal: yes, cardiac: no, migraine: unknown, sepsis: true}\n").patient.risks
    assert (risks["renal"], risks["cardiac"], risks["migraine"], risks["sepsis"]) == (True, False, None, True)


@pytest.mark.parametrize(
    ("written", "group", "rhesus"),
    [("A+", "A", "positive"), ("AB-", "AB", "negative"), ("O", "O", None), ("b", "B", None)],
)
def test_blood_group(written: str, group: str, rhesus: str | None) -> None:
    patient = read_case(LEAST.replace("age: 47 years", f"age: 47 years, blood_group: {written}")).patient
    assert (patient.blood_group, patient.rhesus) == (group, rhesus)


def test_the_latest_weight_is_used() -> None:
    two = "weights: [{value: 70 kg, date: 2026-10-19}, {value: 72 kg, date: 2026-11-19}]"
    case = read_case(LEAST.replace("weights: [{value: 154 lb, date: 2026-11-19}]", two))
    assert (case.patient.weight.kg, case.patient.weight.taken_on) == (Decimal(72), date(2026, 11, 19))


def test_product_ids_are_one_id_however_they_are_written() -> None:
    case = read_case(LEAST + "prices: {Gamunex-C: 98.50}\nstock: [{product: gamunex_c}]\n")
    assert case.circumstances.prices_per_g == {"gamunex_c": Decimal("98.50")}
    assert case.circumstances.stock is not None
    assert case.circumstances.stock[0].product == "gamunex_c"


def test_a_rate_per_minute_becomes_a_rate_per_hour() -> None:
    tolerated = "tolerated: [{product: octagam-10, date: 2026-10-01, highest_rate: 0.08 mL/kg/min}]\n"
    case = read_case(LEAST + tolerated)
    assert case.patient.tolerated is not None
    assert case.patient.tolerated[0].highest_rate_ml_per_kg_per_h == Decimal("4.8")


def test_a_dose_with_its_time_keeps_both() -> None:
    given = "given: [{what: immunoglobulin, product: privigen, grams: 70 g, time: 2026-11-18T22:30-05:00}]\n"
    doses = read_case(LEAST + given).patient.given
    assert doses is not None
    assert doses[0].given_on == date(2026, 11, 18)
    assert doses[0].started_at is not None
    assert doses[0].started_at.utcoffset() is not None


def test_the_day_comes_from_the_call_then_the_file_then_today() -> None:
    assert read_case(LEAST, on=date(2026, 12, 1)).circumstances.as_of == date(2026, 12, 1)
    assert read_case(LEAST, today=date(2027, 1, 1)).circumstances.as_of == date(2026, 11, 20)
    dayless = LEAST.replace("as_of: 2026-11-20\n", "")
    assert read_case(dayless, today=date(2027, 1, 1)).circumstances.as_of == date(2027, 1, 1)
    assert [problem.field for problem in refused(dayless).problems] == ["as_of"]
    early = refused(LEAST, on=date(2026, 11, 1))
    assert {problem.field for problem in early.problems} == {"weights[0].date", "measured[0].date"}


def test_the_pack_of_the_call_goes_before_the_one_in_the_file() -> None:
    assert read_case(LEAST, pack="eu").circumstances.pack == "eu"
    assert read_case(LEAST.replace("pack: us\n", ""), pack="ca-on").circumstances.pack == "ca-on"
    wrong = refused(LEAST, pack="../us").problems
    assert [(problem.field, problem.value) for problem in wrong] == [("pack", "../us")]


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    text = """\
schema: opsonin-case/1
id: many
pack: us
pack: eu
as_of: 2026-11-20
start: 2026-11-21T09:00
patient: {birth_date: 2026-02-30, heigth: 168 cm, sex: man}
weights: [{value: 70, date: 2027-01-01}, 3]
goal: {kind: before-procedure}
measured:
  - {what: platelets, value: 14000 x10^9/L, date: 2026-11-19}
  - {what: creatinine, value: 80 mg/dL, date: 19.11.2026}
"""
    fields = [problem.field for problem in refused(text).problems]
    assert fields == [
        "pack", "start", "patient.birth_date", "patient.heigth", "patient.sex", "weights[0].value", "weights[0].date",
        "weights[1]", "measured[0].value", "measured[1].value", "measured[1].date", "therapy", "diagnosis",
        "goal.count", "goal.by",
    ]  # fmt: skip


def test_a_bleeding_site_that_contradicts_the_sex() -> None:
    text = LEAST.replace("age: 47 years", "age: 47 years, sex: male").replace("Primary ITP", "primary-itp, BLEEDING")
    problems = refused(text.replace("BLEEDING", "bleeding: {sites: [gynaecological]}")).problems
    assert [problem.field for problem in problems] == ["diagnosis.bleeding.sites"]


def test_a_command_of_immunoglobulin_refuses_a_case_of_atg_as_a_whole() -> None:
    problems = refused("therapy: ATG\nindication: aplastic-anaemia\ndose_mg_per_kg: 40\n").problems
    assert [problem.field for problem in problems] == ["therapy"]
    assert "antithymocyte globulin" in problems[0].why and "next-dose" in problems[0].remedy


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing = refused(tmp_path / "none.yaml")
    assert "No such file" in str(missing)
    assert missing.source == str(tmp_path / "none.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(LEAST.replace("least", "größe").encode("latin-1"))
    assert "not text in UTF-8" in str(refused(latin))
    assert "cannot be read" in str(refused(tmp_path))
    assert "cannot be read" in str(refused("no\0path"))


def test_the_hash_is_that_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(LEAST, encoding="utf-8")
    case = read_case(path)
    assert case.text_hash == hashlib.sha256(LEAST.encode()).hexdigest()
    assert case == read_case(str(path)) == read_case(LEAST)
    assert read_case(LEAST + "# a remark\n").text_hash != case.text_hash


def test_problems_as_data_survive_json() -> None:
    told = json.loads(json.dumps(problems_as_json(refused(LEAST.replace("154 lb", "154"), source="a.yaml"))))
    assert told["schema"] == "opsonin-problems/1"
    assert told["source"] == "a.yaml"
    assert told["problems"][0]["field"] == "weights[0].value"
    assert set(told["problems"][0]) == {"field", "value", "why", "remedy"}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_is_sound_and_named_after_its_file(path: Path) -> None:
    case = open_case(path)
    assert case.id == path.stem
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_the_examples_span_the_situations() -> None:
    cases = {path.stem: case for path in EXAMPLES.glob("*.yaml") if isinstance(case := open_case(path), Case)}
    assert len(cases) >= 5
    child = cases["child-new-itp"].patient
    assert (child.is_adult, child.diagnosis.phase, child.bleeding.grade) == (False, "newly-diagnosed", 3)
    assert cases["adult-steroid-failure-renal"].patient.has("renal")
    assert cases["adult-steroid-failure-renal"].patient.blood_group == "A"
    assert cases["older-adult-thrombosis"].patient.has("thrombosis")
    assert cases["older-adult-thrombosis"].circumstances.pack == "eu"
    excluded = ("hyperprolinaemia", "fructose_intolerance", "corn_allergy")
    assert all(cases["few-products-left"].patient.has(risk) for risk in excluded)
    assert cases["adult-before-surgery"].goal.kind == "before-procedure"


def test_help_does_not_pay_for_this_room() -> None:
    """Importing the package alone brings neither pydantic nor YAML."""
    code = "import opsonin, sys; sys.exit('pydantic' in sys.modules or 'yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
