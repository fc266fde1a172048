"""Every virtual patient as a table: Parquet files of a trial's series and of its people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from opsonin.trial.endpoints import values_of
from opsonin.trial.extras import need
from opsonin.trial.run import ArmOutcome, Outcome


def series_table(outcome: Outcome) -> dict[str, np.ndarray]:
    """One row per arm, parameter set, person and visit: reported platelets (10⁹/L) and IgG (g/L)."""
    parts = [_series(arm) for arm in outcome.arms]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _series(arm: ArmOutcome) -> dict[str, np.ndarray]:
    people, visits = arm.seen.counts.shape
    return {
        "arm": np.repeat(np.array([arm.arm.id]), people * visits),
        "parameter_set": np.repeat(_sets(arm), visits),
        "person": np.repeat(_persons(arm), visits),
        "day": np.tile(arm.seen.days, people),
        "platelets_10e9_per_l": arm.seen.counts.ravel(),
        "igg_g_per_l": arm.seen.igg.ravel(),
    }


def _sets(arm: ArmOutcome) -> np.ndarray:
    return np.repeat(np.arange(arm.parameter_sets), arm.weight_kg.size // arm.parameter_sets)


def _persons(arm: ArmOutcome) -> np.ndarray:
    return np.tile(np.arange(arm.weight_kg.size // arm.parameter_sets), arm.parameter_sets)


def people_tables(outcome: Outcome) -> dict[str, dict[str, np.ndarray]]:
    """By arm, one row per person and set: weight, baseline, grams, predictors carried, endpoints of one number each."""
    return {arm.arm.id: _people(arm) for arm in outcome.arms}


def _people(arm: ArmOutcome) -> dict[str, np.ndarray]:
    found: dict[str, Any] = {
        "parameter_set": _sets(arm),
        "person": _persons(arm),
        "weight_kg": arm.weight_kg,
        "baseline_10e9_per_l": arm.seen.baseline,
        "grams": arm.given.grams.sum(axis=1),
    }
    found |= {f"carries_{predictor}": whom for predictor, whom in arm.carries.items()}
    for outcome in arm.endpoints:
        values = values_of(outcome.endpoint, arm.seen)
        if values.ndim == 1:
            found[outcome.endpoint.id] = values
    return found


def write_tables(outcome: Outcome, folder: Path) -> list[Path]:
    """Write series.parquet and people-ARM.parquet; the files written."""
    arrow, parquet = need("pyarrow"), need("pyarrow.parquet")
    tables = {"series": series_table(outcome)}
    tables |= {f"people-{arm}": table for arm, table in people_tables(outcome).items()}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        parquet.write_table(arrow.table(table), path)
        written.append(path)
    return written
