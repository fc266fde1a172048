"""How fast is that? A label's rates as its source prints them, and the same in mg/kg/min and mL/kg/h."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from opsonin.knowledge import Fact, Label, Product
from opsonin.quantities import show
from opsonin.report.lookup_facts import Works, about, heading_of, value_text

RATE_HEADS = ("Rate", "As the source prints it", "mg/kg/min", "mL/kg/h", "Source and place")
_STEP = Decimal("0.001")  # conversions are rounded down to this, so that none lies above its source


@dataclass(frozen=True)
class Rung:
    """One rate of a label, as printed and converted; without numbers when none was found or it is not a rate."""

    name: str
    fact: Fact
    mg_per_kg_per_min: tuple[Decimal, ...]
    ml_per_kg_per_h: tuple[Decimal, ...]


def is_of_the_ladder(name: str) -> bool:
    """Whether a label's fact of this name belongs to its rate ladder."""
    return name.startswith(("rate_", "at_risk"))


def rungs(product: Product, label: Label) -> tuple[Rung, ...]:
    """Everything the label says of rates, in the order of the shelf."""
    strength = product.concentration_mg_per_ml
    return tuple(rung(name, fact, strength) for name, fact in label.facts.items() if is_of_the_ladder(name))


def rung(name: str, fact: Fact, strength_mg_per_ml: Decimal) -> Rung:
    """One rate fact, converted at this strength."""
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    numbers = [value for value in values if isinstance(value, Decimal)]
    mass = [mass_rate(value, fact.unit, strength_mg_per_ml) for value in numbers]
    volume = [volume_rate(value, fact.unit, strength_mg_per_ml) for value in numbers]
    return Rung(name, fact, tuple(r for r in mass if r is not None), tuple(r for r in volume if r is not None))


def mass_rate(value: Decimal, unit: str, strength_mg_per_ml: Decimal) -> Decimal | None:
    """The rate in mg/kg/min; None when the unit is not a rate per body weight.

    >>> mass_rate(Decimal("4.8"), "mL/kg/h", Decimal(100))
    Decimal('8')
    """
    exact = {
        "mg/kg/min": value,
        "mg/kg/h": value / 60,
        "mL/kg/min": value * strength_mg_per_ml,
        "mL/kg/h": value * strength_mg_per_ml / 60,
    }.get(unit)
    return _rounded(exact)


def volume_rate(value: Decimal, unit: str, strength_mg_per_ml: Decimal) -> Decimal | None:
    """The rate in mL/kg/h; None when the unit is not a rate per body weight.

    >>> volume_rate(Decimal("200"), "mg/kg/h", Decimal(50))
    Decimal('4')
    """
    exact = {
        "mg/kg/min": value * 60 / strength_mg_per_ml,
        "mg/kg/h": value / strength_mg_per_ml,
        "mL/kg/min": value * 60,
        "mL/kg/h": value,
    }.get(unit)
    return _rounded(exact)


def rate_row(item: Rung, works: Works) -> list[str]:
    """One row of a label's ladder in print; '–' where there is nothing to convert."""
    return [
        heading_of(item.name, item.fact),
        "\n".join([value_text(item.fact), *about(item.fact)]),
        _listed(item.mg_per_kg_per_min, item.fact),
        _listed(item.ml_per_kg_per_h, item.fact),
        works.places(item.fact),
    ]


def _listed(values: tuple[Decimal, ...], fact: Fact) -> str:
    return ", ".join(show(value) for value in values) + fact.mark if values else "–"


def _rounded(exact: Decimal | None) -> Decimal | None:
    if exact is None:
        return None
    return Decimal(show(exact.quantize(_STEP, rounding=ROUND_DOWN)))
