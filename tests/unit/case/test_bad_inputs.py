"""Every way a case can be wrong that we thought of, and the message it must produce.

Each row changes one sound case: (what, old text, new text, field blamed, words the message must hold).
"""

from __future__ import annotations

import pytest

from opsonin.case import read_case
from opsonin.errors import InputRefused

SOUND = """\
schema: opsonin-case/1
id: sound
therapy: ivig-itp
as_of: 2026-11-20
start: 2026-11-21T09:00+01:00
pack: us
patient:
  birth_date: 1979-03-02
  sex: female
  height: 168 cm
  blood_group: A+
  pregnant: no
weights:
  - {value: 71 kg, date: 2026-11-01}
  - {value: 72 kg, date: 2026-11-19}
diagnosis:
  name: primary-itp
  phase: chronic
  since: 2024-05-01
  spleen: in-place
  bleeding: {grade: 1, sites: [skin]}
  earlier_treatments:
    - {treatment: prednisone, response: none, last: 2024-08-20}
red_flags: []
goal: {kind: before-procedure, count: 50 x10^9/L, by: 2026-11-24, procedure: cholecystectomy}
measured:
  - {what: platelets, value: 14 x10^9/L, date: 2026-11-18}
  - {what: platelets, value: 13 x10^9/L, date: 2026-11-19}
  - {what: creatinine, value: 0.8 mg/dL, date: 2026-11-19}
  - {what: haemoglobin, value: 13.1 g/dL, date: 2026-11-19}
  - {what: igg, value: 11 g/L, date: 2026-11-19}
given:
  - {what: immunoglobulin, product: gamunex-c, grams: 70 g, date: 2026-10-01}
tolerated:
  - {product: gamunex-c, date: 2026-10-01, highest_rate: 4.8 mL/kg/h, reaction: none}
risks: {renal: no, iga_deficiency: no, anti_iga: unknown}
medicines:
  - {name: furosemide, started: 2025-01-10, changed: 2026-06-01}
vaccines:
  - {name: MMR, live: yes, date: 2027-03-01}
stock:
  - {product: gamunex-c, vials: [5 g, 10 g]}
prices: {gamunex-c: 98.50}
pump: {resolution: 1 mL/h}
team: {signer: ward pharmacist}
"""

COUNTS = """\
  - {what: platelets, value: 14 x10^9/L, date: 2026-11-18}
  - {what: platelets, value: 13 x10^9/L, date: 2026-11-19}
"""

TABLE = [
    # the text
    ("key twice", "pack: us", "pack: us\npack: eu", "pack", ["written twice, on lines 6 and 7"]),
    ("key twice below", "  sex: female", "  sex: female\n  sex: male", "patient.sex", ["written twice"]),
    ("alias", "id: sound", "id: &name sound", "line 2", ["anchors and aliases"]),
    ("tag", "id: sound", "id: !!binary c291bmQ=", "id", ["YAML tag"]),
    ("placeholder", "id: sound", "id: <a pseudonym>", "id", ["still to be filled in", "Write a pseudonym"]),
    # fields
    ("unknown field", "  height: 168 cm", "  heigth: 168 cm", "patient.heigth", ["not a field", '"height"']),
    ("field in the wrong block", "pack: us", "pack: us\nsex: female", "sex", ['"sex", under patient']),
    ("field of ATG", "pack: us", "pack: us\nskin_test: none", "skin_test", ["is not a field of a case"]),
    ("unknown risk", "renal: no", "kidney: no", "risks.kidney", ["not a field", "renal"]),
    ("a list where a block belongs", "pump: {resolution: 1 mL/h}", "pump: [1]", "pump", ["not a block"]),
    ("a block where a list belongs", "red_flags: []", "red_flags: {a: b}", "red_flags", ["not a list"]),
    ("text where a list belongs", "sites: [skin]", "sites: skin", "diagnosis.bleeding.sites", ["not a list"]),
    ("text where a block belongs", "pump: {resolution: 1 mL/h}", "pump: 1 mL/h", "pump", ["not a block", "resolution"]),
    ("prices as a list", "prices: {gamunex-c: 98.50}", "prices: [1]", "prices", ["not a block"]),
    ("empty entry", "sites: [skin]", "sites: [~]", "diagnosis.bleeding.sites[0]", ["empty entry"]),
    # head
    ("other format", "opsonin-case/1", "opsonin-case/9", "schema", ["not a format", "opsonin-case/1"]),
    ("a name for an id", "id: sound", "id: Anna Muster", "id", ["not a pseudonym", "without blanks"]),
    ("ATG", "therapy: ivig-itp", "therapy: atg", "therapy", ["antithymocyte globulin", "next-dose"]),
    ("unknown therapy", "therapy: ivig-itp", "therapy: ivig-itpp", "therapy", ['Did you mean "ivig-itp"']),
    ("pack in capitals", "pack: us", "pack: US!", "pack", ["not the id of a policy pack"]),
    ("start without zone", "09:00+01:00", "09:00", "start", ["no time zone", "+01:00"]),
    ("start without time", "2026-11-21T09:00+01:00", "2026-11-21", "start", ["not a date with a time"]),
    ("start at no such hour", "T09:00+01:00", "T25:00+01:00", "start", ["not a day and time"]),
    ("start before the case", "start: 2026-11-21", "start: 2026-11-19", "start", ["before 2026-11-20"]),
    ("start in another year", "start: 2026-11-21", "start: 2028-11-21", "start", ["more than a year after"]),
    # missing
    ("no platelets", COUNTS, "", "measured", ["no platelet count"]),
    ("no pack", "pack: us\n", "", "pack", ["is missing", "rules differ"]),
    ("no birth date", "  birth_date: 1979-03-02\n", "", "patient.birth_date", ["is missing, and so is age"]),
    ("age and birth date", "  sex: female", "  sex: female\n  age: 47 years", "patient.age", ["beside the birth date"]),
    ("no date of weighing", ", date: 2026-11-19}\ndiagnosis", "}\ndiagnosis", "weights[1].date", ["is missing"]),
    ("no count before surgery", "count: 50 x10^9/L, ", "", "goal.count", ["is missing", "before a procedure"]),
    ("no day of surgery", "by: 2026-11-24, ", "", "goal.by", ["is missing", "before a procedure"]),
    ("empty diagnosis", "  name: primary-itp", "  name:", "diagnosis.name", ["is missing"]),
    ("no day of a dose", "grams: 70 g, date: 2026-10-01", "grams: 70 g", "given[0].date", ["is missing, and so is"]),
    ("day and time", "grams: 70 g, ", "grams: 70 g, time: 2026-10-01T09:00Z, ", "given[0].date", ["beside the time"]),
    # words
    ("blood group NO", "blood_group: A+", "blood_group: NO", "patient.blood_group", ["= NO", "not a blood group"]),
    ("blood group zero", "blood_group: A+", "blood_group: 0+", "patient.blood_group", ["zero", 'Write "O+"']),
    ("sex", "sex: female", "sex: f", "patient.sex", ["female, male"]),
    ("maybe", "pregnant: no", "pregnant: maybe", "patient.pregnant", ["neither yes, no nor unknown"]),
    ("phase misspelt", "phase: chronic", "phase: cronic", "diagnosis.phase", ['Did you mean "chronic"']),
    ("ITP, but which", "name: primary-itp", "name: ITP", "diagnosis.name", ["primary-itp or secondary-itp"]),
    ("diagnosis misspelt", "name: primary-itp", "name: primery-itp", "diagnosis.name", ['"primary-itp"']),
    ("grade off the scale", "grade: 1,", "grade: 7,", "diagnosis.bleeding.grade", ["outside the scale", "0 to 5"]),
    ("grade in halves", "grade: 1,", "grade: 1.5,", "diagnosis.bleeding.grade", ["not a whole number"]),
    ("site unknown", "sites: [skin]", "sites: [guts]", "diagnosis.bleeding.sites[0]", ["gastrointestinal"]),
    ("product in words", "tolerated:\n  - {product: gamunex-c", "tolerated:\n  - {product: Octagam 10 %",
     "tolerated[0].product", ["not a product id"]),
    ("price with currency", "98.50", "98.50 EUR", "prices.gamunex-c", ["not a price", "without a currency"]),
    ("price below zero", "98.50", "-98.50", "prices.gamunex-c", ["not a price"]),
    # units
    ("weight without unit", "72 kg", "72", "weights[1].value", ["no unit", "72 kg", "lb"]),
    ("weight as a fraction without unit", "72 kg", "72.0", "weights[1].value", ["= 72.0", "no unit"]),
    ("weight in stone", "72 kg", "11 stone", "weights[1].value", ["'stone'", "not one for a weight"]),
    ("decimal comma", "72 kg", '"71,5 kg"', "weights[1].value", ["comma", "point"]),
    ("decimal comma in a list of fields", "{value: 72 kg, date", "{value: 72,5 kg, date", "weights[1].5 kg",
     ["a comma inside a number", "72.5 kg"]),
    ("a day in words", "as_of: 2026-11-20", "as_of: tomorrow", "as_of", ["not a date"]),
    ("thousands comma", "13 x10^9/L", '"13,000 /uL"', "measured[1].value", ["comma"]),
    ("below the limit of detection", "13 x10^9/L", '"<5 x10^9/L"', "measured[1].value", ["is a limit"]),
    ("weight is yes", "72 kg", "yes", "weights[1].value", ["= yes", "not a weight"]),
    ("grams for millilitres", "1 mL/h", "1 mL", "pump.resolution", ["not one for a pump rate"]),
    ("creatinine in g/L", "0.8 mg/dL", "0.8 g/L", "measured[2].value", ["'g/L'", "umol/L"]),
    ("protein rate", "4.8 mL/kg/h", "8 mg/kg/min", "tolerated[0].highest_rate", ["0.6 mL/kg/h of a 10 %"]),
    ("rate per hour", "4.8 mL/kg/h", "300 mL/h", "tolerated[0].highest_rate", ["'mL/h'"]),
    # amounts that cannot be
    ("negative weight", "72 kg", "-72 kg", "weights[1].value", ["is negative"]),
    ("zero weight", "72 kg", "0 kg", "weights[1].value", ["is zero"]),
    ("ten times the weight", "72 kg", "720 kg", "weights[1].value", ["not plausible", '"72 kg"']),
    ("grams of weight", "72 kg", "72 g", "weights[1].value", ["not plausible", '"72 kg"']),
    ("height in metres", "168 cm", "1.68 cm", "patient.height", ["not plausible", '"1.68 m"']),
    ("pounds as kilograms", "72 kg", "260 kg", "weights[1].value", ["body-mass index of 92.1", "Was lb meant?"]),
    ("swapped digits", "72 kg", "27 kg", "weights[1].value", ["too far from 71 kg on 2026-11-01"]),
    ("platelets per microlitre", "13 x10^9/L", "13000 x10^9/L", "measured[1].value", ['"13000 /uL"']),
    ("platelets in thousands", "13 x10^9/L", "13 /uL", "measured[1].value", ['"13 x10^9/L"']),
    ("creatinine in µmol/L", "0.8 mg/dL", "80 mg/dL", "measured[2].value", ['"80 umol/L"']),
    ("creatinine in mg/dL", "0.8 mg/dL", "0.8 umol/L", "measured[2].value", ['"0.8 mg/dL"']),
    ("haemoglobin in g/L", "13.1 g/dL", "131 g/dL", "measured[3].value", ['"131 g/L"']),
    ("haemoglobin in g/dL", "13.1 g/dL", "13.1 g/L", "measured[3].value", ['"13.1 g/dL"']),
    ("IgG in mg/dL", "11 g/L", "1100 g/L", "measured[4].value", ['"1100 mg/dL"']),
    ("grams in milligrams", "grams: 70 g", "grams: 70 mg", "given[0].grams", ["not plausible", '"70 g"']),
    ("a rate per minute as one per hour", "4.8 mL/kg/h", "0.08 mL/kg/h", "tolerated[0].highest_rate",
     ["not plausible", '"0.08 mL/kg/min"']),
    ("IgG in g/L as mg/dL", "11 g/L", "11 mg/dL", "measured[4].value",
     ["unusual (usual is 3 to 40 g/L)", '"11 g/L" would be usual', 'add "confirmed: yes"']),
    ("haemoglobin in g/dL as g/L", "13.1 g/dL", "16 g/L", "measured[3].value", ["unusual", '"16 g/dL" would be usual']),
    ("rate ten times", "4.8 mL/kg/h", "48 mL/kg/h", "tolerated[0].highest_rate", ["not plausible"]),
    ("vial of 500 g", "vials: [5 g, 10 g]", "vials: [500 g]", "stock[0].vials[0]", ["not plausible"]),
    ("goal too high", "count: 50 x10^9/L", "count: 500 x10^9/L", "goal.count", ["not plausible", '"50 x10^9/L"']),
    ("goal too low", "count: 50 x10^9/L", "count: 5 x10^9/L", "goal.count", ["not plausible"]),
    ("too old", "1979-03-02", "1889-03-02", "patient.birth_date", ["not plausible", "122"]),
    ("adult's weight, child's age", "1979-03-02", "2025-03-02", "weights[1].value", ["not plausible", "at 1.7 years"]),
    ("a number without end", "72 kg", "7" * 30 + " kg", "weights[1].value", ["more digits"]),
    # dates
    ("day first", "by: 2026-11-24", "by: 24.11.2026", "goal.by", ["not a date", "2026-11-20"]),
    ("no such day", "since: 2024-05-01", "since: 2026-02-29", "diagnosis.since", ["not a day of the calendar"]),
    ("in another age", "1979-03-02", "0979-03-02", "patient.birth_date", ["outside the years"]),
    ("start in another age", "start: 2026-11-21", "start: 9999-12-31", "start", ["outside the years"]),
    ("weighed later", "date: 2026-11-19}\ndiagnosis", "date: 2026-11-21}\ndiagnosis", "weights[1].date", ["is after"]),
    ("measured later", "mg/dL, date: 2026-11-19", "mg/dL, date: 2026-12-19", "measured[2].date", ["is after 2026-11"]),
    ("given later", "70 g, date: 2026-10-01", "70 g, date: 2026-11-30", "given[0].date", ["is after"]),
    ("tolerated later", "date: 2026-10-01, highest", "date: 2026-12-01, highest", "tolerated[0].date", ["is after"]),
    ("treated later", "last: 2024-08-20", "last: 2027-08-20", "diagnosis.earlier_treatments[0].last", ["is after"]),
    ("born later", "1979-03-02", "2027-03-02", "patient.birth_date", ["is after 2026-11-20"]),
    ("ill before birth", "since: 2024-05-01", "since: 1974-05-01", "diagnosis.since", ["before birth"]),
    ("goal in the past", "by: 2026-11-24", "by: 2026-11-14", "goal.by", ["is before 2026-11-20"]),
    ("goal before start", "by: 2026-11-24", "by: 2026-11-20", "goal.by", ["before the first infusion starts"]),
    ("vaccine in the past", "date: 2027-03-01", "date: 2026-03-01", "vaccines[0].date", ["is before 2026-11-20"]),
    ("counts out of order", "14 x10^9/L, date: 2026-11-18", "14 x10^9/L, date: 2026-11-20", "measured[1].date",
     ["out of order", "oldest first for platelets"]),
    ("weights out of order", "71 kg, date: 2026-11-01", "71 kg, date: 2026-11-20", "weights[1].date", ["out of order"]),
    ("changed before started", "changed: 2026-06-01", "changed: 2024-06-01", "medicines[0].changed",
     ["before the medicine was started"]),
    # statements that contradict each other
    ("a nursing man", "sex: female", "sex: male\n  lactating: yes", "patient.lactating", ["contradicts sex: male"]),
    ("a pregnant man", "sex: female\n  height: 168 cm\n  blood_group: A+\n  pregnant: no", "sex: male\n  pregnant: yes",
     "patient.pregnant", ["contradicts sex: male"]),
    ("pregnant at 80", "1979-03-02\n  sex: female\n  height: 168 cm\n  blood_group: A+\n  pregnant: no",
     "1946-03-02\n  pregnant: yes", "patient.pregnant", ["not plausible at 80.7 years"]),
    ("chronic too soon", "since: 2024-05-01", "since: 2026-10-01", "diagnosis.phase",
     ["does not fit", "more than 12 months", "International Working Group"]),
    ("new too long", "phase: chronic", "phase: newly-diagnosed", "diagnosis.phase", ["30 months ago", "0 to 3"]),
    ("persistent too long", "phase: chronic", "phase: persistent", "diagnosis.phase", ["3 to 12"]),
    ("spleen out and in", "treatment: prednisone", "treatment: splenectomy", "diagnosis.spleen", ["is a splenectomy"]),
    ("no bleeding, yet sites", "grade: 1,", "grade: 0,", "diagnosis.bleeding.grade", ["sites names skin"]),
    ("skull, grade 1", "sites: [skin]", "sites: [intracranial]", "diagnosis.bleeding.grade", ["too low"]),
    ("primary, yet secondary to", "  phase: chronic", "  phase: chronic\n  secondary_to: lupus",
     "diagnosis.secondary_to", ["contradicts name: primary-itp"]),
    ("antibodies without deficiency", "anti_iga: unknown", "anti_iga: yes", "risks.anti_iga", ["contradicts"]),
    ("two counts on a day", "14 x10^9/L, date: 2026-11-18", "14 x10^9/L, date: 2026-11-19", "measured[1].value",
     ["differs from measured[0]", "platelets on 2026-11-19"]),
    ("two weights on a day", "71 kg, date: 2026-11-01", "71 kg, date: 2026-11-19", "weights[1].value",
     ["differs from weights[0]"]),
    ("stock listed twice", "stock:", "stock:\n  - {product: Gamunex_C}", "stock[1].product", ["listed twice"]),
    ("no vial of it", "vials: [5 g, 10 g]", "vials: []", "stock[0].vials", ["is empty"]),
    ("price twice", "98.50}", "98.50, Gamunex_C: 99}", "prices.Gamunex_C", ['same product as "gamunex-c"']),
]  # fmt: skip

# Rows that change a sound case into one with further, unavoidable problems.
ALSO = {
    "decimal comma in a list of fields": {"weights[1].value"},
    "adult's weight, child's age": {
        "weights[0].value", "patient.height", "diagnosis.since", "medicines[0].started",
        "diagnosis.earlier_treatments[0].last",
    },
}  # fmt: skip


def changed(old: str, new: str) -> str:
    assert old in SOUND, f"{old!r} is not in the sound case"
    return SOUND.replace(old, new)


def problems(text: str) -> dict[str, str]:
    with pytest.raises(InputRefused) as refused:
        read_case(text)
    return {problem.field: str(problem) for problem in refused.value.problems}


def test_the_sound_case_is_read() -> None:
    assert read_case(SOUND).id == "sound"


@pytest.mark.parametrize(("what", "old", "new", "field", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_one_clear_message(what: str, old: str, new: str, field: str, words: list[str]) -> None:
    found = problems(changed(old, new))
    blamed = [name for name in found if name == field or name.startswith(f"{field},")]
    assert blamed, f"{what}: {field} is not blamed, but {found}"
    for word in words:
        assert word in found[blamed[0]], f"{what}: {word!r} is missing in {found[blamed[0]]!r}"
    others = set(found) - set(blamed)
    assert others <= ALSO.get(what, set()), f"{what}: also blames {others}: {found}"


def test_every_message_says_why_and_what_to_do() -> None:
    for what, old, new, _, _ in TABLE:
        with pytest.raises(InputRefused) as refused:
            read_case(changed(old, new))
        for problem in refused.value.problems:
            assert problem.why.endswith("."), f"{what}: {problem}"
            assert problem.remedy.endswith((".", "?")), f"{what}: {problem}"


def test_the_table_has_at_least_sixty_rows_each_with_its_own_name() -> None:
    names = [row[0] for row in TABLE]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\n", "is empty"),
        ("- a\n- b\n", "not one list of fields"),
        ("a: 1\n---\nb: 2\n", "not one list of fields"),
        ("a: [1\n", "not readable as YAML"),
        ("a: *b\n", "anchors and aliases"),
        ("[" * 5000 + "\n", "nested too deeply"),
        ("a: '" + "x" * 300_000 + "'\n", "characters"),
        ("a: \x00\n", "not readable as YAML"),
        ("? [a, b]\n: 1\n", "not a plain word"),
        ('"": 1\nb: 2\n', "not a plain word"),
        ('"\\ud800\\udc00": 1\nb: 2\n', "not a plain word"),
        ('id: "\\ud800"\nb: 2\n', "signs that are no text"),
        ('id: "\\e[31m"\nb: 2\n', "signs that are no text"),
    ],
)
def test_text_that_is_no_case(text: str, words: str) -> None:
    assert any(words in message for message in problems(text).values()), problems(text)
