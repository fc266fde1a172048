"""Two small models for examples and tests: a decay, and a drug taken by mouth in two compartments."""

from __future__ import annotations

from typing import Any

from opsonin.simulate.model import Model

DECAY = Model(
    name="decay",
    time_unit="h",
    states={"A": "mg"},
    parameters={"k": "1/h", "V": "L"},
    inputs={"A": "mg/h"},
    equations=lambda y, p, u: {"A": u.A - p.k * y.A},
    outputs=lambda y, p: {"concentration": y.A / p.V},
)


def _oral(y: Any, p: Any, u: Any) -> dict[str, Any]:
    exchange = p.Q / p.V1 * y.central - p.Q / p.V2 * y.outer
    return {
        "depot": u.depot - p.ka * y.depot,
        "central": u.central + p.ka * y.depot - p.CL / p.V1 * y.central - exchange,
        "outer": exchange,
    }


ORAL = Model(
    name="two compartments, by mouth or vein",
    time_unit="h",
    states={"depot": "mg", "central": "mg", "outer": "mg"},
    parameters={"ka": "1/h", "CL": "L/h", "V1": "L", "Q": "L/h", "V2": "L"},
    inputs={"depot": "mg/h", "central": "mg/h"},
    equations=_oral,
    outputs=lambda y, p: {"concentration": y.central / p.V1},
)
