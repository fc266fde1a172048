"""Who might this be, for an ATG model? Virtual people of one weight, who differ as the parameter set says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from opsonin.errors import InputRefused, Problem
from opsonin.mechanism.atg_models import ATG_MODELS
from opsonin.mechanism.atg_parameters import AtgParameters
from opsonin.population.draws import Floats, normals


@dataclass(frozen=True)
class AtgPeople:
    """n virtual people: every parameter of the product's model, shape (n,)."""

    n: int
    seed: int
    weight_kg: float
    parameters: Mapping[str, Floats]


def atg_people(
    numbers: AtgParameters,
    *,
    n: int,
    seed: int,
    weight_kg: float,
    lymphocytes_1e9_per_l: float | None = None,
    alike: bool = False,
) -> AtgPeople:
    """n virtual people of this weight; the lymphocyte count before the first infusion, where it matters.

    `alike`: nobody differs (the typical person, n times). Where the parameters let the count change clearance, a count
    is needed; otherwise it is not looked at. Raises InputRefused.
    """
    if n < 1 or seed < 0:
        remedy = "Ask for 1 or more, with a seed of 0 or more."
        raise InputRefused([Problem("virtual people", f"{n}, seed {seed}", "cannot be drawn.", remedy)])
    z = np.zeros((n, len(numbers.ln_sd))) if alike else drawn_people(numbers, n, seed)
    return people_at(numbers, z, seed=seed, weight_kg=weight_kg, lymphocytes_1e9_per_l=lymphocytes_1e9_per_l)


def drawn_people(numbers: AtgParameters, n: int, seed: int) -> Floats:
    """n people as rows of standard normal numbers: one column for each parameter in which people differ."""
    columns = [normals(seed, f"atg {symbol}", n) for symbol in numbers.ln_sd]
    return np.column_stack(columns) if columns else np.zeros((n, 0))


def people_at(
    numbers: AtgParameters,
    z: Floats,
    *,
    seed: int,
    weight_kg: float,
    lymphocytes_1e9_per_l: float | Floats | None = None,
) -> AtgPeople:
    """The people at these rows of standard normal numbers; their lymphocyte counts before, alike or one for each."""
    n, typical = z.shape[0], dict[str, float | Floats](numbers.sized(weight_kg))
    if "ALC" in ATG_MODELS[numbers.product].parameters:
        typical["ALC"] = _count(numbers, lymphocytes_1e9_per_l)
    placed = {symbol: np.array(np.broadcast_to(value, (n,)), float) for symbol, value in typical.items()}
    for column, (symbol, width) in enumerate(numbers.ln_sd.items()):
        placed[symbol] = placed[symbol] * np.exp(width * z[:, column])
    return AtgPeople(n, seed, weight_kg, MappingProxyType(placed))


def _count(numbers: AtgParameters, count: float | Floats | None) -> float | Floats:
    if numbers.values["theta_ALC"] == 0:
        return numbers.values["ALC_from"]  # the count has no effect with these parameters
    if count is None:
        why = "is needed: these parameters let it change clearance."
        raise InputRefused([Problem("lymphocytes before the first infusion", "", why, "State it in 10⁹/L.")])
    return count
