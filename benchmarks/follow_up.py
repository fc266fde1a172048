"""How long does an update take, and is it right? Importance weights against NUTS on the same posterior, in one run.

Run: .venv/bin/python benchmarks/follow_up.py [people] [threads] [warm-up] [draws]. Prints one JSON line for each
measurement and writes follow-up-results.json. First one importance pass as a follow-up makes it, people of all fitted
populations. Then a whole update, rounds and all, against NUTS (NumPyro): people of one fitted population, the middle
one, for both, since a gradient cannot go from one to the next. The cache is empty at the beginning.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from arviz_stats.base import array_stats
from scipy.special import ndtri

from opsonin.knowledge import load_knowledge
from opsonin.population.draws import Floats
from opsonin.population.parameter_sets import fitted_sets
from opsonin.update.course import at_reports
from opsonin.update.history import Observed
from opsonin.update.likelihood import log_likelihood
from opsonin.update.prior import Prior
from opsonin.update.sample import Sample, posterior, smooth

SEGMENTS = ((0.0, 0.2, 70.0), (1.0, 0.2, 70.0))
RESPONDER = ((1.0, 34.0), (3.0, 92.0), (7.0, 168.0), (10.0, 140.0), (14.0, 90.0), (21.0, 40.0))
BELOW_10 = ((1.0, -10.0), (3.0, 24.0), (7.0, 15.0), (14.0, -10.0))  # -10: reported as "<10"
CASES = {
    "2 counts": RESPONDER[:2],
    "4 counts": RESPONDER[:4],
    "6 counts": RESPONDER,
    "4 counts, two of them <10": BELOW_10,
}
COMPARED = ("6 counts", "2 counts", "4 counts, two of them <10")
REPEATS = 7
CHAINS = 2
SEED = 1
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def observed(course: tuple[tuple[float, float], ...]) -> tuple[Observed, ...]:
    return tuple(Observed("platelets", day, abs(count), count < 0, NOON, "", f"{day}") for day, count in course)


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work gives, and its wall and CPU seconds (of all threads)."""
    begun, spent = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - begun, time.process_time() - spent


def one_pass(prior: Prior, seen: tuple[Observed, ...], people: int, threads: int) -> tuple[float, float]:
    """People of all populations, simulated, weighed, smoothed: effective people and Pareto's k."""
    z = prior.draw(people, SEED)
    true = at_reports(prior.people(z), SEGMENTS, seen, threads=threads)
    smoothed, k = smooth(log_likelihood(seen, true, prior.errors).sum(axis=1))
    weights = np.exp(smoothed - smoothed.max())
    return float(weights.sum() ** 2 / (weights**2).sum()), k


def update(prior: Prior, place: float, seen: tuple[Observed, ...], people: int, threads: int) -> Sample:
    """The whole update as a follow-up makes it, with people of one population."""

    def likelihood(z: Floats) -> Floats:
        cohort = prior.people(np.column_stack([z, np.full(len(z), place)]))
        return log_likelihood(seen, at_reports(cohort, SEGMENTS, seen, threads=threads), prior.errors).sum(axis=1)

    return posterior(lambda n: prior.draw(n, SEED)[:, :-1], likelihood, n=people, seed=SEED)


def cold(prior: Prior, place: float, people: int, threads: int) -> Iterator[dict[str, Any]]:
    """The first update ever: nothing is compiled. Six counts need both kernels, the explicit and the stiff one."""
    name = "6 counts"
    _, wall, cpu = timed(lambda: update(prior, place, observed(CASES[name]), people, threads))
    line = {"measured": "update, nothing compiled", "case": name, "engine": "opsonin"}
    yield line | {"seconds_first": round(wall, 1), "cpu_seconds_first": round(cpu, 1)}


def passes(prior: Prior, people: int, threads: int) -> Iterator[dict[str, Any]]:
    for name, course in CASES.items():
        seen = observed(course)
        runs = [timed(lambda seen=seen: one_pass(prior, seen, people, threads)) for _ in range(REPEATS + 1)]
        effective, k = runs[0][0]
        line = {"measured": "one pass, all populations", "case": name, "engine": "opsonin"} | _seconds(runs)
        yield line | {"kish": round(effective), "pareto_k": round(k, 2)}


def _seconds(runs: list[tuple[Any, float, float]]) -> dict[str, float]:
    """The first run compiles what is not yet compiled (NUTS: always); the others are warm."""
    return {
        "seconds_first": round(runs[0][1], 3),
        "cpu_seconds_first": round(runs[0][2], 3),
        "seconds_warm": round(float(np.median([wall for _, wall, _ in runs[1:]])), 3),
        "cpu_seconds_warm": round(float(np.median([cpu for _, _, cpu in runs[1:]])), 3),
    }


def _rates(effective: np.ndarray, line: dict[str, Any]) -> dict[str, Any]:
    """Effective draws: what as many independent ones would give for the mean; of the worst and the middle parameter."""
    least, middle = float(effective.min()), float(np.median(effective))
    return {
        "effective_least": round(least),
        "effective_median": round(middle),
        "effective_least_per_second": round(least / line["seconds_warm"], 1),
        "effective_least_per_cpu_second": round(least / line["cpu_seconds_warm"], 1),
    }


def ours(prior: Prior, place: float, name: str, people: int, threads: int) -> tuple[Sample, np.ndarray, dict[str, Any]]:
    seen = observed(CASES[name])
    runs = [timed(lambda: update(prior, place, seen, people, threads)) for _ in range(REPEATS + 1)]
    found: Sample = runs[0][0]
    away = found.z - found.weights @ found.z
    effective = (found.weights @ away**2) / (found.weights**2 @ away**2)
    line = {"measured": "update, one population", "case": name, "engine": "opsonin"} | _seconds(runs)
    kept = {"rounds": found.rounds, "kish": round(found.effective), "pareto_k": round(found.pareto_k, 2)}
    return found, effective, line | _rates(effective, line) | kept


def theirs(
    prior: Prior, place: float, name: str, warm_up: int, draws: int
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """All draws of a first and a warm run, (draws, parameters), effective draws of both, and the line."""
    from nuts import Sampler

    seen = observed(CASES[name])
    sampler = Sampler(prior, place, SEGMENTS, chains=CHAINS, warm_up=warm_up, draws=draws)
    runs = [timed(lambda seed=seed: sampler.run(seen, seed)) for seed in (SEED, SEED + 1)]
    line = {"measured": "update, one population", "case": name, "engine": "numpyro NUTS"} | _seconds(runs)
    warm, both = runs[1][0], np.concatenate([run[0].z for run in runs])
    line |= _rates(_of_columns(array_stats.ess, warm.z, method="mean"), line)
    line |= {"steps_each_draw": round(warm.steps_each, 1), "divergent": sum(run[0].divergent for run in runs)}
    line |= {"rhat_worst": round(float(_of_columns(array_stats.rhat, both).max()), 3)}
    return both.reshape(-1, both.shape[-1]), _of_columns(array_stats.ess, both, method="mean"), line


def _of_columns(judge: Callable[..., Any], z: np.ndarray, **how: str) -> np.ndarray:
    return np.array([float(judge(z[:, :, column], **how)) for column in range(z.shape[-1])])


def agreement(
    name: str, found: Sample, effective: np.ndarray, drawn: np.ndarray, drawn_ess: np.ndarray
) -> dict[str, Any]:
    """The largest differences over the parameters, in posterior standard deviations of the chains."""
    mean, sd = drawn.mean(axis=0), drawn.std(axis=0)
    gap = np.abs(found.weights @ found.z - mean) / sd
    line: dict[str, Any] = {"measured": "agreement, all chains", "case": name, "effective_nuts": round(drawn_ess.min())}
    line |= {"mean_in_sd": round(float(gap.max()), 3)}
    line |= {"mean_in_errors": round(float((gap / np.sqrt(1 / effective + 1 / drawn_ess)).max()), 2)}
    for share in (0.05, 0.95):
        apart = [abs(_quantile(found, c, share) - np.quantile(drawn[:, c], share)) / sd[c] for c in range(len(sd))]
        line |= {f"quantile_{round(100 * share)}_in_sd": round(float(max(apart)), 3)}
    return line | {"sd_ratio": [round(float(r), 2) for r in _sd(found) / sd]}


def _quantile(found: Sample, column: int, share: float) -> float:
    order = np.argsort(found.z[:, column])
    place = np.searchsorted(np.cumsum(found.weights[order]), share)
    return float(found.z[order[min(place, order.size - 1)], column])


def _sd(found: Sample) -> np.ndarray:
    return np.sqrt(found.weights @ (found.z - found.weights @ found.z) ** 2)


def compared(
    prior: Prior, place: float, people: int, threads: int, warm_up: int, draws: int
) -> Iterator[dict[str, Any]]:
    for name in COMPARED:
        found, effective, line = ours(prior, place, name, people, threads)
        yield line
        try:
            drawn, drawn_ess, line = theirs(prior, place, name, warm_up, draws)
        except ImportError as error:
            yield {"measured": "update, one population", "case": name, "engine": "numpyro NUTS", "absent": str(error)}
            continue
        yield line
        yield agreement(name, found, effective, drawn, drawn_ess)


def versions() -> dict[str, str]:
    found = {}
    for package in ("numpyro", "jax", "diffrax"):
        try:
            found[package] = version(package)
        except ImportError:
            found[package] = "absent"
    return found


def main(people: int = 20_000, threads: int = 2, warm_up: int = 200, draws: int = 500) -> None:
    prior = Prior(load_knowledge(), 70.0, 12.0, None)
    sets = len(fitted_sets(prior.knowledge, prior.group))
    place = float(ndtri((sets // 2 + 0.5) / sets))
    made = {
        "date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}", "cores": os.cpu_count(), **versions(),
        "people_each_round": people, "threads": threads, "population": f"number {sets // 2 + 1} of {sets}, by IC50",
        "chains": CHAINS, "warm_up": warm_up, "draws_each_chain": draws,
    }  # fmt: skip
    results = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPSONIN_CACHE_DIR"] = folder
        measured = (
            cold(prior, place, people, threads),
            passes(prior, people, threads),
            compared(prior, place, people, threads, warm_up, draws),
        )
        for lines in measured:
            for line in lines:
                results.append(line)
                print(json.dumps(line), flush=True)
    text = json.dumps(made | {"load_at_end": round(os.getloadavg()[0], 1), "results": results}, indent=2) + "\n"
    Path(__file__).with_name("follow-up-results.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
