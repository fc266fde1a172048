"""Amounts with units, exact. Only units listed here are understood; a bare number never is.

Every kind of quantity has one canonical unit; the factors below turn an accepted unit into it. They are exact
(definitions of SI prefixes, the international pound and inch) except the molar one, which carries its molar mass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from opsonin.errors import InputRefused, Problem
from opsonin.quantities.rounding import round_half_up

_D = Decimal
_F = Fraction
CREATININE_G_PER_MOL = _D("113.12")  # C4H7N3O; turns mg/dL into µmol/L
_LONGEST = 60  # characters; what is longer has too many digits or no unit known here
_MOST_DIGITS = 15  # no measurement has more; beyond, decimal arithmetic would start to round

_KINDS: dict[str, tuple[str, dict[str, Fraction]]] = {
    "weight": ("kg", {"kg": _F(1), "g": _F("0.001"), "lb": _F("0.45359237"), "lbs": _F("0.45359237")}),
    "height": ("cm", {"cm": _F(1), "m": _F(100), "mm": _F("0.1"), "in": _F("2.54")}),
    "age": ("years", {"years": _F(1), "year": _F(1), "y": _F(1), "months": _F(1, 12), "month": _F(1, 12)}),
    "platelets": (
        "10^9/L",
        {"10^9/L": _F(1), "10*9/L": _F(1), "G/L": _F(1), "10^3/uL": _F(1), "10*3/uL": _F(1), "K/uL": _F(1),
         "/uL": _F("0.001"), "/mm3": _F("0.001")},
    ),
    "white_cells": (
        "10^9/L",
        {"10^9/L": _F(1), "10*9/L": _F(1), "G/L": _F(1), "10^3/uL": _F(1), "10*3/uL": _F(1), "K/uL": _F(1),
         "/uL": _F("0.001"), "/mm3": _F("0.001")},
    ),
    "t_cells": ("/uL", {"/uL": _F(1), "/mm3": _F(1), "10^6/L": _F(1), "10^9/L": _F(1000), "G/L": _F(1000)}),
    "atg_level": ("ug/mL", {"ug/mL": _F(1), "mg/L": _F(1)}),
    "active_atg": ("AU/mL", {"AU/mL": _F(1)}),
    "immunoglobulin": ("g/L", {"g/L": _F(1), "mg/dL": _F("0.01"), "mg/L": _F("0.001")}),
    "haemoglobin": ("g/L", {"g/L": _F(1), "g/dL": _F(10)}),
    "creatinine": ("umol/L", {"umol/L": _F(1), "mg/dL": _F(10000) / _F(CREATININE_G_PER_MOL)}),
    "mass": ("g", {"g": _F(1), "mg": _F("0.001")}),
    "volume": ("mL", {"mL": _F(1), "L": _F(1000)}),
    "duration": ("h", {"h": _F(1), "min": _F(1, 60)}),
    "pump_rate": ("mL/h", {"mL/h": _F(1)}),
    "rate_per_weight": ("mL/kg/h", {"mL/kg/h": _F(1), "mL/kg/min": _F(60), "mg/kg/min": _F(1)}),
    "dose_per_weight": ("g/kg", {"g/kg": _F(1), "mg/kg": _F("0.001")}),
    "concentration": ("mg/mL", {"mg/mL": _F(1), "g/L": _F(1), "g/mL": _F(1000), "%": _F(10)}),  # %: g in 100 mL
    "per_minute": ("/min", {"/min": _F(1), "bpm": _F(1)}),
    "saturation": ("%", {"%": _F(1)}),
    "percent": ("%", {"%": _F(1)}),
    "pressure": ("mmHg", {"mmHg": _F(1)}),
    "temperature": ("°C", {"°C": _F(1), "C": _F(1)}),
}  # fmt: skip

# Units that need something else (here a product's concentration) to become the canonical one keep their own name.
_KEEP_THEIR_UNIT = {"mg/kg/min"}

_NUMBER_THEN_UNIT = re.compile(r"^\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*(.*?)\s*$")
_TIMES_TEN = re.compile(r"^[×x·*](?=10)")
_LITRE = re.compile(r"(?<![A-Za-z])([mdu]?)l(?![A-Za-z])")


@dataclass(frozen=True)
class Quantity:
    """An exact amount in the canonical unit of its kind, and what was written."""

    amount: Decimal
    unit: str
    written: str

    def __str__(self) -> str:
        return f"{show(self.amount)} {self.unit}"


def unit_kinds() -> dict[str, tuple[str, ...]]:
    """The units understood for each kind of quantity, canonical first."""
    return {kind: tuple(accepted) for kind, (_, accepted) in _KINDS.items()}


def show(amount: Decimal, places: int | None = None) -> str:
    """A decimal as pharmacies print it: no exponent, no trailing zeros, a digit before the point.

    >>> show(Decimal("70.00")), show(Decimal("0.50")), show(Decimal("1.2345"), places=2)
    ('70', '0.5', '1.23')
    """
    if places is not None:
        amount = round_half_up(amount, _D(1).scaleb(-places))
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def read_quantity(text: object, kind: str, *, field: str) -> Quantity:
    """The amount written in `text`, in the canonical unit of `kind`.

    Raises InputRefused naming `field` when there is no number, no unit, or a unit that does not fit.

    >>> read_quantity("154 lb", "weight", field="weights[0].value").amount
    Decimal('69.85322498')
    >>> read_quantity("24 months", "age", field="patient.age").amount
    Decimal('2')
    """
    canonical, accepted = _KINDS[kind]
    example = f'Write a number and a unit, for example "{_EXAMPLES[kind]}"; understood here: {_listed(accepted)}.'
    shown = repr(text) if isinstance(text, str) else str(text)

    def refused(why: str, remedy: str = example) -> InputRefused:
        return InputRefused([Problem(field, shown, why, remedy)])

    if isinstance(text, bool) or not isinstance(text, (str, int, float, Decimal)):
        raise refused(f"is not {_a(kind)}.")
    match = _NUMBER_THEN_UNIT.match(str(text)[:_LONGEST])
    if match is None or match.group(2).startswith(","):
        raise refused(*_not_a_number(str(text), kind, example))
    number, unit = match.group(1), _plain(match.group(2))
    if unit == "":
        raise refused("has no unit.")
    if unit not in accepted:
        raise refused(f"has the unit {unit!r}, which is not one for {_a(kind)}.")
    if len(number.strip("+-0").replace(".", "")) > _MOST_DIGITS:
        raise refused("has more digits than any measurement.")
    return Quantity(_exact(number, accepted[unit]), unit if unit in _KEEP_THEIR_UNIT else canonical, str(text))


def unit_in_words(unit: str) -> str:
    """A unit as it follows a number: 14 x10^9/L.

    >>> unit_in_words("10^9/L"), unit_in_words("kg")
    ('x10^9/L', 'kg')
    """
    return f"x{unit}" if unit.startswith("10") else unit


def _listed(accepted: Iterable[str]) -> str:
    return ", ".join(unit_in_words(unit) for unit in accepted)


_EXAMPLES = {
    "weight": "72 kg", "height": "168 cm", "age": "47 years", "platelets": "14 x10^9/L", "white_cells": "4.2 x10^9/L",
    "t_cells": "35 /uL", "immunoglobulin": "11 g/L", "atg_level": "62 ug/mL", "active_atg": "4.1 AU/mL",
    "haemoglobin": "131 g/L", "creatinine": "71 umol/L", "mass": "10 g", "volume": "100 mL", "duration": "2 h",
    "pump_rate": "1 mL/h", "rate_per_weight": "0.5 mL/kg/h", "dose_per_weight": "1 g/kg",
    "concentration": "100 mg/mL", "per_minute": "82 /min", "saturation": "97 %",
    "percent": "20 %", "pressure": "90 mmHg", "temperature": "38.5 °C",
}  # fmt: skip
_NAMES = {"platelets": "a platelet count", "white_cells": "a white-cell count", "t_cells": "a T-cell count",
          "atg_level": "a level of antithymocyte globulin", "active_atg": "a level of active antithymocyte globulin",
          "immunoglobulin": "an immunoglobulin level", "pump_rate": "a pump rate",
          "rate_per_weight": "a rate per body weight", "dose_per_weight": "a dose per body weight",
          "creatinine": "creatinine", "haemoglobin": "haemoglobin", "per_minute": "a number per minute"}  # fmt: skip


def _a(kind: str) -> str:
    return _NAMES.get(kind, f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}")


def _not_a_number(text: str, kind: str, example: str) -> tuple[str, str]:
    """Why this text is no amount, and what to do."""
    if re.match(r"^\s*[+-]?[0-9]+,[0-9]", text):
        return "has a comma in the number.", f"Write a point for decimals and nothing for thousands. {example}"
    if re.match(r"^\s*[<>≤≥~]", text):
        return "is a limit, not a value.", f"Write the reported limit as a plain value. {example}"
    return f"is not {_a(kind)} with a unit.", example


def _exact(number: str, factor: Fraction) -> Decimal:
    """The product, exact where a decimal can hold it, rounded once where it cannot (a third of a year).

    Dividing only when it must keeps the decimals as they were written.
    """
    amount = Decimal(number) * factor.numerator
    if factor.denominator == 1:
        return amount
    return amount / factor.denominator


def _plain(unit: str) -> str:
    unit = "".join(unit.split()).replace("μ", "u").replace("µ", "u").replace("mm³", "mm3").replace("mcmol", "umol")
    unit = _TIMES_TEN.sub("", unit.replace("⁹", "^9").replace("³", "^3"))
    return _LITRE.sub(r"\1L", unit)
