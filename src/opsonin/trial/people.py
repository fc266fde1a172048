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
from numpy.typing import NDArray

from opsonin.knowledge import Knowledge
from opsonin.mechanism import sized
from opsonin.mechanism.natural_history import Recovery
from opsonin.population import Cohort, people, truncated_log_normal
from opsonin.population.carriers import Carriers, places, who_carries
from opsonin.population.draws import Floats, uniforms
from opsonin.population.parameter_sets import RECOVERY, ParameterSet, recovery_of, under
from opsonin.trial.declaration import Distribution, Population

REFERENCE_WEIGHT_FACT = "models/ivig_itp_draft/reference_weight"


AS_ON_THE_SHELF = ParameterSet()


@dataclass(frozen=True)
class Enrolled:
    """The people of an arm: the model's parameters of each, and their body weights (kg)."""

    cohort: Cohort
    weight_kg: Floats
    recovery: Recovery | None = None  # how the disease goes by itself, where it may
    carries: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)  # predictor → who carries it


def enrolled(
    population: Population,
    *,
    knowledge: Knowledge,
    n: int,
    seed: int,
    parameters: ParameterSet | tuple[ParameterSet, ...] = AS_ON_THE_SHELF,
    carried: tuple[Carriers, ...] = (),
) -> Enrolled:
    """n virtual people of this population, so many of them with each predictor in `carried`.

    Several parameter sets are dealt out to them in turn.

    Sources: models/ivig_itp_draft (all parameters with their spread); baseline and weight as declared.
    """
    reference = float(knowledge.fact(REFERENCE_WEIGHT_FACT).number())
    counts = drawn(population.baseline_10e9_per_l, seed=seed, purpose="P0", n=n)
    weights = drawn(population.weight_kg, seed=seed, purpose="weight", n=n)
    at_reference = people(knowledge, n=n, seed=seed, weight_kg=reference, true_counts=counts, carried=carried)
    sets = parameters if isinstance(parameters, tuple) else (parameters,)
    which = np.arange(n) % len(sets)
    changed = under(at_reference.parameters, knowledge, sets, which)
    by_weight = sized(changed, knowledge, weight_kg=cast(Any, weights))
    place = places(seed, RECOVERY, n, carried)
    recovery = recovery_of(place, sets, which) if population.may_recover else None
    carries = {one.predictor: who_carries(one, seed=seed, n=n) for one in carried}
    return Enrolled(replace(at_reference, parameters=MappingProxyType(by_weight)), weights, recovery, carries)


def drawn(distribution: Distribution, *, seed: int, purpose: str, n: int) -> Floats:
    """n values of a declared distribution; (n,)."""
    return truncated_log_normal(
        uniforms(seed, purpose, n),
        median=distribution.median,
        cv=distribution.cv_percent / 100,
        low=distribution.low,
        high=distribution.high,
    )
