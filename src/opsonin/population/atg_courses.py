"""What happens to these virtual people under these infusions of antithymocyte globulin? The engine's courses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from opsonin.mechanism.atg_models import ATG_MODELS
from opsonin.population.atg import AtgPeople
from opsonin.population.draws import Floats
from opsonin.simulate import EventTable, solve
from opsonin.simulate.courses import Courses

METHOD = "tsit5"  # the models are not stiff; the explicit method answers for all
FINE_UNTIL_DAY, FINE_STEPS = 30, 4  # observations a day at first; then one


@dataclass(frozen=True)
class AtgDose:
    """One infusion: when it starts (days after the first one's start), how long it runs, how much product."""

    start_day: float
    hours: float
    mg: float

    @property
    def end_day(self) -> float:
        return self.start_day + self.hours / 24


def atg_courses(
    product: str,
    people: AtgPeople,
    doses: Sequence[AtgDose],
    times: ArrayLike,
    *,
    outputs: tuple[str, ...] | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Courses:
    """True courses of everyone at these days, of these outputs and states, or of all. Some may have failed: ask."""
    model = ATG_MODELS[product]
    infusions = [(dose.start_day, dose.hours / 24, dose.mg) for dose in doses]
    return solve(
        model,
        parameters=people.parameters,
        n=people.n,
        events=EventTable.infusions(model, people.n, infusions, "A1"),
        times=np.atleast_1d(np.asarray(times, float)),
        outputs=model.output_names() if outputs is None else outputs,
        method=METHOD,
        threads=threads,
        progress=progress,
    )


def days_shown(horizon_days: int) -> Floats:
    """The days of a figure from 0 to the horizon: several times a day at first, then daily."""
    fine = np.arange(min(horizon_days, FINE_UNTIL_DAY) * FINE_STEPS + 1) / FINE_STEPS
    return np.concatenate([fine, np.arange(FINE_UNTIL_DAY + 1, horizon_days + 1)])
