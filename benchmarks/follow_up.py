"""How long does one importance pass take? 20,000 virtual patients, warm: simulated, weighed, smoothed, judged.

Run: .venv/bin/python benchmarks/follow_up.py [people] [threads]. Prints one JSON line for each number of results.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime

import numpy as np

from opsonin.knowledge import load_knowledge
from opsonin.update.course import at_reports
from opsonin.update.history import Observed
from opsonin.update.likelihood import log_likelihood
from opsonin.update.prior import Prior
from opsonin.update.sample import smooth

SEGMENTS = ((0.0, 0.2, 70.0), (1.0, 0.2, 70.0))
COURSE = ((1.0, 34.0), (3.0, 92.0), (7.0, 168.0), (10.0, 140.0), (14.0, 90.0), (21.0, 40.0))
REPEATS = 7


def main(people: int = 20_000, threads: int = 2) -> None:
    prior = Prior(load_knowledge(), 70.0, 12.0, None)
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for results in (2, 4, 6):
        seen = tuple(Observed("platelets", d, v, False, noon, "", f"{d}") for d, v in COURSE[:results])
        seconds = []
        for _ in range(REPEATS + 1):
            begun = time.perf_counter()
            z = prior.draw(people, 1)
            true = at_reports(prior.people(z), SEGMENTS, seen, threads=threads)
            smoothed, k = smooth(log_likelihood(seen, true, prior.errors).sum(axis=1))
            weights = np.exp(smoothed - smoothed.max())
            weights /= weights.sum()
            seconds.append(time.perf_counter() - begun)
        line = {"case": "follow-up", "engine": "opsonin", "n": people, "threads": threads, "results": results}
        line |= {"seconds_median": round(float(np.median(seconds[1:])), 3), "seconds_first": round(seconds[0], 3)}
        line |= {"effective_people": round(float(1 / (weights**2).sum())), "pareto_k": round(k, 2)}
        print(json.dumps(line))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
