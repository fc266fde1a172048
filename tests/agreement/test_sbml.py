"""An independent simulator (libRoadRunner) reads the exported SBML and gives the engine's course.

Skipped, and said in the summary of the run, only where python-libsbml or libroadrunner has no wheel.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.knowledge import load_knowledge
from opsonin.mechanism import MODEL, sized, typical
from opsonin.simulate import EventTable, Model, maximum, minimum, solve, where

libsbml = pytest.importorskip("libsbml", reason="python-libsbml is not installed: SBML export is NOT tested here")

from opsonin.simulate.sbml import sbml, write_sbml  # noqa: E402

KNOWN = load_knowledge()
COURSES = {
    "1 g/kg twice": [(0.0, 0.2, 70.0), (1.0, 0.2, 70.0)],
    "0.4 g/kg on five days": [(float(day), 0.15, 28.0) for day in range(5)],
    "bolus and overlap": [(0.0, 0.0, 10.0), (0.5, 1.0, 30.0), (1.0, 1.0, 30.0)],
}


def roadrunner_of(text, times, names):
    """The course by libRoadRunner's CVODE, shape (names, times)."""
    roadrunner = pytest.importorskip("roadrunner", reason="libroadrunner is not installed: SBML is NOT simulated here")
    runner = roadrunner.RoadRunner(text)
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-9, 1e-12
    runner.integrator.maximum_time_step = 0.05
    runner.timeCourseSelections = ["time", *names]
    return np.asarray(runner.simulate(float(times[0]), float(times[-1]), len(times)))[:, 1:].T


@pytest.mark.parametrize("doses", COURSES.values(), ids=COURSES)
def test_another_simulator_gives_the_same_course(doses):
    names, times = ("platelets", "igg_g_per_l", "X", "T"), np.arange(0, 28.01, 0.25)
    parameters = {name: float(v) for name, v in sized(typical(KNOWN), KNOWN, weight_kg=82).items()}
    events = EventTable.infusions(MODEL, 1, doses, "A1x")
    theirs = roadrunner_of(sbml(MODEL, parameters=parameters, events=events), times, names)
    ours = solve(MODEL, parameters=parameters, n=1, events=events, times=times, outputs=names, rtol=1e-9)
    for name, course in zip(names, theirs, strict=True):
        assert course == pytest.approx(ours[name][0], rel=2e-6, abs=1e-6), name


def test_every_function_of_an_equation_survives():
    def move(y, p, u):
        return {"A": u.A + where(p.k < y.A, -p.k * y.A, -(maximum(0.1, minimum(y.A, p.k)) ** 2))}

    model = Model(
        name="bends", time_unit="h", states={"A": "mg"}, parameters={"k": "1/h"}, inputs={"A": "mg/h"}, equations=move
    )
    events = EventTable.infusions(model, 1, [(1.0, 0.5, 2.0)], "A")
    times = np.arange(0, 8.01, 0.25)
    theirs = roadrunner_of(sbml(model, parameters={"k": 0.7}, events=events), times, ("A",))
    ours = solve(model, parameters={"k": 0.7}, n=1, events=events, times=times, outputs=("A",), rtol=1e-9)
    assert theirs[0] == pytest.approx(ours["A"][0], rel=1e-4, abs=1e-4)


def test_the_file_says_what_the_model_says(tmp_path):
    document = libsbml.readSBML(str(write_sbml(tmp_path / "itp.xml", MODEL, parameters=typical(KNOWN))))
    written = document.getModel()
    assert (document.getLevel(), document.getVersion()) == (3, 2)
    assert written.getNumRules() == len(MODEL.states) + 3
    units = {written.getUnitDefinition(i).getName() for i in range(written.getNumUnitDefinitions())}
    assert {*MODEL.states.values(), *MODEL.parameters.values()} <= units
    assert written.getParameter("P0").getValue() == float(KNOWN.fact("models/ivig_itp_draft/baseline_count").number())


def test_what_cannot_be_written_is_refused():
    table = {"ID": [1], "TIME": [0], "AMT": [10], "II": [24], "SS": [1], "CMT": [1]}
    with pytest.raises(InputRefused, match="more than doses"):
        sbml(MODEL, parameters=typical(KNOWN), events=EventTable.from_records(MODEL, table))
    odd = Model(name="odd", time_unit="d", states={"A": "furlong"}, parameters={}, equations=lambda y, p, u: {"A": 0})
    with pytest.raises(InputRefused, match="furlong"):
        sbml(odd, parameters={})


def test_the_command_writes_it(tmp_path):
    events = tmp_path / "events.csv"
    events.write_text("ID,TIME,AMT,RATE,EVID,CMT\n1,0,70,350,1,1\n1,1,70,350,1,1\n", encoding="utf-8")
    command = [sys.executable, "-m", "opsonin", "simulate", "itp", str(events), "--weight-kg", "70", "--count", "14"]
    command += ["--until", "28", "--every", "1", "--sbml", str(tmp_path / "itp.xml"), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    quantiles = json.loads(run.stdout)
    theirs = roadrunner_of((tmp_path / "itp.xml").read_text(encoding="utf-8"), np.arange(29.0), ("platelets",))[0]
    assert theirs == pytest.approx(quantiles["outputs"]["platelets"]["p50"], rel=1e-3)
    two = Path("examples/simulate/two-infusions.csv")
    many = [*command[:5], str(two), *command[6:]]
    refused = subprocess.run(many, capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "one SBML file" in refused.stderr
