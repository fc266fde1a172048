"""`opsonin update` from a terminal, on the examples and on input that must be refused."""

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(
    set((ROOT / "examples").glob("followup-*.yaml")) - set((ROOT / "examples").glob("followup-atg-*.yaml"))
)
RESPONDER = ROOT / "examples/followup-responder.yaml"
EVENTS = ROOT / "examples/followup-responder.events.jsonl"
QUICK = ("--people", "3000")


def update(*words, check=True):
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    command = [sys.executable, "-m", "opsonin", "update", *map(str, words)]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if check:
        assert run.returncode == 0, f"{words}: exit {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-4000:]}"
    return run


def as_json(*words):
    return json.loads(update(*words, "--json", *QUICK).stdout)


def test_there_are_four_examples():
    assert [case.stem.removeprefix("followup-") for case in EXAMPLES] == [
        "conflicting-count", "non-responder", "relapse", "responder",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("example", "response", "verdict"),
    [
        ("responder", "response", "fits"),
        ("non-responder", "no response", "fits"),
        ("relapse", "complete response", "fits"),
        ("conflicting-count", "complete response", "fits without the result set aside"),
    ],
)
def test_each_example_tells_its_story(example, response, verdict):
    found = as_json(ROOT / f"examples/followup-{example}.yaml")
    assert found["schema"] == "opsonin-update/1"
    assert found["stamp"]["model_status"] == "calibrated on published trials; misses aims of its validation"
    assert found["response"]["iwg_2009"] == response
    assert found["fit"]["verdict"] == verdict
    assert found["outlook"]["options"][0]["id"] == "wait"


class Resources(HTMLParser):
    """Everything a browser would fetch."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [
            v for name, v in attrs if name in ("src", "data", "poster") or (tag == "link" and name == "href")
        ]


def test_terminal_and_report_say_how_far_the_model_can_be_trusted_and_the_report_needs_no_network(tmp_path):
    run = update(RESPONDER, "--events", EVENTS, "--out", tmp_path, *QUICK)
    assert "Calibrated on published trials; misses aims of its" in run.stdout and "Not a medical device" in run.stdout
    page = (tmp_path / "follow-up.html").read_text(encoding="utf-8")
    parser = Resources()
    parser.feed(page)
    assert not [found for found in parser.found if found and not found.startswith(("data:", "#"))]
    assert "url(http" not in page and "@import" not in page
    assert "Calibrated on published trials; misses aims of its" in page and page.count("<svg") == 2
    assert json.loads((tmp_path / "follow-up.json").read_text(encoding="utf-8"))["schema"] == "opsonin-update/1"


def test_events_beside_the_case_count_and_a_corrected_one_does_not():
    alone, together = as_json(RESPONDER), as_json(RESPONDER, "--events", EVENTS)
    assert len(together["history"]["observed"]) == len(alone["history"]["observed"]) + 2
    assert all(one["value"] < 1000 for one in together["history"]["observed"])


def test_same_seed_same_answer_whatever_the_threads():
    one, two, other = (
        update(RESPONDER, "--json", *QUICK, *more).stdout
        for more in (("--threads", "1"), ("--threads", "2"), ("--seed", "2"))
    )
    assert one == two != other


def test_wrong_events_are_refused_and_nothing_is_written(tmp_path):
    wrong = tmp_path / "events.jsonl"
    line = json.loads(EVENTS.read_text(encoding="utf-8").splitlines()[0])
    lines = [line | {"at": "2027-01-01T08:00+01:00"}, line | {"kind": "given", "what": "immunoglobulin", "value": None}]
    wrong.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    run = update(RESPONDER, "--events", wrong, "--out", tmp_path / "out", check=False)
    assert run.returncode == 2
    assert "line 1.at" in run.stderr and "line 2.grams" in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_product_nobody_knows_is_refused(tmp_path):
    dose = {"kind": "given", "at": "2026-11-10T09:00-05:00", "who": "n", "source": "w", "what": "immunoglobulin",
            "product": "nosuch", "grams": "70 g"}  # fmt: skip
    events = tmp_path / "events.jsonl"
    events.write_text(json.dumps(dose) + "\n", encoding="utf-8")
    run = update(RESPONDER, "--events", events, check=False)
    assert run.returncode == 2 and "nosuch" in run.stderr


def test_a_case_without_treatment_has_nothing_to_follow():
    run = update(ROOT / "examples/adult-newly-diagnosed.yaml", check=False)
    assert run.returncode == 2 and "nothing to follow" in run.stderr


def test_a_rescue_drug_withholds_the_forecast_and_says_why(tmp_path):
    dose = {"kind": "given", "at": "2026-11-09T09:00-05:00", "who": "n", "source": "w", "what": "dexamethasone",
            "raises_platelets": "yes"}  # fmt: skip
    events = tmp_path / "events.jsonl"
    events.write_text(json.dumps(dose) + "\n", encoding="utf-8")
    run = update(RESPONDER, "--events", events, "--out", tmp_path)
    assert "not modelled: dexamethasone was given" in run.stdout
    assert "Forecast withheld because" in (tmp_path / "follow-up.html").read_text(encoding="utf-8")
