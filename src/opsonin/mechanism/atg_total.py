"""How does the animal immunoglobulin itself move? Two compartments, linear; faster once the patient makes antibodies.

What a rabbit-IgG assay measures: all of the product, whether or not it still binds T cells. From the day t_ADA on, an
anti-rabbit antibody multiplies clearance by f_ADA (1: no effect; its size was not found). Amounts in mg, concentrations
in µg/mL (= mg/L), time in days from the first infusion.
"""

from __future__ import annotations

from typing import Any

from opsonin.simulate import where

TOTAL_STATES: dict[str, str] = {"A1": "mg", "A2": "mg", "day": "d"}

TOTAL_PARAMETERS: dict[str, str] = {"CL": "L/d", "V1": "L", "Q": "L/d", "V2": "L", "f_ADA": "1", "t_ADA": "d"}


def total_slopes(y: Any, p: Any, infused: Any) -> dict[str, Any]:
    """Rates of change of the two amounts, mg/d, and of the clock; `infused` is the infusion rate in mg/d."""
    CL = p.CL * where(y.day > p.t_ADA, p.f_ADA, 1.0)
    across, back = p.Q / p.V1 * y.A1, p.Q / p.V2 * y.A2
    return {
        "A1": infused - CL / p.V1 * y.A1 - across + back,
        "A2": across - back,
        "day": 1.0,
    }


def total_outputs(y: Any, p: Any) -> dict[str, Any]:
    """The concentration a rabbit-IgG assay would report, µg/mL."""
    return {"total_ug_per_ml": y.A1 / p.V1}
