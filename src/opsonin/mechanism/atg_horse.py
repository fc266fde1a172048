"""How does horse immunoglobulin move? One compartment, linear. No active scale was found, so nothing here kills."""

from __future__ import annotations

from typing import Any

HORSE_STATES: dict[str, str] = {"A1": "mg"}

HORSE_PARAMETERS: dict[str, str] = {"CL": "L/d", "V1": "L"}


def horse_slopes(y: Any, p: Any, infused: Any) -> dict[str, Any]:
    """Rate of change of the amount, mg/d; `infused` is the infusion rate in mg/d."""
    return {"A1": infused - p.CL / p.V1 * y.A1}


def horse_outputs(y: Any, p: Any) -> dict[str, Any]:
    """Horse IgG, µg/mL."""
    return {"total_ug_per_ml": y.A1 / p.V1}
