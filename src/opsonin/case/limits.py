"""What is plausible? Limits that catch typing errors, not limits of treatment.

They are wide on purpose: wider than growth charts and laboratory records, so that no real person is refused, yet a
slipped decimal point, a wrong unit or a wrong field is. They are assumptions of this program (no source states them)
and stand here and nowhere else. `usual` is used only to guess what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from opsonin.errors import InputRefused
from opsonin.quantities import Quantity, read_quantity, show, unit_in_words, unit_kinds


@dataclass(frozen=True)
class Limits:
    """The lowest and highest plausible amount, in the kind's canonical unit, and why those."""

    kind: str
    low: str
    high: str
    usual_low: str
    usual_high: str
    reason: str
    zero_is_possible: bool = False

    def admit(self, amount: Decimal) -> bool:
        return Decimal(self.low) <= amount <= Decimal(self.high) or (self.zero_is_possible and amount == 0)

    def usual(self, amount: Decimal) -> bool:
        return Decimal(self.usual_low) <= amount <= Decimal(self.usual_high)


OLDEST_YEARS = 122  # the longest documented human life
GOAL_HIGHEST_10E9_PER_L = Decimal(400)  # above the laboratory's normal range nothing is aimed for
GOAL_LOWEST_10E9_PER_L = Decimal(10)
PREGNANCY_YEARS = (Decimal(9), Decimal(60))  # outside, a mistyped birth date or field is likelier
BODY_MASS_INDEX = (Decimal(8), Decimal(90))  # kg/m²; beyond both ends of reported survivors
BODY_MASS_INDEX_FROM_YEARS = Decimal(2)  # below, the index says little
ADULT_FROM_YEARS = Decimal(18)
# Outside these an adult's weight is asked about again, if its digits in the other unit (lb, kg) lie inside. The first
# finds whoever has a body-mass index from 18.2 to 35, the second whoever weighs 45.4 to 88 kg (1 lb = 0.45359237 kg).
USUAL_BODY_MASS_INDEX = (Decimal(16), Decimal(40))
USUAL_ADULT_KG = (Decimal(40), Decimal(100))  # where no height is given
LONGEST_AHEAD_DAYS = 366  # a start or goal further ahead is a mistyped year
WEIGHT_CHANGE = (Decimal("0.65"), Decimal("1.5"))  # of the weight before, within 90 days, after the first birthday
WEIGHT_CHANGE_DAYS = 90
PHASE_TOLERANCE_MONTHS = Decimal(1)  # the day of diagnosis is often known to the month only

# Up to this age in years → plausible kilograms, and plausible centimetres.
_BY_AGE: tuple[tuple[str, str, str, str, str], ...] = (
    ("0.25", "0.4", "12", "25", "75"),  # from extreme prematurity
    ("1", "1", "20", "35", "100"),
    ("2", "3", "30", "45", "120"),
    ("4", "5", "50", "55", "140"),
    ("6", "7", "80", "65", "160"),
    ("10", "9", "140", "75", "190"),
    ("14", "12", "220", "85", "220"),
    ("18", "16", "300", "90", "250"),
    ("999", "25", "350", "50", "260"),
)

_MEASURED = {
    "platelets": Limits(
        "platelets", "0.5", "3000", "1", "900", "counters report whole thousands, and 3000 is extreme even in "
        "essential thrombocythaemia", zero_is_possible=True,
    ),
    "igg": Limits("immunoglobulin", "0.01", "120", "3", "40", "from agammaglobulinaemia to myeloma", True),
    "iga": Limits("immunoglobulin", "0.001", "100", "0.05", "8", "from IgA deficiency to myeloma", True),
    "creatinine": Limits("creatinine", "5", "3000", "15", "900", "from a newborn to untreated kidney failure"),
    "white-cells": Limits("white_cells", "0.01", "1000", "0.1", "50", "from aplasia to leukaemia", True),
    "lymphocytes": Limits("white_cells", "0.001", "1000", "0.01", "10", "from aplasia to leukaemia", True),
    **{what: Limits("t_cells", "0.1", "20000", "1", "3000", "from depletion to a lymphoid leukaemia", True)
       for what in ("cd2", "cd3", "cd4")},
    "total-atg": Limits("atg_level", "0.001", "5000", "0.1", "1000", "published peaks are below 1200", True),
    "active-atg": Limits("active_atg", "0.0001", "1000", "0.01", "100", "published peaks are below 100", True),
    "haemoglobin": Limits("haemoglobin", "15", "270", "40", "200", "beyond both ends of reported survivors"),
}  # fmt: skip
GRAMS_GIVEN = Limits("mass", "0.1", "500", "1", "200", "one infusion; 2 g/kg at 200 kg would be 400 g")
TOLERATED_RATE = Limits(  # every rate a label allows, mistyped from mL/kg/min, lies below the lowest
    "rate_per_weight", "0.14", "15", "0.3", "8", "labels begin at 0.3 and end at 4.8 to 8 mL/kg/h"
)
VIAL = Limits("mass", "0.1", "60", "0.5", "40", "the largest vials sold hold 40 g")
PUMP_STEP = Limits("pump_rate", "0.01", "10", "0.1", "5", "pumps step by 0.01 to 10 mL/h")
BODY_WEIGHT = Limits("weight", "0.4", "350", "3", "180", "any age")
PUMP_RATE = Limits("pump_rate", "0.01", "3000", "1", "800", "8 mL/kg/h at 350 kg would be 2800")
VOLUME_RUN = Limits("volume", "0.1", "10000", "5", "4000", "one infusion; 2 g/kg of 5 % at 200 kg would be 8 L", True)
CONCENTRATION = Limits("concentration", "0.01", "250", "0.4", "200", "from a diluted antithymocyte globulin to 20 %")
VITAL_SIGNS = {
    "pulse": Limits("per_minute", "10", "350", "40", "220", "of a living person"),
    "respiratory_rate": Limits("per_minute", "2", "150", "8", "70", "of a living person"),
    "oxygen_saturation": Limits("saturation", "10", "100", "70", "100", "of a living person"),
}
TEMPERATURE_CELSIUS = (Decimal(20), Decimal(45))  # beyond both ends of reported survivors
PRESSURE_MMHG = (Decimal(10), Decimal(370))
GLOBULIN_GIVEN = Limits("mass", "0.0001", "20", "0.005", "8", "one infusion; 40 mg/kg at 200 kg would be 8 g")
GLOBULIN_VIAL = Limits("mass", "0.005", "1", "0.02", "0.5", "the vials on the shelf hold 25, 100 and 250 mg")
FINAL_VOLUME = Limits("volume", "5", "3000", "50", "1500", "one bag or bottle of an infusion")
INFUSION_HOURS = Limits("duration", "0.05", "24", "2", "14", "a day's dose is given within its day")
TEAM_LIMITS = {  # of a vital sign, by the beginning of the field's name
    "pulse": VITAL_SIGNS["pulse"],
    "respiratory_rate": VITAL_SIGNS["respiratory_rate"],
    "oxygen_saturation": VITAL_SIGNS["oxygen_saturation"],
    "systolic": Limits("pressure", "10", "370", "70", "200", "of a living person"),
    "temperature": Limits("temperature", "20", "45", "34", "41", "of a living person"),
}
TEAM_CHANGES = {
    "temperature_rise": Limits("temperature", "0.1", "6", "0.5", "3", "a rise that a person survives"),
    "change": Limits("percent", "1", "100", "5", "50", "a share of the first set"),
    "check_every": Limits("duration", "0.01", "24", "0.05", "4", "within one infusion"),
}
GOAL_COUNT = Limits(
    "platelets", str(GOAL_LOWEST_10E9_PER_L), str(GOAL_HIGHEST_10E9_PER_L), "20", "150",
    "a goal lies between the lowest count worth aiming for and the normal range",
)  # fmt: skip


def measured_limits(what: str) -> Limits:
    return _MEASURED[what]


def weight_limits(age_years: Decimal | None) -> Limits:
    """Plausible body weight at an age; without one, from the smallest child to the heaviest adult."""
    if age_years is None:
        return Limits("weight", "0.4", "350", "3", "180", "any age")
    row = _row(age_years)
    usual = ("40", "180") if age_years >= 18 else (row[1], row[2])
    return Limits("weight", row[1], row[2], *usual, f"at {show(age_years, 1)} years")


def height_limits(age_years: Decimal | None) -> Limits:
    """Plausible body height at an age."""
    if age_years is None:
        return Limits("height", "25", "260", "45", "210", "any age")
    row = _row(age_years)
    usual = ("130", "210") if age_years >= 18 else (row[3], row[4])
    return Limits("height", row[3], row[4], *usual, f"at {show(age_years, 1)} years")


def _row(age_years: Decimal) -> tuple[str, str, str, str, str]:
    return next(row for row in _BY_AGE if age_years < Decimal(row[0]))


def implausible(quantity: Quantity, limits: Limits) -> tuple[str, str] | None:
    """Why this amount cannot be meant, and what may have been; None when it is plausible."""
    if quantity.amount < 0 or (quantity.amount == 0 and not limits.zero_is_possible):
        return ("is negative." if quantity.amount < 0 else "is zero."), "Write the measured value with its unit."
    if limits.admit(quantity.amount):
        return None
    unit = unit_in_words(quantity.unit)
    why = f"is not plausible: expected {limits.low} to {limits.high} {unit} ({limits.reason})."
    return why, f"{_meant(quantity, limits)}Correct the number or the unit."


def in_other_units(quantity: Quantity, kind: str) -> Iterator[Quantity]:
    """The same digits in every other unit of the kind."""
    number = quantity.written.strip()
    digits = number[: len(number) - len(number.lstrip("+-0123456789."))]
    for unit in unit_kinds()[kind]:
        try:
            other = read_quantity(f"{digits} {unit_in_words(unit)}", kind, field="")
        except InputRefused:  # pragma: no cover - the digits were read once already
            continue
        if (other.amount, other.unit) != (quantity.amount, quantity.unit):
            yield other


def _meant(quantity: Quantity, limits: Limits) -> str:
    """The same digits with another unit, or a slipped decimal point, where that gives a usual amount."""
    guesses: dict[Decimal, str] = {}
    for other in in_other_units(quantity, limits.kind):
        if other.unit == quantity.unit and limits.usual(other.amount):
            guesses.setdefault(other.amount, f'"{other.written}"')
    if not guesses:
        for factor in (Fraction(1, 10), Fraction(10), Fraction(1, 100), Fraction(100)):
            shifted = quantity.amount * factor.numerator / factor.denominator
            if limits.usual(shifted):
                guesses[shifted] = f'"{show(shifted)} {unit_in_words(quantity.unit)}"'
                break
    return f"Was {' or '.join(guesses.values())} meant? " if guesses else ""
