"""The fitted parameters as the shelf holds them, and how a calibration is written: an ensemble by age group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from opsonin.errors import KnowledgeError
from opsonin.knowledge import load_knowledge
from opsonin.knowledge.load import SHELVES
from opsonin.knowledge.shelf_fitted import SCHEMA, read_fitted
from opsonin.mechanism import FITTED_MODEL
from opsonin.population.parameter_sets import ParameterSet, as_parameters
from opsonin.trial.calibrate import Fit
from opsonin.trial.declaration import AgeGroup
from opsonin.trial.people import AS_ON_THE_SHELF

FITTED = SHELVES / "models" / f"{FITTED_MODEL}.json"


@dataclass(frozen=True)
class Ensemble:
    """Parameter sets for adults (mixed ages with them) and for children, and what they are called."""

    name: str
    adults: tuple[ParameterSet, ...]
    children: tuple[ParameterSet, ...]

    def of(self, age_group: AgeGroup) -> tuple[ParameterSet, ...]:
        """The sets for arms of this age group."""
        return self.children if age_group == "child" else self.adults

    def __len__(self) -> int:
        return max(len(self.adults), len(self.children))


DRAFT = Ensemble("draft", (AS_ON_THE_SHELF,), (AS_ON_THE_SHELF,))


def read_ensemble(path: Path | None = None) -> Ensemble:
    """The fitted ensemble of the shelf, or of a file of `opsonin calibrate`; KnowledgeError when it is not one.

    >>> len(read_ensemble().adults)
    40
    """
    fitted = load_knowledge().fitted if path is None else read_fitted(path)
    if fitted is None:
        raise KnowledgeError("The shelf holds no fitted model. Make one with: opsonin calibrate --out FILE")
    sets = {
        group: tuple(as_parameters({k: float(v) for k, v in row.items()}) for row in found.named_sets())
        for group, found in fitted.groups.items()
    }
    return Ensemble(fitted.name, sets["adults"], sets["children"])


def fits_to_dict(fits: Sequence[Fit], *, name: str, on: date, command: str, about: dict[str, Any]) -> dict[str, Any]:
    """Fits as JSON: per group the ensemble, the geometric means with 95 % intervals, and the correlations of logs."""
    return {
        "schema": SCHEMA,
        "name": name,
        "made_on": on.isoformat(),
        "command": command,
        **about,
        "groups": {fit.group: _group(fit) for fit in fits},
    }


def keeping_adults(made: dict[str, Any], path: Path) -> dict[str, Any]:
    """A fit of children with the adults of an earlier file as they stand there, and where those came from."""
    earlier = json.loads(path.read_text(encoding="utf-8"))
    whence = earlier.get("adults_from") or {key: value for key, value in earlier.items() if key != "groups"}
    groups = {"adults": earlier["groups"]["adults"]} | made["groups"]
    return {key: value for key, value in made.items() if key != "groups"} | {"adults_from": whence, "groups": groups}


def _group(fit: Fit) -> dict[str, Any]:
    weights, logs = fit.found.weights, np.log(fit.found.values)
    middle = weights @ logs
    away = logs - middle
    covariance = (away * weights[:, None]).T @ away
    sd = np.sqrt(np.diag(covariance))
    order = np.argsort(logs, axis=0)
    return {
        "fitted_to": list(fit.studies),
        "names": list(fit.names),
        "fixed": dict(fit.fixed),
        "effective_draws": round(fit.found.effective, 1),
        "log_evidence": round(fit.found.log_evidence, 2),
        "mean": _named(fit, np.exp(middle)),
        "low_95": _named(fit, np.exp(_weighted(logs, order, weights, 0.025))),
        "high_95": _named(fit, np.exp(_weighted(logs, order, weights, 0.975))),
        "correlation_of_logs": np.round(covariance / np.outer(sd, sd), 2).tolist(),
        "sets": [[float(f"{value:.5g}") for value in row] for row in fit.sets],
    }


def _named(fit: Fit, values: np.ndarray) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in zip(fit.names, values, strict=True)}


def _weighted(logs: np.ndarray, order: np.ndarray, weights: np.ndarray, level: float) -> np.ndarray:
    """Weighted quantiles of each column."""
    found = []
    for column in range(logs.shape[1]):
        mine = order[:, column]
        at = int(np.searchsorted(np.cumsum(weights[mine]), level))
        found.append(logs[mine[min(at, mine.size - 1)], column])
    return np.array(found)
