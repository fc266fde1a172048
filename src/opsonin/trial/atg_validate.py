"""Was it like that? Every published check of the ATG models beside what they predict: a miss stays a miss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_models import ATG_MODELS
from opsonin.mechanism.atg_parameters import AtgParameters, shelf_parameters
from opsonin.population.atg import atg_people
from opsonin.trial.atg_checks import Check, Checks, NotCompared, declared_checks
from opsonin.trial.atg_measures import MEASURES, OF_MANY, Run
from opsonin.trial.chance import exact_binomial

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CheckRow:
    """One check: published with its bounds, predicted, and whether they agree."""

    id: str
    part: str
    product: str
    used: str  # fit | free
    says: str
    published: str
    low: float | None
    high: float | None
    bounds_are: str
    predicted: float
    people_low: float | None  # 5th percentile of people; None for a share of people
    people_high: float | None
    agrees: bool
    source: str
    assumed: str

    @property
    def ratio(self) -> float | None:
        """Predicted over published, where a number was published."""
        value = float(self.published) if self.published.replace(".", "").isdigit() else 0.0
        return self.predicted / value if value else None


@dataclass(frozen=True)
class AtgValidation:
    """Every check of the models with one set of parameters."""

    stamp: str
    sources: tuple[str, ...]  # of the parameters, by product
    knowledge_version: str
    people: int
    seed: int
    rows: tuple[CheckRow, ...]
    not_compared: tuple[NotCompared, ...]

    def count(self, *, used: str, agrees: bool) -> int:
        """How many checks of a kind agree, or miss."""
        return sum(row.used == used and row.agrees is agrees for row in self.rows)


def validate_atg(
    *,
    knowledge: Knowledge,
    site: AtgParameters | None = None,
    people: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> AtgValidation:
    """Run every declared check, with a site's numbers for its product. Progress: (done, in all)."""
    declared = declared_checks()
    numbers = {product: shelf_parameters(knowledge, product) for product in ATG_MODELS}
    if site is not None:
        numbers[site.product] = site
    rows = []
    for number, check in enumerate(declared.checks):
        if progress is not None:
            progress(number, len(declared.checks))
        rows.append(_row(check, declared, numbers[check.product], knowledge, people, seed, threads))
    if progress is not None:
        progress(len(rows), len(rows))
    used = site or numbers["thymoglobulin"]
    return AtgValidation(
        stamp=used.stamp,
        sources=tuple(f"{product}: {each.source}" for product, each in numbers.items()),
        knowledge_version=knowledge.version,
        people=people,
        seed=seed,
        rows=tuple(rows),
        not_compared=declared.not_compared,
    )


def _row(
    check: Check,
    declared: Checks,
    numbers: AtgParameters,
    knowledge: Knowledge,
    people: int,
    seed: int,
    threads: int | None,
) -> CheckRow:
    arguments = dict(check.arguments)
    ask, count = MEASURES[check.measure], numbers.values.get("ALC_from")
    drawn = partial(
        atg_people,
        numbers,
        seed=seed,
        weight_kg=float(arguments.pop("weight_kg", numbers.reference_weight_kg)),
        lymphocytes_1e9_per_l=count,
    )
    many = Run(check, drawn(n=people), knowledge, threads)
    low_person = high_person = None
    if check.measure in OF_MANY:
        predicted = float(ask(many, **arguments))
    else:
        predicted = float(ask(Run(check, drawn(n=1, alike=True), knowledge, threads), **arguments)[0])
        low_person, high_person = (float(each) for each in np.quantile(ask(many, **arguments), [0.05, 0.95]))
    low, high, bounds_are = bounds(check, declared)
    return CheckRow(
        id=check.id,
        part=check.part,
        product=check.product,
        used=check.used,
        says=check.says,
        published=str(check.published),
        low=low,
        high=high,
        bounds_are=bounds_are,
        predicted=predicted,
        people_low=low_person,
        people_high=high_person,
        agrees=bool((low is None or predicted >= low) and (high is None or predicted <= high)),
        source=check.source,
        assumed=check.assumed,
    )


def bounds(check: Check, declared: Checks) -> tuple[float | None, float | None, str]:
    """Between what a prediction has to lie, and what those bounds are."""
    if check.low is not None or check.high is not None:
        low, high = (declared.back_at if end == "back" else end for end in (check.low, check.high))
        at_back = "back" in (check.low, check.high)
        words = f"back from {declared.back_at:g} on: our reading" if at_back else check.spread or "bound as printed"
        return low, high, words
    value = float(check.published)
    if check.n is not None:
        low_rate, high_rate = exact_binomial(value * check.n / 100, check.n)
        return low_rate, high_rate, "exact binomial"
    percent = declared.within_percent_without_spread
    ends = (value * (1 - percent / 100), value * (1 + percent / 100))
    return min(ends), max(ends), f"no spread published: within {percent:g} %"
