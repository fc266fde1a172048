"""Do two ways give the same course? The engine's compiled kernel against SciPy on the plain numpy equations."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from opsonin.mechanism import MODEL
from opsonin.population import people, truncated_log_normal
from opsonin.population.draws import uniforms
from opsonin.simulate import EventTable, solve

SOME, SEED, LENGTH = 12, 5, 0.2
TIMES = np.arange(0.0, 28.5, 0.5)
COURSES = {"1x2": [(0.0, 70.0), (1.0, 70.0)], "0.4x5": [(float(day), 28.0) for day in range(5)]}


@pytest.fixture(scope="module")
def some(known):
    counts = truncated_log_normal(uniforms(SEED, "P0", SOME), median=12, cv=0.8, low=2, high=60)
    return people(known, n=SOME, seed=SEED, weight_kg=82, true_counts=counts)


def by_scipy(parameters: dict[str, float], doses: list[tuple[float, float]]) -> np.ndarray:
    """The states (states, times), integrated piece by piece between the starts and ends of infusions."""
    names = list(MODEL.states)
    start = MODEL.initial_state(parameters)
    state = np.array([float(start[name]) for name in names])
    edges = sorted({0.0, TIMES[-1], *(s for s, _ in doses), *(s + LENGTH for s, _ in doses)})
    found = {0.0: state}
    for begin, end in pairwise(edges):
        rate = sum(grams / LENGTH for s, grams in doses if s <= begin < s + LENGTH - 1e-9)

        def slope(_, y, rate=rate):
            return list(MODEL.derivative(dict(zip(names, y, strict=True)), parameters, {"A1x": rate}).values())

        inside = [t for t in TIMES if begin < t <= end]
        wanted = np.unique([*inside, end])
        piece = solve_ivp(slope, (begin, end), state, method="Radau", t_eval=wanted, rtol=1e-10, atol=1e-12)
        assert piece.success, piece.message
        found |= {t: piece.y[:, i] for i, t in enumerate(piece.t)}
        state = piece.y[:, -1]
    return np.array([found[t] for t in TIMES]).T


@pytest.mark.parametrize("course", COURSES)
def test_the_engine_agrees_with_scipy(course, some):
    """Every state of every person, relative to the largest size of that state in that person."""
    doses = COURSES[course]
    events = EventTable.infusions(MODEL, SOME, [(s, LENGTH, g) for s, g in doses], "A1x")
    states = tuple(MODEL.states)
    engine = solve(MODEL, parameters=some.parameters, n=SOME, events=events, times=TIMES, outputs=states, rtol=1e-8)
    usual = solve(MODEL, parameters=some.parameters, n=SOME, events=events, times=TIMES, outputs=states)
    for person in range(SOME):
        exact = by_scipy({name: float(v[person]) for name, v in some.parameters.items()}, doses)
        size = np.abs(exact).max(axis=1)
        for row, name in enumerate(states):
            assert np.abs(engine[name][person] - exact[row]).max() <= 2e-6 * size[row], (person, name)
            assert np.abs(usual[name][person] - exact[row]).max() <= 1e-4 * size[row], (person, name)
