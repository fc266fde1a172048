"""What does a day of this course bring besides antibodies? Fluid, protein, sodium and sugar per kilogram.

Every number comes from the product's facts; what the shelf does not know stays "not found".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.knowledge import Fact, Product
from opsonin.quantities import round_half_up, show
from opsonin.regimen import Regimen

SUGARS = ("maltose", "sorbitol", "sucrose", "glucose")
_SODIUM_MG_PER_MMOL = Decimal("22.99")  # atomic mass of sodium
_SODIUM_CHLORIDE_MG_PER_MMOL = Decimal("58.44")  # molar mass of sodium chloride
_SHOWN = Decimal("0.001")


@dataclass(frozen=True)
class Load:
    """What one day brings of one thing, for each kilogram of actual weight."""

    what: str  # "fluid" | "immunoglobulin (protein)" | "sodium" | a sugar | "sugar"
    amount_per_kg_per_day: Decimal | None  # None: not found
    unit: str
    at_most: bool  # the product's fact is a maximum
    says: str
    facts: tuple[Fact, ...]


def loads(regimen: Regimen) -> tuple[Load, ...]:
    """The loads of the day with the largest dose."""
    largest = max(regimen.infusions, key=lambda infusion: infusion.dose.grams).dose
    kg, product = regimen.weight.actual_kg, regimen.product
    ml, grams = largest.volume_ml / kg, largest.grams / kg
    strength = product.facts.get("concentration")
    by_strength = (strength,) if strength is not None else ()
    return (
        _load("fluid", ml, "mL", False, by_strength),
        _load("immunoglobulin (protein)", grams, "g", False, ()),
        _sodium(product, ml, grams),
        *_sugars(product, ml, grams),
    )


def _sodium(product: Product, ml: Decimal, grams: Decimal) -> Load:
    for name, at_most in (("sodium_maximum", True), ("sodium", False)):
        fact = product.facts.get(name)
        if fact is None or not fact.found:
            continue
        if fact.unit == "mmol/L":
            return _load("sodium", fact.number() * ml / 1000, "mmol", at_most, (fact,))
        if fact.unit == "mg/100 mL":
            return _load("sodium", fact.number() * ml / 100 / _SODIUM_MG_PER_MMOL, "mmol", at_most, (fact,))
    salt = product.facts.get("sodium_chloride_per_protein_maximum")
    if salt is not None and salt.found and salt.unit == "mg/g":
        return _load("sodium", salt.number() * grams / _SODIUM_CHLORIDE_MG_PER_MMOL, "mmol", True, (salt,))
    looked_for = tuple(f for name in ("sodium", "sodium_range") if (f := product.facts.get(name)) is not None)
    return _load("sodium", None, "mmol", False, looked_for)


def _sugars(product: Product, ml: Decimal, grams: Decimal) -> tuple[Load, ...]:
    found = []
    for sugar in SUGARS:
        fact, per_protein = product.facts.get(sugar), product.facts.get(f"{sugar}_per_protein")
        if fact is not None and fact.found and fact.unit == "mg/mL":
            found.append(_load(sugar, fact.number() * ml / 1000, "g", False, (fact,)))
        elif per_protein is not None and per_protein.found and per_protein.unit == "g/g":
            found.append(_load(sugar, per_protein.number() * grams, "g", False, (per_protein,)))
    if found:
        return tuple(found)
    stabiliser = product.facts.get("stabiliser")
    if stabiliser is None or not stabiliser.found or any(sugar in str(stabiliser.value) for sugar in SUGARS):
        return (_load("sugar", None, "g", False, (stabiliser,) if stabiliser is not None else ()),)
    says = f"Sugar: none among the stabilisers on the shelf ({stabiliser.value})."
    return (Load("sugar", Decimal(0), "g", False, says, (stabiliser,)),)


def _load(what: str, amount: Decimal | None, unit: str, at_most: bool, facts: tuple[Fact, ...]) -> Load:
    if amount is None:
        return Load(what, None, unit, False, f"{what.capitalize()}: not found.", facts)
    most = "at most " if at_most else ""
    says = f"{what.capitalize()}: {most}{show(round_half_up(amount, _SHOWN))} {unit}/kg on the largest day."
    return Load(what, amount, unit, at_most, says, facts)
