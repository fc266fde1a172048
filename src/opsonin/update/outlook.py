"""The forecast of this patient: the people it could be, simulated on, and asked everything once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from opsonin.knowledge import Knowledge
from opsonin.mechanism import episode_limits
from opsonin.patient import Goal, Patient
from opsonin.population import Cohort
from opsonin.population.draws import Floats
from opsonin.response import GoalEvent
from opsonin.update.ahead import fall_below, goal_ahead, to_come
from opsonin.update.answer import Option, Outlook
from opsonin.update.course import CourseBand, all_finished, band_of, reported_counts, simulate
from opsonin.update.fit import in_words
from opsonin.update.history import History, Segment
from opsonin.update.next_count import best, next_counts
from opsonin.update.options import Choice, choices
from opsonin.update.prior import Prior
from opsonin.update.sample import Sample

SHOWN_PEOPLE = 2000  # equally weighted people behind every forecast
TIMES_PER_DAY = 4
NEXT_COUNT_DAYS = 14
FALLS = (30, 50)
LATER = 7  # "in 7 days"


@dataclass(frozen=True)
class Question:
    """What is asked, of whom, over how long."""

    patient: Patient
    goal: Goal
    history: History
    set_aside: tuple[str, ...]
    prior: Prior
    knowledge: Knowledge
    length_days: float
    horizon_days: int
    seed: int
    threads: int | None

    @property
    def visits(self) -> Floats:
        """Daily visits to come, in days since the first infusion."""
        first = int(np.floor(self.history.today)) + 1
        return np.arange(first, first + self.horizon_days, dtype=float)

    @property
    def times(self) -> Floats:
        """The visits and the times of the figure, from the first infusion to the last visit."""
        grid = np.arange(int(self.visits[-1]) * TIMES_PER_DAY + 1) / TIMES_PER_DAY
        return np.union1d(grid, [self.history.today])


@dataclass(frozen=True)
class _Courses:
    """The true and reported counts of some people at all times of the question."""

    true: Floats
    reported: Floats
    times: Floats

    def at(self, days: Floats) -> Floats:
        return self.reported[:, np.searchsorted(self.times, days)]

    def true_at(self, days: Floats) -> Floats:
        return self.true[:, np.searchsorted(self.times, days)]


def outlook(asked: Question, sample: Sample) -> Outlook:
    """Everything that is to come, from the weighted people."""
    history, days = asked.history, asked.visits
    people = asked.prior.people(sample.z[sample.picked(SHOWN_PEOPLE, asked.seed)], asked.seed)
    before = asked.prior.as_fitted.people(asked.prior.draw(SHOWN_PEOPLE, asked.seed), asked.seed)
    waiting, unseen = (_courses(asked, cohort, history.segments) for cohort in (people, before))
    event = goal_ahead(asked.goal, history, days)
    now = waiting.true_at(np.array([history.today]))[:, 0]
    compared = tuple(_option(asked, people, choice, event, waiting) for choice in _choices(asked))
    soon = days[:NEXT_COUNT_DAYS]
    found = next_counts(waiting.true_at(soon), soon, history, asked.prior.errors, seed=asked.seed)
    goal_day = float(event.day) if asked.goal.by is not None else None
    band, prior_band = band_of(waiting.reported, waiting.times), band_of(unseen.reported, unseen.times)
    return Outlook(
        prior=prior_band,
        posterior=band,
        to_come=to_come(history, asked.set_aside, waiting.at(days), days),
        falls=tuple(fall_below(t, now, waiting.at(days), days, history.today) for t in FALLS),
        goal_probability=compared[0].goal_probability,
        goal_says=event.says,
        options=compared,
        next_counts=found,
        best_next=best(found, before=goal_day),
        changed=_changed(prior_band, band, unseen, waiting, event, days),
    )


def _courses(asked: Question, cohort: Cohort, segments: Sequence[Segment]) -> _Courses:
    true = all_finished(simulate(cohort, segments, asked.times, threads=asked.threads)["platelets"])
    return _Courses(true, reported_counts(cohort, true, asked.times), asked.times)


def _choices(asked: Question) -> tuple[Choice, ...]:
    return choices(asked.history, asked.patient.weight.kg, asked.length_days)


def _option(asked: Question, people: Cohort, choice: Choice, event: GoalEvent, waiting: _Courses) -> Option:
    courses = waiting
    if choice.added:
        courses = _courses(asked, people, (*asked.history.segments, *choice.added))
    days, later = asked.visits, LATER - 1
    reports = courses.at(days)
    return Option(
        id=choice.id,
        says=choice.says,
        grams=choice.grams,
        goal_probability=_share(event.met(reports, days)),
        at_least_30_in_7_days=_share(reports[:, later] >= 30),
        at_least_50_in_7_days=_share(reports[:, later] >= 50),
        at_least_30_in_14_days=_share(reports[:, min(2 * LATER - 1, days.size - 1)] >= 30),
        days_at_or_above_30=float(np.median((reports >= 30).sum(axis=1))),
        platelets=band_of(courses.reported, courses.times),
        exploratory=choice.exploratory,
        limits=course_limits(asked.patient, asked.history, choice.courses, asked.knowledge),
    )


def course_limits(
    patient: Patient, history: History, courses: tuple[tuple[Decimal, int], ...], knowledge: Knowledge
) -> tuple[str, ...]:
    """The limits of the model's domain that these courses pass in this person, in words."""
    on: date = history.zero.date()
    passed = episode_limits(patient, courses, as_of=on, knowledge=knowledge)
    return tuple(f"{limit.field}: {limit.value}; the model holds for {limit.limit}" for limit in passed)


def _share(who: np.ndarray) -> float:
    return float(np.mean(who))


def _changed(
    prior: CourseBand, band: CourseBand, unseen: _Courses, waiting: _Courses, event: GoalEvent, days: Floats
) -> tuple[str, ...]:
    """What the results since treatment changed."""
    was, now = (_share(event.met(courses.at(days), days)) for courses in (unseen, waiting))
    at = int(np.searchsorted(waiting.times, days[LATER - 1]))
    narrower = 1 - (band.high_90[at] - band.low_90[at]) / max(prior.high_90[at] - prior.low_90[at], 1e-9)
    width = f"{100 * abs(narrower):.0f} % {'narrower' if narrower >= 0 else 'wider'}"
    return (
        f"Probability of the goal: {in_words(was)} before the results since treatment, {in_words(now)} with them.",
        (
            f"Count expected on day {days[LATER - 1]:.0f}: {prior.median[at]:.0f} before, {band.median[at]:.0f} with "
            f"them; the range for nine in ten people is {width}."
        ),
    )
