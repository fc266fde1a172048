"""The engine against SciPy's solvers, on the ITP model over a population's whole range, all states."""

import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from opsonin.simulate import EventTable, solve

ROOT = Path(__file__).resolve().parents[2]
TIMES = np.linspace(0.0, 28.0, 57)


def _models():
    spec = importlib.util.spec_from_file_location("benchmark_models", ROOT / "benchmarks" / "models.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


models = _models()


def scipy_courses(model, parameters, doses, state, times, method, switch, rtol):
    """One individual by SciPy from the model's own numpy functions, restarted at every start, stop and kink.

    switch(states) is 0 where the equations change their branch: integrating across a kink costs any solver accuracy
    that its tolerance does not show.
    """
    names = list(model.states)
    start = model.initial_state(parameters)
    y = np.array([float(start[name]) for name in names])
    edges = sorted({0.0, times[-1]} | {edge for begin, length, _ in doses for edge in (begin, begin + length)})
    result = np.empty((times.size, y.size))
    result[times == 0.0] = y
    atol = 1e-13 * np.maximum(np.abs(y), 1.0)

    def kink(_, values):
        return switch(dict(zip(names, values, strict=True)))

    kink.terminal = True
    for begin, end in pairwise(edges):
        rate = sum(amount / length for s, length, amount in doses if s <= begin < s + length)

        def slope(_, values, rate=rate):
            slopes = model.derivative(dict(zip(names, values, strict=True)), parameters, {state: rate})
            return np.array([float(slopes[name]) for name in names])

        now, watching = begin, False  # just after a restart a kink may be at hand: take a moment without watching
        while now < end:
            until = end if watching else min(end, now + 1e-6)
            inside = (times > now) & (times <= until)
            asked = np.unique(np.append(times[inside], until))
            events = kink if watching else None
            part = solve_ivp(slope, (now, until), y, method=method, rtol=rtol, atol=atol, t_eval=asked, events=events)
            assert part.success
            if watching and part.t_events[0].size:
                until, y = part.t_events[0][0], part.y_events[0][0]
            else:
                y = part.y[:, -1]
            for moment, values in zip(part.t, np.transpose(part.y), strict=True):
                result[times == moment] = values
            now, watching = until, not watching
    return dict(zip(names, result.T, strict=True))


@pytest.fixture(scope="module")
def population():
    n = 400
    parameters = models.itp_population(n)
    events = EventTable.infusions(models.ITP, n, models.ITP_DOSES, "A1x")
    return n, parameters, events


@pytest.fixture(scope="module")
def oracle(population):
    """Individuals at the ends of the range: extremes of platelets, size, Hill power, and the fastest loss."""
    _, parameters, _ = population
    chosen = {
        int(pick(parameters[name]))
        for name in ("P0", "V1", "h", "kon", "koff", "C0", "ktr")
        for pick in (np.argmin, np.argmax)
    }
    return _scipy_answers(parameters, sorted(chosen))


@pytest.fixture(scope="module")
def many_answers(population):
    """Every third individual of the population; about two minutes."""
    n, parameters, _ = population
    return _scipy_answers(parameters, range(0, n, 3))


def _scipy_answers(parameters, chosen):
    answers = {}
    for person in chosen:
        own = {name: float(value[person]) for name, value in parameters.items()}
        method, rtol = ("Radau", 1e-10) if person % 2 else ("DOP853", 1e-12)  # its interpolant errs more than its steps
        answers[person] = scipy_courses(
            models.ITP, own, models.ITP_DOSES, "A1x", TIMES, method, lambda y, v=own["V1"]: y["A1x"] / v - y["X"], rtol
        )
    return answers


def _worst_by_state(population, answers, rtol):
    """Largest error of every state, relative to the larger of the value and a thousandth of the state's maximum."""
    n, parameters, events = population
    names = tuple(models.ITP.states)
    courses = solve(
        models.ITP, parameters=parameters, n=n, events=events, times=TIMES, outputs=names, rtol=rtol
    ).require()
    worst = dict.fromkeys(names, 0.0)
    for person, expected in answers.items():
        for name in names:
            scale = np.maximum(np.abs(expected[name]), 1e-3 * np.abs(expected[name]).max())
            worst[name] = max(worst[name], float(np.max(np.abs(courses[name][person] - expected[name]) / scale)))
    return worst


BOUNDS = [(1e-6, 1e-5), (1e-9, 1e-8)]


@pytest.mark.parametrize(("rtol", "bound"), BOUNDS)
def test_itp_states_agree_with_scipy(population, oracle, rtol, bound):
    worst = _worst_by_state(population, oracle, rtol)
    assert max(worst.values()) <= bound, worst


@pytest.mark.prove
@pytest.mark.parametrize(("rtol", "bound"), BOUNDS)
def test_itp_states_of_many_agree_with_scipy(population, many_answers, rtol, bound):
    """The full form; its result stands in docs/explanation/engine.md (run with -s to see it)."""
    worst = _worst_by_state(population, many_answers, rtol)
    print(f"rtol {rtol:g}, {len(many_answers)} people:", {name: f"{error:.1e}" for name, error in worst.items()})
    assert max(worst.values()) <= bound, worst


def test_whole_population_agrees_with_the_other_method(population):
    n, parameters, events = population
    ask = {"parameters": parameters, "n": n, "events": events, "times": TIMES, "outputs": ("P", "igg", "X")}
    ordinary = solve(models.ITP, **ask).require()
    tight = solve(models.ITP, **ask, rtol=1e-9, method="rodas5p").require()
    for name in ("P", "igg", "X"):
        scale = np.maximum(np.abs(tight[name]), 1e-3 * np.abs(tight[name]).max(axis=1, keepdims=True))
        assert np.max(np.abs(ordinary[name] - tight[name]) / scale) <= 1e-5


def test_itp_rests_without_doses(population):
    n, parameters, _ = population
    courses = solve(models.ITP, parameters=parameters, n=n, times=[0.0, 28.0], outputs=("P", "igg")).require()
    kept = parameters["kprod0"] / parameters["P0"] - 1 / parameters["life"] >= 0.01
    assert kept.sum() > 300
    assert np.max(np.abs(courses["P"][kept, 1] / parameters["P0"][kept] - 1)) <= 1e-6
    assert np.max(np.abs(courses["igg"][:, 1] / parameters["C0"] - 1)) <= 1e-6
