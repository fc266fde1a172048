"""Antithymocyte globulin from the terminal: new, check, plan with a report, another product, the morning's answer."""

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*atg-*.yaml"))
FRAME = "Not a medical device"


def opsonin(*words, code=0):
    run = subprocess.run(
        [sys.executable, "-m", "opsonin", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, f"{words}: exit {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-3000:]}"
    return run


def test_the_four_examples_are_there():
    names = {path.stem for path in EXAMPLES}
    assert names >= {"atg-kidney-induction", "atg-kidney-rejection", "atg-child-hct", "atg-aplastic-anaemia"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_plan_and_report(path, tmp_path):
    shown = opsonin("plan", path, "--out", tmp_path)
    assert FRAME in " ".join(shown.stdout.split())
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert FRAME in page and "<script" not in page
    assert not re.search(r'(?:src|href)="https?:', page)
    assert "Prescribed by" in page and "Lot numbers" in page
    orders, _, outlook = page.partition("What the course might do: exploratory")
    assert "EXPLORATORY" in outlook and "EXPLORATORY" not in orders
    assert ("<svg" in outlook) == (path.stem != "atg-child-hct") and "<svg" not in orders
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert plan["schema"] == "opsonin-atg-plan/1"
    jsonschema.validate(plan, json.loads(opsonin("schema", "atg-plan").stdout))
    infusion = plan["courses"][0]["course"]["infusions"][0]
    assert isinstance(infusion["mg"], str)
    assert all(fact["citations"] or fact["note"] for fact in plan["facts"].values())


def test_another_product_explains_and_replans(tmp_path):
    case = ROOT / "examples" / "atg-kidney-rejection.yaml"
    shown = " ".join(opsonin("plan", case, "--product", "atgam", "--out", tmp_path).stdout.split())
    assert "not interchangeable by dose" in shown and "atgam_us/kidney-rejection" in shown
    assert "No orders sheet" in (tmp_path / "report.html").read_text(encoding="utf-8")
    refused = opsonin("plan", case, "--product", "privigen", code=2)
    assert "not an antithymocyte globulin" in refused.stderr


def test_the_morning_of_the_rejection():
    case = ROOT / "examples" / "atg-kidney-rejection.yaml"
    shown = opsonin("next-dose", case).stdout
    assert "half the scheduled dose, 48 mg" in shown and FRAME in shown
    answer = json.loads(opsonin("next-dose", case, "--json").stdout)
    assert (answer["schema"], answer["verdict"], answer["infusion"]["mg"]) == ("opsonin-next-dose/1", "half", "48.00")
    jsonschema.validate(answer, json.loads(opsonin("schema", "next-dose").stdout))
    held = opsonin("next-dose", case, "--redosing", "cd3-30").stdout
    assert "the redosing pack holds it" in held
    later = opsonin("next-dose", case, "--on", "2026-11-25").stdout
    assert "no answer: withheld" in later


def test_the_next_morning_from_a_file_of_events_on_a_page(tmp_path):
    case = ROOT / "examples" / "atg-kidney-rejection.yaml"
    events = ROOT / "examples" / "atg-kidney-rejection.next-morning.jsonl"
    run = opsonin("next-dose", case, "--on", "2026-11-25", "--events", events, "--out", tmp_path, "--json")
    answer = json.loads(run.stdout)
    assert answer["verdict"] == "full"
    assert (Decimal(answer["infusion"]["mg"]), Decimal(answer["given_mg"])) == (96, 336)
    assert "1 dose and 2 results read; passed over: 1 symptom." in run.stderr
    assert json.loads((tmp_path / "next-dose.json").read_text(encoding="utf-8")) == answer
    page = (tmp_path / "next-dose.html").read_text(encoding="utf-8")
    assert "2026-11-25: the scheduled dose, 96 mg" in page and "Decided by" in page and FRAME in page
    assert "<script" not in page and not re.search(r'(?:src|href)="(?:https?:|[^#d])', page)
    assert "{{" not in page and "{%" not in page and page.count("<main>") == page.count("</main>") == 1
    refused = opsonin("next-dose", case, "--events", events, "--out", tmp_path / "none", code=2)
    assert "line 3" in refused.stderr and not (tmp_path / "none").exists()
    held = opsonin("next-dose", case, "--on", "2026-11-25", "--out", tmp_path)
    assert "withheld" in held.stdout and "withheld" in (tmp_path / "next-dose.html").read_text(encoding="utf-8")


def test_next_dose_refuses_what_it_does_not_read():
    refused = opsonin("next-dose", ROOT / "examples" / "adult-before-surgery.yaml", code=2)
    assert "immunoglobulin" in refused.stderr
    refused = opsonin("next-dose", EXAMPLES[0], "--redosing", "cd8-5", code=2)
    assert "cd3-30" in refused.stderr
    refused = opsonin("plan", EXAMPLES[0], "--also", "uk", code=2)
    assert "--also" in refused.stderr


def test_a_new_case_is_written_and_refused_until_filled(tmp_path):
    case = tmp_path / "new.yaml"
    opsonin("new", "atg", "--out", case)
    refused = opsonin("check", case, code=2)
    assert "still to be filled in" in refused.stderr
