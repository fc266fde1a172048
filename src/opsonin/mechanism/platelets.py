"""How are platelets lost and made? Phagocytes that infused IgG blocks, autoantibody, thrombopoietin, marrow.

Infused IgG blocks Fcγ receptors through an effect site X that follows its concentration fast upwards and slowly
downwards. Platelets leave by senescence and by antibody; the antibody follows one's own IgG. Thrombopoietin T is
relative to a healthy person, the marrow stages M relative to the patient's own baseline. Counts in 10⁹/L, time in days.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from opsonin.mechanism.igg import SHELF
from opsonin.simulate import maximum, power

PLATELET_FACTS: dict[str, str] = {
    "kon": f"{SHELF}/blockade_onset",
    "koff": f"{SHELF}/blockade_offset",
    "IC50": f"{SHELF}/blockade_half",
    "h": f"{SHELF}/blockade_steepness",
    "phi": f"{SHELF}/unblockable_fraction",
    "alpha": f"{SHELF}/antibody_power",
    "lifespan": f"{SHELF}/platelet_lifespan",
    "k_imm_min": f"{SHELF}/immune_loss_least",
    "kprod0": f"{SHELF}/platelet_production",
    "P0": f"{SHELF}/baseline_count",
    "Pn": f"{SHELF}/normal_count",
    "m0": f"{SHELF}/marrow_mass",
    "MTT": f"{SHELF}/marrow_transit_time",
    "kT": f"{SHELF}/thrombopoietin_turnover",
    "ET50": f"{SHELF}/thrombopoietin_half_effect",
    "w_rest": f"{SHELF}/thrombopoietin_loss_rest",
    "w_P": f"{SHELF}/thrombopoietin_loss_platelets",
    "w_M": f"{SHELF}/thrombopoietin_loss_marrow",
}

ALMOST_NOTHING = sys.float_info.epsilon  # in place of 0 under a power, so that its slope is finite; it vanishes there

MARROW = ("M1", "M2", "M3", "M4")

PLATELET_STATES: dict[str, str] = {"X": "g/L", "T": "1", **dict.fromkeys(MARROW, "1"), "P": "1e9/L"}

PLATELET_PARAMETERS: dict[str, str] = {
    "kon": "1/d",
    "koff": "1/d",
    "IC50": "g/L",
    "h": "1",
    "phi": "1",
    "alpha": "1",
    "lifespan": "d",
    "k_imm_min": "1/d",
    "kprod0": "1e9/L/d",
    "P0": "1e9/L",
    "Pn": "1e9/L",
    "m0": "1",
    "MTT": "d",
    "kT": "1/d",
    "ET50": "1",
    "w_rest": "1",
    "w_P": "1",
    "w_M": "1",
}


def blocked(X: Any, p: Any) -> Any:
    """Fraction of Fcγ-mediated uptake that is blocked, 0–1, at the effect-site concentration X (g/L)."""
    taken = power(maximum(X / p.IC50, ALMOST_NOTHING), p.h)
    return taken / (1 + taken)


def immune_loss(p: Any) -> Any:
    """Antibody-driven loss before treatment, 1/d: what production and the count leave after senescence."""
    return maximum(p.kprod0 / p.P0 - 1 / p.lifespan, p.k_imm_min)


def thrombopoietin_loss(P: Any, M: Any, p: Any) -> Any:
    """Loss of thrombopoietin relative to health, at P platelets (10⁹/L) and the relative marrow mass M."""
    return p.w_rest + p.w_P * P / p.Pn + p.w_M * p.m0 * M


def stimulus(T: Any, p: Any) -> Any:
    """How hard thrombopoietin T drives the marrow."""
    return T / (p.ET50 + T)


def platelet_slopes(y: Any, p: Any, *, infused_g_per_l: Any, antibody: Any) -> dict[str, Any]:
    """Rates of change of effect site, thrombopoietin, marrow and platelets, per day.

    infused_g_per_l: concentration of infused IgG. antibody: autoantibody relative to before treatment.
    Sources: PLATELET_FACTS.
    """
    Cx = infused_g_per_l  # at the kink Cx = X, where every infusion begins, maximum(0, …) has the slope of rising
    k_sen, k_imm0 = 1 / p.lifespan, immune_loss(p)
    k_tot = k_sen + k_imm0 * (p.phi + (1 - p.phi) * (1 - blocked(y.X, p))) * power(maximum(antibody, 0), p.alpha)
    T0 = 1 / thrombopoietin_loss(p.P0, 1, p)
    ktr = len(MARROW) / p.MTT
    mass = (y.M1 + y.M2 + y.M3 + y.M4) / len(MARROW)
    return {
        "X": p.kon * maximum(0, Cx - y.X) - p.koff * maximum(y.X - Cx, 0),
        "T": p.kT * (1 - thrombopoietin_loss(y.P, mass, p) * y.T),
        "M1": ktr * (stimulus(y.T, p) / stimulus(T0, p) - y.M1),
        "M2": ktr * (y.M1 - y.M2),
        "M3": ktr * (y.M2 - y.M3),
        "M4": ktr * (y.M3 - y.M4),
        "P": (k_imm0 + k_sen) * p.P0 * y.M4 - k_tot * y.P,
    }


def platelet_baseline(p: Any) -> Mapping[str, Any]:
    """Before treatment: nothing blocked, marrow at its baseline, the baseline count. An exact steady state."""
    return {"T": 1 / thrombopoietin_loss(p.P0, 1, p), **dict.fromkeys(MARROW, 1.0), "P": p.P0}
