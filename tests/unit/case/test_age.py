"""Age by the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.case.age import age_in_years, birthday, months_between

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1979, 3, 2), date(2026, 3, 2), "47.0000"),
        (date(1979, 3, 2), date(2026, 3, 1), "46.9972"),  # 364 of 365 days
        (date(2008, 11, 20), date(2026, 11, 20), "18.0000"),
        (date(2008, 11, 21), date(2026, 11, 20), "17.9972"),
        (date(2026, 11, 20), date(2026, 11, 20), "0.0000"),
        (date(2024, 11, 21), date(2026, 11, 20), "1.9972"),
        # Born on 29 February: the birthday is 1 March in a year without one.
        (date(2008, 2, 29), date(2026, 2, 28), "17.9972"),
        (date(2008, 2, 29), date(2026, 3, 1), "18.0000"),
        (date(2008, 2, 29), date(2028, 2, 28), "19.9972"),  # 363 of 364... the year from 1 March 2027 has 365 days
        (date(2008, 2, 29), date(2028, 2, 29), "20.0000"),
    ],
)
def test_age_on_a_day(born: date, on: date, age: str) -> None:
    assert age_in_years(born, on) == Decimal(age)


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="born on 2026-11-21"):
        age_in_years(date(2026, 11, 21), date(2026, 11, 20))


@given(DAYS, st.integers(0, 40_000))
def test_a_day_older_is_never_younger(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    assert age_in_years(born, on) < age_in_years(born, on + timedelta(days=1))


@given(DAYS, st.integers(0, 110))
def test_the_birthday_is_the_first_day_of_the_new_age(born: date, years: int) -> None:
    day = birthday(born, born.year + years)
    assert age_in_years(born, day) == years
    if years:
        assert years - 1 < age_in_years(born, day - timedelta(days=1)) < years


@pytest.mark.parametrize(
    ("earlier", "later", "whole"),
    [(date(2026, 8, 20), date(2026, 11, 20), 3), (date(2025, 11, 20), date(2026, 11, 20), 12)],
)
def test_whole_months(earlier: date, later: date, whole: int) -> None:
    assert months_between(earlier, later) == whole


@given(DAYS, st.integers(0, 5000))
def test_months_grow_with_days(earlier: date, days: int) -> None:
    later = earlier + timedelta(days=days)
    assert abs(months_between(earlier, later) - Decimal(days) / Decimal("30.436875")) < Decimal("0.15")
