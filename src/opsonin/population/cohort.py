"""Who might this be? Virtual people who share a patient's weight, reported count and, if known, serum IgG.

The reported count is one laboratory report, so the true baseline is drawn around it: nothing is assumed of it beforehand
(flat in its logarithm, from the shelf's least true count upwards), and the report has the shelf's error. Serum IgG,
if measured, is drawn around its report too, with the population as what was known beforehand; else from the population.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism import ReportError, Spread, fact_ids, report_errors, sized, spreads, typical
from opsonin.mechanism.igg import SHELF
from opsonin.patient import Patient
from opsonin.population.draws import Floats, around_report, as_column, log_normal_width, normals, uniforms

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


def people(
    knowledge: Knowledge,
    *,
    n: int,
    seed: int,
    weight_kg: float,
    true_counts: ArrayLike,
    true_igg: ArrayLike | None = None,
    alike: tuple[str, ...] = (),
) -> Cohort:
    """n virtual adults of one weight with these true baseline counts (10⁹/L) and, if given, IgG (g/L).

    `alike` names parameters in which they are not to differ. Everything else differs as the shelf says.
    """
    if n < 1 or seed < 0:
        raise InputRefused([Problem("virtual people", f"{n}, seed {seed}", "cannot be drawn.", "Ask for 1 or more, with a seed of 0 or more.")])
    given = {"P0": true_counts} | ({} if true_igg is None else {"C0": true_igg})
    spread = {symbol: s for symbol, s in spreads(knowledge).items() if symbol not in given and symbol not in alike}
    drawn = {symbol: as_column(value, n) for symbol, value in (typical(knowledge) | given).items()}
    drawn |= {symbol: _differing(drawn[symbol], s, normals(seed, symbol, n)) for symbol, s in spread.items()}
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

    Sources: models/ivig_itp_draft (all parameters with their spread, least_true_count).
    """
    count, igg = patient.latest("platelets"), patient.latest("igg")
    if count is None:
        raise InputRefused([Problem("platelets", "", "no count is known.", "Give a measured platelet count.")])
    errors = report_errors(knowledge)
    counts = _true_values(float(count.value), errors["platelets"], uniforms(seed, "P0", n), least=_least(knowledge))
    notes = [
        f"The baseline is drawn around the reported count of {count.value} ×10⁹/L: median {np.median(counts):.1f}, "
        f"90 % between {np.quantile(counts, 0.05):.1f} and {np.quantile(counts, 0.95):.1f}."
    ]
    levels = None
    if igg is not None:
        middle, width = typical(knowledge)["C0"], log_normal_width(spreads(knowledge)["C0"].size)
        u = uniforms(seed, "C0", n)
        levels = _true_values(float(igg.value), errors["igg"], u, least=middle / 100, median=middle, width=width)
        notes.append(f"Serum IgG is drawn around the reported {igg.value} g/L: median {np.median(levels):.1f} g/L.")
    weight_kg = float(patient.weight.kg)
    cohort = people(knowledge, n=n, seed=seed, weight_kg=weight_kg, true_counts=counts, true_igg=levels)
    return Cohort(
        n=n,
        seed=seed,
        weight_kg=weight_kg,
        parameters=cohort.parameters,
        report_errors=cohort.report_errors,
        notes=tuple(notes),
        fact_ids=(*cohort.fact_ids, LEAST_COUNT_FACT),
    )


def _least(knowledge: Knowledge) -> float:
    return float(knowledge.fact(LEAST_COUNT_FACT).number())


def _true_values(
    report: float, error: ReportError, u: Floats, *, least: float, median: float = 1.0, width: float = np.inf
) -> Floats:
    return around_report(
        u,
        report=report,
        proportional=error.proportional,
        additive=error.additive,
        least=least,
        median=median,
        width=width,
    )
