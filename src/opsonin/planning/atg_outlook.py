"""What might a planned ATG course do? Bands of ATG and of T cells, exploratory: shown beside a plan, never dosed from.

Everything here carries the stamp of the parameters it was made with, and the assay its concentrations speak of. What
the model does not hold for is withheld with the reason, not guessed. Exposure targets differ by setting and are
compared only when one is named (`atg_targets.attained`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_active import auc_still_to_come
from opsonin.mechanism.atg_domain import Withheld, not_modelled, outside_domain
from opsonin.mechanism.atg_models import OUTPUT_UNITS
from opsonin.mechanism.atg_parameters import (
    ACTIVE_ASSAY,
    ACTIVE_OUTPUTS,
    T_CELL_OUTPUTS,
    TOTAL_OUTPUTS,
    AtgParameters,
)
from opsonin.planning.atg_request import refuse_nonsense
from opsonin.planning.plan import Band
from opsonin.population.atg import AtgPeople, atg_people
from opsonin.population.atg_courses import AtgDose, atg_courses, days_shown
from opsonin.population.bands import bands
from opsonin.simulate.courses import Courses

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

TAIL_DAYS = 365  # after the last infusion, when clearance is saturable: what is left then is next to nothing


@dataclass(frozen=True)
class AtgBand:
    """One output over time: median, central half, central nine tenths; its unit and, for a level, its assay."""

    band: Band
    unit: str
    assay: str  # "" for counts


@dataclass(frozen=True)
class Spread:
    """A number over the virtual people: 5th, 50th and 95th percentile."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class AtgOutlook:
    """What a course might do, by output; empty where the model does not hold, with the reason in `withheld`."""

    product: str
    setting: str
    stamp: str  # print it with every number and figure
    source: str
    assays: Mapping[str, str]
    virtual_people: int
    seed: int
    graft_day: float | None
    levels: Mapping[str, AtgBand]  # total_ug_per_ml, active_au_per_ml
    counts: Mapping[
        str, AtgBand
    ]  # cd4, cd8, t_cells, lymphocytes: of baseline, and <name>_per_ul where a count is known
    exposures: Mapping[str, Spread]  # auc-total, and with a graft day auc-pre, auc-post, concentration-at-graft
    per_person: Mapping[str, Floats]  # the exposures of each virtual person
    withheld: tuple[Withheld, ...]
    notes: tuple[str, ...]
    fact_ids: tuple[str, ...]


def atg_outlook(
    doses: Sequence[AtgDose],
    *,
    numbers: AtgParameters,
    setting: str,
    weight_kg: float,
    age_years: Decimal,
    knowledge: Knowledge,
    counts: Mapping[str, float] | None = None,
    graft_day: float | None = None,
    horizon_days: int = 90,
    times: Sequence[float] | None = None,
    virtual_people: int = 1000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> AtgOutlook:
    """What this course might do in people of this weight: exploratory bands, and what is withheld and why.

    counts: measured before the first infusion, cells/µL: "cd4", "cd8", "t_cells", "lymphocytes". graft_day: when the
    graft is infused, in days after the first infusion's start. times: days to look at, instead of the horizon's own
    grid. Raises InputRefused for doses or a setting that make no
    sense; a person outside the domain gets no bands. Sources: models/atg*, or the site's file.
    """
    known = dict(counts or {})
    refuse_nonsense(doses, setting, weight_kg, known, graft_day)
    withheld = tuple(outside_domain(numbers, weight_kg, age_years))
    if withheld:
        return _outlook(numbers, setting, virtual_people, seed, graft_day, withheld=withheld)
    count = known.get("lymphocytes")
    people = atg_people(
        numbers,
        n=virtual_people,
        seed=seed,
        weight_kg=weight_kg,
        lymphocytes_1e9_per_l=None if count is None else count / 1000,
    )
    looked_at = days_shown(horizon_days) if times is None else np.unique(np.asarray(times, float))
    courses = _courses(people, doses, numbers, looked_at, graft_day, threads, progress)
    shown = np.isin(courses.times, looked_at)
    withheld = tuple(not_modelled(numbers, setting, knowledge))
    levels = {name: _band(courses, name, shown, numbers.assays[kind]) for name, kind in _levels(numbers)}
    t_cells = {} if any(each.what == "T cells" for each in withheld) else _t_cells(courses, shown, known)
    per_person = _exposures(courses, people, numbers, graft_day)
    return _outlook(
        numbers,
        setting,
        virtual_people,
        seed,
        graft_day,
        levels=levels,
        counts=t_cells,
        per_person=per_person,
        withheld=withheld,
        notes=tuple(_notes(numbers, known, t_cells)),
    )


def _levels(numbers: AtgParameters) -> Iterator[tuple[str, str]]:
    yield TOTAL_OUTPUTS[0], "total"
    if "active" in numbers.assays:
        yield ACTIVE_OUTPUTS[0], "active"


def _courses(
    people: AtgPeople,
    doses: Sequence[AtgDose],
    numbers: AtgParameters,
    looked_at: Floats,
    graft_day: float | None,
    threads: int | None,
    progress: Progress | None,
) -> Courses:
    """True courses of everyone: the times shown, the day of the graft, and late enough for the areas."""
    end = max(dose.end_day for dose in doses)
    if numbers.values.get("Vmax", 0) > 0:
        end += TAIL_DAYS
    extra = [end] if graft_day is None else [end, max(graft_day, 0.0)]
    times = np.unique(np.concatenate([looked_at, extra]))
    return atg_courses(numbers.product, people, doses, times, threads=threads, progress=progress).require()


def _band(courses: Courses, name: str, shown: NDArray[np.bool_], assay: str, count: float | None = None) -> AtgBand:
    """The band of an output; with the count before treatment, of the count itself."""
    found = bands((1.0 if count is None else count) * courses[name][:, shown])
    times = tuple(np.asarray(courses.times)[shown].tolist())
    unit = OUTPUT_UNITS[name] if count is None else "cells/µL"
    return AtgBand(Band(times, *(tuple(line.tolist()) for line in found)), unit, assay)


def _t_cells(courses: Courses, shown: NDArray[np.bool_], counts: Mapping[str, float]) -> dict[str, AtgBand]:
    relative = {name: _band(courses, name, shown, "") for name in T_CELL_OUTPUTS}
    absolute = {f"{name}_per_ul": _band(courses, name, shown, "", count) for name, count in counts.items()}
    return relative | absolute


def _exposures(
    courses: Courses, people: AtgPeople, numbers: AtgParameters, graft_day: float | None
) -> dict[str, Floats]:
    """Areas and levels of each virtual person. The area after the last observation is added in closed form."""
    times = np.asarray(courses.times)
    at_graft = None if graft_day is None else int(np.searchsorted(times, max(graft_day, 0.0)))
    found: dict[str, Floats] = {}
    if "active" in numbers.assays:
        last = SimpleNamespace(A1a=courses["A1a"][:, -1], A2a=courses["A2a"][:, -1])
        total = courses["AUCa"][:, -1] + auc_still_to_come(last, SimpleNamespace(**people.parameters))
        found["auc-total"] = total
        if at_graft is not None:
            found["auc-pre"] = courses["AUCa"][:, at_graft]
            found["auc-post"] = total - courses["AUCa"][:, at_graft]
    if at_graft is not None:
        found["concentration-at-graft"] = courses[TOTAL_OUTPUTS[0]][:, at_graft]
    return found


def _notes(numbers: AtgParameters, counts: Mapping[str, float], t_cells: Mapping[str, AtgBand]) -> Iterator[str]:
    yield "Day 0 is the start of the first infusion. Bands are over virtual people, without parameter uncertainty."
    for kind, assay in numbers.assays.items():
        yield f"{kind} ATG as the assay {assay} reports it; assays are not interchangeable."
    if numbers.assays.get("active") == ACTIVE_ASSAY:
        yield "One AU/mL is taken as 1 µg/mL of product-equivalent: an assumption."
    if t_cells:
        yield "T cells: early recovery is too fast in this model; other medicines that lower lymphocytes are not in it."
        missing = [name for name in T_CELL_OUTPUTS if name not in counts]
        if missing:
            yield f"No count before treatment for {', '.join(missing)}: shown as a fraction of it only."


def _outlook(
    numbers: AtgParameters,
    setting: str,
    virtual_people: int,
    seed: int,
    graft_day: float | None,
    *,
    levels: Mapping[str, AtgBand] | None = None,
    counts: Mapping[str, AtgBand] | None = None,
    per_person: Mapping[str, Floats] | None = None,
    withheld: tuple[Withheld, ...] = (),
    notes: tuple[str, ...] = (),
) -> AtgOutlook:
    values = dict(per_person or {})
    exposures = {name: Spread(*np.quantile(each, [0.05, 0.5, 0.95]).tolist()) for name, each in values.items()}
    return AtgOutlook(
        product=numbers.product,
        setting=setting,
        stamp=numbers.stamp,
        source=numbers.source,
        assays=numbers.assays,
        virtual_people=virtual_people,
        seed=seed,
        graft_day=graft_day,
        levels=MappingProxyType(dict(levels or {})),
        counts=MappingProxyType(dict(counts or {})),
        exposures=MappingProxyType(exposures),
        per_person=MappingProxyType(values),
        withheld=withheld,
        notes=notes,
        fact_ids=numbers.fact_ids,
    )
