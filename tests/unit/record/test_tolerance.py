"""What was borne, from what was charted."""

from datetime import date
from decimal import Decimal

import pytest

from opsonin.errors import InputRefused
from opsonin.patient import GivenDose, ToleratedInfusion
from opsonin.patient.event_line import event_from_line
from opsonin.record.tolerance import as_history, tolerance
from opsonin.report.record_print import tolerance_as_yaml

START = {"product": "privigen", "lots": ["L1"], "vials": ["40 g"], "concentration": "10 %", "weight": "60 kg"}


def at(clock, kind, day=21, **fields):
    line = {"kind": kind, "at": f"2026-11-{day}T{clock}+01:00", "who": "nurse", "source": "ward", **fields}
    return event_from_line(line, place="")


QUIET = [
    at("09:00", "start", **START, rate="18 mL/h"),
    at("09:30", "rate", rate="36 mL/h"),
    at("10:00", "rate", rate="72 mL/h"),
    at("12:00", "end", volume="171 mL"),
]
UNQUIET = [
    at("09:00", "start", **START, rate="18 mL/h"),
    at("09:30", "rate", rate="36 mL/h"),
    at("10:00", "rate", rate="72 mL/h"),
    at("10:20", "symptom", says="headache behind the eyes", what="headache", severity="moderate"),
    at("10:21", "pause", reason="headache"),
    at("11:00", "symptom", says="gone", what="headache", severity="passed"),
    at("11:05", "resume", rate="36 mL/h"),
    at("14:00", "end"),
]


def test_a_quiet_infusion_bears_its_highest_rate():
    (one,) = tolerance(QUIET)
    assert [(step.ml_per_h, step.minutes, step.borne) for step in one.steps] == [
        (Decimal(18), 30, True), (Decimal(36), 30, True), (Decimal(72), 120, True),
    ]  # fmt: skip
    assert one.as_tolerated() == ToleratedInfusion("privigen", date(2026, 11, 21), Decimal("1.2"), "none")


def test_a_rate_that_brought_a_headache_is_not_borne():
    (one,) = tolerance(UNQUIET)
    assert [step.borne for step in one.steps] == [True, True, False, True]
    assert one.highest_rate_borne == Decimal("0.6") and one.reactions == ("headache (moderate)",)


def test_a_stopped_infusion_and_one_without_end_claim_nothing_of_their_last_rate():
    stopped = [*QUIET[:3], at("10:40", "stop", reason="rash")]
    assert tolerance(stopped)[0].highest_rate_borne == Decimal("0.6") and tolerance(stopped)[0].ended == "stop"
    unended = [*QUIET[:3], at("10:40", "vitals", pulse="80 /min")]
    assert tolerance(unended)[0].highest_rate_borne == Decimal("0.6")
    assert tolerance(unended)[0].as_tolerated().reaction is None


def test_without_a_body_weight_no_rate_per_kilogram_is_claimed():
    events = [at("09:00", "start", **{**START, "weight": None}, rate="18 mL/h"), *QUIET[1:]]
    (one,) = tolerance(events)
    assert one.highest_rate_borne is None and len(one.steps) == 3


def test_corrections_are_applied_and_two_infusions_are_told_apart():
    wrong = at("10:00", "rate", rate="720 mL/h", id="typo")
    fixed = at("10:02", "correction", corrects="typo", reason="a digit too many")
    first = [*QUIET[:2], wrong, fixed, *QUIET[2:]]
    second = [at("09:00", "start", day=22, **START, rate="36 mL/h"), at("10:00", "end", day=22)]
    found = tolerance([*first, *second])
    assert [one.highest_rate_borne for one in found] == [Decimal("1.2"), Decimal("0.6")]


def test_a_dose_that_was_not_charted_counts_with_its_symptoms():
    dose = at("09:00", "given", what="immunoglobulin", product="privigen", grams="40 g", ended="2026-11-21T13:00+01:00")
    (one,) = tolerance([dose, at("20:00", "symptom", says="chills", severity="mild")])
    assert one.as_tolerated() == ToleratedInfusion("privigen", date(2026, 11, 21), None, "chills (mild)")
    assert len(tolerance([*QUIET, dose])) == 1


def test_the_history_of_the_record_joins_what_the_case_states(person):
    given = at("09:00", "given", what="immunoglobulin", product="privigen", grams="40 g")
    tolerated, doses = as_history([*QUIET, given], person(tolerated=None))
    assert tolerated[0].highest_rate_ml_per_kg_per_h == Decimal("1.2") and doses[0].grams == 40
    stated = ToleratedInfusion("privigen", date(2026, 11, 21), Decimal("0.9"), "flush")
    assert as_history([*QUIET, given], person(tolerated=(stated,)))[0] == (stated,)
    assert as_history([], person(tolerated=None)) == (None, None)
    other = GivenDose("privigen", Decimal(35), date(2026, 11, 21), None)
    with pytest.raises(InputRefused, match="is 40 g in the record"):
        as_history([given], person(given=(other,)))


def test_the_block_for_the_case_can_be_read_by_the_case(tmp_path):
    import yaml

    block = tolerance_as_yaml(tolerance(UNQUIET))
    read = yaml.safe_load(block)["tolerated"][0]
    assert read["highest_rate"] == "0.6 mL/kg/h" and read["reaction"] == "headache (moderate)"
    assert "# 72 mL/h = 1.2 mL/kg/h for 21 min, not borne to its own end" in block
    assert tolerance_as_yaml(()) == "tolerated: []\n"
