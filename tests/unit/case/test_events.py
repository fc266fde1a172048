"""The file of events: one line, one event; everything wrong is said at once."""

import json
from datetime import date
from decimal import Decimal

import jsonschema
import pytest

from opsonin.case.events import event_schema, read_events
from opsonin.errors import InputRefused

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
    wrong = {"kind": "correction", "at": "2026-11-24T08:00+01:00", "who": "lab", "source": "lab", "corrects": "a"}
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
    assert schema["properties"]["kind"]["enum"] == ["given", "measured", "symptom", "rate", "note", "correction"]
