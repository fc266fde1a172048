"""For whom do the ATG models hold, and what of a course do they follow? What they do not is named with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_models import ATG_MODELS
from opsonin.mechanism.atg_parameters import ACTIVE_OUTPUTS, MODEL_FACT, TOTAL_OUTPUTS, AtgParameters
from opsonin.quantities import show

SETTINGS = ("kidney", "heart", "lung", "liver", "pancreas", "intestine", "gvhd", "aplastic-anaemia")
COUNTED = {"lymphocytes": "lymphocytes", "cd3": "t_cells", "cd4": "cd4"}  # a count → the output that follows it
LEVELS = {"total-atg": TOTAL_OUTPUTS[0], "active-atg": ACTIVE_OUTPUTS[0]}  # a level → its output
KIND_OF_LEVEL = {"total-atg": "total", "active-atg": "active"}  # a level → whose assay it is by
PER_UL = {"10^9/L": 1000.0, "/uL": 1.0}  # cells/µL in one of the unit
_USES = ("-prophylaxis", "-rejection", "-treatment")
_NO_T_CELLS = {
    "gvhd": "after conditioning and a graft the counts become the donor's, and how donor cells grow was not found",
    "aplastic-anaemia": "the model was fitted to kidney recipients, whose marrow is whole",
}


@dataclass(frozen=True)
class Withheld:
    """What is not shown, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Passed:
    """A limit of the parameters that this person passes."""

    what: str  # "age" | "weight"
    value: str
    why: str


def setting_of(indication: str) -> str:
    """The setting that the model knows a use by.

    >>> setting_of("kidney-rejection"), setting_of("gvhd-prophylaxis"), setting_of("aplastic-anaemia")
    ('kidney', 'gvhd', 'aplastic-anaemia')
    """
    for use in _USES:
        indication = indication.removesuffix(use)
    return indication


def passed_limits(numbers: AtgParameters, weight_kg: float, age_years: Decimal) -> Iterator[Passed]:
    """The limits of the domain of the parameters that this person passes."""
    for what, value, (low, high), unit in (
        ("age", age_years, numbers.age_years, "years"),
        ("weight", Decimal(str(weight_kg)), numbers.weight_kg, "kg"),
    ):
        if (low is not None and value < low) or (high is not None and value > high):
            ends = [f"{word} {end} {unit}" for word, end in (("from", low), ("up to", high)) if end is not None]
            more = ""
            if numbers.name == "shelf" and what == "age":
                more = " Published numbers for children were not obtained; a site that holds them loads them."
            why = f"is outside what the parameters ({numbers.name}) hold for: {' '.join(ends)}.{more}"
            yield Passed(what, f"{show(value, 1)} {unit}", why)


def outside_domain(numbers: AtgParameters, weight_kg: float, age_years: Decimal) -> Iterator[Withheld]:
    """What lies outside the domain of the parameters; then nothing is shown."""
    for limit in passed_limits(numbers, weight_kg, age_years):
        yield Withheld("everything", f"{limit.what} {limit.value} {limit.why}")


def not_modelled(numbers: AtgParameters, setting: str, knowledge: Knowledge) -> Iterator[Withheld]:
    """What this product or this setting has no model of."""
    has, brand = ATG_MODELS[numbers.product].output_names(), knowledge.product(numbers.product).brand
    if ACTIVE_OUTPUTS[0] not in has:
        yield Withheld("active ATG", f"no active levels of {brand} were found, and products are not alike")
        yield Withheld("T cells", f"without active levels of {brand} nothing can be said of T cells")
    elif setting not in knowledge.fact(MODEL_FACT).holds_for["hard"]["t_cell_settings"]:
        yield Withheld("T cells", _NO_T_CELLS.get(setting, "the model was fitted to kidney recipients"))
    elif not numbers.t_cells_scaled:
        yield Withheld("T cells", f"killing is scaled to another assay than {numbers.assays['active']}")
