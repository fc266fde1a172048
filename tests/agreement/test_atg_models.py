"""Do two ways give the same ATG course? Closed forms, mass balance, linearity, and SciPy on the plain equations."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from opsonin.knowledge import load_knowledge
from opsonin.mechanism.atg_models import ATGAM, GRAFALON, THYMOGLOBULIN
from opsonin.mechanism.atg_parameters import shelf_parameters
from opsonin.population.atg import atg_people
from opsonin.simulate import EventTable, solve

KNOWN = load_knowledge()
WEIGHT, HOURS = 70.0, 6.0
COURSE = [(float(day), HOURS / 24, 1.5 * WEIGHT) for day in range(4)]
TIMES = np.array([0.1, 0.25, 1.0, 3.0, 3.25, 4.0, 7.0, 14.0, 30.0, 90.0])


def person(product: str, *, n: int = 1, alike: bool = True):
    numbers = shelf_parameters(KNOWN, product)
    return atg_people(numbers, n=n, seed=3, weight_kg=WEIGHT, alike=alike).parameters


def course(model, parameters, doses, *, n=1, times=TIMES, outputs=None, rtol=1e-8):
    events = EventTable.infusions(model, n, doses, "A1")
    names = outputs or (*model.states, *(o for o in model.output_names() if o not in model.states))
    return solve(
        model, parameters=parameters, n=n, events=events, times=times, outputs=names, method="tsit5", rtol=rtol
    ).require()


def two_compartments(p: dict[str, float], doses, times) -> np.ndarray:
    """Concentration after infusions into the first of two compartments, as a sum of two exponentials."""
    k10, k12, k21 = p["CL"] / p["V1"], p["Q"] / p["V1"], p["Q"] / p["V2"]
    half, product = (k10 + k12 + k21) / 2, k10 * k21
    fast, slow = half + np.sqrt(half**2 - product), half - np.sqrt(half**2 - product)
    found = np.zeros_like(times)
    for start, length, amount in doses:
        since = np.clip(times - start, 0, None)
        lit = np.minimum(since, length)
        for rate, share in ((fast, (fast - k21) / (fast - slow)), (slow, (k21 - slow) / (fast - slow))):
            found += amount / length / p["V1"] * share / rate * (np.exp(-rate * (since - lit)) - np.exp(-rate * since))
    return found


def one(parameters, *names):
    return {new: float(parameters[old][0]) for new, old in zip(("CL", "V1", "Q", "V2"), names, strict=True)}


def test_total_and_active_agree_with_their_closed_form():
    parameters = person("thymoglobulin")
    found = course(THYMOGLOBULIN, parameters, COURSE)
    total = two_compartments(one(parameters, "CL", "V1", "Q", "V2"), COURSE, TIMES)
    active = two_compartments(one(parameters, "CLa", "V1a", "Qa", "V2a"), COURSE, TIMES)
    np.testing.assert_allclose(found["total_ug_per_ml"][0], total, rtol=1e-6)
    np.testing.assert_allclose(found["active_au_per_ml"][0], active, rtol=1e-5, atol=1e-7)


def test_total_alone_is_the_same_two_compartments_and_horse_is_one():
    parameters = person("grafalon")
    found = course(GRAFALON, parameters, COURSE)["total_ug_per_ml"][0]
    np.testing.assert_allclose(
        found, two_compartments(one(parameters, "CL", "V1", "Q", "V2"), COURSE, TIMES), rtol=1e-6
    )
    horse = person("atgam")
    CL, V = float(horse["CL"][0]), float(horse["V1"][0])
    since = np.clip(TIMES[:, None] - np.arange(4.0), 0, None)
    lit = np.minimum(since, HOURS / 24)
    rate = 1.5 * WEIGHT / (HOURS / 24)
    closed = (rate / CL * (np.exp(-CL / V * (since - lit)) - np.exp(-CL / V * since))).sum(axis=1)
    np.testing.assert_allclose(course(ATGAM, horse, COURSE)["total_ug_per_ml"][0], closed, rtol=1e-6)


def test_nothing_is_lost():
    """What was given is in the body or was cleared: given = A1a + A2a + CL·AUC, for everyone and every time."""
    parameters = person("thymoglobulin", n=20, alike=False)
    found = course(THYMOGLOBULIN, parameters, COURSE, n=20)
    given_so_far = np.clip((TIMES[:, None] - np.arange(4.0)) / (HOURS / 24), 0, 1).sum(axis=1) * 1.5 * WEIGHT
    there = found["A1a"] + found["A2a"] + parameters["CLa"][:, None] * found["AUCa"]
    np.testing.assert_allclose(there, np.broadcast_to(given_so_far, there.shape), rtol=1e-6)


@settings(max_examples=15, deadline=None)
@given(
    factor=st.floats(0.2, 5),
    hours=st.floats(4, 24),
    mg_per_kg=st.floats(0.3, 3),
    days=st.integers(1, 10),
)
def test_twice_the_dose_twice_the_level(factor, hours, mg_per_kg, days):
    doses = [(float(day), hours / 24, mg_per_kg * WEIGHT) for day in range(days)]
    scaled = [(start, length, factor * amount) for start, length, amount in doses]
    parameters = person("thymoglobulin")
    levels = ("total_ug_per_ml", "active_au_per_ml", "active_auc")
    a, b = (course(THYMOGLOBULIN, parameters, d, outputs=levels, times=TIMES[2:]) for d in (doses, scaled))
    for name in levels:
        np.testing.assert_allclose(b[name], factor * a[name], rtol=1e-5, atol=1e-6)


def test_infusions_back_to_back_are_one_long_one():
    parameters = person("thymoglobulin")
    pieces = [(i * 0.25, 0.25, 30.0) for i in range(4)]
    outputs = ("total_ug_per_ml", "active_au_per_ml", "cd4", "cd8")
    a = course(THYMOGLOBULIN, parameters, pieces, outputs=outputs)
    b = course(THYMOGLOBULIN, parameters, [(0.0, 1.0, 120.0)], outputs=outputs)
    for name in outputs:
        np.testing.assert_allclose(a[name], b[name], rtol=1e-5, atol=1e-8)


def by_scipy(parameters: dict[str, float], doses) -> np.ndarray:
    """Every state at TIMES, by an implicit method on the numpy equations, piece by piece between infusions."""
    names = list(THYMOGLOBULIN.states)
    start = THYMOGLOBULIN.initial_state(parameters)
    state = np.array([float(start[name]) for name in names])
    edges = sorted({0.0, TIMES[-1], *(s for s, _, _ in doses), *(s + length for s, length, _ in doses)})
    found = {}
    for begin, end in pairwise(edges):
        rate = sum(mg / length for s, length, mg in doses if s <= begin < s + length - 1e-9)

        def slope(_, y, rate=rate):
            return list(THYMOGLOBULIN.derivative(dict(zip(names, y, strict=True)), parameters, {"A1": rate}).values())

        wanted = np.unique([*(t for t in TIMES if begin < t <= end), end])
        piece = solve_ivp(slope, (begin, end), state, method="LSODA", t_eval=wanted, rtol=1e-9, atol=1e-12)
        assert piece.success, piece.message
        found |= dict(zip(piece.t, piece.y.T, strict=True))
        state = piece.y[:, -1]
    return np.array([found[t] for t in TIMES]).T


@pytest.mark.parametrize("saturable", [False, True])
def test_the_engine_agrees_with_scipy_on_every_state(saturable):
    """Saturable clearance, the lymphocyte effect and the antibody are tried too, though the shelf has none of them."""
    n = 4
    parameters = dict(person("thymoglobulin", n=n, alike=False))
    if saturable:
        more = {"Vmax": 20.0, "Km": 0.5, "theta_ALC": 0.3, "ALC": 3.5, "f_ADA": 2.0, "t_ADA": 12.3}
        parameters |= {name: np.full(n, value) for name, value in more.items()}
    engine = course(THYMOGLOBULIN, parameters, COURSE, n=n)
    for i in range(n):
        exact = by_scipy({name: float(values[i]) for name, values in parameters.items()}, COURSE)
        for row, name in enumerate(THYMOGLOBULIN.states):
            np.testing.assert_allclose(engine[name][i], exact[row], rtol=2e-5, atol=1e-6 * np.abs(exact[row]).max())


def test_t_cells_stay_where_they_are_without_atg_and_come_back_after_it():
    parameters = person("thymoglobulin")
    still = solve(
        THYMOGLOBULIN,
        parameters=parameters,
        n=1,
        times=[0.0, 400.0],
        outputs=("cd4", "cd8", "lymphocytes"),
        method="tsit5",
    )
    for name in ("cd4", "cd8", "lymphocytes"):
        np.testing.assert_allclose(still[name], 1.0, rtol=1e-9)
    after = course(THYMOGLOBULIN, parameters, COURSE, times=[4.0, 30.0, 365.0, 20_000.0], outputs=("cd4", "cd8"))
    assert after["cd8"][0, 0] < 0.05 < after["cd8"][0, 1] and after["cd8"][0, 2] == pytest.approx(1, abs=1e-4)
    assert np.all(np.diff(after["cd4"][0]) > 0) and after["cd4"][0, 3] == pytest.approx(1, abs=1e-3)


@settings(max_examples=15, deadline=None)
@given(mg_per_kg=st.floats(0.1, 3), more=st.floats(1.05, 4))
def test_more_atg_never_leaves_more_t_cells(mg_per_kg, more):
    parameters = person("thymoglobulin")
    doses = [(start, length, mg_per_kg * WEIGHT) for start, length, _ in COURSE]
    higher = [(start, length, more * mg) for start, length, mg in doses]
    outputs = ("cd4", "cd8", "t_cells", "lymphocytes")
    low, high = (course(THYMOGLOBULIN, parameters, d, outputs=outputs) for d in (doses, higher))
    for name in outputs:
        assert np.all(high[name] <= low[name] + 1e-7)
        assert np.all((low[name] >= 0) & (low[name] <= 1 + 1e-9))
