"""What happens in an arm? Doses given as declared, also those that depend on the count, and what a clinic would see.

A conditional dose is decided for each person on the reported counts up to its day, so the arm is simulated again for
every day on which something is decided; until then nothing changes, because people and reports are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opsonin.knowledge import Knowledge
from opsonin.mechanism import MODEL
from opsonin.mechanism.natural_history import course_events
from opsonin.population import reported
from opsonin.population.draws import Floats, uniforms
from opsonin.simulate import EventTable, solve
from opsonin.simulate.courses import Courses
from opsonin.simulate.records import CHANGE
from opsonin.trial.declaration import Dose, FcrnBlocker, Regimen
from opsonin.trial.endpoints import Observed, who_meets
from opsonin.trial.people import Enrolled

LENGTH_FACT = "models/ivig_itp_draft/infusion_length"
HOURS_PER_DAY = 24
RECOVERY_STEP_DAYS = 0.1


@dataclass(frozen=True)
class Given:
    """What each person received: grams, (people, doses), on these days."""

    days: Floats
    grams: Floats


def observe(
    people: Enrolled, regimen: Regimen, visits: tuple[float, ...], *, knowledge: Knowledge, threads: int | None = None
) -> tuple[Observed, Given]:
    """What a clinic would see of these people at these visits, and what each was given."""
    doses = [(number, dose) for number, schedule in enumerate(regimen.schedules) for dose in schedule.doses]
    doses.sort(key=lambda pair: pair[1].day)
    full = _full_amounts(people, regimen, doses)
    conditional = np.array([dose.unless is not None for _, dose in doses], bool)
    amounts = np.where(conditional, 0.0, full) if doses else full
    length = _length(regimen, knowledge)
    for day in sorted({dose.day for _, dose in doses if dose.unless is not None}):
        times = tuple(visit for visit in visits if visit <= day)
        seen = _seen(people, regimen, doses, amounts, times, length, threads)
        for column, (_, dose) in enumerate(doses):
            if dose.unless is not None and dose.day == day:
                amounts[:, column] = np.where(who_meets(dose.unless, seen), 0.0, full[:, column])
    observed = _seen(people, regimen, doses, amounts, visits, length, threads)
    return observed, Given(np.array([dose.day for _, dose in doses], float), amounts)


def _full_amounts(people: Enrolled, regimen: Regimen, doses: list[tuple[int, Dose]]) -> Floats:
    """Grams of every dose for everyone whose schedule has it, conditions aside; (people, doses)."""
    n, seed = people.cohort.n, people.cohort.seed
    ends = np.cumsum([schedule.share for schedule in regimen.schedules])
    mine = np.minimum(np.searchsorted(ends, uniforms(seed, "schedule", n)), max(len(ends) - 1, 0))
    columns = [np.where(mine == number, dose.g_per_kg * people.weight_kg, 0.0) for number, dose in doses]
    return np.column_stack(columns) if columns else np.zeros((n, 0))


def _length(regimen: Regimen, knowledge: Knowledge) -> float:
    if regimen.infusion_hours is not None:
        return regimen.infusion_hours / HOURS_PER_DAY
    return float(knowledge.fact(LENGTH_FACT).number())


def _seen(
    people: Enrolled,
    regimen: Regimen,
    doses: list[tuple[int, Dose]],
    amounts: Floats,
    times: tuple[float, ...],
    length: float,
    threads: int | None,
) -> Observed:
    days = np.array(times, float)
    events = _events(people, regimen, doses, amounts, length, float(days[-1]))
    courses = _solved(people, events, days, threads)
    counts = reported(people.cohort, "platelets", courses["platelets"], days)
    igg = reported(people.cohort, "igg", courses["igg_g_per_l"], days)
    return Observed(counts, igg, days)


def _events(
    people: Enrolled, regimen: Regimen, doses: list[tuple[int, Dose]], amounts: Floats, length: float, last: float
) -> EventTable | None:
    n = people.cohort.n
    if regimen.fcrn_blocker is not None:
        return _blocker(regimen.fcrn_blocker, n, last)
    given = [(dose.day, length, amounts[:, column]) for column, (_, dose) in enumerate(doses) if dose.day <= last]
    return course_events(n, given, parameters=people.cohort.parameters, recovery=people.recovery)


def _blocker(blocker: FcrnBlocker, n: int, last: float) -> EventTable:
    """The free fraction of FcRn falls at once, stays, and recovers exponentially, in steps of a tenth of a day."""
    later = blocker.days + np.arange(0, max(last - blocker.days, 0), RECOVERY_STEP_DAYS)
    middle = later + RECOVERY_STEP_DAYS / 2 - blocker.days
    free = 1 - (1 - blocker.free_fraction) * np.exp(-middle / blocker.recovery_days)
    time, value = np.concatenate([[0.0], later]), np.concatenate([[blocker.free_fraction], free])
    whole, nothing = np.zeros(time.size, np.int64), np.zeros(time.size)
    target = np.full(time.size, list(MODEL.parameters).index("u"))
    first, pattern = np.array([0, time.size]), np.zeros(n, np.int64)
    return EventTable(n, time, whole + CHANGE, target, value, nothing, whole, nothing, first, pattern)


def _solved(people: Enrolled, events: EventTable | None, days: Floats, threads: int | None) -> Courses:
    return solve(
        MODEL,
        parameters=people.cohort.parameters,
        n=people.cohort.n,
        events=events,
        times=days,
        outputs=("platelets", "igg_g_per_l"),
        threads=threads,
    ).require()
