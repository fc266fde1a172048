"""Every documented command, from a terminal, on real input."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.yaml") if "atg-" not in path.stem)
FRAME_WORDS = "Not a medical device"


def opsonin(*words, cwd=ROOT, check=True):
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    run = subprocess.run(
        [sys.executable, "-m", "opsonin", *map(str, words)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if check:
        assert run.returncode == 0, f"{words}: exit {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-4000:]}"
    return run


def test_help_names_every_command():
    shown = opsonin("--help").stdout
    for command in ("new", "check", "plan", "schema"):
        assert re.search(rf"^\s+{command}\b", shown, re.M)
        assert opsonin(command, "--help").stdout.startswith("Usage:")


def test_version_names_package_and_knowledge():
    assert re.fullmatch(r"opsonin \d+\.\d+\.\d+, knowledge [0-9a-f]{12}\n", opsonin("--version").stdout)


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda p: p.stem)
def test_every_example_checks_and_plans(case, tmp_path):
    opsonin("check", case)
    run = opsonin("plan", case, "--people", "200", "--out", tmp_path)
    assert FRAME_WORDS in run.stdout
    assert (tmp_path / "report.html").exists()
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert plan["schema"] == "opsonin-plan/1"
    assert plan["no_treatment"]["says"]


def test_plan_json_is_json_only_and_fits_its_schema():
    run = opsonin("plan", EXAMPLES[0], "--json", "--people", "200")
    schema = json.loads(opsonin("schema", "plan").stdout)
    jsonschema.validate(json.loads(run.stdout), schema)


def test_examples_fit_the_case_schema():
    import yaml

    schema = json.loads(opsonin("schema", "case").stdout)
    for case in EXAMPLES:
        document = yaml.load(case.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        assert document["schema"] == "opsonin-case/1"
    jsonschema.Draft202012Validator.check_schema(schema)


def test_same_seed_same_answer_whatever_the_threads(tmp_path):
    one, two, other = (
        opsonin("plan", ROOT / "examples/adult-before-surgery.yaml", "--json", "--people", "300", *more).stdout
        for more in (("--threads", "1"), ("--threads", "2"), ("--seed", "7"))
    )
    assert one == two
    assert one != other


def test_a_new_case_is_refused_until_it_is_filled_in(tmp_path):
    written = tmp_path / "mine.yaml"
    opsonin("new", "ivig", "--out", written)
    run = opsonin("check", written, check=False)
    assert run.returncode == 2
    assert "weights" in run.stderr
    again = opsonin("new", "ivig", "--out", written, check=False)
    assert again.returncode == 2 and "exists already" in again.stderr


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (("value: 72 kg", "value: 72"), "weights[1].value"),
        (("value: 72 kg", "value: 720 kg"), "weights[1].value"),
        (("schema: opsonin-case/1", "schema: opsonin-case/1\nwieght: 70 kg"), "wieght"),
        (("as_of: 2026-11-20", "as_of: 2025-11-20"), "measured"),
    ],
)
def test_bad_input_exits_2_names_the_field_and_writes_nothing(tmp_path, change, names):
    text = (ROOT / "examples/adult-before-surgery.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace(*change, 1), encoding="utf-8")
    run = opsonin("plan", broken, "--out", tmp_path / "out", check=False)
    assert run.returncode == 2
    assert names in run.stderr
    assert not (tmp_path / "out").exists()
    as_json = opsonin("check", broken, "--json", check=False)
    assert any(names in p["field"] for p in json.loads(as_json.stdout)["problems"])


def test_an_unknown_product_or_pack_is_refused_by_name():
    case = ROOT / "examples/adult-before-surgery.yaml"
    assert "privigen" in opsonin("plan", case, "--product", "nosuch", check=False).stderr
    run = opsonin("plan", case, "--pack", "atlantis", check=False)
    assert run.returncode == 2 and "atlantis" in run.stderr


def test_a_site_pack_checks_plans_and_updates_and_leaves_its_version(tmp_path):
    ward, case = ROOT / "examples/packs/ward-7.yaml", ROOT / "examples/adult-before-surgery.yaml"
    opsonin("check", case, "--pack", ward)
    assert "Ward 7" in opsonin("pack", ward).stdout
    made = json.loads(opsonin("plan", case, "--pack", ward, "--people", "200", "--json").stdout)
    assert made["stamp"]["pack"] == "ward-7" and re.fullmatch("[0-9a-f]{12}", made["stamp"]["pack_version"])
    steps = made["candidates"][0]["regimen"]["infusions"][0]["ladder"]["steps"]
    assert {step["minutes"] for step in steps[:-1]} <= {"20", "15", "30"}
    broken = tmp_path / "us.yaml"
    broken.write_text(ward.read_text().replace("factor: 2", "factor: 0"))
    refused = opsonin("plan", case, "--pack", broken, check=False)
    assert refused.returncode == 2
    assert refused.stderr.count("\n  - ") == 2 and "packs/us" in refused.stderr
    assert json.loads(opsonin("schema", "pack").stdout)["title"] == "Policy pack"


class Resources(HTMLParser):
    """Everything a browser would fetch."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("src", "data", "poster") or (tag == "link" and name == "href"):
                self.found.append(value)


def test_the_report_needs_no_network(tmp_path):
    opsonin("plan", ROOT / "examples/adult-before-surgery.yaml", "--people", "200", "--out", tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    parser = Resources()
    parser.feed(page)
    assert not [r for r in parser.found if r and not r.startswith(("data:", "#"))]
    assert "url(http" not in page and "@import" not in page


def test_a_newly_diagnosed_child_gets_a_forecast_where_the_trials_were_and_published_results_elsewhere():
    plan = json.loads(opsonin("plan", ROOT / "examples/child-new-itp.yaml", "--json", "--people", "200").stdout)
    kinds = {"limits" if "limits" in candidate["forecast"] else "bands" for candidate in plan["candidates"]}
    assert kinds == {"limits", "bands"}
    for candidate in plan["candidates"]:
        forecast = candidate["forecast"]
        assert forecast["published"] if "limits" in forecast else "children" in forecast["model_status"]
        assert candidate["regimen"]["infusions"]


def test_every_forecast_says_how_far_its_model_can_be_trusted():
    plan = json.loads(opsonin("plan", ROOT / "examples/adult-before-surgery.yaml", "--json", "--people", "200").stdout)
    statuses = {c["forecast"].get("model_status") for c in plan["candidates"]}
    assert statuses == {"calibrated on published trials; misses aims of its validation"}
