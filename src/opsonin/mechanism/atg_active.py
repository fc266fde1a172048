"""How long does ATG that still binds T cells stay? Two compartments of its own; linear and saturable clearance.

Most of the product binds no T cell; the part that does is measured by another assay and leaves faster. The linear
clearance rises with the lymphocyte count before the first infusion, above ALC_from; the saturable one is 0 until a site
loads published values. The unit is product-equivalent: an amount in mg stands for what that many mg of product bring.
One AU/mL is taken as 1 µg/mL product-equivalent, an assumption (fact `active_scale`).
"""

from __future__ import annotations

from typing import Any

from opsonin.simulate import maximum

ACTIVE_STATES: dict[str, str] = {"A1a": "mg", "A2a": "mg", "AUCa": "AU*d/mL"}

ACTIVE_PARAMETERS: dict[str, str] = {
    "CLa": "L/d",
    "V1a": "L",
    "Qa": "L/d",
    "V2a": "L",
    "theta_ALC": "L/1e9",
    "ALC_from": "1e9/L",
    "ALC": "1e9/L",
    "Vmax": "mg/d",
    "Km": "AU/mL",
}


def active_concentration(y: Any, p: Any) -> Any:
    """Active ATG, AU/mL."""
    return y.A1a / p.V1a


def active_slopes(y: Any, p: Any, infused: Any) -> dict[str, Any]:
    """Rates of change of the two amounts, mg/d, and of the area under the concentration; `infused` in mg/d."""
    C = active_concentration(y, p)
    CL = p.CLa * (1 + p.theta_ALC * maximum(p.ALC - p.ALC_from, 0))
    across, back = p.Qa / p.V1a * y.A1a, p.Qa / p.V2a * y.A2a
    return {
        "A1a": infused - CL * C - p.Vmax * C / (p.Km + C) - across + back,
        "A2a": across - back,
        "AUCa": C,
    }


def active_outputs(y: Any, p: Any) -> dict[str, Any]:
    """Active ATG, AU/mL, and the area under it from the first infusion on."""
    return {"active_au_per_ml": active_concentration(y, p), "active_auc": y.AUCa}


def auc_still_to_come(y: Any, p: Any) -> Any:
    """Area under the active concentration from this state on for ever, AU·d/mL, when nothing more is given.

    Exact for linear clearance: what is left in the body over the clearance that removes it. With a saturable clearance
    it is an upper bound, so it is asked only long after the last infusion, where both are next to nothing.
    """
    CL = p.CLa * (1 + p.theta_ALC * maximum(p.ALC - p.ALC_from, 0))
    return (y.A1a + y.A2a) / CL
