"""Amounts with units: exact, both ways, and by a second road (pint)."""

from __future__ import annotations

from decimal import Decimal

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.errors import InputRefused
from opsonin.quantities import read_quantity, show, unit_in_words, unit_kinds

UNITS = [(kind, unit) for kind, units in unit_kinds().items() for unit in units]
NUMBERS = st.decimals(min_value=0, max_value=100_000, places=3, allow_nan=False, allow_infinity=False)

# Our spelling → pint's. Creatinine's molar unit needs its molar mass and is checked by hand below.
PINT = {
    "lb": "pound", "lbs": "pound", "in": "inch", "years": "year", "y": "year", "months": "month",
    "10^9/L": "1e9/L", "10*9/L": "1e9/L", "G/L": "1e9/L", "10^3/uL": "1e3/uL", "10*3/uL": "1e3/uL", "K/uL": "1e3/uL",
    "/uL": "1/uL", "/mm3": "1/mm**3", "min": "minute", "h": "hour", "mL/h": "mL/hour", "mL/kg/h": "mL/kg/hour",
    "mL/kg/min": "mL/kg/minute", "/min": "1/minute", "bpm": "1/minute", "%": "percent",
    "10^6/L": "1e6/L", "AU/mL": "1/mL", "°C": "delta_degC", "C": "delta_degC",  # read as they are, never converted
}  # fmt: skip
CANONICAL = {
    "weight": "kg", "height": "cm", "age": "year", "platelets": "1e9/L", "white_cells": "1e9/L",
    "t_cells": "1/uL", "immunoglobulin": "g/L", "haemoglobin": "g/L", "atg_level": "ug/mL", "active_atg": "1/mL",
    "mass": "g", "volume": "mL", "duration": "hour", "pump_rate": "mL/hour", "rate_per_weight": "mL/kg/hour",
    "dose_per_weight": "g/kg", "concentration": "mg/mL", "per_minute": "1/minute", "saturation": "percent",
    "percent": "percent", "pressure": "mmHg", "temperature": "delta_degC",
}  # fmt: skip
PINT_REGISTRY = pint.UnitRegistry(non_int_type=Decimal)


def amount(text: str, kind: str) -> Decimal:
    return read_quantity(text, kind, field="x").amount


@pytest.mark.parametrize(
    ("kind", "unit"),
    [pair for pair in UNITS if pair[0] != "creatinine" and pair[1] != "mg/kg/min" and pair != ("concentration", "%")],
)
def test_pint_agrees(kind: str, unit: str) -> None:
    theirs = PINT_REGISTRY.Quantity(Decimal("12.5"), PINT_REGISTRY.parse_units("dimensionless"))
    theirs = theirs * PINT_REGISTRY.parse_expression(PINT.get(unit, unit))
    ours = amount(f"12.5 {unit_in_words(unit)}", kind)
    canonical = PINT_REGISTRY.parse_expression(CANONICAL[kind])
    assert abs(ours - (theirs / canonical).to("dimensionless").magnitude) < Decimal("1e-20")


@given(NUMBERS, st.sampled_from([unit for unit in UNITS if unit[0] not in ("creatinine", "age", "duration")]))
def test_decimal_units_are_exact(number: Decimal, kind_unit: tuple[str, str]) -> None:
    kind, unit = kind_unit
    one = amount(f"1 {unit_in_words(unit)}", kind)
    assert amount(f"{number} {unit_in_words(unit)}", kind) == number * one


@given(NUMBERS, st.sampled_from(UNITS))
def test_the_way_back_gives_what_was_written(number: Decimal, kind_unit: tuple[str, str]) -> None:
    kind, unit = kind_unit
    read = read_quantity(f"{number} {unit_in_words(unit)}", kind, field="x")
    one = amount(f"1 {unit_in_words(unit)}", kind)
    assert read.written == f"{number} {unit_in_words(unit)}"
    assert abs(read.amount / one - number) < Decimal("1e-15")


@given(NUMBERS)
def test_a_canonical_amount_reads_as_itself_after_show(number: Decimal) -> None:
    assert amount(f"{show(number)} kg", "weight") == number


@given(st.integers(0, 2000))
def test_whole_years_in_months_are_whole(years: int) -> None:
    assert amount(f"{12 * years} months", "age") == years


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("154 lb", "weight", "69.85322498"),
        ("18 months", "age", "1.5"),
        ("90 min", "duration", "1.5"),
        ("66 in", "height", "167.64"),
        ("14000 /uL", "platelets", "14"),
        ("14000/mm³", "platelets", "14"),
        ("14 ×10⁹/L", "platelets", "14"),
        ("14 x 10^9/l", "platelets", "14"),
        ("14 10³/µL", "platelets", "14"),
        ("1100 mg/dl", "immunoglobulin", "11"),
        ("13.1 g/dL", "haemoglobin", "131"),
        ("88 µmol/L", "creatinine", "88"),
        ("88 mcmol/L", "creatinine", "88"),
        ("0.08 mL/kg/min", "rate_per_weight", "4.8"),
        ("1.5 L", "volume", "1500"),
        ("400 mg/kg", "dose_per_weight", "0.4"),
    ],
)
def test_known_amounts(text: str, kind: str, expected: str) -> None:
    assert amount(text, kind) == Decimal(expected)


def test_percent_of_a_solution_is_grams_in_100_ml() -> None:
    assert amount("10 %", "concentration") == amount("100 mg/mL", "concentration") == 100


def test_creatinine_in_mass_by_hand() -> None:
    # 1 mg/dL = 10 mg/L = 0.010 g/L; / 113.12 g/mol = 88.40 µmol/L
    assert show(amount("1 mg/dL", "creatinine"), 2) == "88.4"


def test_a_protein_rate_keeps_its_unit_because_its_volume_needs_the_strength() -> None:
    assert read_quantity("8 mg/kg/min", "rate_per_weight", field="x").unit == "mg/kg/min"
    assert read_quantity("0.08 mL/kg/min", "rate_per_weight", field="x").unit == "mL/kg/h"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("70", "has no unit"),
        (70, "has no unit"),
        (70.5, "has no unit"),
        ("kg", "is not a weight with a unit"),
        ("", "is not a weight with a unit"),
        ("70 stone", "'stone'"),
        ("70 KG", "'KG'"),
        ("70 g/L", "not one for a weight"),
        ("70,5 kg", "comma"),
        ("70,500 g", "comma"),
        ("1e3 kg", "'e3kg'"),
        ("70 kg kg", "'kgkg'"),
        ("<70 kg", "is a limit"),
        ("0x46 kg", "'x46kg'"),
        ("٧٠ kg", "is not a weight with a unit"),
        (True, "is not a weight"),
        (None, "is not a weight"),
        ("1" * 20 + " kg", "more digits"),
        ("nan kg", "is not a weight with a unit"),
    ],
)
def test_what_is_not_an_amount_is_refused_by_name(text: object, words: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_quantity(text, "weight", field="weights[0].value")
    problem = refused.value.problems[0]
    assert problem.field == "weights[0].value"
    assert words in problem.why
    assert "72 kg" in problem.remedy


@pytest.mark.parametrize("kind", unit_kinds())
def test_the_example_in_the_message_can_itself_be_read(kind: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_quantity("nothing", kind, field="x")
    example = refused.value.problems[0].remedy.split('"')[1]
    assert read_quantity(example, kind, field="x").amount > 0


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        ("70.00", None, "70"), ("0.50", None, "0.5"), ("1E+2", None, "100"), ("-0", None, "0"), ("-0.0", None, "0"),
        ("1.2345", 2, "1.23"), ("1.005", 2, "1.01"), ("100", 0, "100"), ("0", 1, "0"), ("-0.04", 1, "0"),
    ],
)  # fmt: skip
def test_printed_as_pharmacies_do(value: str, places: int | None, printed: str) -> None:
    assert show(Decimal(value), places) == printed
