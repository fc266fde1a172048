"""The engine from a terminal: an event table in, courses out."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from opsonin.cli.commands import opsonin
from opsonin.errors import InputRefused
from opsonin.mechanism import MODEL

ROOT = Path(__file__).resolve().parents[2]
EVENTS = str(ROOT / "examples" / "simulate" / "two-infusions.csv")
ADULTS = ["--weight-kg", "70", "--count", "14", "--until", "28", "--every", "1"]


def run(*words):
    result = CliRunner().invoke(opsonin, ["simulate", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_the_itp_model_from_an_event_table(tmp_path):
    shown = run("itp", EVENTS, *ADULTS, "--out", str(tmp_path))
    assert "platelets" in shown.output and "3 individuals" in shown.output
    rows = list(csv.DictReader((tmp_path / "courses.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 3 * 29 and {row["ID"] for row in rows} == {"1", "2", "3"}
    assert {float(row["platelets"]) for row in rows if row["TIME"] == "0.0"} == {14.0}
    assert (tmp_path / "courses.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_json_is_quantiles_in_order():
    found = json.loads(run("itp", EVENTS, *ADULTS, "--json").stdout)
    band = found["outputs"]["platelets"]
    assert np.all(np.array(band["p5"]) <= np.array(band["p50"]))
    assert np.all(np.array(band["p50"]) <= np.array(band["p95"]))


def test_a_model_of_ones_own_with_its_parameters(tmp_path):
    """A bolus of 100 mg into 10 L with k = 0.1 per hour: 10·exp(−0.1·t) mg/L."""
    (tmp_path / "events.csv").write_text("ID,TIME,AMT\n7,0,100\n", encoding="utf-8")
    (tmp_path / "parameters.csv").write_text("ID,k,V\n7,0.1,10\n", encoding="utf-8")
    model = f"{ROOT / 'src' / 'opsonin' / 'simulate' / 'examples.py'}:DECAY"
    words = (model, str(tmp_path / "events.csv"), "--parameters", str(tmp_path / "parameters.csv"))
    found = json.loads(run(*words, "--until", "10", "--every", "5", "--json").stdout)
    assert found["outputs"]["concentration"]["p50"] == pytest.approx(10 * np.exp([0.0, -0.5, -1.0]), rel=1e-5)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("itp", EVENTS, "--until", "1", "--every", "1"), "--weight-kg"),
        (("nosuch", EVENTS, *ADULTS), "is not a model"),
        ((f"{ROOT / 'src/opsonin/simulate/examples.py'}:NOPE", EVENTS, *ADULTS), "no Model called"),
        ((f"{ROOT / 'src/opsonin/simulate/examples.py'}:DECAY", EVENTS, *ADULTS), "--parameters"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_the_remedy(words, says):
    with pytest.raises(InputRefused, match=says):
        run(*words)


def test_a_kink_met_at_once_does_not_hold_anyone():
    """Half-blocking concentrations far below the usual put the floor of the power within the first steps."""
    from opsonin.knowledge import load_knowledge
    from opsonin.population import people
    from opsonin.simulate import EventTable, solve

    n = 64
    drawn = dict(people(load_knowledge(), n=n, seed=3, weight_kg=70.0, true_counts=np.full(n, 14.0)).parameters)
    drawn["IC50"] = np.geomspace(0.2, 40.0, n)
    events = EventTable.infusions(MODEL, n, [(0.0, 0.2, 65.0), (1.0, 0.2, 65.0)], "A1x")
    courses = solve(
        MODEL, parameters=drawn, n=n, events=events, times=[0.0, 7.0], outputs=("platelets",), max_steps=2000
    )
    assert courses.failed == ()
