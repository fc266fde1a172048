"""Who is in the arm? Virtual people with the arm's baseline counts and body weights, everything else as on the shelf.

Person i of a seed is the same in every arm, so arms differ by what is declared, not by who was drawn. Parameters may be
changed for a calibration: typical values are replaced, and spreads with them, without drawing anyone anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from opsonin.knowledge import Knowledge
from opsonin.mechanism import sized, spreads, typical
from opsonin.population import Cohort, people, truncated_log_normal
from opsonin.population.draws import Floats, log_normal_width, normals, uniforms
from opsonin.trial.declaration import Distribution, Population

REFERENCE_WEIGHT_FACT = "models/ivig_itp_draft/reference_weight"


@dataclass(frozen=True)
class ParameterSet:
    """Other values than the shelf's: typical values by symbol, and log-normal spreads (CV as a fraction) by symbol.

    recovery_days: median and CV (a fraction) of the day on which the disease of newly diagnosed children goes by
    itself; None: it does not. trial_sd: how much trials differ beyond chance, as a standard deviation on the logit
    scale of every share of people (see `trial.likelihood`).
    """

    values: Mapping[str, float] = field(default_factory=dict)
    cvs: Mapping[str, float] = field(default_factory=dict)
    recovery_days: tuple[float, float] | None = None
    trial_sd: float = 0.0


AS_ON_THE_SHELF = ParameterSet()


@dataclass(frozen=True)
class Enrolled:
    """The people of an arm: the model's parameters of each, and their body weights (kg)."""

    cohort: Cohort
    weight_kg: Floats
    recovery_day: Floats | None = None  # when the disease goes by itself, for those it may


def enrolled(
    population: Population, *, knowledge: Knowledge, n: int, seed: int, parameters: ParameterSet = AS_ON_THE_SHELF
) -> Enrolled:
    """n virtual people of this population.

    Sources: models/ivig_itp_draft (all parameters with their spread); baseline and weight as declared.
    """
    reference = float(knowledge.fact(REFERENCE_WEIGHT_FACT).number())
    counts = drawn(population.baseline_10e9_per_l, seed=seed, purpose="P0", n=n)
    weights = drawn(population.weight_kg, seed=seed, purpose="weight", n=n)
    at_reference = people(knowledge, n=n, seed=seed, weight_kg=reference, true_counts=counts)
    changed = _changed(at_reference.parameters, knowledge, parameters)
    by_weight = sized(changed, knowledge, weight_kg=cast(Any, weights))
    recovery = _recovery(population, parameters, seed=seed, n=n)
    return Enrolled(replace(at_reference, parameters=MappingProxyType(by_weight)), weights, recovery)


def _recovery(population: Population, parameters: ParameterSet, *, seed: int, n: int) -> Floats | None:
    if not population.may_recover or parameters.recovery_days is None:
        return None
    median, cv = parameters.recovery_days
    return np.asarray(median * np.exp(log_normal_width(cv) * normals(seed, "recovery", n)))


def drawn(distribution: Distribution, *, seed: int, purpose: str, n: int) -> Floats:
    """n values of a declared distribution; (n,)."""
    return truncated_log_normal(
        uniforms(seed, purpose, n),
        median=distribution.median,
        cv=distribution.cv_percent / 100,
        low=distribution.low,
        high=distribution.high,
    )


def _changed(people_parameters: Mapping[str, Floats], knowledge: Knowledge, wanted: ParameterSet) -> dict[str, Floats]:
    """The same people with another middle and another width: x → middle'·(x/middle)^(width'/width)."""
    found = dict(people_parameters)
    middle, spread = typical(knowledge), spreads(knowledge)
    for symbol in {*wanted.values, *wanted.cvs}:
        new_middle = wanted.values.get(symbol, middle[symbol])
        stretch = 1.0
        if symbol in wanted.cvs:
            stretch = log_normal_width(wanted.cvs[symbol]) / log_normal_width(spread[symbol].size)
        found[symbol] = np.asarray(new_middle * (found[symbol] / middle[symbol]) ** stretch)
    return found
