"""The events beside a case of antithymocyte globulin: the same answer as from the case, and the same refusals."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from opsonin.case import open_case
from opsonin.case.atg_events import add_events
from opsonin.case.atg_plan_file import atg_to_dict
from opsonin.case.bedside_book import settled
from opsonin.case.events import read_events, refuse_foreign
from opsonin.errors import InputRefused
from opsonin.infusion.delivered import Delivered, Tolerated
from opsonin.knowledge import load_knowledge
from opsonin.therapy import next_dose

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
CASE = EXAMPLES / "atg-kidney-rejection.yaml"
MORNING = EXAMPLES / "atg-kidney-rejection.next-morning.jsonl"
KNOWN = load_knowledge()
NEXT = date(2026, 11, 25)


def case_on(day=NEXT, text=None):
    return open_case(CASE if text is None else text, on=day, today=day, doses_beside=True)


def dose(at="2026-11-24T09:10-05:00", **fields):
    line = {"kind": "given", "at": at, "who": "nurse", "source": "ward", "what": "thymoglobulin",
            "product": "thymoglobulin", "dose": "48 mg"}  # fmt: skip
    return {name: value for name, value in {**line, **fields}.items() if value is not None}


def count(value="3100 /mm3", what="white-cells", at="2026-11-25T06:30-05:00", **fields):
    return {"kind": "measured", "at": at, "who": "laboratory", "source": "laboratory", "what": what, "value": value,
            **fields}  # fmt: skip


def added(*lines, case=None):
    case = case or case_on()
    text = "".join(json.dumps(line) + "\n" for line in lines)
    events = read_events(text, as_of=case.circumstances.as_of)
    refuse_foreign(events, case.id, KNOWN, source="events")
    return add_events(case, events, KNOWN, source="events")


def answer(case):
    return next_dose(case.recipient, case.request, case.circumstances, knowledge=KNOWN)


def test_without_the_events_the_morning_is_withheld_and_with_them_it_is_answered():
    assert answer(case_on()).verdict == "withheld"
    found = answer(add_events(case_on(), read_events(MORNING, as_of=NEXT), KNOWN, source="").case)
    assert (found.verdict, found.given_mg, found.missed) == ("full", Decimal(336), ())


def test_events_and_case_file_give_the_same_answer():
    lines = [
        dose(at="2026-11-24T09:00-05:00"),
        count(),
        count("98 x10^9/L", "platelets"),
        count("22 /mm3", "cd3"),
    ]
    measured = "".join(
        f"  - {{what: {line['what']}, value: {line['value']}, time: {line['at']}}}\n" for line in lines[1:]
    )
    given = "  - {product: thymoglobulin, dose: 48 mg, time: 2026-11-24T09:00-05:00}\n"
    text = CASE.read_text(encoding="utf-8")
    in_case = case_on(
        text=text.replace("given:\n", f"{measured}given:\n", 1).replace("\nrisks:", f"{given}\nrisks:", 1)
    )
    by_events, by_case = answer(added(*lines).case), answer(in_case)
    assert by_case.verdict == "full" and by_case.given_mg == 336
    assert atg_to_dict(by_events, KNOWN) == atg_to_dict(by_case, KNOWN)


def test_a_correction_withdraws_a_count_that_would_stop_the_course():
    wrong = count("310 /mm3", id="count-1")
    platelets = count("98 x10^9/L", "platelets")
    assert answer(added(dose(), wrong, platelets).case).verdict == "consider-stopping"
    withdrawn = {"kind": "correction", "at": "2026-11-25T07:00-05:00", "who": "laboratory", "source": "telephone",
                 "corrects": "count-1", "reason": "a digit was lost"}  # fmt: skip
    right = count(noted="2026-11-25T07:01-05:00")
    late = count("98 x10^9/L", "platelets", noted="2026-11-25T07:02-05:00")
    assert answer(added(dose(), wrong, withdrawn, right, late).case).verdict == "full"


def test_what_infuse_writes_is_read():
    moment = datetime.fromisoformat("2026-11-24T09:10-05:00")
    ran = Delivered(
        product="thymoglobulin", amount=Decimal("31.5"), unit="mg", volume_ml=Decimal(164), started=moment,
        ended=moment.replace(hour=12), interruptions=(), segments=(), lots=("A1",), whole=False,
        tolerated=Tolerated("thymoglobulin", None, None, "chills"), grade=None,
    )  # fmt: skip
    lines = settled(ran, (), infusion="day-4", who="nurse", id="given-4")
    last = added(*lines).case.recipient.given[-1]
    assert (last.mg, last.given_on, last.started_at) == (Decimal("31.5"), date(2026, 11, 24), moment)


def test_levels_keep_their_time_and_assay_and_two_of_one_day_are_told_apart():
    trough = count("3.9 AU/mL", "active-atg", at="2026-11-25T06:30-05:00", assay="active-au")
    peak = count("8.1 AU/mL", "active-atg", at="2026-11-25T14:30-05:00", assay="active-au")
    levels = added(trough, peak).case.recipient.series("active-atg")
    assert [(one.value, one.assay) for one in levels] == [(Decimal("3.9"), "active-au"), (Decimal("8.1"), "active-au")]
    assert [one.taken_at.hour for one in levels] == [6, 14]


def test_how_long_a_dose_ran_is_kept():
    last = added(dose(ended="2026-11-24T13:10-05:00")).case.recipient.given[-1]
    assert last.ended_at == datetime.fromisoformat("2026-11-24T13:10-05:00")


def test_a_dose_that_names_its_product_only_as_what_counts_too():
    assert added(dose(product=None)).case.recipient.given[-1].mg == 48


def test_a_day_is_that_of_the_case_and_not_of_the_laboratorys_zone():
    late = count(at="2026-11-25T03:00+01:00")  # the 24th, 21:00, where the case is
    with pytest.raises(InputRefused, match="second white-cells of 2026-11-24"):
        added(late)
    with pytest.raises(InputRefused, match="own zone"):
        added(count(at="2026-11-25T23:30-08:00"))


def test_what_is_not_read_is_passed_over_and_named():
    says = added(
        dose(),
        dose(what="paracetamol", product=None, dose="1 g"),
        {"kind": "symptom", "at": "2026-11-24T18:00-05:00", "who": "patient", "source": "ward", "says": "tired"},
        count("9 g/L", "igg"),
    ).says
    assert "1 dose and 0 results read" in says
    assert all(words in says for words in ("1 given paracetamol", "1 symptom", "1 measured igg"))
    assert "passed over: nothing" in added(dose()).says


@pytest.mark.parametrize(
    ("lines", "field", "why"),
    [
        ([dose(at="2026-11-23T20:00-05:00")], "line 1.at", "second dose on 2026-11-23; the first stands in the case"),
        ([dose(), dose(at="2026-11-24T15:00-05:00")], "line 2.at", "the first stands in line 1"),
        ([dose(product="atgam", what="atgam")], "line 1.product", "not interchangeable"),
        ([dose(dose=None)], "line 1.dose", "is missing"),
        ([dose(dose="48")], "line 1.dose", ""),
        ([dose(dose="96 g")], "line 1.dose", "not plausible"),
        ([dose(dose="0 mg")], "line 1.dose", "is zero"),
        ([count("<0.5 x10^9/L")], "line 1.value", "below detection"),
        ([count("3.9 AU/mL", "active-atg")], "line 1.assay", "is missing"),
        ([count(assay="active-au")], "line 1.assay", "white-cells has none"),
        ([count(), count("3200 /mm3")], "line 2.value", "second white-cells"),
        ([count("2700 /mm3", at="2026-11-24T06:30-05:00")], "line 1.value", "the first stands in the case"),
        ([count("3100 x10^9/L")], "line 1", "not plausible"),
        ([count(what="cd8")], "line 1", "is not known"),
        ([count(case="another")], "line 1.case", "is not this case"),
        ([dose(product="thymo", what="thymo")], "line 1.product", "not on the shelf"),
        (
            [{"kind": "start", "at": "2026-11-25T09:00-05:00", "who": "nurse", "source": "ward",
              "product": "thymoglobulin", "lots": ["A1"], "vials": ["25 mg"], "concentration": "0.4 mg/mL"}],
            "line 1.product", "no event says how much",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(lines, field, why):
    with pytest.raises(InputRefused) as refused:
        added(*lines)
    found = [problem for problem in refused.value.problems if problem.field.startswith(field) and why in problem.why]
    assert found and all(problem.remedy for problem in found), refused.value.problems


def test_every_problem_is_named_at_once():
    with pytest.raises(InputRefused) as refused:
        added(dose(dose=None), count("<0.5 x10^9/L"))
    assert {problem.field for problem in refused.value.problems} == {"line 1.dose", "line 2.value"}


def test_a_case_that_states_nothing_given_stays_so_without_doses():
    text = CASE.read_text(encoding="utf-8")
    body, _, rest = text.partition("given:\n")
    bare = case_on(text=body + "risks:" + rest.partition("risks:")[2])  # its start is past, its doses beside it
    with pytest.raises(InputRefused, match="start"):
        open_case(body + "risks:" + rest.partition("risks:")[2], on=NEXT)
    assert bare.recipient.given is None and added(count(), case=bare).case.recipient.given is None
    assert len(added(dose(), case=bare).case.recipient.given) == 1
