"""The file of events: one line, one event; everything wrong is said at once."""

import json
from datetime import date
from decimal import Decimal

import jsonschema
import pytest

from opsonin.case.events import event_schema, read_events
from opsonin.errors import InputRefused
from opsonin.patient.event import KINDS, SEAL
from opsonin.patient.event_line import event_from_line, line_from_event

AS_OF = date(2026, 11, 25)
COUNT = {"kind": "measured", "at": "2026-11-23T08:15+01:00", "who": "lab", "source": "lab", "what": "platelets",
         "value": "42 x10^9/L"}  # fmt: skip
DOSE = {"kind": "given", "at": "2026-11-21T09:00+01:00", "who": "nurse", "source": "ward", "what": "immunoglobulin",
        "product": "Gamunex-C", "grams": "70 g"}  # fmt: skip


def read(*lines):
    return read_events("\n".join(json.dumps(line) for line in lines) + "\n", as_of=AS_OF)


def problems(*lines):
    with pytest.raises(InputRefused) as refused:
        read(*lines)
    return [str(problem) for problem in refused.value.problems]


def test_events_are_read_exactly():
    dose, count = read(DOSE, COUNT | {"value": "<0.5e1".replace("0.5e1", "5 x10^9/L")})
    assert (dose.product, dose.amount) == ("gamunex_c", Decimal(70))
    assert (count.amount, count.below, count.place) == (Decimal(5), True, "line 2")


def test_other_units_become_the_canonical_one():
    (one,) = read(COUNT | {"value": "42000 /uL"})
    assert one.amount == 42


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"at": "2026-11-23T08:15"}, "line 1.at = 2026-11-23T08:15: has no time zone"),
        ({"at": "2026-11-26T08:15+01:00"}, "line 1.at = 2026-11-26T08:15:00+01:00: is after 2026-11-25"),
        ({"who": None}, "line 1.who: is missing"),
        ({"value": None}, "line 1.value: is missing"),
        ({"value": "42"}, "has no unit"),
        ({"what": "plateletz"}, "'plateletz' is not known"),
        ({"vlaue": 3}, "line 1.vlaue = 3: is not a field known here"),
        ({"kind": "measure"}, "line 1.kind"),
        ({"noted": "2026-11-22T08:15+01:00"}, "is before the event itself"),
    ],
)
def test_a_wrong_line_is_refused_by_name(change, says):
    assert any(says in said for said in problems(COUNT | change)), problems(COUNT | change)


def test_all_problems_of_all_lines_are_said_at_once():
    said = problems(COUNT | {"who": None}, COUNT | {"value": "9 kg"}, COUNT | {"at": "yesterday"})
    assert [line.partition(":")[0].split(".")[0].split(" =")[0] for line in said] == ["line 1", "line 2", "line 3"]


def test_lines_stand_in_order_and_a_late_entry_says_when_it_was_noted():
    late = COUNT | {"at": "2026-11-20T08:00+01:00"}
    assert "stands after a line of" in problems(COUNT, late)[0]
    assert len(read(COUNT, late | {"noted": "2026-11-24T10:00+01:00"})) == 2


def test_a_correction_names_an_event_that_is_there():
    wrong = {"kind": "correction", "at": "2026-11-24T08:00+01:00", "who": "lab", "source": "lab", "corrects": "a",
             "reason": "mistyped"}  # fmt: skip
    assert "names no event" in problems(COUNT, wrong)[0]
    assert read(COUNT | {"id": "a"}, wrong)[1].corrects == "a"
    assert "is used twice" in problems(COUNT | {"id": "a"}, COUNT | {"id": "a"})[0]


def test_interruptions_lie_inside_the_infusion():
    inside = {
        "ended": "2026-11-21T14:00+01:00",
        "interruptions": [["2026-11-21T10:00+01:00", "2026-11-21T10:30+01:00"]],
    }
    (dose,) = read(DOSE | inside)
    assert len(dose.interruptions) == 1
    outside = inside | {"interruptions": [["2026-11-21T13:00+01:00", "2026-11-21T15:00+01:00"]]}
    assert "does not lie inside" in problems(DOSE | outside)[0]
    assert "needs its end" in problems(DOSE | {"interruptions": inside["interruptions"]})[0]


def test_a_field_written_twice_is_refused():
    with pytest.raises(InputRefused, match="written twice"):
        read_events('{"kind": "note", "kind": "symptom"}\n', as_of=AS_OF)


def test_lines_fit_the_schema_and_the_schema_names_every_kind():
    schema = event_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for line in (COUNT, DOSE):
        jsonschema.validate(line, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**COUNT, "extra": 1}, schema)
    assert schema["properties"]["kind"]["enum"] == [*KINDS, SEAL]


def line(kind, **fields):
    return {"kind": kind, "at": "2026-11-21T10:00+01:00", "who": "nurse", "source": "ward", **fields}


ONE_OF_EACH = (
    line("plan", id="plan-1", case="girl-7", plan={"sha256": "9f" * 32, "first": ["70 g", 1.5]}),
    line("decision", says="the first course", reason="the count is 9", about="plan-1"),
    line("override", rule="rules/dose/max", reason="no other product in stock", about="plan-1"),
    line("check", about="plan-1", outcome="agrees") | {"who": "pharmacist"},
    line("given", what="paracetamol", dose="500 mg", route="by mouth", raises_platelets="no"),
    line("given", what="immunoglobulin", product="privigen", grams="70 g", lots=["L1"], infusion="day-1"),
    line("measured", what="platelets", value="<5 x10^9/L"),
    line("start", product="privigen", lots=["L1", "L2"], vials=["20 g", "5 g"], concentration="10 %", weight="72 kg",
         volume="250 mL", rate="21.5 mL/h", infusion="day-1"),
    line("rate", rate="43 mL/h", infusion="day-1"),
    line("vitals", pulse="82 /min", blood_pressure="118/74 mmHg", temperature="98.6 °F", respiratory_rate="16 /min",
         oxygen_saturation="97 %"),
    line("symptom", says="headache behind the eyes", what="headache", severity="moderate"),
    line("pause", reason="headache", volume="40 mL"),
    line("resume", rate="21.5 mL/h"),
    line("bag", lots=["L3"], vials=["20 g"], concentration="100 mg/mL"),
    line("stop", reason="rash", volume="120 mL"),
    line("end", volume="250 mL"),
    line("note", says="line flushed"),
    line("correction", corrects="plan-1", reason="wrong patient"),
)  # fmt: skip


def test_every_kind_of_event_goes_to_a_value_and_back_without_loss():
    events = read(*ONE_OF_EACH)
    assert {event.kind for event in events} == set(KINDS)
    for event, written in zip(events, ONE_OF_EACH, strict=True):
        back = line_from_event(event)
        assert event_from_line(back, place=event.place) == event
        assert set(back) == set(written)
        jsonschema.validate(back, event_schema())


def test_the_bedside_reads_amounts_in_canonical_units():
    by_kind = {event.kind: event for event in read(*ONE_OF_EACH)}
    start, vitals = by_kind["start"], by_kind["vitals"].vitals
    assert start.hung.grams == 25 and start.hung.concentration.amount == 100 and start.weight.amount == 72
    assert start.rate.amount == Decimal("21.5") and start.hung.lots == ("L1", "L2")
    assert vitals.temperature.amount == 37 and vitals.blood_pressure.diastolic_mmhg == 74 and vitals.pulse.amount == 82


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (line("rate", rate="43 mL/h", severity="mild"), "severity: does not belong to an event of the kind rate"),
        (line("rate", rate="43000 mL/h"), "is not plausible"),
        (line("vitals"), "has none of pulse"),
        (line("vitals", blood_pressure="74/118 mmHg"), "the higher first"),
        (line("vitals", temperature="98.6 °C"), "is not plausible: expected 20 to 45 °C"),
        (line("vitals", pulse="820 /min"), "is not plausible"),
        (line("start", product="privigen", lots=["L1"], concentration="10 %"), "vials: is missing"),
        (line("start", product="privigen", lots=["L1"], vials=["200 g"], concentration="10 %"), "one vial"),
        (line("stop"), "reason: is missing"),
        (line("symptom", says="rash", severity="terrible"), "is not one of the words known here"),
        (line("check", about="nothing", outcome="agrees"), "names no event on a line before"),
        (line("given", what="immunoglobulin", product="privigen", grams="70000 g"), "is not plausible"),
    ],
)
def test_what_cannot_be_is_refused(wrong, says):
    assert any(says in said for said in problems(wrong)), problems(wrong)


def test_a_second_check_needs_a_second_person():
    plan = line("plan", id="plan-1", plan={"sha256": "9f" * 32})
    assert "A second person checks" in problems(plan, line("check", about="plan-1", outcome="agrees"))[0]
