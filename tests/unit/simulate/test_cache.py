"""The kernel cache: what a fingerprint depends on, and that processes can share, race for, or lack a cache folder."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from opsonin.simulate import Model
from opsonin.simulate.cache import cache_directory, fingerprint

FACTOR = 2.0


def _helper(value):
    return FACTOR * value


def _model(equations, **more):
    return Model(name="m", time_unit="h", states={"x": "1"}, parameters={"k": "1"}, equations=equations, **more)


def test_fingerprint_follows_constants_and_helpers_and_nothing_else(monkeypatch):
    model = _model(lambda y, p, u: {"x": -p.k * _helper(y.x)})
    before = fingerprint(model)
    assert fingerprint(model) == before
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 3.0)
    assert fingerprint(model) != before
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 2.0)
    assert fingerprint(model) == before


def test_fingerprint_follows_closures_defaults_units_not():
    def made(rate, times=1.0):
        return _model(lambda y, p, u, times=times: {"x": -p.k * y.x * rate * times})

    assert fingerprint(made(1.0)) == fingerprint(made(1.0))
    assert len({fingerprint(made(1.0)), fingerprint(made(2.0)), fingerprint(made(1.0, 5.0))}) == 3
    assert fingerprint(made(np.array([1.0, 2.0]))) != fingerprint(made(np.array([1.0, 3.0])))


def test_fingerprint_follows_names_and_purpose():
    equations = lambda y, p, u: {"x": -p.k * y.x}  # noqa: E731
    model = _model(equations)
    assert fingerprint(model, "tsit5") != fingerprint(model, "rodas5p")
    assert fingerprint(model) != fingerprint(_model(equations, inputs={"x": "1"}))


SCRIPT = """
    import sys, time
    from opsonin.simulate import EventTable, Model, maximum, solve
    K = 0.1
    model = Model(name="cached", time_unit="h", states={"x": "1", "z": "1"}, parameters={"k": "1"},
                  inputs={"x": "1/h"}, equations=lambda y, p, u: {"x": u.x - p.k * y.x, "z": maximum(y.x, K) - y.z})
    events = EventTable.infusions(model, 1, [(0.0, 0.0, 5.0)], "x")
    begin = time.perf_counter()
    courses = solve(model, parameters={"k": 0.3}, n=1, events=events, times=[0.0, 4.0])
    print(courses["x"][0, 1].hex(), "sympy" in sys.modules, time.perf_counter() - begin)
"""


def _run(folder, wait=True):
    environment = os.environ | {"OPSONIN_CACHE_DIR": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(SCRIPT)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    return _result(process) if wait else process


def _result(process):
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    value, symbolic, seconds = out.split()
    return value, symbolic == "True", float(seconds)


def test_two_processes_may_race_and_later_ones_load_without_sympy(tmp_path):
    racing = [_run(tmp_path, wait=False) for _ in range(2)]
    first, second = (_result(process) for process in racing)
    assert first[0] == second[0]
    later = _run(tmp_path)
    assert later[0] == first[0]
    assert not later[1], "the cached kernel must not need SymPy"
    assert later[2] < 0.5 * min(first[2], second[2])
    kernels = list((tmp_path / "kernels").iterdir())
    assert len(kernels) == 1
    assert not list(kernels[0].glob("*.part"))


def test_without_a_writable_folder_a_temporary_one_is_used_and_said(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("OPSONIN_CACHE_DIR", str(blocked))
    with pytest.warns(UserWarning, match="OPSONIN_CACHE_DIR"):
        folder = cache_directory()
    assert folder.is_dir()
    assert cache_directory() == folder
