"""Which unknowns drive how far forecasts lie apart? Sobol indices of what is forecast, over people and parameters.

Two questions with one method (Saltelli sampling and Sobol indices by SALib). Between people: what differs from person
to person in the mean of adults' fitted populations. Between parameter sets: what the calibration left open, its fitted
middles within their 95 % intervals, for a typical person. The course is 1 g/kg on two days in an adult of the reference
weight; counts are true counts, without the laboratory's error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from opsonin.errors import KnowledgeError
from opsonin.knowledge import Knowledge
from opsonin.knowledge.fitted import FittedGroup
from opsonin.mechanism import MODEL, Spread, spreads, typical
from opsonin.mechanism.igg import SHELF
from opsonin.population.draws import Floats, log_normal_width
from opsonin.population.parameter_sets import as_parameters
from opsonin.response.series import days_at_or_above, first_reaching, next_fall
from opsonin.simulate import EventTable, solve
from opsonin.trial.extras import need

COURSE_G_PER_KG = (1.0, 1.0)
DAYS = np.arange(36.0)
CONFIDENCE = 0.95
SAME = 1e-3  # a relative range below which a quantity does not vary, but for rounding


@dataclass(frozen=True)
class Share:
    """How much of a quantity's variance one unknown explains, with the half width of a 95 % bootstrap interval."""

    unknown: str
    alone: float  # first-order index
    alone_half_width: float
    in_all: float  # total index: with its interactions
    in_all_half_width: float


@dataclass(frozen=True)
class Driven:
    """One forecast quantity: its spread, and the unknowns behind it, strongest first."""

    quantity: str
    unit: str
    median: float
    low_90: float
    high_90: float
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Sensitivity:
    """The answer: each part ("people", "parameters") with its quantities."""

    samples: int  # base samples; (unknowns + 2) times as many simulations in each part
    seed: int
    course: str
    parts: Mapping[str, tuple[Driven, ...]]


QUANTITIES: dict[str, tuple[str, Callable[[Floats, Floats], Floats]]] = {
    "highest count": ("10⁹/L", lambda counts, igg: counts.max(axis=1)),
    "day of the highest count": ("days", lambda counts, igg: DAYS[counts.argmax(axis=1)]),
    "50 or more by day 7": ("yes/no", lambda counts, igg: (counts[:, :8].max(axis=1) >= 50).astype(float)),
    "day of first 50 or more": ("days", lambda counts, igg: _within(first_reaching(counts, DAYS, threshold=50))),
    "days at 50 or more": ("days", lambda counts, igg: days_at_or_above(counts, DAYS, threshold=50)),
    "day of the fall below 30": ("days", lambda counts, igg: _within(next_fall(counts, DAYS, threshold=30))),
    "highest IgG": ("g/L", lambda counts, igg: igg.max(axis=1)),
}


def sensitivity(knowledge: Knowledge, *, samples: int = 1024, seed: int = 1, threads: int | None = None) -> Sensitivity:
    """Sobol indices of every forecast quantity; `samples` a power of 2.

    Sources: models/ivig_itp_2026_11_26b (adults), models/ivig_itp_draft for what was not fitted.
    """
    middle, width = mean_population(knowledge)
    people = {symbol: _differs(middle[symbol], spread) for symbol, spread in width.items()}
    return Sensitivity(
        samples=samples,
        seed=seed,
        course="1 g/kg on two days, adult of the reference weight",
        parts={
            "people": _part(people, middle, knowledge, samples, seed, threads),
            "parameters": _part(_left_open(knowledge), middle, knowledge, samples, seed, threads),
        },
    )


Quantile = Callable[[Floats], Floats]


def _differs(middle: float, spread: Spread) -> Quantile:
    """The quantile function of a parameter between people."""
    if spread.scale == "log-normal":
        width = log_normal_width(spread.size)
        return lambda u: np.asarray(middle * np.exp(width * ndtri(u)))
    return lambda u: np.asarray(1 / (1 + (1 / middle - 1) * np.exp(-spread.size * ndtri(u))))


def _adults(knowledge: Knowledge) -> FittedGroup:
    if knowledge.fitted is None:
        raise KnowledgeError("The shelf holds no fitted model. Put a calibration into shelves/models/.")
    return knowledge.fitted.groups["adults"]


def mean_population(knowledge: Knowledge) -> tuple[dict[str, float], dict[str, Spread]]:
    """Middles and spreads of the geometric mean of adults' fitted populations; the draft's where nothing was fitted."""
    mean = as_parameters({name: float(value) for name, value in _adults(knowledge).mean.items()})
    fitted = {symbol: Spread("log-normal", cv) for symbol, cv in mean.cvs.items()}
    return {**typical(knowledge), **mean.values}, {**spreads(knowledge), **fitted}


def _left_open(knowledge: Knowledge) -> dict[str, Quantile]:
    """Quantile functions of the fitted middles of adults: even on the logarithm within their 95 % intervals."""
    fitted, known = _adults(knowledge), typical(knowledge)
    ends = {name: (float(fitted.low_95[name]), float(fitted.high_95[name])) for name in fitted.names if name in known}
    return {name: _even(float(np.log(low)), float(np.log(high))) for name, (low, high) in ends.items()}


def _even(low: float, high: float) -> Quantile:
    return lambda u: np.asarray(np.exp(low + (high - low) * u))


def _part(
    unknowns: Mapping[str, Quantile],
    middle: Mapping[str, float],
    knowledge: Knowledge,
    samples: int,
    seed: int,
    threads: int | None,
) -> tuple[Driven, ...]:
    problem = {"num_vars": len(unknowns), "names": list(unknowns), "bounds": [[0.0, 1.0]] * len(unknowns)}
    drawn = need("SALib.sample.sobol").sample(problem, samples, calc_second_order=False, seed=seed)
    inside = np.clip(drawn, 1e-9, 1 - 1e-9)
    values = {name: quantile(inside[:, column]) for column, (name, quantile) in enumerate(unknowns.items())}
    counts, igg = _courses({**middle, **values}, knowledge, len(drawn), threads)
    return tuple(_driven(name, unit, of(counts, igg), problem, seed) for name, (unit, of) in QUANTITIES.items())


def _courses(
    parameters: Mapping[str, Floats | float], knowledge: Knowledge, n: int, threads: int | None
) -> tuple[Floats, Floats]:
    """Daily true counts (10⁹/L) and IgG (g/L) of n people with these parameters, (n, days)."""
    length = float(knowledge.fact(f"{SHELF}/infusion_length").number())
    weight = float(knowledge.fact(f"{SHELF}/reference_weight").number())
    doses = [(float(day), length, grams * weight) for day, grams in enumerate(COURSE_G_PER_KG)]
    courses = solve(
        MODEL,
        parameters=parameters,
        n=n,
        events=EventTable.infusions(MODEL, n, doses, "A1x"),
        times=DAYS,
        outputs=("platelets", "igg_g_per_l"),
        threads=threads,
    ).require()
    return courses["platelets"], courses["igg_g_per_l"]


def _driven(name: str, unit: str, values: Floats, problem: dict[str, Any], seed: int) -> Driven:
    median, low, high = (float(q) for q in np.quantile(values, [0.5, 0.05, 0.95]))
    if np.ptp(values) <= SAME * abs(median):
        return Driven(name, unit, median, low, high, ())
    found = need("SALib.analyze.sobol").analyze(
        problem, values, calc_second_order=False, conf_level=CONFIDENCE, seed=seed, print_to_console=False
    )
    shares = [
        Share(unknown, *(float(np.nan_to_num(found[key][i])) for key in ("S1", "S1_conf", "ST", "ST_conf")))
        for i, unknown in enumerate(problem["names"])
    ]
    shares.sort(key=lambda share: -share.in_all)
    return Driven(name, unit, median, low, high, tuple(shares))


def _within(days: Floats) -> Floats:
    """Days, with the last day looked at where it is not reached by then."""
    return np.asarray(np.where(np.isfinite(days), days, DAYS[-1]))
