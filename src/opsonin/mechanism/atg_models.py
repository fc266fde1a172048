"""Which equations hold for which ATG product? Exploratory models, put together from one file per mechanism.

Thymoglobulin: total and active ATG, T cells. Grafalon: total only, for what is active in it was not found and cannot be
carried over. Atgam (horse): total only. docs/explanation/atg-model.md says what they reproduce and where they fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from opsonin.mechanism.atg_active import (
    ACTIVE_PARAMETERS,
    ACTIVE_STATES,
    active_concentration,
    active_outputs,
    active_slopes,
)
from opsonin.mechanism.atg_horse import HORSE_PARAMETERS, HORSE_STATES, horse_outputs, horse_slopes
from opsonin.mechanism.atg_t_cells import (
    T_CELL_PARAMETERS,
    T_CELL_STATES,
    t_cell_baseline,
    t_cell_outputs,
    t_cell_slopes,
)
from opsonin.mechanism.atg_total import TOTAL_PARAMETERS, TOTAL_STATES, total_outputs, total_slopes
from opsonin.simulate import Model

OUTPUT_UNITS = {
    "total_ug_per_ml": "µg/mL",
    "active_au_per_ml": "AU/mL",
    "active_auc": "AU·d/mL",
    "cd4": "of baseline",
    "cd8": "of baseline",
    "t_cells": "of baseline",
    "lymphocytes": "of baseline",
}


def _rabbit_equations(y: Any, p: Any, u: Any) -> dict[str, Any]:
    """One infusion feeds both: all of it as rabbit IgG, and its product-equivalent as active ATG."""
    active = active_concentration(y, p)
    return total_slopes(y, p, u.A1) | active_slopes(y, p, u.A1) | t_cell_slopes(y, p, active)


def _rabbit_outputs(y: Any, p: Any) -> dict[str, Any]:
    return total_outputs(y, p) | active_outputs(y, p) | t_cell_outputs(y, p)


THYMOGLOBULIN = Model(
    name="atg_thymoglobulin_exploratory",
    time_unit="d",
    states=TOTAL_STATES | ACTIVE_STATES | T_CELL_STATES,
    parameters=TOTAL_PARAMETERS | ACTIVE_PARAMETERS | T_CELL_PARAMETERS,
    inputs={"A1": "mg/d"},
    equations=_rabbit_equations,
    outputs=_rabbit_outputs,
    initial=lambda p: t_cell_baseline(),
    output_units=OUTPUT_UNITS,
)

GRAFALON = Model(
    name="atg_grafalon_exploratory",
    time_unit="d",
    states=TOTAL_STATES,
    parameters=TOTAL_PARAMETERS,
    inputs={"A1": "mg/d"},
    equations=lambda y, p, u: total_slopes(y, p, u.A1),
    outputs=total_outputs,
    output_units=OUTPUT_UNITS,
)

ATGAM = Model(
    name="atg_atgam_exploratory",
    time_unit="d",
    states=HORSE_STATES,
    parameters=HORSE_PARAMETERS,
    inputs={"A1": "mg/d"},
    equations=lambda y, p, u: horse_slopes(y, p, u.A1),
    outputs=horse_outputs,
    output_units=OUTPUT_UNITS,
)

ATG_MODELS: Mapping[str, Model] = MappingProxyType(
    {"thymoglobulin": THYMOGLOBULIN, "grafalon": GRAFALON, "atgam": ATGAM}
)
