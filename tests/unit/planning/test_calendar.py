"""When: worked back from the day it is needed; the second dose; which tests on which days; what holds for whom."""

from datetime import date
from decimal import Decimal

import pytest

from opsonin.patient import Goal
from opsonin.planning import candidates
from opsonin.planning.calendar import alternatives_for, bleeding_risk, calendar, schedule_notes, timing
from opsonin.planning.plan import Interval, NoForecast
from opsonin.safety import offers

NO_FORECAST = NoForecast((), ())


@pytest.fixture
def course(known, person, setting):
    """A course by id, starting on 21 November 2026 at 9 o'clock."""

    def of(id, **changes):
        offered = offers(person(**changes), setting(), known)
        return next(r for r, _ in candidates(person(**changes), setting(), offered, known) if r.id == id)

    return of


def needed(day, count="50"):
    return Goal("before-procedure", Decimal(count), date(2026, 11, day), "cholecystectomy")


class Expected:
    """As much of a forecast as timing looks at."""

    def __init__(self, high_50):
        self.days_to_50 = Interval(1.5, 1.0, high_50)


@pytest.mark.parametrize(
    ("id", "day", "high_50", "latest", "in_time", "says"),
    [
        # 2 days, 21st and 22nd; three of four at 50 by day 2.4 → 3 → the 24th; needed on the 26th: 2 days to spare
        ("gamunex_c:1x2", 26, 2.4, 23, True, "In time for 2026-11-26. Latest start: 2026-11-23."),
        ("gamunex_c:1x2", 24, 2.4, 21, True, "In time for 2026-11-24. Latest start: 2026-11-21."),
        ("gamunex_c:1x2", 23, 2.4, 20, False, "Tight: finished in time, but the margin reaches beyond"),
        # 5 days: the 21st to the 25th, later than the rise
        ("gamunex_c:0.4x5", 24, 2.4, 20, False, "Too late: the course would end after 2026-11-24"),
        ("gamunex_c:0.4x5", 22, 2.4, 18, False, "It would have had to start by 2026-11-18: choose a shorter course"),
    ],
)
def test_the_latest_start_leaves_time_for_course_and_rise(course, setting, id, day, high_50, latest, in_time, says):
    when = timing(course(id), needed(day), setting(), Expected(high_50))
    assert (when.latest_start, when.in_time) == (date(2026, 11, latest), in_time)
    assert says in when.says


def test_the_margin_is_said(course, setting):
    when = timing(course("gamunex_c:1x2"), needed(26), setting(), Expected(2.4))
    assert when.ready_on == date(2026, 11, 24)
    assert "three of four people are expected at 50 ×10⁹/L by day 3" in when.says


@pytest.mark.parametrize(
    ("forecast", "count", "says"),
    [
        (NO_FORECAST, "50", "no forecast, so only the end of the course"),
        (Expected(2.0), "100", "not for 100, so only the end of the course"),
        (Expected(None), "50", "Fewer than three of four people"),
    ],
)
def test_without_a_day_for_the_rise_only_the_course_counts(course, setting, forecast, count, says):
    when = timing(course("gamunex_c:1x2"), needed(24, count), setting(), forecast)
    assert when.ready_on is None and when.latest_start == date(2026, 11, 23)
    assert says in when.says


def test_without_a_date_nothing_is_late(course, setting, goal):
    when = timing(course("gamunex_c:1x2"), goal, setting(), NO_FORECAST)
    assert (when.latest_start, when.in_time) == (None, None)


def test_the_second_dose_waits_for_the_count_in_the_label_s_sense(course):
    gamunex, octagam = schedule_notes(course("gamunex_c:1x2")), schedule_notes(course("octagam_10:1x2"))
    assert "second dose may be withheld if the platelet rise at 24 h is adequate" in gamunex[0]
    assert "count 24 hours after the first dose" in gamunex[1]
    assert "the label text read states no condition" in octagam[0]
    assert schedule_notes(course("gamunex_c:0.4x5")) == ()


@pytest.fixture
def due(known, person, setting, course):
    """The days of every test and look of a course, by name."""

    def of(id, rules=(), **changes):
        planned = course(id, **changes)
        when = timing(planned, needed(30), setting(), NO_FORECAST)
        found = calendar(person(**changes), planned, when, set(rules), known)
        return {item.fact.id.rpartition("/")[2]: (item.from_day.day, item.to_day.day) for item in found}

    return of


def test_tests_fall_on_their_days(due):
    found = due("gamunex_c:1x2")
    assert found["before_tests"] == (21, 21)
    assert found["count_24_hours"] == (22, 22)
    assert found["count_response"] == (23, 24)
    assert found["count_week"] == (28, 30)
    assert "haemoglobin_late" not in found and "creatinine_after" not in found


def test_haemoglobin_twice_after_two_grams_per_kilogram_in_group_a_or_not_known(due):
    """The course ends on the 22nd: 36–96 hours are the 24th to the 26th, days 5–10 the 27th to 2 December."""
    rule = "class/haemolysis_blood_group"
    for found in (
        due("gamunex_c:1x2", rules=[rule], blood_group="A"),
        due("gamunex_c:1x2", blood_group=None),
    ):
        assert found["haemoglobin_early"] == (24, 26)
        assert found["haemoglobin_late"] == (27, 2)


def test_creatinine_is_looked_at_again_with_a_risk(due):
    assert due("gamunex_c:1x2", risks={"renal": True})["creatinine_after"] == (23, 25)


def test_a_low_dose_course_has_no_count_between_doses(due):
    assert "count_24_hours" not in due("gamunex_c:0.4x5")


def test_bleeding_risk_is_that_of_the_age_and_count(known, person):
    def ids(**changes):
        return {fact.id.rpartition("/")[2] for fact in bleeding_risk(person(**changes), known)}

    assert ids() == {"severe_adult", "mucosal_adult"}
    assert ids(count=20) == {"severe_adult"}
    assert ids(age_years=Decimal(70)) == {"severe_adult", "mucosal_adult", "older_adult"}
    assert ids(age_years=Decimal(7), count=8) == {"severe_child", "skull_child", "observed_child"}
    assert ids(age_years=Decimal(7), measurements=()) == {"severe_child", "observed_child"}


def test_alternatives_are_named_with_onset_and_harms_and_without_a_dose(known, person):
    found = alternatives_for(person(), known)
    assert {"corticosteroid", "anti_d", "tpo_agonist", "rituximab", "splenectomy"} <= set(found)
    for name, facts in found.items():
        names = {fact.id.rpartition("/")[2] for fact in facts}
        assert {"onset", "harms"} <= names, name
        assert not any(unit in fact.says for fact in facts for unit in ("mg", "µg", "g/kg")), name
    children = alternatives_for(person(age_years=Decimal(7)), known)["corticosteroid"]
    assert any("median 4 days" in fact.says for fact in children)
    assert not any("median 4 days" in fact.says for fact in found["corticosteroid"])


def test_every_entry_of_the_calendar_is_of_a_known_kind(known):
    for fact in known.facts_under("policies/calendar"):
        assert fact.value["who"] in ("all", "second-dose", "haemolysis", "renal"), fact.id
        assert fact.value["from"] in ("start", "end"), fact.id
        first, last = fact.value["days"]
        assert first <= last, fact.id
