"""What a day brings per kilogram besides antibodies, by hand from the products' own figures. All at 1 g/kg a day."""

from decimal import Decimal

import pytest

from opsonin.planning import candidates
from opsonin.safety import loads, offers


@pytest.fixture
def load_of(known, person, setting):
    def of(id, what):
        offered = offers(person(), setting(), known)
        regimen = next(r for r, _ in candidates(person(), setting(), offered, known) if r.id == id)
        return next(load for load in loads(regimen) if load.what == what)

    return of


@pytest.mark.parametrize(
    ("id", "what", "amount", "at_most"),
    [
        ("octagam_10:1x2", "fluid", "10", False),  # 70 g in 700 mL, 70 kg
        ("octagam_10:1x2", "sodium", "0.3", True),  # at most 30 mmol/L × 0.01 L/kg
        ("octagam_10:1x2", "maltose", "0.9", False),  # 90 mg/mL × 10 mL/kg
        ("privigen:1x2", "sodium", "0.01", True),  # at most 1 mmol/L × 0.01 L/kg
        ("gammaplex_5:1x2", "fluid", "20", False),  # 70 g in 1400 mL
        ("gammaplex_5:1x2", "sorbitol", "1", False),  # 50 mg/mL × 20 mL/kg
        ("gamunex_c:0.4x5", "immunoglobulin (protein)", "0.4", False),
        ("privigen:1x2", "sugar", "0", False),  # stabilised with proline
    ],
)
def test_loads_by_hand(load_of, id, what, amount, at_most):
    load = load_of(id, what)
    assert load.amount_per_kg_per_day == Decimal(amount)
    assert load.at_most is at_most
    assert ("at most" in load.says) is at_most


def test_sodium_by_mass_becomes_millimoles(load_of):
    """Panzyga: 69 mg/100 mL × 10 mL/kg = 6.9 mg/kg; ÷ 22.99 mg/mmol = 0.30013 mmol/kg."""
    assert round(load_of("panzyga:1x2", "sodium").amount_per_kg_per_day, 5) == Decimal("0.30013")


@pytest.mark.parametrize("id", ["gamunex_c:1x2", "gammaplex_10:1x2", "gammaplex_5:1x2"])
def test_what_the_shelf_does_not_know_stays_not_found(load_of, id):
    load = load_of(id, "sodium")
    assert load.amount_per_kg_per_day is None and load.says == "Sodium: not found."


def test_every_product_with_a_known_sugar_has_its_load(known, person, setting):
    offered = offers(person(), setting(), known)
    for regimen, _ in candidates(person(), setting(), offered, known):
        facts = regimen.product.facts
        named = {sugar for sugar in ("maltose", "sorbitol") if sugar in facts and facts[sugar].found}
        found = {load.what for load in loads(regimen) if load.amount_per_kg_per_day}
        assert named <= found, regimen.id
