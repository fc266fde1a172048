"""A rate in two units: exact where it can be, never above its source."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opsonin.knowledge import Rate
from opsonin.report.lookup_rates import is_of_the_ladder, mass_rate, rungs, volume_rate


@pytest.mark.parametrize(
    ("value", "unit", "strength", "mass", "volume"),
    [
        ("0.5", "mg/kg/min", "100", "0.5", "0.3"),
        ("4", "mg/kg/min", "50", "4", "4.8"),
        ("0.08", "mL/kg/min", "100", "8", "4.8"),
        ("4.8", "mL/kg/h", "100", "8", "4.8"),
        ("200", "mg/kg/h", "50", "3.333", "4"),
        ("1.4", "mL/kg/h", "100", "2.333", "1.4"),
    ],
)
def test_worked_by_hand(value, unit, strength, mass, volume):
    assert mass_rate(Decimal(value), unit, Decimal(strength)) == Decimal(mass)
    assert volume_rate(Decimal(value), unit, Decimal(strength)) == Decimal(volume)


def test_what_is_no_rate_has_no_conversion():
    assert mass_rate(Decimal(30), "min", Decimal(100)) is None
    assert volume_rate(Decimal(30), "min", Decimal(100)) is None


def test_every_rate_of_the_shelf_agrees_with_the_planner_and_lies_not_above_its_source(known):
    checked = 0
    for item in known.of_family("ivig").values():
        for label in item.labels.values():
            for rung in rungs(item, label):
                values = rung.fact.value if isinstance(rung.fact.value, tuple) else (rung.fact.value,)
                for value, shown in zip(values, rung.ml_per_kg_per_h, strict=False):
                    if rung.fact.unit == "mg/kg/h":
                        exact = value / item.concentration_mg_per_ml
                    else:
                        exact = Rate(value, rung.fact.unit, rung.fact).ml_per_kg_per_h(item.concentration_mg_per_ml)
                    assert Decimal(0) <= exact - shown < Decimal("0.001"), rung.fact.id
                    checked += 1
    assert checked > 40


def test_every_rung_has_both_units_or_neither_and_no_rate_is_lost(known):
    for item in known.of_family("ivig").values():
        for label in item.labels.values():
            ladder = rungs(item, label)
            assert [rung.name for rung in ladder] == [name for name in label.facts if is_of_the_ladder(name)]
            for rung in ladder:
                assert len(rung.mg_per_kg_per_min) == len(rung.ml_per_kg_per_h)
                assert bool(rung.mg_per_kg_per_min) == (rung.fact.found and "/kg/" in rung.fact.unit), rung.fact.id
