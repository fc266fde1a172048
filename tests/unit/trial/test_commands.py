"""The commands: what they print, what they write, what they refuse."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from opsonin.cli.trials import register
from opsonin.errors import InputRefused
from opsonin.trial.read import ARMS

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "trials" / "one-or-two-grams.yaml"


@click.group()
def group():
    """The commands of this room."""


register(group)


def run(*words):
    return CliRunner().invoke(group, [str(word) for word in words], catch_exceptions=False)


def test_a_trial_is_printed_as_a_table():
    found = run("trial", EXAMPLE, "--people", 100, "--parameters", "draft")
    assert found.exit_code == 0
    assert "if_needed" in found.stdout and "platelets 50 or more" in found.stdout
    assert "the uncertainty of the parameters is not included" in " ".join(found.stdout.split())


def test_json_on_stdout_is_json_only_and_the_seed_decides():
    words = ("trial", EXAMPLE, "--people", 100, "--parameters", "draft", "--json")
    one, same, other = run(*words), run(*words), run(*words, "--seed", 2)
    assert json.loads(one.stdout)["schema"] == "opsonin-outcome/1"
    assert one.stdout == same.stdout != other.stdout


def test_files_are_written(tmp_path):
    pytest.importorskip("pyarrow")
    pytest.importorskip("matplotlib")
    run("trial", EXAMPLE, "--people", 100, "--parameters", "draft", "--out", tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"outcome.json", "series.parquet", "people-two_days.parquet", "counts.svg", "survival.svg"}


def test_validating_handed_in_arms(tmp_path):
    pytest.importorskip("matplotlib")
    arms, out = tmp_path / "arms", tmp_path / "out"
    arms.mkdir()
    (arms / "one.yaml").write_text((ARMS / "godeau_1999.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    words = ("validate", "itp", "--arms", arms, "--people", 100, "--parameters", "draft")
    document = json.loads(run(*words, "--json", "--out", out).stdout)
    assert list(document["summary"]) == ["arms"]
    assert json.loads((out / "validation.json").read_text(encoding="utf-8")) == document
    assert (out / "forest-arms.svg").exists()
    assert "Arms handed in" in run(*words).stdout


def test_a_bad_file_is_refused_before_anything_is_run(tmp_path):
    (tmp_path / "bad.yaml").write_text("schema: opsonin-trial/1\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="arms"):
        run("trial", tmp_path / "bad.yaml")


def test_a_calibration_in_small_is_written(tmp_path):
    out = tmp_path / "fit.json"
    found = run("calibrate", "--out", out, "--people", 100, "--rounds", 2, "--draws", 10, "--sets", 3, "--seed", 3)
    assert "adults: 3 sets" in found.stdout
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["command"] == "opsonin calibrate --people 100 --rounds 2 --draws 10 --sets 3 --seed 3"
    assert len(document["groups"]["children"]["sets"]) == 3
    assert out.with_suffix(".log.jsonl").exists()
