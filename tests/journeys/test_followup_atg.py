"""`opsonin update` of antithymocyte globulin from a terminal: the examples, the report, events beside, refusals."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REJECTION, SLOW = (ROOT / f"examples/followup-atg-{name}.yaml" for name in ("rejection", "slow-recovery"))
QUICK = ("--people", "3000", "--threads", "1")


def update(*words, code=0):
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    command = [sys.executable, "-m", "opsonin", "update", *map(str, words)]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert run.returncode == code, f"{words}: exit {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-4000:]}"
    return run


def test_terminal_report_and_json_say_first_that_it_is_exploratory_and_why(tmp_path):
    shown = " ".join(update(REJECTION, "--out", tmp_path, *QUICK).stdout.split())
    page = (tmp_path / "follow-up.html").read_text(encoding="utf-8")
    written = json.loads((tmp_path / "follow-up.json").read_text(encoding="utf-8"))
    for text in (shown, " ".join(page.split()), " ".join(written["exploratory"])):
        assert "EXPLORATORY, not validated: no dose may be taken from it" in text
        assert "T cells recover too fast in the model" in text and "No dose, day or finding" in text
    for text in (shown, page):
        assert "effective sample size" in text and "Pareto k" in text and "Not a medical device" in text
        assert "CD3: 19 % of the value† and 5 /µL‡" in text
    assert shown.index("EXPLORATORY") < shown.index("Given")
    assert page.count("<svg") == 3 and page.count(">EXPLORATORY<") == 3
    assert not re.search(r'(src|href)="(?!data:|#)', page) and "url(http" not in page


def test_the_json_holds_both_courses_the_fit_and_its_facts():
    found = json.loads(update(REJECTION, "--json", *QUICK).stdout)
    assert found["schema"] == "opsonin-atg-update/1"
    assert found["fit"]["verdict"] == "fits" and len(found["fit"]["points"]) == 6
    assert found["fit"]["effective_people"] > 100 and found["fit"]["pareto_k"] < 0.7
    assert {one["what"]: one["assay"] for one in found["courses"]} == {
        "total-atg": "total-rabbit-igg", "active-atg": "active-au", "cd3": "",
    }  # fmt: skip
    for one in found["courses"]:
        assert len(one["prior"]["median"]) == len(one["posterior"]["days"])
    assert "models/atg_reports/early_recovery" in found["facts"]
    assert "dose" not in "".join(one["changed"] for one in found["courses"])


def test_slow_recovery_without_a_level_is_called_what_it_is():
    shown = " ".join(update(SLOW, *QUICK).stdout.split())
    assert "rests on counts alone" in shown and "whatever keeps them low" in shown


def test_events_beside_the_case_count(tmp_path):
    line = {"kind": "measured", "at": "2026-11-30T07:00-05:00", "who": "laboratory", "source": "laboratory",
            "what": "total-atg", "value": "41 ug/mL", "assay": "total-rabbit-igg"}  # fmt: skip
    events = tmp_path / "events.jsonl"
    events.write_text(json.dumps(line) + "\n", encoding="utf-8")
    run = update(REJECTION, "--events", events, "--json", *QUICK)
    found = json.loads(run.stdout)
    assert len(found["fit"]["points"]) == 7 and "0 doses and 1 result read" in run.stderr
    del line["assay"]
    events.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert "line 1.assay" in update(REJECTION, "--events", events, code=2).stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("active-au, time: 2026-11-30", "ours, time: 2026-11-30"), ("of 2026-11-30.assay", "ours", "active-au")),
        (("assay: total-rabbit-igg, ", ""), ("measured[8].assay", "is missing")),
        (("birth_date: 1988-02-09", "birth_date: 2010-02-09"), ("patient.age", "outside")),
    ],
    ids=["an-unknown-assay", "no-assay", "a-child"],
)  # fmt: skip
def test_what_the_models_cannot_do_is_refused_and_nothing_is_written(tmp_path, change, said):
    case = tmp_path / "case.yaml"
    text = REJECTION.read_text(encoding="utf-8")
    assert change[0] in text
    case.write_text(text.replace(*change), encoding="utf-8")
    run = update(case, "--out", tmp_path / "out", code=2)
    for words in said:
        assert words in run.stderr, run.stderr
    assert not (tmp_path / "out").exists()


def test_a_course_that_has_not_begun_has_nothing_to_follow():
    assert "nothing to follow" in update(ROOT / "examples/atg-kidney-induction.yaml", code=2).stderr


def test_an_option_that_is_not_for_it_is_refused():
    assert "--trust-data" in update(REJECTION, "--trust-data", code=2).stderr
