"""How old is someone on a day? Whole years by the calendar and the exact share of the running one."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Decimal


def birthday(birth_date: date, year: int) -> date:
    """The birthday in a year. Born on 29 February, it is 1 March in a year without one.

    >>> birthday(date(2016, 2, 29), 2026)
    datetime.date(2026, 3, 1)
    """
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_in_years(birth_date: date, on: date) -> Decimal:
    """Completed years, plus the days since the last birthday as a share of the days to the next.

    Four decimals, cut and not rounded, so that nobody turns 18 a day early.

    >>> age_in_years(date(2008, 11, 20), date(2026, 11, 20))
    Decimal('18.0000')
    >>> age_in_years(date(2008, 11, 21), date(2026, 11, 20))
    Decimal('17.9972')
    """
    if on < birth_date:
        raise ValueError(f"born on {birth_date.isoformat()}, nobody has an age on {on.isoformat()}")
    year = on.year if birthday(birth_date, on.year) <= on else on.year - 1
    last, following = birthday(birth_date, year), birthday(birth_date, year + 1)
    share = Decimal((on - last).days) / Decimal((following - last).days)
    return (year - birth_date.year + share).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)


def months_between(earlier: date, later: date) -> Decimal:
    """Calendar months from one day to another, with the days beyond as a share of a 30.44-day month.

    >>> months_between(date(2026, 8, 20), date(2026, 11, 20))
    Decimal('3')
    """
    whole = (later.year - earlier.year) * 12 + later.month - earlier.month
    days = later.day - earlier.day
    return whole + Decimal(days) / Decimal("30.44") if days else Decimal(whole)
