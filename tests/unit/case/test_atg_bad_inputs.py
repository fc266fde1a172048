"""Every way a case of antithymocyte globulin can be wrong that we thought of, and the message it must produce.

Each row changes one sound case: (what, old text, new text, field blamed, words the message must hold).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from opsonin.case import open_case
from opsonin.errors import InputRefused
from opsonin.knowledge import load_knowledge

SOUND = (Path(__file__).parents[2] / "data" / "atg_sound_case.yaml").read_text(encoding="utf-8")

BAD = [
    ("no schema", "schema: opsonin-case/1\n", "", "schema", ["is missing"]),
    ("another schema", "opsonin-case/1", "opsonin-case/9", "schema", ["not a format"]),
    ("no id", "id: sound-atg\n", "", "id", ["is missing"]),
    ("a name as id", "id: sound-atg", "id: Jane Doe", "id", ["not a pseudonym"]),
    ("no pack", "pack: us\n", "", "pack", ["is missing"]),
    ("unknown pack", "pack: us", "pack: moon", "pack", ["not a policy pack"]),
    ("no patient", "  birth_date: 1979-03-02\n", "", "patient.birth_date", ["is missing"]),
    ("age and birth date", "  sex: male", "  age: 47 years\n  sex: male", "patient.age", ["beside the birth date"]),
    ("born after", "1979-03-02", "2027-03-02", "patient.birth_date", ["is after"]),
    ("sex in other words", "sex: male", "sex: man", "patient.sex", ["not one of the words"]),
    ("a pregnant man", "sex: male", "sex: male\n  pregnant: yes", "patient.pregnant", ["contradicts"]),
    ("height in metres without unit", "178 cm", "1.78", "patient.height", ["no unit"]),
    ("weight without unit", "value: 80 kg", "value: 80", "weights[1].value", ["no unit"]),
    ("weight in stone", "value: 80 kg", "value: 12 stone", "weights[1].value", ["not one for a weight"]),
    ("weight slipped", "value: 80 kg", "value: 800 kg", "weights[1].value", ["not plausible"]),
    ("weight of tomorrow", "80 kg, date: 2026-11-20", "80 kg, date: 2026-11-29", "weights[1].date", ["is after"]),
    ("weights out of order", "79 kg, date: 2026-10-30", "79 kg, date: 2026-11-22", "weights[1].date", ["out of order"]),
    ("two weights of one day", "79 kg, date: 2026-10-30", "79 kg, date: 2026-11-20", "weights[1].value", ["differs"]),
    ("a level without its assay", "what: cd3, value: 25 /mm3", "what: active-atg, value: 4.1 AU/mL",
     "measured[3].assay", ["is missing", "do not compare"]),
    ("a level in another unit", "what: cd3, value: 25 /mm3", "what: active-atg, assay: active-au, value: 4.1 ug/mL",
     "measured[3].value", ["not one for a level of active"]),
    ("a level not plausible", "what: cd3, value: 25 /mm3",
     "what: total-atg, assay: total-rabbit-igg, value: 62000 ug/mL", "measured[3].value", ["not plausible"]),
    ("an assay of a count", "value: 25 /mm3", "value: 25 /mm3, assay: ours", "measured[3].assay", ["cd3 has none"]),
    ("a sample without day or time", "25 /mm3, date: 2026-11-24", "25 /mm3", "measured[3].date", ["so is time"]),
    ("a sample with day and time", "25 /mm3, date: 2026-11-24",
     "25 /mm3, date: 2026-11-24, time: 2026-11-24T06:00+01:00", "measured[3].date", ["beside the time"]),
    ("a sample of tomorrow by its time", "25 /mm3, date: 2026-11-24", "25 /mm3, time: 2026-11-27T06:00+01:00",
     "measured[3].time", ["is after"]),
    ("an end before the start", "2026-11-21T08:00+01:00}", "2026-11-21T08:00+01:00, ended: 2026-11-21T07:00+01:00}",
     "given[0].ended", ["within 24 h"]),
    ("an end without a start", "dose: 120 mg, date: 2026-11-22",
     "dose: 120 mg, date: 2026-11-22, ended: 2026-11-22T12:00+01:00", "given[1].ended", ["without the start"]),
    ("no indication", "indication: kidney-prophylaxis\n", "", "indication", ["no universal dose"]),
    ("unknown indication", "indication: kidney-prophylaxis", "indication: skin", "indication",
     ["not one of the words"]),
    ("indication without protocol", "indication: kidney-prophylaxis", "indication: lung-prophylaxis", "protocol",
     ["not for lung-prophylaxis"]),
    ("unknown protocol", "thymoglobulin_us/kidney-prophylaxis", "thymoglobulin_us/kidney-prophylax", "protocol",
     ["not a protocol", "Did you mean"]),
    ("protocol that is no id", "thymoglobulin_us/kidney-prophylaxis", "the usual", "protocol", ["not the id"]),
    ("protocol of another use", "thymoglobulin_us/kidney-prophylaxis", "atgam_us/aplastic-anaemia", "protocol",
     ["is for aplastic-anaemia"]),
    ("dose outside the range", "dose_mg_per_kg: 1.5", "dose_mg_per_kg: 2", "dose_mg_per_kg", ["outside the protocol"]),
    ("dose ten times", "dose_mg_per_kg: 1.5", "dose_mg_per_kg: 15", "dose_mg_per_kg", ["outside the protocol"]),
    ("dose with unit", "dose_mg_per_kg: 1.5", "dose_mg_per_kg: 1.5 mg/kg", "dose_mg_per_kg", ["plain number"]),
    ("dose of nothing", "dose_mg_per_kg: 1.5", "dose_mg_per_kg: 0", "dose_mg_per_kg", ["above zero"]),
    ("negative dose", "dose_mg_per_kg: 1.5", "dose_mg_per_kg: -1.5", "dose_mg_per_kg", ["plain number"]),
    ("too many doses", "doses: [5]", "doses: [8]", "doses", ["outside the protocol", "4 to 7"]),
    ("too few doses", "doses: [5]", "doses: [3]", "doses", ["outside the protocol"]),
    ("no dose at all", "doses: [5]", "doses: [0]", "doses", ["no dose at all"]),
    ("more phases than there are", "doses: [5]", "doses: [5, 2]", "doses", ["1 phases"]),
    ("doses as one number", "doses: [5]", "doses: 5", "doses", ["not a list"]),
    ("part of a dose", "doses: [5]", "doses: [4.5]", "doses[0]", ["whole number"]),
    ("dose without protocol", "protocol: thymoglobulin_us/kidney-prophylaxis\n", "", "dose_mg_per_kg",
     ["no protocol is named"]),
    ("unknown redosing pack", "route: intravenous", "route: intravenous\nredosing: cd8-5", "redosing",
     ["not a redosing pack"]),
    ("unknown route", "route: intravenous", "route: nasal", "route", ["not one of the words"]),
    ("unknown line", "line: central", "line: arterial", "line", ["not one of the words"]),
    ("unknown diluent", "diluent: sodium-chloride-0.9", "diluent: milk", "diluent", ["not one of the words"]),
    ("volume without unit", "final_volume: 500 mL", "final_volume: 500", "final_volume", ["no unit"]),
    ("volume slipped", "final_volume: 500 mL", "final_volume: 500 L", "final_volume", ["not plausible"]),
    ("hours without unit", "first: 6 h", "first: 6", "infusion_hours.first", ["no unit"]),
    ("days of infusion", "first: 6 h", "first: 60 h", "infusion_hours.first", ["not plausible"]),
    ("stock of another family", "route: intravenous", "route: intravenous\nstock: [{product: privigen}]",
     "stock[0].product", ["not an antithymocyte globulin"]),
    ("a vial that is not made", "route: intravenous",
     "route: intravenous\nstock: [{product: thymoglobulin, vials: [50 mg]}]", "stock[0].vials[0]",
     ["not a vial of thymoglobulin", "25 mg"]),
    ("a vial of grams", "route: intravenous", "route: intravenous\nstock: [{product: thymoglobulin, vials: [25 g]}]",
     "stock[0].vials[0]", ["not plausible"]),
    ("stock listed twice", "route: intravenous",
     "route: intravenous\nstock: [{product: atgam}, {product: Atgam}]", "stock[1].product", ["listed twice"]),
    ("no vial of it", "route: intravenous", "route: intravenous\nstock: [{product: atgam, vials: []}]",
     "stock[0].vials", ["is empty"]),
    ("price with currency", "route: intravenous", "route: intravenous\nprices: {atgam: 10 EUR}", "prices.atgam",
     ["not a price"]),
    ("price of another family", "route: intravenous", "route: intravenous\nprices: {privigen: 10}", "prices.privigen",
     ["not an antithymocyte globulin"]),
    ("price twice", "route: intravenous", "route: intravenous\nprices: {atgam: 10, Atgam: 11}", "prices.Atgam",
     ["same product"]),
    ("unknown skin test", "result: not-done", "result: fine", "skin_test.result", ["not one of the words"]),
    ("a test that was not done, dated", "result: not-done", "result: not-done, date: 2026-11-20", "skin_test.date",
     ["not done"]),
    ("unknown serostatus", "cmv: {donor: positive", "cmv: {donor: perhaps", "cmv.donor", ["not one of the words"]),
    ("unknown count", "what: cd3", "what: cd99", "measured[3].what", ["not one of the words"]),
    ("white cells without unit", "value: 2600 /mm3", "value: 2600", "measured[1].value", ["no unit"]),
    ("white cells in grams", "value: 2600 /mm3", "value: 26 g/L", "measured[1].value",
     ["not one for a white-cell count"]),
    ("a limit as a count", "value: 25 /mm3", 'value: "<25 /mm3"', "measured[3].value", ["is a limit"]),
    ("count of tomorrow", "25 /mm3, date: 2026-11-24", "25 /mm3, date: 2026-11-25", "measured[3].date", ["is after"]),
    ("two counts of one day", "7.1 x10^9/L, date: 2026-11-20", "7.1 x10^9/L, date: 2026-11-24", "measured[1].value",
     ["differs"]),
    ("implausible platelets", "value: 180 x10^9/L", "value: 180000 x10^9/L", "measured[2].value", ["not plausible"]),
    ("given of another product", "{product: thymoglobulin, dose: 120 mg, date", "{product: atgam, dose: 120 mg, date",
     "given[1].product", ["one course is of one product"]),
    ("given of an immunoglobulin", "{product: thymoglobulin, dose: 120 mg, date",
     "{product: privigen, dose: 120 mg, date",
     "given[1].product", ["one course is of one product"]),
    ("given without amount", "dose: 120 mg, date: 2026-11-22", "date: 2026-11-22", "given[1].dose", ["is missing"]),
    ("given in grams a thousandfold", "dose: 120 mg, date", "dose: 120 g, date", "given[1].dose", ["not plausible"]),
    ("given twice a day", "dose: 120 mg, date: 2026-11-22", "dose: 120 mg, date: 2026-11-21", "given[1].date",
     ["second dose on one day"]),
    ("given backwards", "dose: 120 mg, date: 2026-11-22", "dose: 120 mg, date: 2026-11-20", "given[1].date",
     ["before the dose above"]),
    ("given tomorrow", "dose: 120 mg, date: 2026-11-22", "dose: 120 mg, date: 2026-11-26", "given[1].date",
     ["is after"]),
    ("given without a day", "dose: 120 mg, date: 2026-11-22", "dose: 120 mg", "given[1].date", ["is missing"]),
    ("time without zone", "2026-11-21T14:00+01:00", "2026-11-21T14:00", "transplant.time", ["no time zone"]),
    ("transplant twice", "graft: deceased-donor", "graft: deceased-donor, date: 2026-11-21", "transplant.date",
     ["beside the time"]),
    ("unknown graft", "graft: deceased-donor", "graft: pig", "transplant.graft", ["not one of the words"]),
    ("risk in other words", "active_infection: no", "active_infection: maybe", "risks.active_infection",
     ["neither yes, no nor unknown"]),
    ("unknown risk", "active_infection: no", "active_infectoin: no", "risks.active_infectoin", ["Did you mean"]),
    ("a field of immunoglobulin", "pack: us", "pack: us\ngoal: {kind: raise-low-count}", "goal", ["not a field"]),
    ("medicine changed before its start", "started: 2026-11-20", "started: 2026-11-20, changed: 2026-01-01",
     "medicines[0].changed", ["before the medicine was started"]),
    ("vaccine in the past", "date: 2027-03-01", "date: 2026-03-01", "vaccines[0].date", ["is before"]),
    ("coarse pump", "resolution: 1 mL/h", "resolution: 100 mL/h", "pump.resolution", ["not plausible"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "old", "new", "field", "words"), BAD, ids=[row[0] for row in BAD])
def test_what_is_wrong_is_named(what: str, old: str, new: str, field: str, words: list[str]) -> None:
    assert old in SOUND, what
    with pytest.raises(InputRefused) as refused:
        open_case(SOUND.replace(old, new), shelf=lambda day: load_knowledge(on=day))
    problems = refused.value.problems
    blamed = [problem for problem in problems if problem.field == field]
    assert blamed, [str(problem) for problem in problems]
    text = " ".join(str(problem) for problem in blamed)
    assert all(word in text for word in words), text
    assert all(problem.remedy for problem in problems)


def test_there_are_many_ways() -> None:
    assert len(BAD) >= 40


def test_all_problems_come_at_once() -> None:
    text = SOUND.replace("value: 80 kg", "value: 80").replace("doses: [5]", "doses: [8]")
    text = text.replace("line: central", "line: x")
    with pytest.raises(InputRefused) as refused:
        open_case(text, shelf=lambda day: load_knowledge(on=day))
    assert {"weights[1].value", "doses", "line"} <= {problem.field for problem in refused.value.problems}


def test_a_start_that_is_not_the_protocols_first_day() -> None:
    text = SOUND.replace("thymoglobulin_us/kidney-prophylaxis", "thymoglobuline_ch/gvhd-prophylaxis")
    text = text.replace("indication: kidney-prophylaxis", "indication: gvhd-prophylaxis")
    text = text.replace("doses: [5]", "doses: [4]")
    text = text.replace("dose_mg_per_kg: 1.5", "dose_mg_per_kg: 2.5")
    with pytest.raises(InputRefused) as refused:
        open_case(text, shelf=lambda day: load_knowledge(on=day))
    assert "start" in {problem.field for problem in refused.value.problems}


def test_a_rejection_before_its_transplantation() -> None:
    text = SOUND.replace("kidney-prophylaxis", "kidney-rejection")
    text = text.replace("2026-11-21T14:00+01:00", "2026-12-21T14:00+01:00")
    with pytest.raises(InputRefused) as refused:
        open_case(text.replace("doses: [5]", "doses: [7]"))
    assert "transplant.time" in {problem.field for problem in refused.value.problems}
