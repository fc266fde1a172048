"""Do the results fit the model of this patient? Each report against what all the others lead to expect, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtri

from opsonin.population.draws import Floats
from opsonin.update.history import Observed
from opsonin.update.likelihood import Errors, chance_below, log_likelihood, spread, suspicion
from opsonin.update.sample import LEAST, WORST_K, Sample

LIKELY_WRONG = 0.5  # above this chance a report is set aside and said to be
DOES_NOT_FIT = 0.01
UNUSUAL = 0.05
WHAT_TO_CHECK = (
    "the time of the sample against the time of the infusion",
    "whether platelets were clumped (repeat in citrate) and whether the sample is this patient's",
    "the dose really given, and interruptions",
    "a platelet transfusion, a corticosteroid or another platelet-raising medicine that is not recorded",
    "another cause of low platelets, or a loss of platelets that immunoglobulin does not touch",
)


@dataclass(frozen=True)
class PointFit:
    """One report, and how it stands to what the others and the baseline lead to expect."""

    what: str
    day: float
    written: str
    value: float
    below: bool
    expected: float  # median of the report expected
    low_90: float
    high_90: float
    chance_as_extreme: float  # of a usual report, two-sided
    chance_wrong: float  # that this report is a gross error
    verdict: str  # "fits" | "unusual" | "does not fit" | "set aside"


@dataclass(frozen=True)
class Fit:
    """How far the answer can be trusted."""

    points: tuple[PointFit, ...]
    overall_chance: float | None  # of results as far from the model as these, set-aside ones left out
    verdict: str  # "fits" | "fits without the result set aside" | "does not fit"
    effective_people: float
    pareto_k: float
    people: int
    rounds: int
    says: tuple[str, ...]
    check: tuple[str, ...]

    @property
    def usable(self) -> bool:
        return self.verdict != "does not fit" and self.effective_people >= LEAST and self.pareto_k <= WORST_K


def in_words(share: float) -> str:
    """A share of simulated people in per cent; never 0 or 100, which they cannot show.

    >>> in_words(0.374), in_words(1.0)
    ('37 %', 'over 99 %')
    """
    return "under 1 %" if share < 0.01 else "over 99 %" if share > 0.99 else f"{100 * share:.0f} %"


def judge(
    observed: Sequence[Observed],
    true: Floats,
    errors: Errors,
    sample: Sample,
    check: tuple[str, ...] = WHAT_TO_CHECK,
) -> Fit:
    """The fit of every report and of all together; `true` is the value behind each report, (people, reports)."""
    true = np.where(np.isnan(true), 0.0, true)
    points = tuple(_points(observed, true, errors, sample.weights))
    kept = [i for i, point in enumerate(points) if point.verdict != "set aside"]
    overall = _overall([observed[i] for i in kept], true[:, kept], errors, sample.weights) if kept else None
    verdict = _verdict(points, overall)
    return Fit(
        points=points,
        overall_chance=overall,
        verdict=verdict,
        effective_people=sample.effective,
        pareto_k=sample.pareto_k,
        people=sample.weights.size,
        rounds=sample.rounds,
        says=tuple(_says(points, verdict, sample)),
        check=() if verdict == "fits" else check,
    )


def _points(observed: Sequence[Observed], true: Floats, errors: Errors, weights: Floats) -> list[PointFit]:
    wrong = weights @ suspicion(observed, true, errors)
    lower = chance_below(observed, true, errors)
    logs = log_likelihood(observed, true, errors)
    points = []
    for i, one in enumerate(observed):
        others = weights * np.exp(-(logs[:, i] - logs[:, i].max()))  # this report taken out again
        others /= others.sum()
        below = float(others @ lower[:, i])
        extreme = min(1.0, 2 * (below if one.below else min(below, 1 - below)))
        middle, low, high = _expected(true[:, i], one.what, errors, others)
        verdict = _point_verdict(float(wrong[i]), extreme)
        points.append(
            PointFit(
                one.what, one.day, one.written, one.value, one.below, middle, low, high, extreme, float(wrong[i]),
                verdict,
            )
        )  # fmt: skip
    return points


def _point_verdict(wrong: float, extreme: float) -> str:
    if wrong > LIKELY_WRONG:
        return "set aside"
    return "does not fit" if extreme < DOES_NOT_FIT else "unusual" if extreme < UNUSUAL else "fits"


def _expected(true: Floats, what: str, errors: Errors, weights: Floats) -> tuple[float, float, float]:
    """Median and central 90 % of a usual report: nine quantiles of each person's error stand for all of it."""
    steps = ndtri((np.arange(9) + 0.5) / 9)
    likely = weights > 1e-6 * weights.max()
    true, weights = true[likely], weights[likely]
    reports = np.maximum(true[:, None] + spread(true, errors[what])[:, None] * steps, 0).ravel()
    order = np.argsort(reports)
    summed = np.cumsum(np.repeat(weights / 9, 9)[order])
    low, middle, high = (reports[order][min(np.searchsorted(summed, q), reports.size - 1)] for q in (0.05, 0.5, 0.95))
    return float(middle), float(low), float(high)


def _overall(observed: Sequence[Observed], true: Floats, errors: Errors, weights: Floats) -> float | None:
    """Posterior predictive check: the chance of a sum of squared distances as large as the one seen."""
    exact = [i for i, one in enumerate(observed) if not one.below]
    if not exact:
        return None
    away = [(observed[i].value - true[:, i]) / spread(true[:, i], errors[observed[i].what]) for i in exact]
    return float(weights @ chdtrc(len(exact), (np.column_stack(away) ** 2).sum(axis=1)))


def _verdict(points: Sequence[PointFit], overall: float | None) -> str:
    aside = sum(point.verdict == "set aside" for point in points)
    if aside > 1 or (overall is not None and overall < DOES_NOT_FIT):
        return "does not fit"
    return "fits without the result set aside" if aside else "fits"


def _says(points: Sequence[PointFit], verdict: str, sample: Sample) -> list[str]:
    words = {
        "fits": "The results fit the model of this patient.",
        "fits without the result set aside": "One result does not fit and is set aside; the others fit.",
        "does not fit": "The results do not fit the model of this patient; there is no forecast.",
    }
    said = [words[verdict]] if points else ["No result since treatment: the forecast rests on the baseline alone."]
    for point in points:
        if point.verdict == "set aside":
            said.append(
                f"{point.written} on day {point.day:.1f} is set aside: {_figure(point.expected)} was expected (nine in "
                f"ten between {_figure(point.low_90)} and {_figure(point.high_90)}), and with a chance of "
                f"{in_words(point.chance_wrong)} it is a wrong report. Repeat it before deciding anything."
            )
    if not sample.trusted:
        said.append(
            f"The answer cannot be calculated reliably ({sample.effective:.0f} effective people, Pareto k "
            f"{sample.pareto_k:.2f}); there is no forecast."
        )
    return said


def _figure(value: float) -> str:
    """A whole number, or two figures below ten."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
