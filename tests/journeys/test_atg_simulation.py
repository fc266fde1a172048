"""Antithymocyte globulin from a terminal: simulate and validate, stamped; what is not stated is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from opsonin.cli.commands import opsonin
from opsonin.errors import InputRefused

ROOT = Path(__file__).resolve().parents[2]
EVENTS = str(ROOT / "examples" / "simulate" / "atg-kidney-induction.csv")
SITE = str(ROOT / "examples" / "simulate" / "atg-site-parameters.yaml")
TIME = ("--until", "30", "--every", "1", "--people", "40")
PERSON = ("--product", "thymoglobulin", "--setting", "kidney", "--weight-kg", "70", "--age-years", "45")


def run(*words: str):
    result = CliRunner().invoke(opsonin, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_a_course_in_words_and_files(tmp_path):
    shown = run("simulate", "atg", EVENTS, *PERSON, *TIME, "--baseline", "cd4=700", "--out", str(tmp_path)).output
    assert "EXPLORATORY" in shown and "no exposure target" in shown and "active-au" in shown and "cells/µL" in shown
    rows = list(csv.DictReader((tmp_path / "courses.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["STATUS"] for row in rows if "EXPLORATORY" not in row["STATUS"]} == set()
    first = next(row for row in rows if row["OUTPUT"] == "cd4_per_ul" and row["TIME"] == "0.0")
    assert float(first["median"]) == 700
    figure = (tmp_path / "courses-1.svg").read_text(encoding="utf-8")
    assert figure.startswith("<?xml")


def test_json_is_stamped_and_has_the_named_target_alone():
    words = ("--product", "thymoglobulin", "--setting", "gvhd", "--weight-kg", "70", "--age-years", "45")
    asked = ("--graft-day", "4", "--target", "adult-reduced-intensity-post", "--json")
    found = json.loads(run("simulate", "atg", EVENTS, *words, *TIME, *asked).stdout)
    assert found["stamp"].startswith("EXPLORATORY")
    (one,) = found["individuals"].values()
    assert [each["target"] for each in one["targets"]] == ["adult_reduced_intensity_post"]
    assert {each["what"] for each in one["withheld"]} == {"T cells"} and not one["counts"]
    assert set(one["exposures"]) == {"auc-total", "auc-pre", "auc-post", "concentration-at-graft"}


def test_a_site_file_is_stamped_and_a_child_is_withheld():
    assert "example-of-the-form" in run("simulate", "atg", EVENTS, *PERSON, *TIME, "--site", SITE).output
    child = ("--product", "thymoglobulin", "--setting", "gvhd", "--weight-kg", "20", "--age-years", "6")
    shown = run("simulate", "atg", EVENTS, *child, *TIME).output
    assert "Withheld: everything" in shown and "not obtained" in shown and "median" not in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "nothing is assumed"),
        (PERSON[2:], "--product"),
        ((*PERSON[:2], *PERSON[4:]), "--setting"),
        ((*PERSON, "--product", "okt3"), "no ATG model"),
        ((*PERSON, "--setting", "spleen"), "not a setting"),
        ((*PERSON, "--target", "best"), "differ by setting"),
        ((*PERSON, "--target", "haploidentical_level_at_graft"), "day of the graft"),
        ((*PERSON, "--target", "calgary-day-7"), "not interchangeable"),
        ((*PERSON, "--baseline", "cd4"), "NAME=VALUE"),
        ((*PERSON, "--baseline", "platelets=5"), "not followed"),
        ((*PERSON, "--count", "10"), "not for simulate atg"),
        ((*PERSON, "--product", "grafalon", "--site", SITE), "never interchangeable"),
    ],
)
def test_what_is_not_stated_or_makes_no_sense_is_refused(words, says):
    with pytest.raises(InputRefused, match=says):
        run("simulate", "atg", EVENTS, *TIME, *words)


@pytest.mark.parametrize("row", ["1,0,105", "1,0,105,0"])
def test_atg_is_never_given_at_once(tmp_path, row):
    events = tmp_path / "events.csv"
    events.write_text(f"ID,TIME,AMT{',DUR' if row.count(',') == 3 else ''}\n{row}\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="never given at once"):
        run("simulate", "atg", str(events), *PERSON, *TIME)


def test_the_weight_of_the_itp_model_is_still_held():
    events = str(ROOT / "examples" / "simulate" / "two-infusions.csv")
    with pytest.raises(InputRefused, match="outside the itp model"):
        run("simulate", "itp", events, "--weight-kg", "20", "--count", "10", "--until", "2", "--every", "1")


def test_validation_in_words_json_and_figure(tmp_path):
    result = run("validate", "atg", "--people", "100", "--out", str(tmp_path))
    assert "Free checks: 7 of 14 agree" in result.output and "NO" in result.output and "EXPLORATORY" in result.output
    assert (tmp_path / "atg-checks.svg").stat().st_size > 5000
    written = json.loads((tmp_path / "atg-validation.json").read_text(encoding="utf-8"))
    assert len(written["rows"]) >= 40 and written["stamp"].startswith("EXPLORATORY")


def test_options_of_the_itp_model_are_refused_for_atg(tmp_path):
    with pytest.raises(InputRefused, match="not for validate atg"):
        run("validate", "atg", "--arms", str(tmp_path))


def test_the_schema_of_a_site_file_is_printed_and_the_example_fits_it():
    import jsonschema
    import yaml

    schema = json.loads(run("schema", "atg-parameters").stdout)
    document = yaml.safe_load(Path(SITE).read_text(encoding="utf-8"))
    jsonschema.validate({**document, "read_on": str(document["read_on"])}, schema)
