"""What happens to the T cells? Blood is emptied fast and refilled from tissue; high doses also thin the CD4 reservoir.

Cells are counted relative to the patient's own count before treatment. Active ATG kills in blood at k_b·F and, for CD4
only, in the tissue reservoir at k_t·F, with F = (C/EC50)ⁿ/(1 + (C/EC50)ⁿ). Blood refills from the reservoir at k_r; the
CD4 reservoir regrows at s4. CD8 and NK cells refill from a reservoir that stays whole; B cells are spared. Nothing
here knows of other medicines that lower lymphocytes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from opsonin.simulate import maximum, power

T_CELL_STATES: dict[str, str] = {"B4": "1", "L4": "1", "B8": "1"}

T_CELL_PARAMETERS: dict[str, str] = {
    "k_b": "1/d",
    "EC50": "AU/mL",
    "hill": "1",
    "k_r": "1/d",
    "k_t": "1/d",
    "s4": "1/d",
    "share_cd4": "1",
    "share_cd8": "1",
    "share_nk": "1",
    "share_b": "1",
}

ALMOST_NOTHING = sys.float_info.epsilon  # in place of 0 under a power, so that its slope is finite; it vanishes there


def kill(C: Any, p: Any) -> Any:
    """Fraction of the greatest killing rate, 0–1, at the active concentration C (AU/mL)."""
    drive = power(maximum(C / p.EC50, ALMOST_NOTHING), p.hill)
    return drive / (1 + drive)


def t_cell_slopes(y: Any, p: Any, active: Any) -> dict[str, Any]:
    """Rates of change of CD4 in blood and reservoir, and of CD8 (and NK) cells in blood, per day."""
    F = kill(active, p)
    return {
        "B4": p.k_r * (y.L4 - y.B4) - p.k_b * F * y.B4,
        "L4": p.s4 * (1 - y.L4) - p.k_t * F * y.L4,
        "B8": p.k_r * (1 - y.B8) - p.k_b * F * y.B8,
    }


def t_cell_outputs(y: Any, p: Any) -> dict[str, Any]:
    """Counts relative to before treatment: CD4, CD8 (NK cells alike), T cells (CD3), lymphocytes."""
    t_cells = (p.share_cd4 * y.B4 + p.share_cd8 * y.B8) / (p.share_cd4 + p.share_cd8)
    whole = p.share_cd4 + p.share_cd8 + p.share_nk + p.share_b
    spared = p.share_b
    lymphocytes = (p.share_cd4 * y.B4 + (p.share_cd8 + p.share_nk) * y.B8 + spared) / whole
    return {"cd4": y.B4, "cd8": y.B8, "t_cells": t_cells, "lymphocytes": lymphocytes}


def t_cell_baseline() -> Mapping[str, Any]:
    """Before treatment everything is at the patient's own level. A steady state."""
    return {"B4": 1.0, "L4": 1.0, "B8": 1.0}
