"""Who might this be, before the counts that followed? A person as a row of standard normal numbers.

Column by column these numbers become the model's parameters exactly as `population.people_like` draws them, so the
prior is the plan's own virtual population: the same covariates, the baseline count as one report with its error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from opsonin.knowledge import Knowledge
from opsonin.mechanism import ReportError, Spread, report_errors, sized, spreads, typical
from opsonin.population.cohort import LEAST_COUNT_FACT
from opsonin.population.draws import (
    Floats,
    around_report,
    around_report_and_population,
    log_normal_width,
    normals,
    uniforms,
)

COUNT = "P0"
IGG = "C0"


@dataclass(frozen=True)
class Prior:
    """One person's place in the population: everything that is known of them before treatment."""

    knowledge: Knowledge
    weight_kg: float
    count: float  # reported, 10⁹/L
    igg: float | None  # reported, g/L

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in which people differ, in the order of the columns."""
        return (COUNT, *(symbol for symbol in spreads(self.knowledge) if symbol != COUNT))

    @property
    def errors(self) -> dict[str, ReportError]:
        return report_errors(self.knowledge)

    def draw(self, n: int, seed: int) -> Floats:
        """n people; (n, names). The first are the same however many are drawn."""
        columns = [normals(seed, name, n) for name in self.names[1:]]
        return np.column_stack([ndtri(uniforms(seed, COUNT, n)), *columns])

    def parameters(self, z: Floats) -> dict[str, Floats]:
        """The model's parameters of these people; every one (n,)."""
        n = z.shape[0]
        found: dict[str, Floats] = {s: np.broadcast_to(float(v), (n,)) for s, v in typical(self.knowledge).items()}
        spread = spreads(self.knowledge)
        for column, name in enumerate(self.names):
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
