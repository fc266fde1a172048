"""Speed and achieved error of the engine and of every peer that can be imported, in one run.

Prints one JSON line per case and writes `results.json` beside this file, with machine, versions and what was not
measured. Ratios compare the least CPU time on one thread, which a busy machine disturbs least: `ratio_to_opsonin`
with the engine at its default tolerance, `ratio_at_equal_error` with the engine at the error the peer reached (between
the engine's own measured points). `FULL=1` gives peers 1,000 people instead of their subset. About five minutes.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import models
import numpy as np
import peers

from opsonin.simulate import Courses, EventTable, solve
from opsonin.simulate.reductions import FirstTime, Maximum, TimeAbove

FULL = bool(os.environ.get("FULL"))
SUBSET = 100
lines: list[dict[str, Any]] = []
missing: list[str] = []


def report(**line: Any) -> None:
    """Print one line and keep it; numbers to four digits."""
    line = {key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in line.items()}
    lines.append(line)
    print(json.dumps(line), flush=True)


def best(work: Callable[[], Courses], repeats: int) -> tuple[Courses, float, float]:
    """The last result, the shortest wall time and the least CPU time (the first, uncounted call compiles or loads)."""
    result, wall, processor = work(), float("inf"), float("inf")
    for _ in range(repeats):
        begin, used = time.perf_counter(), time.process_time()
        result = work()
        wall, processor = min(wall, time.perf_counter() - begin), min(processor, time.process_time() - used)
    return result, wall, processor


def reference_error(rtol: float) -> float:
    """Largest relative error of platelets against the stored reference, 20 individuals, all times."""
    parameters, reference = models.b1_reference()
    events = EventTable.infusions(models.B1, 20, models.B1_DOSES, "A1")
    courses = solve(models.B1, parameters=parameters, events=events, times=models.B1_TIMES, rtol=rtol, outputs=("P",))
    return float(np.max(np.abs(courses["P"] / reference["P"] - 1)))


def b1(rtol: float = 1e-6) -> dict[str, float]:
    """B1, shared event times; gives the one-thread time per individual by case, for the ratios."""
    error = reference_error(rtol)
    cost = {}
    for n, repeats in ((1_000, 15), (10_000, 5), (100_000, 1)):
        parameters = models.b1_population(n)
        events = EventTable.infusions(models.B1, n, models.B1_DOSES, "A1")
        for threads in (1, 2):
            ask = {"parameters": parameters, "n": n, "events": events, "times": models.B1_TIMES, "outputs": ("P",)}
            _, seconds, cpu = best(
                lambda ask=ask, threads=threads: solve(models.B1, **ask, rtol=rtol, threads=threads), repeats
            )
            report(
                case="B1",
                engine="opsonin",
                n=n,
                threads=threads,
                us_per_individual=1e6 * seconds / n,
                cpu_us_per_individual=1e6 * cpu / n,
                max_rel_error=error,
                ratio_to_opsonin=1.0,
                rtol=rtol,
            )
            cost[f"{n}/{threads}"] = 1e6 * cpu / n
    return cost


def b1_variants(shared: float) -> list[tuple[float, float]]:
    """Own event times for everyone; all states; the implicit method; stiff; other tolerances: their (error, cost)."""
    n = 10_000
    parameters = models.b1_population(n)
    rng = np.random.default_rng(1)
    own = [(s + rng.uniform(0, 0.2, n), d * rng.uniform(0.8, 1.2, n), np.full(n, a)) for s, d, a in models.B1_DOSES]
    same = EventTable.infusions(models.B1, n, models.B1_DOSES, "A1")
    cases: list[tuple[str, dict[str, Any]]] = [
        ("own events", {"events": EventTable.infusions(models.B1, n, own, "A1"), "outputs": ("P",)}),
        ("all states", {"events": same, "outputs": tuple(models.B1.states)}),
        ("rodas5p", {"events": same, "outputs": ("P",), "method": "rodas5p"}),
    ]
    stiff = {**parameters, "kT": 1000.0 * models.B1_TYPICAL["kT"]}
    cases.append(("TPO turnover x 1,000, method found by the engine", {"events": same, "outputs": ("P",)}))
    points = []
    for rtol in (1e-5, 3e-6, 1e-6, 1e-8, 1e-9, 3e-10, 3e-11):
        cases.append((f"rtol {rtol:g}", {"events": same, "outputs": ("P",), "rtol": rtol}))
    for name, ask in cases:
        people = stiff if name.startswith("TPO") else parameters
        _, seconds, cpu = best(
            lambda ask=ask, p=people: solve(models.B1, parameters=p, n=n, times=models.B1_TIMES, threads=1, **ask), 2
        )
        error = reference_error(ask["rtol"]) if name.startswith("rtol") else None
        if error is not None:
            points.append((error, 1e6 * cpu / n))
        report(
            case=f"B1, {name}",
            engine="opsonin",
            n=n,
            threads=1,
            us_per_individual=1e6 * seconds / n,
            cpu_us_per_individual=1e6 * cpu / n,
            max_rel_error=error,
            ratio_to_opsonin=1e6 * cpu / n / shared,
        )
    return points


def cost_at(error: float, points: list[tuple[float, float]]) -> float | None:
    """The engine's cost at this error, between its measured points (straight in logarithms); None outside them."""
    errors, costs = np.log(np.array(sorted(points))).T
    where = np.log(error)
    return float(np.exp(np.interp(where, errors, costs))) if errors[0] <= where <= errors[-1] else None


def b1_peers(shared: float, points: list[tuple[float, float]]) -> None:
    """Every peer that can be imported, on a subset, against the engine at tight tolerance."""
    n = 1_000 if FULL else SUBSET
    parameters = {name: np.broadcast_to(value, (n,)) for name, value in models.b1_population(n).items()}
    events = EventTable.infusions(models.B1, n, models.B1_DOSES, "A1")
    exact = solve(
        models.B1, parameters=parameters, n=n, events=events, times=models.B1_TIMES, outputs=("P",), rtol=1e-11
    )["P"]
    for name, peer in peers.PEERS.items():
        for rtol in (peers.RTOL[name], *([1e-8, 1e-10] if name == "heyoka" else [])):
            try:
                runs = [peer(parameters, n, rtol) for _ in range(3)]
            except Exception as error:
                missing.append(f"{name}: {type(error).__name__}: {str(error)[:120]}")
                continue
            values, seconds, cpu = runs[0][0], min(run[1] for run in runs), min(run[2] for run in runs)
            cost, error = 1e6 * cpu / n, float(np.max(np.abs(values / exact - 1)))
            equal = cost_at(error, points)
            report(
                case="B1",
                engine=name,
                n=n,
                threads=1,
                us_per_individual=1e6 * seconds / n,
                cpu_us_per_individual=cost,
                max_rel_error=error,
                ratio_to_opsonin=cost / shared,
                ratio_at_equal_error=None if equal is None else cost / equal,
                rtol=rtol,
            )


def itp() -> None:
    """The ITP model, 113 times over 28 days: courses stored, or reduced on the fly."""
    n = 20_000
    parameters = models.itp_population(n)
    events = EventTable.infusions(models.ITP, n, models.ITP_DOSES, "A1x")
    times = np.linspace(0, 28, 113)
    ask = {"parameters": parameters, "n": n, "events": events, "times": times, "threads": 1}
    small = {name: value[:200] for name, value in parameters.items()}
    few = EventTable.infusions(models.ITP, 200, models.ITP_DOSES, "A1x")
    exact = solve(models.ITP, parameters=small, n=200, events=few, times=times, outputs=("P", "igg"), rtol=1e-11)
    stored, seconds, cpu = best(lambda: solve(models.ITP, **ask, outputs=("P", "igg")), 2)
    error = max(float(np.max(np.abs(stored[name][:200] / exact[name] - 1))) for name in ("P", "igg"))
    report(
        case="ITP",
        engine="opsonin",
        n=n,
        threads=1,
        us_per_individual=1e6 * seconds / n,
        cpu_us_per_individual=1e6 * cpu / n,
        max_rel_error=error,
        ratio_to_opsonin=1.0,
        outputs="2 courses stored",
    )
    reductions = (FirstTime("P", 50.0), TimeAbove("P", 30.0), Maximum("P"))
    _, reduced, cpu_reduced = best(lambda: solve(models.ITP, **ask, reductions=reductions), 2)
    report(
        case="ITP",
        engine="opsonin",
        n=n,
        threads=1,
        us_per_individual=1e6 * reduced / n,
        cpu_us_per_individual=1e6 * cpu_reduced / n,
        max_rel_error=error,
        ratio_to_opsonin=cpu_reduced / cpu,
        outputs="3 reductions",
    )


def oral() -> None:
    """Two compartments by mouth, 24 doses, 145 times; the closed form of one eigensystem as reference."""
    n = 10_000
    parameters = models.oral_population(n)
    events = EventTable.infusions(models.ORAL, n, models.ORAL_DOSES, "depot")
    ask = {"parameters": parameters, "n": n, "events": events, "times": models.ORAL_TIMES, "outputs": ("CP",)}
    for threads in (1, 2):
        found, seconds, cpu = best(lambda threads=threads: solve(models.ORAL, **ask, threads=threads), 2)
        error = float(np.max(np.abs(found["CP"][:50] - _oral_closed(parameters, 50)) / found["CP"][:50].max()))
        report(
            case="2cmt",
            engine="opsonin",
            n=n,
            threads=threads,
            us_per_individual=1e6 * seconds / n,
            cpu_us_per_individual=1e6 * cpu / n,
            max_rel_error=error,
            ratio_to_opsonin=1.0,
        )


def _oral_closed(p: dict[str, np.ndarray], n: int) -> np.ndarray:
    """Concentrations by superposition of eigenmodes; a dose at an observation time counts as given."""
    result = np.zeros((n, models.ORAL_TIMES.size))
    for i in range(n):
        ka, cl, v2, q, v3 = (p[name][i] for name in ("KA", "CL", "V2", "Q", "V3"))
        system = np.array([[-ka, 0, 0], [ka, -(cl + q) / v2, q / v3], [0, q / v2, -q / v3]])
        rates, modes = np.linalg.eig(system)
        weights = np.linalg.solve(modes, [100.0, 0.0, 0.0]) * modes[1] / v2
        for start, _, _ in models.ORAL_DOSES:
            since = models.ORAL_TIMES - start
            result[i] += np.where(since >= 0, (weights * np.exp(np.outer(np.maximum(since, 0), rates))).sum(axis=1), 0)
    return result


FIRST = """
import sys, time
sys.path.insert(0, {here!r})
begin = time.perf_counter()
import models
from opsonin.simulate import EventTable, solve
loaded = time.perf_counter()
events = EventTable.infusions(models.B1, 20, models.B1_DOSES, "A1")
solve(models.B1, parameters=models.b1_population(20), n=20, events=events, times=models.B1_TIMES)
print(loaded - begin, time.perf_counter() - loaded)
"""


def first_use() -> None:
    """Seconds to the first result in a new process: with an empty cache (compiles), then with the kernel cached."""
    script = FIRST.format(here=str(Path(__file__).parent))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("compiled", "from the cache"):
            out = subprocess.run(
                [sys.executable, "-c", script], capture_output=True, text=True, check=True,
                env={**os.environ, "OPSONIN_CACHE_DIR": folder},
            ).stdout  # fmt: skip
            imports, seconds = map(float, out.split())
            report(
                case=f"B1, first use in a process, {name}",
                engine="opsonin",
                n=20,
                threads=1,
                us_per_individual=1e6 * seconds / 20,
                max_rel_error=None,
                ratio_to_opsonin=None,
                seconds=seconds,
                import_seconds=imports,
            )


MILLION = """
import resource, sys, time
sys.path.insert(0, {here!r})
import models
from opsonin.simulate import EventTable, solve
from opsonin.simulate.reductions import FirstTime, Maximum, TimeAbove
n = 1_000_000
p = models.b1_population(n)
events = EventTable.infusions(models.B1, n, models.B1_DOSES, "A1")
begin = time.perf_counter()
solve(models.B1, parameters=p, n=n, events=events, times=models.B1_TIMES, threads=2,
      reductions=(FirstTime("P", 100.0), TimeAbove("P", 50.0), Maximum("P")))
print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def million() -> None:
    """A million individuals of B1, reduced on the fly, in a process of its own for the memory figure."""
    script = MILLION.format(here=str(Path(__file__).parent))
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    seconds, mebibytes = map(float, out.split())
    report(
        case="B1, a million reduced",
        engine="opsonin",
        n=1_000_000,
        threads=2,
        us_per_individual=seconds,
        max_rel_error=None,
        ratio_to_opsonin=None,
        seconds=seconds,
        peak_memory_mib=mebibytes,
    )


def versions() -> dict[str, str]:
    """Versions of everything that was or could be measured."""
    found = {"python": platform.python_version()}
    for name in ("numpy", "numba", "scipy", "pydiffsol", "libroadrunner", "heyoka", "diffrax", "jax"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(f"{name}: not installed")
    return found


def main() -> None:
    """Run everything and write results.json."""
    warnings.simplefilter("ignore")
    cost = b1()
    shared = cost["10000/1"]
    points = b1_variants(shared)
    itp()
    oral()
    million()
    first_use()
    b1_peers(shared, points)
    known = versions()
    machine = {"processor": platform.processor() or platform.machine(), "system": platform.platform()}
    cpu = [line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")]
    flags = next((line.split(":")[1].split() for line in _cpuinfo() if line.startswith("flags")), [])
    machine["vectors"] = next((flag for flag in ("avx512f", "avx2", "avx") if flag in flags), "unknown")
    machine |= {"cpu": cpu[0] if cpu else "unknown", "cores": str(os.cpu_count()), "load_before": str(os.getloadavg())}
    result = {
        "machine": machine,
        "versions": known,
        "not_measured": [*missing, "mrgsolve, rxode2 (R): see docs", "GPU"],
        "full": FULL,
        "lines": lines,
    }
    Path(__file__).with_name("results.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    main()
