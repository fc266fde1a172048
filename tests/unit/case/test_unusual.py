"""Amounts that are possible, but far likelier in another unit, must be confirmed; first of all pounds as kilograms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.case import read_case
from opsonin.case.growth import usual_weight_kg
from opsonin.errors import InputRefused

CASE = """\
schema: opsonin-case/1
id: unusual
therapy: ivig-itp
as_of: 2026-11-20
pack: us
patient: {{age: {age}, {more}}}
weights: [{{value: {weight}, date: 2026-11-19{confirmed}}}]
diagnosis: {{name: primary-itp}}
goal: {{kind: raise-low-count}}
measured: [{{what: platelets, value: 14 x10^9/L, date: 2026-11-19}}]
"""


def refusal(weight: str, *, age: str = "47 years", more: str = "sex: female", confirmed: str = "") -> str:
    """What is said of a weight; empty when it is accepted."""
    try:
        read_case(CASE.format(weight=weight, age=age, more=more, confirmed=confirmed and f", confirmed: {confirmed}"))
    except InputRefused as refused:
        assert [problem.field for problem in refused.problems] == ["weights[0].value"]
        return str(refused.problems[0])
    return ""


def test_one_weight_in_pounds_typed_as_kilograms_is_asked_about() -> None:
    said = refusal("158.7 kg", more="sex: female, height: 168 cm")
    assert "body-mass index of 56.2 kg/m² with a height of 168 cm" in said
    assert '"158.7 lb" would be usual' in said
    assert 'add "confirmed: yes"' in said


def test_without_a_height_the_message_asks_for_it() -> None:
    assert "give patient.height, or add" in refusal("158.7 kg")


def test_kilograms_typed_as_pounds_are_asked_about() -> None:
    assert '"72 kg" would be usual' in refusal("72 lb")


@pytest.mark.parametrize("confirmed", ["yes", "true"])
def test_a_confirmed_weight_is_taken_as_written(confirmed: str) -> None:
    assert refusal("158.7 kg", confirmed=confirmed) == ""


def test_a_denied_confirmation_confirms_nothing() -> None:
    assert "would be usual" in refusal("158.7 kg", confirmed="no")


def test_heavy_people_with_a_height_that_fits_are_not_asked() -> None:
    assert refusal("130 kg", more="sex: male, height: 190 cm") == ""


@given(st.decimals(Decimal("18.3"), Decimal(35), places=1), st.integers(145, 200), st.decimals("20", "80", places=1))
def test_no_adult_of_everyday_build_is_dosed_in_pounds(index: Decimal, height: int, years: Decimal) -> None:
    kg = index * (Decimal(height) / 100) ** 2
    pounds = (kg / Decimal("0.45359237")).quantize(Decimal("0.1"))
    more = f"sex: male, height: {height} cm"
    assert refusal(f"{pounds} lb", age=f"{years} years", more=more) == ""
    assert refusal(f"{pounds} kg", age=f"{years} years", more=more)
    assert refusal(f"{kg:.1f} lb", age=f"{years} years", more=more)


@given(st.integers(6, 215), st.decimals("0.01", "0.99", places=2), st.sampled_from(["female", "male"]))
def test_no_child_inside_the_growth_chart_is_dosed_in_pounds(months: int, share: Decimal, sex: str) -> None:
    low, high = usual_weight_kg(Decimal(months) / 12, sex)
    kg = low + (high - low) * share
    pounds = kg / Decimal("0.45359237")
    age, more = f"{months} months", f"sex: {sex}"
    inside = kg.quantize(Decimal("0.01"))
    if low <= inside <= high:
        assert refusal(f"{inside} kg", age=age, more=more) == ""
    assert refusal(f"{pounds:.2f} kg", age=age, more=more)


@pytest.mark.parametrize(
    ("years", "sex", "low", "high"),  # rows of the published table, months / 12
    [("0", "female", "2.414112", "4.254922"), ("20", "male", "54.00392", "100.7784")],
)
def test_the_growth_chart_at_its_ends(years: str, sex: str, low: str, high: str) -> None:
    assert usual_weight_kg(Decimal(years), sex) == (Decimal(low), Decimal(high))


def test_between_rows_the_chart_is_interpolated_and_close_to_the_row_left_out() -> None:
    """At 42.5 months, a row of the published table that is not among ours: boys 12.54001 and 19.45041 kg."""
    low, high = usual_weight_kg(Decimal("42.5") / 12, "male")
    assert abs(low - Decimal("12.54001")) < Decimal("0.03")
    assert abs(high - Decimal("19.45041")) < Decimal("0.09")


def test_of_unknown_sex_the_wider_range_holds() -> None:
    girls, boys, either = (usual_weight_kg(Decimal(10), sex) for sex in ("female", "male", None))
    assert either == (min(girls[0], boys[0]), max(girls[1], boys[1]))


def test_beyond_its_ages_the_chart_refuses() -> None:
    with pytest.raises(ValueError, match="ends at 240 months"):
        usual_weight_kg(Decimal(21), None)
