"""How is a published ATG number computed? One small function per measure, over the typical person or many.

Every function takes a `Run` (a course simulated in virtual people of one weight) and the check's arguments, and gives a
value per person, or one number where it is a share of people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_active import auc_still_to_come
from opsonin.population.atg import AtgPeople
from opsonin.population.atg_courses import AtgDose, atg_courses
from opsonin.population.draws import normals
from opsonin.trial.atg_checks import Check

Floats = NDArray[np.float64]
CD4_FACT, SHARE_CD4, SHARE_CD8 = (
    "models/atg_t_cells/cd4_baseline",
    "models/atg_t_cells/cd4_share",
    "models/atg_t_cells/cd8_share",
)


@dataclass(frozen=True)
class Run:
    """A check's course in virtual people."""

    check: Check
    people: AtgPeople
    knowledge: Knowledge
    threads: int | None = None

    def at(self, output: str, days: Any) -> Floats:
        """An output at these days, (n, days)."""
        doses = [
            AtgDose(day, self.check.hours, amount * self.people.weight_kg)
            for day, amount in zip(self.check.days, self.check.amounts, strict=True)
        ]
        courses = atg_courses(self.check.product, self.people, doses, days, outputs=(output,), threads=self.threads)
        return courses.require()[output]

    @property
    def last_end(self) -> float:
        """When the last infusion ends, in days."""
        return max(self.check.days) + self.check.hours / 24


def level(run: Run, output: str, hours_after_end: float = 0.0, days_after_graft: float | None = None) -> Floats:
    """The value so long after the last infusion's end, or after the graft."""
    day = run.last_end + hours_after_end / 24 if days_after_graft is None else _graft(run) + days_after_graft
    return run.at(output, day)[:, 0]


def peak(run: Run, output: str) -> Floats:
    """The highest value: at the end of an infusion."""
    return run.at(output, [day + run.check.hours / 24 for day in run.check.days]).max(axis=1)


def half_life(run: Run, symbols: list[str]) -> Floats:
    """Terminal half-life, days, of one compartment (CL, V) or two (CL, V1, Q, V2)."""
    p = [run.people.parameters[symbol] for symbol in symbols]
    if len(p) == 2:
        return np.log(2) * p[1] / p[0]
    CL, V1, Q, V2 = p
    half, product = (CL / V1 + Q / V1 + Q / V2) / 2, CL / V1 * Q / V2
    return np.log(2) / (half - np.sqrt(half**2 - product))


def volume(run: Run, symbols: list[str]) -> Floats:
    """The sum of these volumes, L."""
    return np.sum([run.people.parameters[symbol] for symbol in symbols], axis=0)


def volume_kg(run: Run, symbols: list[str]) -> Floats:
    """The sum of these volumes, L/kg."""
    return volume(run, symbols) / run.people.weight_kg


def day_below(run: Run, output: str, threshold: float) -> Floats:
    """Days after the graft until the value falls below the threshold; looked at for 200 days, four times a day."""
    days = run.last_end + np.arange(801) / 4
    below = run.at(output, days) < threshold
    first = np.where(below.any(axis=1), below.argmax(axis=1), days.size - 1)
    return days[first] - _graft(run)


def area(run: Run) -> Floats:
    """Area under the active concentration over all time, AU·d/mL."""
    end = SimpleNamespace(A1a=run.at("A1a", run.last_end)[:, 0], A2a=run.at("A2a", run.last_end)[:, 0])
    return run.at("AUCa", run.last_end)[:, 0] + auc_still_to_come(end, SimpleNamespace(**run.people.parameters))


def area_after_graft(run: Run) -> Floats:
    """Area under the active concentration from the graft on, AU·d/mL."""
    return area(run) - run.at("AUCa", _graft(run))[:, 0]


def fraction(run: Run, hours_after_end: float) -> Floats:
    """Active ATG as a percentage of the total."""
    day = run.last_end + hours_after_end / 24
    return 100 * run.at("active_au_per_ml", day)[:, 0] / run.at("total_ug_per_ml", day)[:, 0]


def relative(run: Run, output: str, day: float) -> Floats:
    """A count, as a fraction of its baseline."""
    return run.at(output, day)[:, 0]


def share_in(run: Run, low: float, high: float) -> float:
    """Percentage of people whose area after the graft lies in a range."""
    values = area_after_graft(run)
    return float(100 * np.mean((values >= low) & (values <= high)))


def share_below(run: Run, output: str, cells: float, day: float) -> float:
    """Percentage of people with fewer cells than this; baselines as the shelf's cohort has them."""
    return float(100 * np.mean(run.at(output, day)[:, 0] * _cd4_baselines(run) < cells))


def share_above(run: Run, output: str, of_baseline: float, day: float) -> float:
    """Percentage of people with more than this fraction of their baseline."""
    return float(100 * np.mean(run.at(output, day)[:, 0] > of_baseline))


def mean_count(run: Run, output: str, to: float, **begins: float) -> Floats:
    """Mean count between two days, cells/µL, in a person with the cohort's mean count of T cells before."""
    days = np.arange(begins["from"], to + 0.01, 0.25)
    cd4, share4, share8 = (float(run.knowledge.fact(id).number()) for id in (CD4_FACT, SHARE_CD4, SHARE_CD8))
    return run.at(output, days).mean(axis=1) * cd4 * (share4 + share8) / share4


def _graft(run: Run) -> float:
    assert run.check.graft_day is not None  # the check's measure needs it; a test holds every check to it
    return run.check.graft_day


def _cd4_baselines(run: Run) -> Floats:
    """CD4 counts before treatment, cells/µL: log-normal with the cohort's mean and spread."""
    fact = run.knowledge.fact(CD4_FACT)
    width = float(fact.spread["between_people_ln_sd"])
    median = float(fact.number()) * np.exp(-(width**2) / 2)
    return median * np.exp(width * normals(run.people.seed, "atg CD4 baseline", run.people.n))


MEASURES: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "level": level,
        "peak": peak,
        "half-life": half_life,
        "volume": volume,
        "volume-kg": volume_kg,
        "day-below": day_below,
        "area": area,
        "area-after-graft": area_after_graft,
        "fraction": fraction,
        "relative": relative,
        "share-in": share_in,
        "share-below": share_below,
        "share-above": share_above,
        "mean-count": mean_count,
    }
)
OF_MANY = ("share-in", "share-below", "share-above")  # of virtual people; the others are of the typical person
