"""The engine against formulas: one and two compartments, repeated dosing, superposition, linearity, mass balance."""

import numpy as np
import pytest

from opsonin.errors import SimulationFailed
from opsonin.simulate import EventTable, Model, solve
from opsonin.simulate.examples import DECAY, ORAL

TIMES = np.linspace(0.0, 48.0, 97)
ONE = {"k": 0.13, "V": 20.0}
TWO = {"ka": 0.9, "CL": 4.0, "V1": 12.0, "Q": 6.0, "V2": 30.0}


def _rates(p):
    """Fast and slow rate of two compartments, and the fast one's share of a unit bolus in the central one."""
    k10, k12, k21 = p["CL"] / p["V1"], p["Q"] / p["V1"], p["Q"] / p["V2"]
    total, product = k10 + k12 + k21, k10 * k21
    fast = (total + np.sqrt(total**2 - 4 * product)) / 2
    slow = product / fast
    return fast, slow, (fast - k21) / (fast - slow)


def _infusion(t, rate_constant, start, duration, amount):
    """One compartment's amount after an infusion."""
    during = np.clip(t - start, 0, duration)
    after = np.clip(t - start - duration, 0, None)
    return amount / duration / rate_constant * -np.expm1(-rate_constant * during) * np.exp(-rate_constant * after)


def _run(model, parameters, doses, state, rtol=1e-6, times=TIMES, **more):
    events = EventTable.infusions(model, 1, doses, state)
    return solve(model, parameters=parameters, n=1, events=events, times=times, rtol=rtol, **more).require()


def _relative(value, expected):
    return np.max(np.abs(value - expected) / np.maximum(np.abs(expected), 1e-3 * np.abs(expected).max()))


@pytest.mark.parametrize(("rtol", "bound"), [(1e-6, 1e-5), (1e-10, 1e-8)])
@pytest.mark.parametrize("method", ["tsit5", "rodas5p"])
def test_one_compartment_bolus_and_infusion(method, rtol, bound):
    courses = _run(DECAY, ONE, [(1.0, 0.0, 50.0), (5.0, 7.5, 300.0)], "A", rtol, method=method)
    expected = np.where(TIMES >= 1, 50 * np.exp(-0.13 * (TIMES - 1)), 0) + _infusion(TIMES, 0.13, 5, 7.5, 300)
    assert _relative(courses["A"][0], expected) <= bound


@pytest.mark.parametrize(("rtol", "bound"), [(1e-6, 1e-5), (1e-10, 1e-8)])
def test_two_compartments_infusion(rtol, bound):
    fast, slow, share = _rates(TWO)
    expected = share * _infusion(TIMES, fast, 0, 3, 500) + (1 - share) * _infusion(TIMES, slow, 0, 3, 500)
    courses = _run(ORAL, TWO, [(0.0, 3.0, 500.0)], "central", rtol)
    assert _relative(courses["central"][0], expected) <= bound


def test_two_compartments_repeated_doses_and_steady_state():
    fast, slow, share = _rates(TWO)
    doses = [(12.0 * k, 0.0, 100.0) for k in range(60)]
    late = np.arange(59 * 12.0, 60 * 12.0 - 0.1, 0.5)
    courses = _run(ORAL, TWO, doses, "central", 1e-8, times=late)
    since = late - 59 * 12.0
    periodic = sum(
        100 * weight * np.exp(-rate * since) / -np.expm1(-rate * 12)
        for rate, weight in ((fast, share), (slow, 1 - share))
    )
    assert _relative(courses["central"][0], periodic) <= 1e-6  # 59 intervals in, 1e-7 of the way to go


def test_steady_state_record_is_the_limit_of_many_doses():
    table = {"ID": [1], "TIME": [0.0], "AMT": [100.0], "DUR": [5.0], "II": [4.0], "ADDL": [40], "SS": [1], "CMT": [2]}
    steady = solve(
        ORAL, parameters=TWO, n=1, events=EventTable.from_records(ORAL, table), times=TIMES, rtol=1e-10
    ).require()
    doses = [(4.0 * k, 5.0, 100.0) for k in range(250)]
    many = _run(ORAL, TWO, doses, "central", 1e-10, times=TIMES + 800.0)
    assert _relative(steady["concentration"], many["concentration"]) <= 1e-8


def test_a_compartment_that_exchanges_nothing_leaves_the_steady_state_alone():
    table = {"ID": [1], "TIME": [0.0], "AMT": [50.0], "II": [12.0], "SS": [1], "CMT": [1]}
    apart = TWO | {"Q": 0.0}
    courses = solve(ORAL, parameters=apart, n=1, events=EventTable.from_records(ORAL, table), times=[0.0, 12.0])
    before, after = courses.require()["concentration"][0]
    ke, ka = TWO["CL"] / TWO["V1"], TWO["ka"]
    left = ka / (ka - ke) * (np.exp(-ke * 12) / (1 - np.exp(-ke * 12)) - np.exp(-ka * 12) / (1 - np.exp(-ka * 12)))
    assert [before, after] == pytest.approx([50.0 / TWO["V1"] * left] * 2, rel=1e-5)


def test_what_only_accumulates_has_no_steady_state():
    table = {"ID": [1], "TIME": [0.0], "AMT": [50.0], "II": [12.0], "SS": [1], "CMT": [1]}
    with pytest.raises(SimulationFailed, match="no steady state was found"):
        solve(ORAL, parameters=TWO | {"CL": 0.0}, n=1, events=EventTable.from_records(ORAL, table), times=[0.0])


def test_ten_back_to_back_infusions_equal_one_long():
    ten = _run(ORAL, TWO, [(0.5 * k, 0.5, 20.0) for k in range(10)], "central", 1e-9)
    one = _run(ORAL, TWO, [(0.0, 5.0, 200.0)], "central", 1e-9)
    assert _relative(ten["central"], one["central"]) <= 1e-8


def test_superposition_and_dose_linearity():
    first, second = (2.0, 3.0, 70.0), (4.0, 0.0, 30.0)
    together = _run(ORAL, TWO, [first, second], "central", 1e-9)["central"]
    apart = _run(ORAL, TWO, [first], "central", 1e-9)["central"] + _run(ORAL, TWO, [second], "central", 1e-9)["central"]
    twice = _run(ORAL, TWO, [(s, d, 2 * a) for s, d, a in (first, second)], "central", 1e-9)["central"]
    assert _relative(together, apart) <= 1e-8
    assert _relative(twice, 2 * together) <= 1e-8


def test_mass_balance():
    closed = Model(
        name="two compartments and what left them",
        time_unit="h",
        states={"central": "mg", "outer": "mg", "gone": "mg"},
        parameters={"k10": "1/h", "k12": "1/h", "k21": "1/h"},
        inputs={"central": "mg/h"},
        equations=lambda y, p, u: {
            "central": u.central - (p.k10 + p.k12) * y.central + p.k21 * y.outer,
            "outer": p.k12 * y.central - p.k21 * y.outer,
            "gone": p.k10 * y.central,
        },
    )
    courses = _run(closed, {"k10": 0.3, "k12": 0.5, "k21": 0.2}, [(0.0, 6.0, 120.0)], "central")
    total = courses["central"] + courses["outer"] + courses["gone"]
    assert np.max(np.abs(total - np.clip(TIMES * 20, 0, 120))) <= 120 * 1e-6


def test_a_reset_cancels_the_infusion_and_its_stop_record():
    table = {"ID": [1, 1], "TIME": [0.0, 10.0], "AMT": [100.0, 0.0], "RATE": [5.0, 0.0], "EVID": [1, 3], "CMT": [1, 1]}
    courses = solve(DECAY, parameters=ONE, n=1, events=EventTable.from_records(DECAY, table), times=TIMES).require()
    before, after = TIMES < 10, TIMES >= 10
    assert _relative(courses["A"][0, before], _infusion(TIMES[before], 0.13, 0, 20, 100)) <= 1e-5
    assert (courses["A"][0, after] == 0.0).all()


def test_covariate_rows_change_a_parameter_from_then_on():
    table = {"ID": [1, 1], "TIME": [0.0, 6.0], "AMT": [100.0, 0.0], "EVID": [1, 2], "CMT": [1, 1], "k": [0.1, 0.4]}
    courses = solve(
        DECAY, parameters=ONE, n=1, events=EventTable.from_records(DECAY, table), times=TIMES, rtol=1e-9
    ).require()
    expected = 100 * np.exp(-0.1 * np.minimum(TIMES, 6) - 0.4 * np.maximum(TIMES - 6, 0))
    assert _relative(courses["A"][0], expected) <= 1e-7
