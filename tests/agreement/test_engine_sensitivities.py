"""Forward sensitivities against closed forms and against central differences of the engine's own courses."""

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.simulate import EventTable, Model, maximum, power, sensitivities, solve
from opsonin.simulate.examples import DECAY
from opsonin.simulate.sensitivities import by

TIMES = np.linspace(0, 20, 41)
LOOP = Model(
    name="a loop with a power, a maximum, a resting state that depends on parameters",
    time_unit="h",
    states={"drug": "mg", "signal": "1", "count": "1"},
    parameters=dict.fromkeys(("k", "V", "s", "g", "level", "turn"), "1"),
    inputs={"drug": "mg/h"},
    equations=lambda y, p, u: {
        "drug": u.drug - p.k * y.drug,
        "signal": p.turn * (1 + maximum(y.drug / p.V - p.level, 0) - y.signal * power(y.count / p.s, p.g)),
        "count": p.turn * (p.s * y.signal - y.count),
    },
    outputs=lambda y, p: {"seen": y.count / p.s + y.drug / p.V},
    initial=lambda p: {"signal": p.s / p.s, "count": p.s},
)
TYPICAL = {"k": 0.4, "V": 5.0, "s": 3.0, "g": 0.7, "level": 1.5, "turn": 0.6}


def test_decay_has_its_closed_form():
    events = EventTable.infusions(DECAY, 1, [(0.0, 0.0, 100.0)], "A")
    courses = sensitivities(
        DECAY,
        parameters={"k": 0.13, "V": 7.0},
        wrt=("k", "V"),
        outputs=("concentration",),
        n=1,
        events=events,
        times=TIMES,
    )
    exact = 100 * np.exp(-0.13 * TIMES) / 7
    assert np.max(np.abs(courses[by("concentration", "k")][0] + TIMES * exact)) <= 1e-5 * np.max(TIMES * exact)
    assert np.max(np.abs(courses[by("concentration", "V")][0] + exact / 7)) <= 1e-5 * np.max(exact / 7)


def test_sensitivities_are_the_limit_of_differences():
    n = 5
    rng = np.random.default_rng(4)
    people = {name: value * np.exp(0.2 * rng.standard_normal(n)) for name, value in TYPICAL.items()}
    events = EventTable.infusions(LOOP, n, [(1.0, 2.0, 60.0), (9.0, 0.0, 30.0)], "drug")
    ask = {"n": n, "events": events, "times": TIMES, "rtol": 1e-10}
    wrt = tuple(TYPICAL)
    courses = sensitivities(LOOP, parameters=people, wrt=wrt, outputs=("seen", "signal"), **ask).require()
    plain = solve(LOOP, parameters=people, outputs=("seen",), **ask)["seen"]
    assert np.allclose(courses["seen"], plain, rtol=1e-7)
    for parameter in wrt:
        step = 1e-4 * people[parameter]
        high = solve(LOOP, parameters=people | {parameter: people[parameter] + step}, **ask)
        low = solve(LOOP, parameters=people | {parameter: people[parameter] - step}, **ask)
        for output in ("seen", "signal"):
            expected = (high[output] - low[output]) / (2 * step)[:, None]
            got = courses[by(output, parameter)]
            natural = np.max(np.abs(courses[output])) / np.min(people[parameter])  # where the derivative is 0
            assert np.max(np.abs(got - expected)) <= 1e-5 * max(np.max(np.abs(expected)), 0.01 * natural), (
                output,
                parameter,
            )


def test_parameters_that_steer_doses_are_refused():
    model = Model(
        name="with a share", time_unit="h", states={"A": "mg"}, parameters={"k": "1/h", "F": "1"}, inputs={"A": "mg/h"},
        equations=lambda y, p, u: {"A": u.A - p.k * y.A}, bioavailability={"A": "F"},
    )  # fmt: skip
    with pytest.raises(InputRefused) as refused:
        sensitivities(model, parameters={"k": 1.0, "F": 1.0}, wrt=("F", "z"), outputs=("A", "B"), n=1, times=[1.0])
    assert len(refused.value.problems) == 3
