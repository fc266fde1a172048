"""What does the model expect of each candidate, for people like this patient?

The same virtual people meet every candidate, with the same reporting errors, so candidates differ only by what is
given. Candidates with the same grams on the same days share one simulation, whose infusions have the shelf's common
length. Outside the model's domain there is no forecast; the limit passed and published results stand instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from opsonin.knowledge import Knowledge, PublishedArm
from opsonin.mechanism import FITTED_MODEL, MODEL, assumptions, domain_fact, limits_passed
from opsonin.mechanism.igg import SHELF
from opsonin.mechanism.natural_history import course_events
from opsonin.patient import Circumstances, Goal, Patient
from opsonin.planning.plan import (
    Band,
    Forecast,
    FromParameters,
    Interval,
    LimitPassed,
    NextFall,
    NoForecast,
    ReachProbability,
)
from opsonin.population import Cohort, Laboratory, bands, laboratory, people_like
from opsonin.population.parameter_sets import between_sets
from opsonin.regimen import Regimen
from opsonin.response import (
    GoalEvent,
    days_at_or_above,
    first_reaching,
    goal_event,
    iwg_2009,
    next_fall,
    reached,
)
from opsonin.simulate import solve
from opsonin.simulate.courses import Courses

Floats = NDArray[np.float64]
DailyGrams = tuple[tuple[int, Decimal], ...]  # (day, grams) of each infusion
Progress = Callable[[int, int], None]

MODEL_ID = FITTED_MODEL
SOLVER = "opsonin.simulate: Tsitouras 5(4), Rodas5P for the stiff; relative tolerance 1e-6"
LENGTH_FACT = f"{SHELF}/infusion_length"
REACH_COUNTS = (30, 50, 100)  # 10⁹/L
REACH_WITHIN = {"24 h": 1, "day 3": 3, "day 7": 7}  # in days since the first infusion began
TIMES_PER_DAY = 4
UNSURE_ON = 7  # the day on which the spread is taken apart


def forecasts(
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    regimens: Sequence[Regimen],
    *,
    knowledge: Knowledge,
    virtual_patients: int,
    seed: int,
    horizon_days: int = 28,
    threads: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Forecast | NoForecast]:
    """The forecast of every candidate by its id, or why there is none. Progress is told (people done, people in all).

    Sources: models/ivig_itp_2026_11_26b and, for what was not fitted, models/ivig_itp_draft.
    """
    found: dict[str, Forecast | NoForecast] = {}
    groups: dict[DailyGrams, list[Regimen]] = {}
    for regimen in regimens:
        passed = limits_passed(patient, regimen, as_of=circumstances.as_of, knowledge=knowledge)
        if passed:
            limits = tuple(LimitPassed(limit.field, limit.value, limit.limit) for limit in passed)
            found[regimen.id] = NoForecast(limits, published_for(patient, knowledge))
        else:
            groups.setdefault(daily_grams(regimen), []).append(regimen)
    if not groups:
        return found
    question = _question(patient, goal, circumstances, knowledge, n=virtual_patients, seed=seed, days=horizon_days)
    for number, (grams, alike) in enumerate(groups.items()):
        told = _share_of(progress, number, len(groups))
        courses = simulate(
            question.cohort, grams, knowledge=knowledge, horizon_days=horizon_days, threads=threads, progress=told
        )
        forecast = _forecast(courses, question)
        found |= {r.id: replace(forecast, notes=(*forecast.notes, *_long(r, knowledge))) for r in alike}
    return {regimen.id: found[regimen.id] for regimen in regimens}


@dataclass(frozen=True)
class _Question:
    """What is the same for every candidate: the virtual people, their laboratory, the goal, what is said of it all."""

    cohort: Cohort
    laboratory: Laboratory
    event: GoalEvent
    baseline: float  # as reported, 10⁹/L
    horizon_days: int
    model_status: str
    domain_fact: str
    notes: tuple[str, ...]


def _question(
    patient: Patient, goal: Goal, circumstances: Circumstances, knowledge: Knowledge, *, n: int, seed: int, days: int
) -> _Question:
    baseline = patient.latest("platelets")
    assert baseline is not None  # the domain asks for it
    cohort = people_like(patient, knowledge, n=n, seed=seed)
    first_day = circumstances.start.date() if circumstances.start else circumstances.as_of
    return _Question(
        cohort=cohort,
        laboratory=laboratory(cohort, _times(days)),
        event=goal_event(goal, first_day=first_day, last_visit=days),
        baseline=float(baseline.value),
        horizon_days=days,
        model_status=str(knowledge.fact(domain_fact(patient)).value),
        domain_fact=domain_fact(patient),
        notes=(*cohort.notes, *_about(patient, circumstances.as_of, knowledge), *_definitions(n, days)),
    )


def _times(horizon_days: int) -> Floats:
    return np.arange(horizon_days * TIMES_PER_DAY + 1) / TIMES_PER_DAY


def daily_grams(regimen: Regimen) -> DailyGrams:
    """What decides the simulation: the grams really given, day by day."""
    return tuple((infusion.dose.day, infusion.dose.grams) for infusion in regimen.infusions)


def published_for(patient: Patient, knowledge: Knowledge) -> tuple[PublishedArm, ...]:
    """Published immunoglobulin arms in patients of this age group, or of mixed ages; the most alike first."""
    ages = ("adult" if patient.is_adult else "child", "mixed")
    phase = (patient.diagnosis.phase or "").partition("-")[0]  # "newly", "persistent", "chronic"
    arms = [arm for arm in knowledge.published if arm.immunoglobulin and arm.age_group in ages]
    return tuple(sorted(arms, key=lambda arm: (arm.age_group == "mixed", not phase or phase not in arm.phase)))


def simulate(
    cohort: Cohort,
    grams: DailyGrams,
    *,
    knowledge: Knowledge,
    horizon_days: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Courses:
    """True platelets (10⁹/L) and serum IgG (g/L) of everyone, four times a day from the first infusion on."""
    length = float(knowledge.fact(LENGTH_FACT).number())
    doses = [(day - 1, length, float(amount)) for day, amount in grams]
    return solve(
        MODEL,
        parameters=cohort.parameters,
        n=cohort.n,
        events=course_events(cohort.n, doses, parameters=cohort.parameters, recovery=cohort.recovery),
        times=_times(horizon_days),
        outputs=("platelets", "igg_g_per_l"),
        threads=threads,
        progress=progress,
    ).require()


def _share_of(progress: Progress | None, number: int, groups: int) -> Progress | None:
    if progress is None:
        return None
    tell = progress
    return lambda done, n: tell(number * n + done, groups * n)


def _forecast(courses: Courses, question: _Question) -> Forecast:
    times = np.asarray(courses.times)
    platelets = question.laboratory.report("platelets", courses["platelets"])
    igg = question.laboratory.report("igg", courses["igg_g_per_l"])
    counts, days = platelets[:, ::TIMES_PER_DAY], times[::TIMES_PER_DAY]
    classes = iwg_2009(counts, days, baseline=question.baseline)
    to_50 = first_reaching(counts, days, threshold=50)
    met = question.event.met(counts, days)
    goal_probability = share(met)
    unsure = _from_parameters(question.cohort, counts[:, UNSURE_ON], met)
    return Forecast(
        model=MODEL_ID,
        model_status=question.model_status,
        virtual_patients=question.cohort.n,
        seed=question.cohort.seed,
        horizon_days=question.horizon_days,
        platelets=_band(times, platelets),
        igg=_band(times, igg),
        reach=_reach(counts, days),
        iwg_complete_response=share(classes.complete_response),
        iwg_response=share(classes.response),
        iwg_no_response=share(classes.no_response),
        days_to_50=_interval(to_50),
        share_reaching_50=share(np.isfinite(to_50)),
        days_above_30=_interval(days_at_or_above(counts, days, threshold=30)),
        days_above_50=_interval(days_at_or_above(counts, days, threshold=50)),
        next_fall_below_30=_next_fall(counts, days),
        goal_probability=goal_probability,
        goal_says=question.event.says,
        sentence=natural_frequencies(goal_probability, question.event.says),
        from_parameters=unsure,
        notes=(*question.notes, _unsure_in_words(unsure)),
        fact_ids=(*question.cohort.fact_ids, question.domain_fact, LENGTH_FACT),
    )


def _from_parameters(cohort: Cohort, counts: Floats, met: NDArray[np.bool_]) -> FromParameters:
    """What part of the spread comes from not knowing the population, and what part from how people differ."""
    assert cohort.which_set is not None
    between, within = between_sets(np.log(np.maximum(counts, 1.0)), cohort.which_set)
    of_goal, _ = between_sets(met.astype(float), cohort.which_set)
    return FromParameters(UNSURE_ON, between / (between + within) if between + within > 0 else 0.0, of_goal**0.5)


def _unsure_in_words(unsure: FromParameters) -> str:
    return (
        f"Not knowing the population exactly makes {100 * unsure.share_of_variance:.0f} % of the spread (variance of "
        f"the logarithm) of the count on day {unsure.day} and moves the goal's probability by "
        f"±{100 * unsure.goal_probability_sd:.0f} percentage points (standard deviation between fitted sets, chance "
        "taken out); the rest is how people and laboratory reports differ."
    )


def share(who: NDArray[np.bool_]) -> float:
    """The fraction of people for whom it is true."""
    return float(np.mean(who))


def _band(times: Floats, values: Floats) -> Band:
    found = bands(values)
    return Band(tuple(times.tolist()), *(tuple(line.tolist()) for line in found))


def _interval(values: Floats) -> Interval:
    """Median and central half of days; None where a quantile is never reached."""
    if values.size == 0:
        return Interval(None, None, None)
    quantiles = np.quantile(values, [0.5, 0.25, 0.75], method="inverted_cdf")
    return Interval(*(float(q) if np.isfinite(q) else None for q in quantiles))


def _reach(counts: Floats, days: Floats) -> tuple[ReachProbability, ...]:
    return tuple(
        ReachProbability(count, within, share(reached(counts, days, threshold=count, within=last)))
        for count in REACH_COUNTS
        for within, last in REACH_WITHIN.items()
    )


def _next_fall(counts: Floats, days: Floats) -> NextFall:
    fell_on = next_fall(counts, days, threshold=30)
    among = fell_on[~np.isnan(fell_on)]
    not_yet = share(np.isinf(among)) if among.size else 0.0
    return NextFall(_interval(among), not_yet, share(np.isnan(fell_on)))


def natural_frequencies(probability: float, event: str) -> str:
    """The probability of an event in words about 100 people.

    >>> natural_frequencies(0.781, "a count of 50 or more on day 7")
    'Of 100 people like this, about 78 would have a count of 50 or more on day 7; about 22 would not.'
    """
    would = round(100 * probability)
    if would in (0, 100):
        words = "fewer than 1" if would == 0 else "more than 99"
        return f"Of 100 people like this, {words} would have {event}."
    return f"Of 100 people like this, about {would} would have {event}; about {100 - would} would not."


def _about(patient: Patient, as_of: date, knowledge: Knowledge) -> tuple[str, ...]:
    """What is taken for granted about this person."""
    baseline = patient.latest("platelets")
    age = (as_of - baseline.taken_on).days if baseline else 0
    days = "1 day" if age == 1 else f"{age} days"
    old = (f"The platelet count is {days} old; it is taken as still holding.",) if age > 0 else ()
    return (*old, *assumptions(patient, knowledge=knowledge))


def _long(regimen: Regimen, knowledge: Knowledge) -> tuple[str, ...]:
    """A warning where a course runs longer than the common infusion length can stand for."""
    longest = knowledge.fact(LENGTH_FACT).holds_for["soft"]["hours"][1]
    hours = max((infusion.ladder.minutes / 60 for infusion in regimen.infusions), default=Decimal(0))
    if hours <= longest:
        return ()
    runs = f"An infusion of this course runs for {hours:.0f} h"
    return (f"{runs}; beyond {longest} h the first days of the forecast are too high.",)


def _definitions(n: int, horizon_days: int) -> tuple[str, ...]:
    """How the numbers of the forecast are to be read."""
    chance = 100 * 0.5 / np.sqrt(n)
    return (
        (
            f"Counts are as a laboratory would report them, at daily visits over {horizon_days} days; day 0 is the "
            "start of the first infusion."
        ),
        "IWG 2009: platelet criteria only, confirmed at two visits at least 7 days apart; bleeding is not simulated.",
        "Days above 30 and 50 count daily visits. A fall below 30 is two daily visits in a row, after 30 was reached.",
        (
            f"With {n} virtual people, chance alone moves a probability by up to {chance:.1f} percentage points "
            "(standard error). They are of 40 equally likely fitted populations, so their spread holds the uncertainty "
            "of the population's parameters too."
        ),
        (
            "The model does not tell brands apart: the same grams on the same days give the same forecast, and every "
            "infusion is simulated with the same length."
        ),
    )
