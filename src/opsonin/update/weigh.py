"""Which people could it be, and do the results fit them? The same for every model: draw, simulate, weigh, judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from opsonin.population.draws import Floats
from opsonin.update.fit import WHAT_TO_CHECK, Fit, judge
from opsonin.update.history import Observed
from opsonin.update.likelihood import Errors, log_likelihood
from opsonin.update.sample import Draw, Progress, Sample, posterior


@dataclass(frozen=True)
class Settings:
    """How the answer is calculated, and who calculates it."""

    people: int
    seed: int
    horizon_days: int
    threads: int | None
    package_version: str
    safety_frame: str
    trust_data: bool = False  # more than the population: differences between people are widened


def weigh(
    draw: Draw,
    true_of: Callable[[Floats], Floats],
    observed: Sequence[Observed],
    errors: Errors,
    settings: Settings,
    *,
    check: tuple[str, ...] = WHAT_TO_CHECK,
    progress: Progress | None = None,
) -> tuple[Sample, Fit]:
    """Weighted people and the fit. `true_of`: rows of people → the true value behind each report, (people, reports)."""

    def likelihood(z: Floats) -> Floats:
        if not observed:
            return np.zeros(z.shape[0])
        return log_likelihood(observed, true_of(z), errors).sum(axis=1)

    sample = posterior(draw, likelihood, n=settings.people, seed=settings.seed, progress=progress)
    true = true_of(sample.z) if observed else sample.z[:, :0]
    return sample, judge(observed, true, errors, sample, check)
