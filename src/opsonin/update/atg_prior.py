"""Who might this be, before the results? A person of the ATG models as a row of standard normal numbers.

The first columns become the model's parameters exactly as `population.atg_people` draws them, so that the prior is the
virtual population of the plan's outlook; the others the true counts behind those reported before the first infusion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from opsonin.mechanism import ReportError
from opsonin.mechanism.atg_domain import COUNTED, LEVELS
from opsonin.mechanism.atg_parameters import AtgParameters
from opsonin.population.atg import AtgPeople, drawn_people, people_at
from opsonin.population.atg_courses import AtgDose, atg_courses
from opsonin.population.draws import Floats, around_report, normals
from opsonin.update.course import require_nearly_all
from opsonin.update.history import Observed

LEAST = 1e-6  # cells/µL: nobody's true count before treatment is 0


@dataclass(frozen=True)
class AtgPerson:
    """These people, ready to be simulated and to meet a laboratory (whose errors depend on the seed)."""

    people: AtgPeople
    before: Mapping[str, Floats]  # true counts before the first infusion, cells/µL
    report_errors: Mapping[str, ReportError]

    @property
    def n(self) -> int:
        return self.people.n

    @property
    def seed(self) -> int:
        return self.people.seed


@dataclass(frozen=True)
class AtgPrior:
    """One person's place in the population: what is known of them before treatment, and what they were given."""

    numbers: AtgParameters
    weight_kg: float
    before: Mapping[str, float]  # reported counts, cells/µL
    errors: Mapping[str, ReportError]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns: the parameters in which people differ, then the counts before."""
        return (*self.numbers.ln_sd, *self.before)

    def draw(self, n: int, seed: int) -> Floats:
        """n people; (n, names). The first are the same however many are drawn."""
        counts = [normals(seed, f"atg {what} before", n) for what in self.before]
        return np.column_stack([drawn_people(self.numbers, n, seed), *counts])

    def people(self, z: Floats, seed: int = 0) -> AtgPerson:
        """The people at these rows."""
        differ = len(self.numbers.ln_sd)
        counts = {what: self._count(what, z[:, differ + i]) for i, what in enumerate(self.before)}
        lymphocytes = counts["lymphocytes"] / 1000 if "lymphocytes" in counts else None
        placed = people_at(
            self.numbers, z[:, :differ], seed=seed, weight_kg=self.weight_kg, lymphocytes_1e9_per_l=lymphocytes
        )
        return AtgPerson(placed, counts, self.errors)

    def _count(self, what: str, z: Floats) -> Floats:
        error, u = self.errors[what], np.clip(ndtr(z), 1e-15, 1 - 1e-15)
        return around_report(
            u, report=self.before[what], proportional=error.proportional, additive=error.additive, least=LEAST
        )

    def true(
        self, who: AtgPerson, doses: Sequence[AtgDose], times: ArrayLike, whats: Sequence[str], threads: int | None
    ) -> dict[str, Floats]:
        """True counts (cells/µL) and levels of everyone at these days, (people, times); NaN where it did not finish."""
        names = {what: COUNTED.get(what) or LEVELS[what] for what in whats}
        outputs = tuple(dict.fromkeys(names.values()))
        courses = atg_courses(self.numbers.product, who.people, doses, times, outputs=outputs, threads=threads)
        require_nearly_all(courses, who.n)
        return {
            what: courses[name] * who.before[what][:, None] if what in who.before else courses[name]
            for what, name in names.items()
        }

    def at_reports(
        self, who: AtgPerson, doses: Sequence[AtgDose], observed: Sequence[Observed], threads: int | None
    ) -> Floats:
        """The true value behind each report, for each person; (people, reports)."""
        days = sorted({one.day for one in observed})
        true = self.true(who, doses, days, list(dict.fromkeys(one.what for one in observed)), threads)
        return np.column_stack([true[one.what][:, days.index(one.day)] for one in observed])
