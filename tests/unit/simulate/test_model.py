"""Declaring a model: names are checked, equations read once give kernels, numpy slopes and LaTeX."""

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.simulate import Model, maximum, power, solve, where
from opsonin.simulate.examples import ORAL
from opsonin.simulate.kernel_source import latex
from opsonin.simulate.steady import steady_state


def _model(**change):
    base = {
        "name": "m",
        "time_unit": "h",
        "states": {"x": "1"},
        "parameters": {"k": "1/h"},
        "inputs": {"x": "1/h"},
        "equations": lambda y, p, u: {"x": u.x - p.k * y.x},
    }
    return Model(**(base | change))


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"inputs": {"y": "1/h"}}, {"inputs"}),
        ({"states": {"a b": "1"}, "inputs": {}}, {"states"}),
        ({"lag": {"x": "LAG"}, "rate": {"z": "k"}}, {"lag", "rate"}),
        ({"states": {}, "inputs": {}}, {"states"}),
    ],
)
def test_names_that_do_not_fit_are_refused(change, fields):
    with pytest.raises(InputRefused) as refused:
        _model(**change)
    assert {problem.field for problem in refused.value.problems} == fields | ({"lag"} if "lag" in fields else set())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"equations": lambda y, p, u: {"x": -p.k * y.x}}, "never used"),
        ({"equations": lambda y, p, u: {}}, "no equation"),
        ({"equations": lambda y, p, u: {"x": u.x, "z": 1.0}}, "not a state"),
        ({"equations": lambda y, p, u: {"x": u.x if y.x > 1 else 0}}, "cannot be read with symbols"),
        ({"outputs": lambda y, p: {"x": 2 * y.x}}, "is also a state"),
        ({"initial": lambda p: {"z": 1.0}}, "not a state"),
    ],
)
def test_equations_that_cannot_be_used_are_refused_in_words(change, words):
    with pytest.raises(InputRefused, match=words):
        solve(_model(**change), parameters={"k": 1.0}, n=1, times=[1.0])


def test_numpy_slopes_for_arrays_are_those_of_single_people():
    rng = np.random.default_rng(0)
    states = {name: rng.uniform(1, 9, 7) for name in ORAL.states}
    parameters = {name: rng.uniform(1, 9, 7) for name in ORAL.parameters}
    together = ORAL.derivative(states, parameters, {"central": 3.0})
    for person in range(7):
        alone = ORAL.derivative(
            {name: float(value[person]) for name, value in states.items()},
            {name: float(value[person]) for name, value in parameters.items()},
            {"central": 3.0},
        )
        assert all(together[name][person] == alone[name] for name in ORAL.states)


def test_names_of_the_kernel_may_be_names_of_a_model():
    """y, k, f, lane, math and friends are fine as model names: generated names carry prefixes."""
    model = Model(
        name="awkward",
        time_unit="h",
        states={"y": "1", "lane": "1"},
        parameters={"k": "1", "f": "1", "math": "1", "c_0": "1"},
        equations=lambda y, p, u: {"y": -p.k * y.y * p.math, "lane": p.f - y.lane * p.c_0},
        initial=lambda p: {"y": 2.0},
    )
    courses = solve(model, parameters={"k": 1.0, "f": 2.0, "math": 0.5, "c_0": 3.0}, n=1, times=[0.0, 1.0])
    assert courses["y"][0, 1] == pytest.approx(2 * np.exp(-0.5), rel=1e-5)
    assert courses["lane"][0, 1] == pytest.approx(2 / 3 * (1 - np.exp(-3.0)), rel=1e-5)


def test_every_function_means_in_the_kernel_what_it_means_in_numpy():
    from opsonin.simulate import exp, log, minimum, sqrt

    model = Model(
        name="functions",
        time_unit="h",
        states={"x": "1"},
        parameters={"a": "1", "b": "1"},
        equations=lambda y, p, u: {"x": 0 * y.x},
        outputs=lambda y, p: {
            "o1": maximum(y.x, p.a) + minimum(y.x, p.b),
            "o2": exp(-y.x) * log(y.x + 1) + sqrt(y.x),
            "o3": power(y.x, p.a) + y.x**3 - 1 / y.x**2 + y.x**-0.5,
            "o4": where((y.x > p.a) & (y.x < p.b), y.x, -y.x) + where((y.x > 4) | (y.x < 1), 1.0, 0.25),
            "o5": abs(p.a - y.x) / 3,
        },
        initial=lambda p: {"x": p.a * p.b},
    )
    rng = np.random.default_rng(2)
    parameters = {"a": rng.uniform(0.2, 3, 50), "b": rng.uniform(0.2, 3, 50)}
    courses = solve(model, parameters=parameters, n=50, times=[0.0, 1.0])
    expected = model.observe(model.initial_state(parameters), parameters)
    for name, value in expected.items():
        assert np.allclose(courses[name], np.asarray(value)[:, None], rtol=1e-13, atol=1e-13), name


def test_latex_of_the_equations():
    text = latex(_model(equations=lambda y, p, u: {"x": u.x - p.k * maximum(y.x, 0)}))
    assert text["x"].startswith(r"\frac{d\,x}{dt} = ")
    assert r"\max" in text["x"]
    assert "R_{x}" in text["x"]


def test_steady_state_is_found_and_checked():
    model = _model(
        states={"x": "1", "z": "1"},
        equations=lambda y, p, u: {"x": 2 + u.x - p.k * y.x, "z": y.x - y.z * y.z},
    )
    found = steady_state(model, {"k": np.array([0.5, 0.25])}, guess={"x": 1.0, "z": 1.0})
    assert np.allclose(found["x"], [4.0, 8.0], rtol=1e-9)
    assert np.allclose(found["z"], [2.0, np.sqrt(8.0)], rtol=1e-9)
