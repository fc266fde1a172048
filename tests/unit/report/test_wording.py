"""Words and numbers as a ward reads them."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

import pytest

from opsonin.planning.plan import Interval
from opsonin.report.wording import (
    hours_and_minutes,
    in_lines,
    interval,
    joined,
    mark_of,
    percent,
    product,
    schedule,
    sentence,
)


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0 %"), (0.004, "under 1 %"), (0.5, "50 %"), (0.996, "over 99 %"), (1.0, "100 %")]
)
def test_percent_is_never_certain_by_rounding(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [("59.2", "1 h"), ("340", "5 h 40 min"), ("45", "45 min"), ("60.01", "1 h 1 min")]
)
def test_hours_round_up_to_the_minute(minutes: str, words: str) -> None:
    assert hours_and_minutes(Decimal(minutes)) == words


def test_intervals_say_when_they_pass_the_horizon() -> None:
    assert interval(Interval(2.0, 1.0, 3.5), 28) == "2 days (half of people: 1 to 3.5 days)"
    assert interval(Interval(None, None, None), 28) == "beyond day 28 (half of people: beyond day 28)"


def test_the_least_certain_mark_wins(example: ModuleType) -> None:
    assert mark_of([example.START]) == ""
    assert mark_of([example.START, example.MAXIMUM]) == "†"
    assert mark_of([example.MAXIMUM, example.SCHEME]) == "‡"


def test_products_and_schedules(example: ModuleType) -> None:
    assert product(example.ALPHA) == "Alphaglobin 10 %, 100 mg/mL"
    assert product(example.BETA) == "Betaglobin, 100 mg/mL (10 %)"
    assert schedule(example.regimen("1", 1, None).schedule) == "1 g/kg once"


def test_vials_in_narrow_cells() -> None:
    assert in_lines("4 × 30 g + 2 × 2.5 g + 4 × 1 g†") == "4 × 30 g + 2 × 2.5 g\n+ 4 × 1 g†"
    assert in_lines("3 × 20 g") == "3 × 20 g"


def test_sentences() -> None:
    assert sentence("no rule") == "No rule."
    assert sentence("done!") == "Done!" and sentence(" ") == ""
    assert joined(["a", "b", "c"]) == "a, b and c" and joined([]) == ""
