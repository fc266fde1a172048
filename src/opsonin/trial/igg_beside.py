"""What do published population models of immunoglobulin say of the same regimen? One person, the same own IgG in each.

The regimens and endpoints stand in `igg_beside.yaml`, declared before they were run. Each model, the ITP model's
typical person and its virtual people are solved by the same engine; every endpoint is the function that trials use.
True levels, without a laboratory's error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import Field

from opsonin.knowledge import Knowledge
from opsonin.mechanism import MODEL, sized, typical
from opsonin.mechanism.igg_published import LEAN_MASS_FACT, LINEAR_IGG, PublishedModel, published_models
from opsonin.population import people
from opsonin.population.draws import Floats
from opsonin.simulate import EventTable, Model, solve
from opsonin.trial.chance import LEVEL
from opsonin.trial.courses import LENGTH_FACT
from opsonin.trial.declaration import Dose, Id, Part
from opsonin.trial.endpoints import Observed, measured

DECLARED = Path(__file__).with_name("igg_beside.yaml")
OUTPUT = "igg_g_per_l"


class IggEndpoint(Part):
    """What is looked at: a response function with its arguments, and the published value it stands beside."""

    id: Id
    says: str
    unit: str
    measure: str
    arguments: dict[str, Any] = Field(default_factory=dict, alias="with")
    observed: str = ""  # trial/arm/endpoint


class Repeated(Part):
    """The doses again and again; visits are counted from the last time."""

    every_days: float = Field(gt=0)
    times: int = Field(gt=1)


class IggRegimen(Part):
    """A regimen in which models are compared: doses, the level of own IgG, visits, endpoints."""

    id: Id
    says: str
    own_igg_g_per_l: float = Field(gt=0)
    own_says: str
    doses: tuple[Dose, ...] = Field(min_length=1)
    repeated: Repeated | None = None
    visits: tuple[float, ...]
    endpoints: tuple[IggEndpoint, ...]

    @property
    def begins(self) -> float:
        """The day from which visits are counted, days since the first infusion."""
        return 0.0 if self.repeated is None else self.repeated.every_days * (self.repeated.times - 1)

    def infusions(self, length_days: float, weight_kg: float) -> list[tuple[float, float, float]]:
        """Start (days), length (days) and grams of every infusion."""
        times = 1 if self.repeated is None else self.repeated.times
        every = 0.0 if self.repeated is None else self.repeated.every_days
        return [(k * every + d.day, length_days, d.g_per_kg * weight_kg) for k in range(times) for d in self.doses]


class Unlike(Part):
    """Something published about IgG that is not compared, and why."""

    what: str
    why: str


class IggDeclaration(Part):
    """The person, the regimens, the trials of the split that are about IgG, and what is not compared."""

    weight_kg: float = Field(gt=0)
    seen: tuple[str, ...]
    regimens: tuple[IggRegimen, ...]
    not_compared: tuple[Unlike, ...]


@lru_cache(maxsize=1)
def igg_declaration() -> IggDeclaration:
    """The declaration that comes with the package.

    >>> igg_declaration().regimens[0].says
    '1 g/kg on two days'
    """
    return IggDeclaration.model_validate(yaml.safe_load(DECLARED.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Beside:
    """One regimen: every endpoint (in the declared order) of the ITP model and of each published model."""

    regimen: IggRegimen
    typical: tuple[float, ...]
    low: tuple[float, ...]  # 95 % of virtual people lie between low and high
    high: tuple[float, ...]
    published: Mapping[str, tuple[float, ...]]  # key of the model → its typical person

    def among_published(self, place: int) -> bool:
        """Whether the ITP model's typical person lies between the lowest and the highest published model."""
        theirs = [values[place] for values in self.published.values()]
        return bool(min(theirs) <= self.typical[place] <= max(theirs))


def beside(
    regimen: IggRegimen, *, knowledge: Knowledge, weight_kg: float, n: int, seed: int, threads: int | None = None
) -> Beside:
    """The regimen in the ITP model (typical person, and n virtual people) and in every published model.

    Sources: models/ivig_itp_draft, models/igg_published.
    """
    own = regimen.own_igg_g_per_l
    ours = sized(typical(knowledge) | {"C0": own}, knowledge, weight_kg=weight_kg)
    counts, levels = np.full(n, ours["P0"]), np.full(n, own)
    cohort = people(knowledge, n=n, seed=seed, weight_kg=weight_kg, true_counts=counts, true_igg=levels)
    length = float(knowledge.fact(LENGTH_FACT).number())
    doses = regimen.infusions(length, weight_kg)

    def looked_at(model: Model, parameters: Mapping[str, Any], many: int, state: str) -> Floats:
        return _endpoints(regimen, _levels(regimen, model, parameters, many, doses, state, threads))

    everyone = looked_at(MODEL, cohort.parameters, n, "A1x")
    ends = np.nanquantile(everyone, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1)
    lean = float(knowledge.fact(LEAN_MASS_FACT).number())

    def of(model: PublishedModel) -> tuple[float, ...]:
        parameters = model.parameters(weight_kg=weight_kg, lean_mass_kg=lean, own_igg_g_per_l=own)
        return _row(looked_at(LINEAR_IGG, parameters, 1, "central")[:, 0])

    return Beside(
        regimen,
        typical=_row(looked_at(MODEL, ours, 1, "A1x")[:, 0]),
        low=_row(ends[0]),
        high=_row(ends[1]),
        published={model.key: of(model) for model in published_models(knowledge)},
    )


def _levels(
    regimen: IggRegimen,
    model: Model,
    parameters: Mapping[str, Any],
    n: int,
    doses: list[tuple[float, float, float]],
    state: str,
    threads: int | None,
) -> Floats:
    """True levels of IgG at the visits, g/L; (n, visits)."""
    events = EventTable.infusions(model, n, doses, state)
    times = regimen.begins + np.array(regimen.visits)
    found = solve(
        model, parameters=parameters, n=n, events=events, times=times, outputs=(OUTPUT,), threads=threads
    ).require()
    return found[OUTPUT]


def _endpoints(regimen: IggRegimen, levels: Floats) -> Floats:
    """Every endpoint of everyone; (endpoints, people)."""
    seen = Observed(levels, levels, np.array(regimen.visits))
    return np.array([measured(e.measure, e.arguments, seen).astype(float) for e in regimen.endpoints])


def _row(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
