"""Who might this be? Virtual people who share a patient's weight, reported count and, if known, serum IgG.

The reported count is one laboratory report with the shelf's error, so the true baseline is drawn around it; nothing
else is assumed of it, and the report is its median. Serum IgG, if measured, is drawn around its report too, weighed
with the population; if not, from the population. Everything else differs between people as the shelf says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism import (
    FITTED_MODEL,
    ReportError,
    Spread,
    fact_ids,
    group_of,
    report_errors,
    sized,
    spreads,
    typical,
)
from opsonin.mechanism.igg import SHELF
from opsonin.mechanism.natural_history import Recovery
from opsonin.patient import Patient
from opsonin.population.carriers import Carriers, places
from opsonin.population.draws import (
    Floats,
    around_report,
    around_report_and_population,
    as_column,
    log_normal_width,
    normals,
    uniforms,
)
from opsonin.population.parameter_sets import (
    RECOVERY,
    SET,
    fitted_sets,
    place_of,
    recovery_of,
    under,
    which_set,
)

LEAST_COUNT_FACT = f"{SHELF}/least_true_count"


@dataclass(frozen=True)
class Cohort:
    """n virtual people: the model's parameters of each, and how a laboratory would report their values."""

    n: int
    seed: int
    weight_kg: float
    parameters: Mapping[str, Floats]  # symbol → (n,)
    report_errors: Mapping[str, ReportError]
    notes: tuple[str, ...]
    fact_ids: tuple[str, ...]
    which_set: NDArray[np.int64] | None = None  # (n,) the fitted population each is of; None: the draft's
    recovery: Recovery | None = None  # how the disease goes by itself; None: it does not


def people(
    knowledge: Knowledge,
    *,
    n: int,
    seed: int,
    weight_kg: float,
    true_counts: ArrayLike,
    true_igg: ArrayLike | None = None,
    alike: tuple[str, ...] = (),
    carried: tuple[Carriers, ...] = (),
) -> Cohort:
    """n virtual adults of one weight with these true baseline counts (10⁹/L) and, if given, IgG (g/L).

    `alike` names parameters in which they are not to differ. Everything else differs as the shelf says; `carried` are
    predictors that account for a part of it.
    """
    if n < 1 or seed < 0:
        remedy = "Ask for 1 or more, with a seed of 0 or more."
        raise InputRefused([Problem("virtual people", f"{n}, seed {seed}", "cannot be drawn.", remedy)])
    given = {"P0": true_counts} | ({} if true_igg is None else {"C0": true_igg})
    spread = {symbol: s for symbol, s in spreads(knowledge).items() if symbol not in given and symbol not in alike}
    drawn = {symbol: as_column(value, n) for symbol, value in (typical(knowledge) | given).items()}
    drawn |= {symbol: _differing(drawn[symbol], s, places(seed, symbol, n, carried)) for symbol, s in spread.items()}
    return Cohort(
        n=n,
        seed=seed,
        weight_kg=weight_kg,
        parameters=MappingProxyType(sized(drawn, knowledge, weight_kg=weight_kg)),
        report_errors=MappingProxyType(report_errors(knowledge)),
        notes=(),
        fact_ids=fact_ids(),
    )


def _differing(middle: Floats, spread: Spread, z: Floats) -> Floats:
    if spread.scale == "log-normal":
        return middle * np.exp(log_normal_width(spread.size) * z)
    return 1 / (1 + (1 / middle - 1) * np.exp(-spread.size * z))


def people_like(patient: Patient, knowledge: Knowledge, *, n: int, seed: int) -> Cohort:
    """n virtual people who share this patient's weight and baseline reports. The patient needs a platelet count.

    Each is of one of the fitted populations of the patient's age group, all equally likely: people differ, and so does
    what the data allow the population to be.
    Sources: models/ivig_itp_2026_11_26b (fitted sets), models/ivig_itp_draft (everything else, least_true_count).
    """
    count, igg = patient.latest("platelets"), patient.latest("igg")
    if count is None:
        raise InputRefused([Problem("platelets", "", "no count is known.", "Give a measured platelet count.")])
    counts = _counts_around(float(count.value), knowledge, n=n, seed=seed)
    low, middle, high = np.quantile(counts, [0.05, 0.5, 0.95])
    around = f"The baseline is drawn around the reported count of {count.value} ×10⁹/L"
    notes = [f"{around}: median {middle:.1f}, 90 % between {low:.1f} and {high:.1f}."]
    levels = None
    if igg is not None:
        levels = _igg_around(float(igg.value), knowledge, n=n, seed=seed)
        notes.append(f"Serum IgG is drawn around the reported {igg.value} g/L: median {np.median(levels):.1f} g/L.")
    weight_kg = float(patient.weight.kg)
    cohort = people(knowledge, n=n, seed=seed, weight_kg=weight_kg, true_counts=counts, true_igg=levels)
    group = group_of(patient)
    sets = fitted_sets(knowledge, group)
    mine = which_set(place_of(uniforms(seed, SET, n)), sets)
    return replace(
        cohort,
        parameters=MappingProxyType(under(cohort.parameters, knowledge, sets, mine)),
        notes=tuple(notes),
        fact_ids=(*cohort.fact_ids, *fitted_facts(knowledge, group), LEAST_COUNT_FACT),
        which_set=mine,
        recovery=recovery_of(normals(seed, RECOVERY, n), sets, mine),
    )


def fitted_facts(knowledge: Knowledge, group: str) -> tuple[str, ...]:
    """The fitted values of this age group, for the bibliography."""
    assert knowledge.fitted is not None
    return tuple(f"models/{FITTED_MODEL}/{group}_{name}" for name in knowledge.fitted.groups[group].names)


def _counts_around(report: float, knowledge: Knowledge, *, n: int, seed: int) -> Floats:
    error = report_errors(knowledge)["platelets"]
    least = float(knowledge.fact(LEAST_COUNT_FACT).number())
    u = uniforms(seed, "P0", n)
    return around_report(u, report=report, proportional=error.proportional, additive=error.additive, least=least)


def _igg_around(report: float, knowledge: Knowledge, *, n: int, seed: int) -> Floats:
    error = report_errors(knowledge)["igg"]
    return around_report_and_population(
        normals(seed, "C0", n),
        report=report,
        proportional=error.proportional,
        additive=error.additive,
        median=typical(knowledge)["C0"],
        width=log_normal_width(spreads(knowledge)["C0"].size),
    )
