"""What would happen to these people under these infusions? The engine's courses, and what a laboratory would report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from opsonin.mechanism import MODEL
from opsonin.mechanism.natural_history import course_events
from opsonin.population import Cohort, bands, laboratory
from opsonin.population.draws import Floats
from opsonin.simulate import solve
from opsonin.simulate.courses import Courses
from opsonin.update.history import Observed, Segment

FEW = 0.005  # so large a share of people may be beyond the engine's reach; more is an error
OUTPUTS = {"platelets": "platelets", "igg": "igg_g_per_l"}


@dataclass(frozen=True)
class CourseBand:
    """Quantiles over people of the reported value at each time: median, central 50 % and central 90 %."""

    days: tuple[float, ...]  # since the first infusion began
    median: tuple[float, ...]
    low_50: tuple[float, ...]
    high_50: tuple[float, ...]
    low_90: tuple[float, ...]
    high_90: tuple[float, ...]


def simulate(
    cohort: Cohort, segments: Sequence[Segment], times: ArrayLike, *, threads: int | None = None
) -> dict[str, Floats]:
    """True platelets (10⁹/L) and IgG (g/L) of everyone at these days, (people, times); NaN where it did not finish."""
    n, parameters = cohort.n, cohort.parameters
    courses = solve(
        MODEL,
        parameters=parameters,
        n=n,
        events=course_events(n, segments, parameters=parameters, recovery=cohort.recovery),
        times=np.asarray(times, float),
        outputs=tuple(OUTPUTS.values()),
        threads=threads,
    )
    require_nearly_all(courses, n)
    return {what: courses[name] for what, name in OUTPUTS.items()}


def require_nearly_all(courses: Courses, n: int) -> None:
    """Raise when more than a few of the n people could not be simulated."""
    if len(courses.failed) > FEW * n:
        courses.require()


def all_finished(true: Floats) -> Floats:
    """Courses (people, times) where whoever did not finish, at most a few in a thousand, has another's in its place."""
    done = np.asarray(np.isfinite(true).all(axis=1))
    return true if done.all() else np.where(done[:, None], true, true[np.flatnonzero(done)[0]])


def at_reports(
    cohort: Cohort,
    segments: Sequence[Segment],
    observed: Sequence[Observed],
    *,
    threads: int | None = None,
) -> Floats:
    """The true value behind each report, for each person; (people, reports)."""
    days = sorted({one.day for one in observed})
    true = simulate(cohort, segments, days, threads=threads)
    return np.column_stack([true[one.what][:, days.index(one.day)] for one in observed])


def reported_counts(cohort: Cohort, true: Floats, times: ArrayLike) -> Floats:
    """What a laboratory would report of these counts; the errors depend on person and time only."""
    return laboratory(cohort, times, of=("platelets",)).report("platelets", true)


def band_of(values: Floats, times: ArrayLike) -> CourseBand:
    """The bands of values of shape (people, times)."""
    days = tuple(float(day) for day in np.asarray(times, float))
    return CourseBand(days, *(tuple(line.tolist()) for line in bands(values)))
