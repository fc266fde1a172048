"""Who might this be, before the counts that followed? A person as a row of standard normal numbers.

Column by column these numbers become the model's parameters exactly as `population.people_like` draws them, so the
prior is the plan's own virtual population: the same covariates, the baseline count as one report with its error, and
one of the fitted populations, all equally likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from opsonin.knowledge import Knowledge
from opsonin.mechanism import ReportError, Spread, fact_ids, report_errors, sized, spreads, typical
from opsonin.population import Cohort
from opsonin.population.cohort import LEAST_COUNT_FACT, fitted_facts
from opsonin.population.draws import (
    Floats,
    around_report,
    around_report_and_population,
    log_normal_width,
    normals,
    uniforms,
)
from opsonin.population.parameter_sets import RECOVERY, SET, fitted_sets, place_of, recovery_of, under, which_set

COUNT = "P0"
IGG = "C0"


@dataclass(frozen=True)
class Prior:
    """One person's place in the population: everything that is known of them before treatment."""

    knowledge: Knowledge
    weight_kg: float
    count: float  # reported, 10⁹/L
    igg: float | None  # reported, g/L
    group: str = "adults"  # whose fitted populations: "adults" | "children"
    widened: float = 1.0  # people differ this much more than in the fitted population

    @property
    def as_fitted(self) -> Prior:
        """The same person's prior with the spread of the fitted populations."""
        return replace(self, widened=1.0)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in which people differ, in the order of the columns."""
        recovery = (RECOVERY,) if self.group == "children" else ()
        return (COUNT, *(symbol for symbol in spreads(self.knowledge) if symbol != COUNT), *recovery, SET)

    @property
    def errors(self) -> dict[str, ReportError]:
        return report_errors(self.knowledge)

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """Every fact these people rest on, for the bibliography."""
        return (*fact_ids(), *fitted_facts(self.knowledge, self.group))

    def draw(self, n: int, seed: int) -> Floats:
        """n people; (n, names). The first are the same however many are drawn."""
        columns = [normals(seed, name, n) for name in self.names[1:-1]]
        return np.column_stack([ndtri(uniforms(seed, COUNT, n)), *columns, place_of(uniforms(seed, SET, n))])

    def _spread_out(self, z: Floats) -> Floats:
        """Wider differences between people; a reported value, the recovery and the fitted population stay as drawn."""
        reported = {COUNT, *((IGG,) if self.igg is not None else ())}
        kept = reported | {RECOVERY, SET}
        return np.asarray(z * [1.0 if name in kept else self.widened for name in self.names])

    def people(self, z: Floats, seed: int = 0) -> Cohort:
        """These people, ready to be simulated and to meet a laboratory (whose errors depend on the seed)."""
        z = self._spread_out(z)
        sets = fitted_sets(self.knowledge, self.group)
        mine = which_set(z[:, -1], sets)
        went = recovery_of(z[:, self.names.index(RECOVERY)], sets, mine) if RECOVERY in self.names else None
        return Cohort(
            n=z.shape[0],
            seed=seed,
            weight_kg=self.weight_kg,
            parameters=under(self._usual(z), self.knowledge, sets, mine),
            report_errors=self.errors,
            notes=(),
            fact_ids=self.fact_ids,
            which_set=mine,
            recovery=went,
        )

    def _usual(self, z: Floats) -> dict[str, Floats]:
        """The parameters of these people if the population were the draft's."""
        n = z.shape[0]
        found: dict[str, Floats] = {s: np.broadcast_to(float(v), (n,)) for s, v in typical(self.knowledge).items()}
        spread = spreads(self.knowledge)
        for column, name in enumerate(name for name in self.names if name not in (RECOVERY, SET)):
            found[name] = self._value(name, z[:, column], found[name], spread)
        return sized(found, self.knowledge, weight_kg=self.weight_kg)

    def _value(self, name: str, z: Floats, middle: Floats, spread: Mapping[str, Spread]) -> Floats:
        if name == COUNT:
            error = self.errors["platelets"]
            least = float(self.knowledge.fact(LEAST_COUNT_FACT).number())
            u = np.clip(ndtr(z), 1e-15, 1 - 1e-15)
            return around_report(
                u, report=self.count, proportional=error.proportional, additive=error.additive, least=least
            )
        if name == IGG and self.igg is not None:
            error = self.errors["igg"]
            return around_report_and_population(
                z,
                report=self.igg,
                proportional=error.proportional,
                additive=error.additive,
                median=typical(self.knowledge)[IGG],
                width=log_normal_width(spread[IGG].size),
            )
        if spread[name].scale == "log-normal":
            return np.asarray(middle * np.exp(log_normal_width(spread[name].size) * z))
        return np.asarray(1 / (1 + (1 / middle - 1) * np.exp(-spread[name].size * z)))
