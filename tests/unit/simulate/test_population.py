"""Many individuals at once: threads, chunks, company do not matter; failures stay alone; reductions on the fly."""

import sys

import numpy as np
import pytest

from opsonin.errors import InputRefused, SimulationFailed
from opsonin.simulate import EventTable, Model, maximum, solve
from opsonin.simulate.examples import ORAL
from opsonin.simulate.reductions import Area, FirstTime, Maximum, TimeAbove, TimeOfMaximum, ValueAt

ENGINE = sys.modules["opsonin.simulate.solve"]
TIMES = np.linspace(0, 24, 49)


def _people(n, seed=1):
    rng = np.random.default_rng(seed)
    typical = {"ka": 1.0, "CL": 4.0, "V1": 12.0, "Q": 6.0, "V2": 30.0}
    return {name: value * np.exp(0.3 * rng.standard_normal(n)) for name, value in typical.items()}


def _own_events(n, seed=2):
    """Everyone with start, duration and amount of their own."""
    rng = np.random.default_rng(seed)
    doses = [(rng.uniform(0, 6, n), rng.uniform(0, 3, n), rng.uniform(50, 100, n)) for _ in range(3)]
    return EventTable.infusions(ORAL, n, doses, "central")


def test_threads_and_chunks_do_not_change_a_bit(monkeypatch):
    n = 700
    ask = {"parameters": _people(n), "n": n, "events": _own_events(n), "times": TIMES}
    one = solve(ORAL, **ask, threads=1)
    two = solve(ORAL, **ask, threads=2)
    monkeypatch.setattr(ENGINE, "CHUNK", 37)
    small = solve(ORAL, **ask, threads=2)
    for name in ("central", "concentration"):
        assert one[name].tobytes() == two[name].tobytes() == small[name].tobytes()
    assert (one.steps == small.steps).all()


def test_order_and_company_do_not_change_a_bit():
    n = 101
    parameters, events = _people(n), _own_events(n)
    everyone = solve(ORAL, parameters=parameters, n=n, events=events, times=TIMES)["concentration"]
    order = np.random.default_rng(5).permutation(n)[:40]
    doses = [tuple(np.asarray(c)[order] for c in dose) for dose in _doses_of(events, n)]
    some = {name: value[order] for name, value in parameters.items()}
    chosen = solve(ORAL, parameters=some, n=40, events=EventTable.infusions(ORAL, 40, doses, "central"), times=TIMES)
    assert chosen["concentration"].tobytes() == everyone[order].tobytes()


def _doses_of(events, n):
    columns = (events.time.reshape(n, 3), events.duration.reshape(n, 3), events.amount.reshape(n, 3))
    return [tuple(column[:, k] for column in columns) for k in range(3)]


def test_shared_events_and_own_copies_of_them_are_the_same():
    n = 33
    doses = [(0.0, 2.0, 100.0), (12.0, 0.0, 50.0)]
    shared = EventTable.infusions(ORAL, n, doses, "central")
    own = EventTable.infusions(ORAL, n, doses, "central", amounts=np.tile([100.0, 50.0], (n, 1)))
    assert (shared.first.size, own.first.size) == (2, n + 1)
    ask = {"parameters": _people(n), "n": n, "times": TIMES}
    assert np.array_equal(solve(ORAL, **ask, events=shared)["central"], solve(ORAL, **ask, events=own)["central"])


BLOWS_UP = Model(
    name="grows without bound if a > 0",
    time_unit="h",
    states={"x": "1", "z": "1"},
    parameters={"a": "1"},
    equations=lambda y, p, u: {"x": p.a * y.x**2 - y.x * 0.01, "z": -0.1 * y.z},
    initial=lambda p: {"x": 1.0, "z": 1.0},
)


def test_failures_are_named_and_do_not_touch_the_others():
    n = 64
    a = np.zeros(n)
    bad = [3, 17, 40]
    a[bad] = 1.0  # reaches infinity just after time 1
    courses = solve(BLOWS_UP, parameters={"a": a}, n=n, times=[0.0, 0.5, 2.0], max_steps=5000)
    clean = solve(BLOWS_UP, parameters={"a": np.zeros(n)}, n=n, times=[0.0, 0.5, 2.0])
    assert [failure.individual for failure in courses.failed] == bad
    assert all(1.0 < failure.time < 1.1 for failure in courses.failed)
    assert np.isnan(courses["x"][bad]).all()
    kept = np.setdiff1d(np.arange(n), bad)
    assert courses["x"][kept].tobytes() == clean["x"][kept].tobytes()
    with pytest.raises(SimulationFailed, match="3 of 64 individuals"):
        courses.require()


def test_step_limit_is_reported_with_its_time():
    courses = solve(ORAL, parameters=_people(1), n=1, events=_own_events(1), times=TIMES, max_steps=10)
    assert courses.failed[0].reason == "step limit reached"
    assert 0 < courses.failed[0].time < 24


REDUCTIONS = (
    Maximum("concentration", name="peak"),
    TimeOfMaximum("concentration", name="when"),
    Area("concentration", name="area"),
    ValueAt("concentration", 7.3, name="at"),
    TimeAbove("concentration", 2.0, name="above"),
    TimeAbove("concentration", 2.0, below=True, name="below"),
    FirstTime("concentration", 2.0, name="first"),
    FirstTime("concentration", 2.0, sustained=3.0, name="kept"),
    FirstTime("concentration", 2.0, below=True, after=6.0, name="gone"),
)


def test_reductions_on_the_fly_are_the_reductions_of_the_stored_courses(monkeypatch):
    n = 200
    ask = {"parameters": _people(n), "n": n, "events": _own_events(n), "times": TIMES}
    stored = solve(ORAL, **ask, outputs=("concentration",))
    monkeypatch.setattr(ENGINE, "CHUNK", 64)
    reduced = solve(ORAL, **ask, reductions=REDUCTIONS)
    assert set(reduced.values) == {reduction.name for reduction in REDUCTIONS}
    for reduction in REDUCTIONS:
        expected = reduction.reduce(TIMES, stored["concentration"])
        assert np.array_equal(reduced[reduction.name], expected, equal_nan=True)


def _slow(kind, times, values, threshold=2.0, hold=0.0, below=False, after=-np.inf):
    """A reduction point by point on a very fine line between the observations."""
    fine = np.linspace(times[0], times[-1], 200_001)
    line = np.interp(fine, times, values)
    over = (line < threshold) if below else (line > threshold)
    if kind == "time":
        return over.mean() * (times[-1] - times[0])
    visible = over & (np.interp(fine, times, (times >= after) * 1.0) >= 1.0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], visible.astype(int), [0]))))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if fine[end - 1] - fine[begin] >= hold - 1e-3:
            return fine[begin]
    return np.nan


def test_reductions_agree_with_a_slow_look_along_the_line():
    n = 12
    courses = solve(ORAL, parameters=_people(n), n=n, events=_own_events(n), times=TIMES)["concentration"]
    for values in courses:
        one = values[None]
        assert TimeAbove("c", 2.0).reduce(TIMES, one)[0] == pytest.approx(_slow("time", TIMES, values), abs=1e-3)
        for hold in (0.0, 2.0, 8.0):
            found = FirstTime("c", 2.0, sustained=hold).reduce(TIMES, one)[0]
            assert found == pytest.approx(_slow("first", TIMES, values, hold=hold), abs=2e-3, nan_ok=True)
        late = FirstTime("c", 2.0, below=True, after=6.0).reduce(TIMES, one)[0]
        assert late == pytest.approx(_slow("first", TIMES, values, below=True, after=6.0), abs=2e-3, nan_ok=True)
        assert ValueAt("c", 7.3).reduce(TIMES, one)[0] == pytest.approx(np.interp(7.3, TIMES, values), rel=1e-12)


def test_own_observation_times_with_padding():
    n = 5
    parameters, events = _people(n), _own_events(n)
    grid = np.full((n, 4), np.nan)
    for person in range(n):
        grid[person, : person + 1 if person < 4 else 4] = np.sort(np.random.default_rng(person).uniform(0, 24, 4))[
            : person + 1
        ]
    courses = solve(ORAL, parameters=parameters, n=n, events=events, times=grid, rtol=1e-9)
    fine = solve(ORAL, parameters=parameters, n=n, events=events, times=np.unique(grid[~np.isnan(grid)]), rtol=1e-9)
    for person in range(n):
        present = ~np.isnan(grid[person])
        where = np.searchsorted(fine.times, grid[person, present])
        assert np.allclose(courses["central"][person, present], fine["central"][person, where], rtol=1e-7)
        assert np.isnan(courses["central"][person, ~present]).all()


def test_progress_is_told_and_ends_at_n(monkeypatch):
    monkeypatch.setattr(ENGINE, "CHUNK", 64)
    told = []
    solve(ORAL, parameters=_people(300), n=300, times=[1.0], progress=lambda done, n: told.append((done, n)))
    assert told[-1] == (300, 300)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) == 5


def test_a_progress_that_raises_stops_the_run(monkeypatch):
    monkeypatch.setattr(ENGINE, "CHUNK", 64)

    def stop(done, n):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(ORAL, parameters=_people(300), n=300, times=[1.0], progress=stop)


def test_everything_wrong_is_said_at_once():
    with pytest.raises(InputRefused) as refused:
        solve(
            ORAL,
            parameters={"ka": [1.0, 2.0], "CL": np.nan, "V1": 1.0, "Q": 1.0, "extra": 1.0},
            n=3,
            times=[1.0, 0.0],
            outputs=("nothing",),
            method="euler",
            rtol=1.0,
        )
    said = {problem.field for problem in refused.value.problems}
    assert {"parameters[ka]", "parameters[CL]", "parameters", "times", "outputs", "method", "rtol"} <= said
    assert sum(problem.field == "parameters" for problem in refused.value.problems) == 2  # V2 missing, extra unknown


KINK = Model(
    name="a push that ends at a level",
    time_unit="h",
    states={"x": "1"},
    parameters={"a": "1", "b": "1"},
    equations=lambda y, p, u: {"x": p.a * maximum(1 - y.x, 0) + p.b},
)


def test_a_kink_costs_no_accuracy():
    """x' = a max(1 - x, 0) + b from 0: an exponential until x = 1, then a straight line."""
    a, b = 2.0, 0.3
    times = np.linspace(0, 5, 101)
    for method in ("tsit5", "rodas5p"):
        courses = solve(KINK, parameters={"a": a, "b": b}, n=1, times=times, method=method)
        cross = np.log1p(a / b) / a
        expected = np.where(times < cross, (a + b) / a * -np.expm1(-a * times), 1 + b * (times - cross))
        assert np.max(np.abs(courses["x"][0] - expected)) <= 3e-6


SWING = Model(
    name="a swing",
    time_unit="s",
    states={"x": "1", "v": "1/s"},
    parameters={"w": "1/s"},
    equations=lambda y, p, u: {"x": p.w * y.v, "v": -p.w * y.x},
    initial=lambda p: {"x": 0.0, "v": 1.0},
)


def test_a_reduction_sees_two_crossings_inside_one_step_if_the_observations_do():
    """x = sin t is above 0.9999 for 0.03 s only; steps are several times longer, observations shorter."""
    ask = {"parameters": {"w": 1.0}, "n": 1, "rtol": 1e-5}
    ask["reductions"] = (FirstTime("x", 0.9999), TimeAbove("x", 0.9999), Maximum("x"))
    courses = solve(SWING, times=np.arange(0, 5.0, 0.002), **ask)
    half = np.arccos(0.9999)
    assert 5.0 / courses.steps[0] > 2 * (2 * half)
    assert abs(courses["first_time"][0] - (np.pi / 2 - half)) <= 1e-3
    assert abs(courses["time_above"][0] - 2 * half) <= 2e-3
    assert abs(courses["maximum"][0] - 1) <= 2e-5
    sparse = solve(SWING, times=np.arange(6.0), **ask)
    assert np.isnan(sparse["first_time"][0])
    assert sparse["time_above"][0] == 0


def _small(times):
    reductions = (Maximum("concentration"),)
    outputs = ("central", "concentration")
    return solve(
        ORAL, parameters=_people(3), n=3, events=_own_events(3), times=times, outputs=outputs, reductions=reductions
    )


def test_courses_become_an_xarray_dataset():
    pytest.importorskip("xarray")
    courses = _small(TIMES)
    data = courses.to_xarray()
    assert dict(data.sizes) == {"id": 3, "time": TIMES.size}
    assert data["central"].sel(id=1).values.tobytes() == courses["central"][1].tobytes()
    assert data["central"].attrs["units"] == "mg"
    assert float(data["maximum"].sel(id=2)) == courses["maximum"][2]
    own = _small(TIMES + np.arange(3)[:, None]).to_xarray()
    assert own["clock"].dims == ("id", "time")
    assert float(own["clock"][2, 0]) == 2.0


def test_courses_become_a_parquet_file(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    courses = _small(TIMES)
    courses.to_parquet(str(tmp_path / "courses.parquet"))
    table = parquet.read_table(tmp_path / "courses.parquet").to_pydict()
    assert table["id"] == np.repeat(np.arange(3), TIMES.size).tolist()
    assert table["concentration"] == courses["concentration"].ravel().tolist()


def test_a_missing_package_is_named_with_its_remedy(monkeypatch, tmp_path):
    courses = _small(TIMES)
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match=r"xarray.*opsonin\[tables\]"):
        courses.to_xarray()
