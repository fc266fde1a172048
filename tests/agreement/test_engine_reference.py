"""The engine against other programs' stored answers: benchmark B1, its stiff variant, and 20 event scenarios."""

import csv
import importlib.util
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from opsonin.simulate import EventTable, Model, solve

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "engine"


def _models():
    spec = importlib.util.spec_from_file_location("benchmark_models", ROOT / "benchmarks" / "models.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


models = _models()


def _worst(courses, reference):
    """Largest error of any state, relative to the larger of the value and a thousandth of that state's maximum."""
    errors = {}
    for name, value in reference.items():
        scale = np.maximum(np.abs(value), 1e-3 * np.abs(value).max())
        errors[name] = float(np.max(np.abs(courses[name] - value) / scale))
    return errors


@pytest.mark.parametrize("method", ["tsit5", "rodas5p"])
@pytest.mark.parametrize(("rtol", "bound"), [(1e-6, 1e-5), (3e-9, 1e-8)])
def test_b1_all_states_agree_with_the_stored_reference(method, rtol, bound):
    parameters, reference = models.b1_reference()
    events = EventTable.infusions(models.B1, 20, models.B1_DOSES, "A1")
    courses = solve(
        models.B1, parameters=parameters, n=20, events=events, times=models.B1_TIMES, rtol=rtol, method=method
    ).require()
    errors = _worst(courses, reference)
    assert max(errors.values()) <= bound, errors


def test_b1_made_stiff_is_handed_to_the_implicit_method_and_stays_right():
    n = 30
    parameters = models.b1_population(n) | {"kT": 1000.0}
    events = EventTable.infusions(models.B1, n, models.B1_DOSES, "A1")
    ask = {"parameters": parameters, "n": n, "events": events, "times": models.B1_TIMES[::8]}
    automatic = solve(models.B1, **ask).require()
    explicit = solve(models.B1, **ask, method="tsit5", rtol=1e-8).require()
    assert automatic.method == {"rodas5p": n}
    assert automatic.steps.max() < 500 < explicit.steps.min()
    assert np.max(np.abs(automatic["P"] / explicit["P"] - 1)) <= 1e-5


def test_b1_as_it_is_stays_with_the_explicit_method():
    parameters, _ = models.b1_reference()
    events = EventTable.infusions(models.B1, 20, models.B1_DOSES, "A1")
    courses = solve(models.B1, parameters=parameters, events=events, times=[60.0])
    assert courses.method == {"tsit5": 20}


DEPOT = Model(
    name="one compartment with depot",
    time_unit="h",
    states={"depot": "mg", "central": "mg"},
    parameters={"KA": "1/h", "CL": "L/h", "V": "L", "F": "1", "LAG": "h", "D": "h", "R": "mg/h"},
    inputs={"depot": "mg/h", "central": "mg/h"},
    equations=lambda y, p, u: {
        "depot": u.depot - p.KA * y.depot,
        "central": u.central + p.KA * y.depot - p.CL / p.V * y.central,
    },
    outputs=lambda y, p: {"C": y.central / p.V},
    bioavailability={"depot": "F", "central": "F"},
    lag={"depot": "LAG", "central": "LAG"},
    duration={"central": "D"},
    rate={"central": "R"},
)


def _scenarios():
    records, reference = defaultdict(list), defaultdict(list)
    with open(DATA / "events_records.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            records[row["scenario"]].append(row)
    with open(DATA / "events_reference.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            reference[row["scenario"]].append((float(row["time"]), float(row["mrgsolve_2.0.1"])))
    return [(name, records[name], np.array(reference[name])) for name in records]


@pytest.mark.parametrize(("rows", "reference"), [pytest.param(r, v, id=n) for n, r, v in _scenarios()])
def test_event_scenario_agrees_with_mrgsolve(rows, reference):
    names = {"TIME": "time", "AMT": "amt", "CMT": "cmt", "EVID": "evid", "RATE": "rate", "II": "ii"}
    names |= {"ADDL": "addl", "SS": "ss"}
    table = {"ID": [1.0] * len(rows)} | {own: [float(row[their]) for row in rows] for own, their in names.items()}
    own = {"F": rows[0]["F1"], "LAG": rows[0]["LAG"], "D": rows[0]["DUR"], "R": rows[0]["RT"]}
    parameters = {"KA": 1.0, "CL": 5.0, "V": 50.0} | {k: 1.0 if v == "NA" else float(v) for k, v in own.items()}
    times, expected = reference.T
    courses = solve(
        DEPOT, parameters=parameters, n=1, events=EventTable.from_records(DEPOT, table), times=times, rtol=1e-10
    ).require()
    given = {float(r["time"]) + k * float(r["ii"]) for r in rows for k in range(int(r["addl"]) + 1)}
    compared = np.array([time not in given for time in times])
    error = np.abs(courses["C"][0] - expected)[compared] / np.abs(expected).max()
    assert error.max() <= 2e-9  # mrgsolve's own error at steady states, against closed forms
