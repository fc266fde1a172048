"""Rounding to a step: exact, and never to the wrong side."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.quantities import round_down, round_half_up, round_up

VALUES = st.decimals(min_value=-10_000, max_value=10_000, places=4, allow_nan=False, allow_infinity=False)
STEPS = st.sampled_from([Decimal(step) for step in ("0.01", "0.1", "0.5", "1", "2.5", "5", "10")])


@given(VALUES, STEPS)
def test_down_and_up_enclose_the_value_within_one_step(value: Decimal, step: Decimal) -> None:
    down, up = round_down(value, step), round_up(value, step)
    assert down <= value <= up
    assert up - down in (0, step)
    assert down % step == 0


@given(VALUES, STEPS)
def test_half_up_is_a_nearest_multiple(value: Decimal, step: Decimal) -> None:
    nearest = round_half_up(value, step)
    assert nearest % step == 0
    assert abs(nearest - value) <= step / 2


@pytest.mark.parametrize(("value", "rounded"), [("72.5", "75"), ("72.4", "70"), ("77.5", "80")])
def test_halves_go_up(value: str, rounded: str) -> None:
    assert round_half_up(Decimal(value), Decimal(5)) == Decimal(rounded)


@pytest.mark.parametrize("step", [0, -1])
def test_a_step_is_positive(step: int) -> None:
    for how in (round_down, round_up, round_half_up):
        with pytest.raises(ValueError, match="positive"):
            how(Decimal(1), Decimal(step))
