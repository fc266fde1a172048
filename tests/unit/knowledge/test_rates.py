"""An infusion rate in every unit a label prints, as millilitres per kilogram and hour, by hand."""

from decimal import Decimal

import pytest

from opsonin.knowledge import Rate, load_knowledge
from opsonin.knowledge.units import RATES

ANY_FACT = load_knowledge().fact("products/octagam_5/labels/us/rate_maximum")


@pytest.mark.parametrize(
    ("value", "unit", "mg_per_ml", "rate"),
    [
        ("200", "mg/kg/h", "50", "4"),  # Octagam 5 %, US: 200 mg/kg/h ÷ 50 mg/mL
        ("12", "mg/kg/min", "100", "7.2"),  # Octagam 10 %, US: 12 × 60 ÷ 100
        ("0.08", "mL/kg/min", "100", "4.8"),  # Flebogamma DIF 10 %: 0.08 × 60
        ("4.8", "mL/kg/h", "100", "4.8"),  # Privigen, EU
    ],
)
def test_by_hand(value, unit, mg_per_ml, rate):
    assert Rate(Decimal(value), unit, ANY_FACT).ml_per_kg_per_h(Decimal(mg_per_ml)) == Decimal(rate)


def test_every_unit_of_a_rate_has_a_row():
    assert set(RATES) == {"mg/kg/h", "mg/kg/min", "mL/kg/min", "mL/kg/h"}


def test_octagam_5_stands_as_its_label_prints_it():
    assert (ANY_FACT.value, ANY_FACT.unit) == (Decimal(200), "mg/kg/h")
