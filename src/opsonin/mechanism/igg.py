"""How does immunoglobulin G turn over? One's own and the infused, sharing one saturable rescue by FcRn.

Two compartments each. FcRn returns the fraction FR0·u/(1 + C/Km) of what is taken up, so clearance rises with the
total concentration C; u is the fraction of FcRn free of an FcRn blocker (1 without one). One's own IgG is made at the
constant rate that holds its baseline C0. Concentrations in g/L, amounts in g, time in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHELF = "models/ivig_itp_draft"

IGG_FACTS: dict[str, str] = {
    "CLu": f"{SHELF}/fcrn_free_clearance",
    "FR0": f"{SHELF}/fcrn_recycled_fraction",
    "Km": f"{SHELF}/fcrn_half_saturation",
    "C0": f"{SHELF}/igg_baseline",
    "V1": f"{SHELF}/central_volume",
    "V2": f"{SHELF}/peripheral_volume",
    "Q": f"{SHELF}/distribution_clearance",
    "u": f"{SHELF}/fcrn_free_fraction",
}

IGG_STATES: dict[str, str] = {"A1e": "g", "A2e": "g", "A1x": "g", "A2x": "g"}

IGG_PARAMETERS: dict[str, str] = {
    "CLu": "L/d",
    "FR0": "1",
    "Km": "g/L",
    "C0": "g/L",
    "V1": "L",
    "V2": "L",
    "Q": "L/d",
    "u": "1",
}


def clearance(C: Any, p: Any, *, u: Any) -> Any:
    """Clearance of IgG in L/d at the total concentration C (g/L), with the fraction u of FcRn free.

    Sources: fcrn_free_clearance, fcrn_recycled_fraction, fcrn_half_saturation.
    """
    return p.CLu * (1 - p.FR0 * u / (1 + C / p.Km))


def synthesis(p: Any) -> Any:
    """What is made of one's own IgG, g/d: what clearance removes at the baseline, with all FcRn free."""
    return clearance(p.C0, p, u=1) * p.C0


def igg_slopes(y: Any, p: Any, infused: Any) -> dict[str, Any]:
    """Rates of change of the four amounts, g/d; `infused` is the infusion rate in g/d."""
    CL = clearance((y.A1e + y.A1x) / p.V1, p, u=p.u)
    out = (CL + p.Q) / p.V1
    across, back = p.Q / p.V1, p.Q / p.V2
    return {
        "A1e": synthesis(p) - out * y.A1e + back * y.A2e,
        "A2e": across * y.A1e - back * y.A2e,
        "A1x": infused - out * y.A1x + back * y.A2x,
        "A2x": across * y.A1x - back * y.A2x,
    }


def igg_baseline(p: Any) -> Mapping[str, Any]:
    """Amounts before treatment: one's own IgG at its baseline everywhere, nothing infused."""
    return {"A1e": p.C0 * p.V1, "A2e": p.C0 * p.V2}
