"""How do we print it? Outcome and validation as JSON, and as tables of text for the terminal and for the docs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from opsonin.trial.rows import Row, unit_of
from opsonin.trial.run import ArmOutcome, Outcome
from opsonin.trial.say_predictors import predictors_to_list
from opsonin.trial.summary import Score, summary
from opsonin.trial.validate import Validation

TITLES = {
    "calibration": "Calibration",
    "seen": "Seen while the draft was written",
    "validation": "Validation",
    "arms": "Arms handed in",
}


def plain(number: float | None, digits: int = 1) -> str:
    """A number in few digits; "not reached" for infinity, a dash for nothing.

    >>> plain(81.25), plain(float("inf")), plain(None)
    ('81.2', 'not reached', '–')
    """
    if number is None or math.isnan(number):
        return "–"
    if math.isinf(number):
        return "not reached"
    return f"{number:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{number:.0f}"


def span(low: float | None, high: float | None) -> str:
    """Two ends of an interval, or a dash when there is none."""
    return "–" if low is None or high is None else f"{plain(low)} to {plain(high)}"


def outcome_rows(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    """The outcome table: arm, endpoint, unit, predicted, interval, published."""
    for arm in outcome.arms:
        for found in arm.endpoints:
            endpoint, prediction = found.endpoint, found.prediction
            published = plain(endpoint.published.value) if endpoint.published else "–"
            yield (
                arm.arm.id,
                endpoint.says,
                unit_of(endpoint),
                plain(prediction.typical),
                span(prediction.low, prediction.high),
                published,
            )


OUTCOME_HEAD = ("arm", "endpoint", "unit", "predicted", "95 % of trials this size", "published")
ROW_HEAD = (
    "arm", "endpoint", "n", "observed", "95 % interval", "predicted", "95 % predictive", "by chance only", "inside",
)  # fmt: skip


def row_cells(row: Row) -> tuple[str, ...]:
    """One line of the validation table."""
    return (
        f"{row.trial} / {row.arm}",
        f"{row.says} ({row.unit})",
        str(row.n),
        plain(row.observed),
        span(row.observed_low, row.observed_high),
        plain(row.predicted),
        span(row.low, row.high),
        span(row.by_chance_low, row.by_chance_high),
        "yes" if row.inside else "NO",
    )


SCORE_HEAD = (
    "split", "who", "endpoints", "coverage", "width ratio", "coverage by chance only", "width ratio", "rates: error",
    "floor", "times: error", "floor", "pooled", "durations: error", "floor", "pooled",
)  # fmt: skip


def score_cells(split: str, who: str, score: Score) -> tuple[str, ...]:
    """One line of the summary: percentages, points and days."""
    coverage = None if score.coverage is None else 100 * score.coverage
    return (
        split,
        who,
        str(score.n_endpoints),
        f"{plain(coverage, 0)} %",
        plain(score.width_ratio, 2),
        f"{plain(None if score.coverage_by_chance is None else 100 * score.coverage_by_chance, 0)} %",
        plain(score.width_ratio_by_chance, 2),
        plain(score.response_rate_mae_points),
        plain(score.response_rate_floor_points),
        plain(score.time.mae),
        plain(score.time.floor),
        plain(score.time.pooled),
        plain(score.duration.mae),
        plain(score.duration.floor),
        plain(score.duration.pooled),
    )


def score_rows(found: Validation) -> Iterator[tuple[str, ...]]:
    """Every line of the summary that has endpoints."""
    for split, by_age in summary(found).items():
        for who, score in by_age.items():
            if score.n_endpoints:
                yield score_cells(split, who, score)


def markdown_table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table.

    >>> print(markdown_table(("a", "b"), iter([("1", "2")])))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)


def about_parameters(found: Outcome | Validation) -> str:
    """What the predictive intervals hold."""
    sets = found.parameter_sets
    if found.trials_differ:
        return (
            f"Predictive intervals hold the chance of a trial of that size, {sets} parameter sets, and how much trials "
            "differ beyond chance; “by chance only” leaves the last out."
        )
    if sets > 1:
        return f"Predictive intervals hold the chance of a trial of that size and {sets} parameter sets."
    return (
        "Predictive intervals hold the chance of a trial of that size only: one parameter set was used, so the "
        "uncertainty of the parameters is not included."
    )


def validation_to_dict(found: Validation) -> dict[str, Any]:
    """The validation as JSON: `rows`, `summary` by split, `unused`."""
    scores = summary(found)
    return {
        "schema": "opsonin-validation/1",
        "model": found.model,
        "knowledge": found.knowledge_version,
        "split_seal": found.split_seal,
        "people": found.people,
        "seed": found.seed,
        "parameters": found.parameters,
        "parameter_sets": found.parameter_sets,
        "says": about_parameters(found),
        "summary": {
            split: {
                **ages["all"].as_dict(),
                "adults": ages["adults"].as_dict(),
                "children": ages["children"].as_dict(),
            }
            for split, ages in scores.items()
        },
        "rows": [finite({**vars(row), "inside": row.inside}) for row in found.rows],
        "unused": [vars(item) for item in found.unused],
    }


def outcome_to_dict(outcome: Outcome) -> dict[str, Any]:
    """The outcome of a trial as JSON."""
    return {
        "schema": "opsonin-outcome/1",
        "trial": outcome.trial.id,
        "title": outcome.trial.title,
        "model": outcome.model,
        "knowledge": outcome.knowledge_version,
        "people": outcome.people,
        "seed": outcome.seed,
        "says": about_parameters(outcome),
        "arms": [_arm_to_dict(arm) for arm in outcome.arms],
        "predictors": predictors_to_list(outcome),
    }


def _arm_to_dict(arm: ArmOutcome) -> dict[str, Any]:
    return {
        "id": arm.arm.id,
        "says": arm.arm.says,
        "n": arm.arm.n,
        "mean_grams": float(arm.given.grams.sum(axis=1).mean()),
        "endpoints": [
            finite(
                {
                    "id": found.endpoint.id,
                    "says": found.endpoint.says,
                    "kind": found.endpoint.kind,
                    "statistic": found.endpoint.statistic,
                    **vars(found.prediction),
                    "published": found.endpoint.published.value if found.endpoint.published else None,
                }
            )
            for found in arm.endpoints
        ],
    }


def finite(entries: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no infinity: "not reached" stands for it, nothing for what does not exist."""

    def said(value: Any) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            return None if math.isnan(value) else "not reached"
        return value

    return {key: said(value) for key, value in entries.items()}
