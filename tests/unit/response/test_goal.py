"""Which event is the goal's?"""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from opsonin.patient import Goal
from opsonin.response import goal_event

FIRST = date(2026, 11, 21)
DAYS = np.arange(29.0)


def goal(kind="raise-low-count", count=None, days=None):
    by = None if days is None else FIRST + timedelta(days=days)
    return Goal(kind, None if count is None else Decimal(count), by, None)


def rising_then_falling():
    counts = np.full((1, 29), 20.0)
    counts[0, 3] = 80
    return counts


def test_before_a_procedure_the_count_must_be_there_on_the_day():
    event = goal_event(goal("before-procedure", 50, days=5), first_day=FIRST, last_visit=28)
    assert event.on_the_day and event.day == 5 and not event.met(rising_then_falling(), DAYS)[0]
    assert "on day 5" in event.says and "2026-11-26" in event.says
    on_the_third = goal_event(goal("before-procedure", 50, days=3), first_day=FIRST, last_visit=28)
    assert on_the_third.met(rising_then_falling(), DAYS)[0]


def test_otherwise_any_daily_visit_in_time_will_do():
    event = goal_event(goal("stop-bleeding", 80, days=5), first_day=FIRST, last_visit=28)
    assert event.met(rising_then_falling(), DAYS)[0]
    too_early = goal_event(goal("stop-bleeding", 80, days=2), first_day=FIRST, last_visit=28)
    assert not too_early.met(rising_then_falling(), DAYS)[0]


def test_without_date_and_count_it_is_fifty_by_day_seven_and_says_so():
    event = goal_event(goal(), first_day=FIRST, last_visit=28)
    assert (event.count, event.day, event.on_the_day) == (50, 7, False)
    assert "no count is stated" in event.says and "up to day 7" in event.says


def test_a_date_beyond_the_simulation_is_said():
    event = goal_event(goal("before-procedure", 50, days=40), first_day=FIRST, last_visit=28)
    assert event.day == 28 and "last day simulated" in event.says and "day 40" in event.says


def test_a_date_before_the_infusion_is_the_baseline():
    event = goal_event(goal("before-procedure", 50, days=-1), first_day=FIRST, last_visit=28)
    assert event.day == 0 and not event.met(rising_then_falling(), DAYS)[0]
    stop = goal_event(goal("stop-bleeding", 15, days=0), first_day=FIRST, last_visit=28)
    assert stop.on_the_day and stop.met(rising_then_falling(), DAYS)[0] and "day 0" in stop.says
