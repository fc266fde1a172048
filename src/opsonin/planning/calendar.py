"""When? The course worked back from the day it is needed, what its schedule asks for, and which tests on which days."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from opsonin.knowledge import Fact, Knowledge
from opsonin.patient import Circumstances, Goal, Patient
from opsonin.planning.plan import Appointment, Forecast, NoForecast, Timing
from opsonin.quantities import show
from opsonin.regimen import Regimen
from opsonin.safety import rate_at_risk

_COUNT_FORECAST = 50  # ×10⁹/L: the count whose day the forecast gives
_HAEMOLYSIS_RULE = "class/haemolysis_blood_group"


def timing(regimen: Regimen, goal: Goal, circumstances: Circumstances, forecast: Forecast | NoForecast) -> Timing:
    """When the course ends, when its effect is there with a margin, and the latest day to begin."""
    starts = circumstances.start.date() if circumstances.start is not None else circumstances.as_of
    last = regimen.infusions[-1].ends_at
    ends = last.date() if last is not None else starts + timedelta(days=len(regimen.infusions) - 1)
    rise, why = _days_to_rise(goal, forecast)
    ready = max(ends, starts + timedelta(days=rise)) if rise is not None else None
    course = f"Course from {starts.isoformat()} to {ends.isoformat()}."
    if goal.by is None:
        return Timing(starts, ends, ready, None, None, f"{course} {why}".strip())
    needed = ready or ends
    latest = goal.by - (needed - starts)
    in_time = needed <= goal.by
    if ends > goal.by:
        verdict = f"Too late: the course would end after {goal.by.isoformat()}, when it is needed."
    elif not in_time:
        verdict = f"Tight: finished in time, but the margin reaches beyond {goal.by.isoformat()}."
    else:
        verdict = f"In time for {goal.by.isoformat()}."
    begin = f"Latest start: {latest.isoformat()}."
    if latest < circumstances.as_of:
        begin = f"It would have had to start by {latest.isoformat()}: choose a shorter course, or move the date."
    return Timing(starts, ends, ready, latest, in_time, " ".join([course, why, verdict, begin]).replace("  ", " "))


def _days_to_rise(goal: Goal, forecast: Forecast | NoForecast) -> tuple[int | None, str]:
    """Days until three of four people are at 50, where the forecast says so and the goal asks no more."""
    if isinstance(forecast, NoForecast):
        return None, "There is no forecast, so only the end of the course is reckoned with."
    if goal.count_10e9_per_l is not None and goal.count_10e9_per_l > _COUNT_FORECAST:
        return None, (
            f"The forecast gives the day for {_COUNT_FORECAST} ×10⁹/L, not for {show(goal.count_10e9_per_l)}, "
            "so only the end of the course is reckoned with."
        )
    quartile = forecast.days_to_50.high_50
    if quartile is None:
        return None, f"Fewer than three of four people are expected to reach {_COUNT_FORECAST} ×10⁹/L."
    days = math.ceil(quartile)
    return days, f"Margin: three of four people are expected at {_COUNT_FORECAST} ×10⁹/L by day {days}."


def schedule_notes(regimen: Regimen) -> tuple[str, ...]:
    """What the schedule makes conditional, in the label's sense; a second high dose waits for the 24-hour count."""
    schedule = regimen.schedule
    lines = [f"Condition of this schedule, by its source: {schedule.says}."] if schedule.says else []
    if _has_second_dose(regimen):
        stated = "" if schedule.says else "; the label text read states no condition for the second dose"
        lines.append(f"Platelet count 24 hours after the first dose, before the second is given{stated}.")
    return tuple(lines)


def calendar(
    patient: Patient, regimen: Regimen, when: Timing, rules: set[str], known: Knowledge
) -> tuple[Appointment, ...]:
    """Every test and look that is due for this course in this person, by day. `rules` are those that spoke."""
    due = []
    for fact in known.facts_under("policies/calendar"):
        if _concerns(fact.value["who"], patient, regimen, rules, known):
            start, end = _days(fact.value, when)
            due.append(Appointment(start, end, fact.says, fact))
    return tuple(sorted(due, key=lambda a: (a.from_day, a.to_day, a.fact.id)))


def _days(value: Any, when: Timing) -> tuple[date, date]:
    origin = when.starts_on if value["from"] == "start" else when.ends_on
    first, last = (origin + timedelta(days=int(day)) for day in value["days"])
    return first, last


def _concerns(who: str, patient: Patient, regimen: Regimen, rules: set[str], known: Knowledge) -> bool:
    if who == "second-dose":
        return _has_second_dose(regimen)
    if who == "haemolysis":  # groups A, B and AB at a high dose; an unknown group is looked after as well
        return _HAEMOLYSIS_RULE in rules or (patient.blood_group is None and regimen.total_g_per_actual_kg >= 2)
    if who == "renal":
        return bool(rate_at_risk(patient, known)[0])
    return who == "all"


def _has_second_dose(regimen: Regimen) -> bool:
    """A second high dose, not the days of a low-dose course."""
    return regimen.schedule.days == 2 and regimen.schedule.id in ("1x2", "0.8x2")


def alternatives_for(patient: Patient, known: Knowledge) -> dict[str, tuple[Fact, ...]]:
    """The other treatments on the shelf, with what holds for this person's age."""
    found: dict[str, list[Fact]] = {}
    for fact in known.facts_under("alternatives"):
        if holds_for(patient, fact):
            found.setdefault(fact.id.split("/")[1], []).append(fact)
    return {name: tuple(facts) for name, facts in found.items()}


def bleeding_risk(patient: Patient, known: Knowledge) -> tuple[Fact, ...]:
    """What studies found of bleeding in people of this age and, where it is known, this count."""
    return tuple(fact for fact in known.facts_under("bleeding_risk") if holds_for(patient, fact))


def holds_for(patient: Patient, fact: Fact) -> bool:
    """Whether a fact holds for this age and count: from the lower bound, below the upper one."""
    count = patient.latest("platelets")
    measured = {"age_years": patient.age_years, "platelets": count.value if count is not None else None}
    for what, (low, high) in fact.holds_for.get("hard", {}).items():
        value = measured[what]
        if value is None or (low is not None and value < low) or (high is not None and value >= high):
            return False
    return True
