"""Can an ATG course be simulated for this person, and what of it? What cannot is refused or withheld, with reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_models import ATG_MODELS
from opsonin.mechanism.atg_parameters import ACTIVE_OUTPUTS, MODEL_FACT, T_CELL_OUTPUTS, AtgParameters
from opsonin.quantities import show

SETTINGS = ("kidney", "heart", "lung", "liver", "pancreas", "intestine", "gvhd", "aplastic-anaemia")
_NO_T_CELLS = {
    "gvhd": "after conditioning and a graft the counts become the donor's, and how donor cells grow was not found",
    "aplastic-anaemia": "the model was fitted to kidney recipients, whose marrow is whole",
}


@dataclass(frozen=True)
class AtgDose:
    """One infusion: when it starts (days after the first one's start), how long it runs, how much product."""

    start_day: float
    hours: float
    mg: float


@dataclass(frozen=True)
class Withheld:
    """What is not shown, and why."""

    what: str
    why: str


def refuse_nonsense(
    doses: Sequence[AtgDose], setting: str, weight_kg: float, counts: Mapping[str, float], graft_day: float | None
) -> None:
    """Doses, a setting, counts or a day that make no sense, all refused at once."""
    problems = list(_nonsense(doses, setting, counts))
    if not (np.isfinite(weight_kg) and weight_kg > 0):
        problems.append(Problem("weight", f"{weight_kg:g} kg", "is not a body weight.", "Give it in kg."))
    if graft_day is not None and not np.isfinite(graft_day):
        problems.append(Problem("graft day", str(graft_day), "is not a day.", "Count from the first infusion."))
    if problems:
        raise InputRefused(problems, source="ATG outlook")


def _nonsense(doses: Sequence[AtgDose], setting: str, counts: Mapping[str, float]) -> Iterator[Problem]:
    if not doses:
        yield Problem("doses", "", "there are none.", "Give at least one infusion.")
    for number, dose in enumerate(doses):
        field = f"doses[{number}]"
        if not (np.isfinite(dose.mg) and dose.mg > 0):
            yield Problem(f"{field}.mg", f"{dose.mg:g}", "is not an amount.", "Give milligrams above 0.")
        if not (np.isfinite(dose.hours) and dose.hours > 0):
            remedy = "ATG is infused over hours, never given at once."
            yield Problem(f"{field}.hours", f"{dose.hours:g}", "is no infusion.", remedy)
        if not (np.isfinite(dose.start_day) and dose.start_day >= 0):
            remedy = "The first infusion starts on day 0."
            yield Problem(f"{field}.start_day", f"{dose.start_day:g}", "is before the course.", remedy)
    if setting not in SETTINGS:
        yield Problem("setting", setting, "is not a setting.", f"State one: {', '.join(SETTINGS)}.")
    for what, count in counts.items():
        if what not in T_CELL_OUTPUTS:
            yield Problem(f"counts.{what}", "", "is not followed.", f"Known: {', '.join(T_CELL_OUTPUTS)}.")
        elif not (np.isfinite(count) and 0 < count < 100_000):
            yield Problem(f"counts.{what}", f"{count:g}", "is not a count.", "Give cells/µL above 0.")


def outside_domain(numbers: AtgParameters, weight_kg: float, age_years: Decimal) -> Iterator[Withheld]:
    """What lies outside the domain of the parameters; then nothing is shown."""
    for what, value, (low, high), unit in (
        ("age", age_years, numbers.age_years, "years"),
        ("weight", Decimal(str(weight_kg)), numbers.weight_kg, "kg"),
    ):
        if (low is not None and value < low) or (high is not None and value > high):
            ends = [f"{word} {end} {unit}" for word, end in (("from", low), ("up to", high)) if end is not None]
            more = ""
            if numbers.name == "shelf" and what == "age":
                more = " Published numbers for children were not obtained; a site that holds them loads them."
            held = f"what the parameters ({numbers.name}) hold for: {' '.join(ends)}"
            why = f"{what} {show(value, 1)} {unit} is outside {held}.{more}"
            yield Withheld("everything", why)


def not_modelled(numbers: AtgParameters, setting: str, knowledge: Knowledge) -> Iterator[Withheld]:
    """What this product or this setting has no model of."""
    has, brand = ATG_MODELS[numbers.product].output_names(), knowledge.product(numbers.product).brand
    if ACTIVE_OUTPUTS[0] not in has:
        yield Withheld("active ATG", f"no active levels of {brand} were found, and products are not alike")
        yield Withheld("T cells", f"without active levels of {brand} nothing can be said of T cells")
    elif setting not in knowledge.fact(MODEL_FACT).holds_for["hard"]["t_cell_settings"]:
        yield Withheld("T cells", _NO_T_CELLS[setting])
    elif not numbers.t_cells_scaled:
        yield Withheld("T cells", f"killing is scaled to another assay than {numbers.assays['active']}")
