"""Which units may stand on the shelf, and for what?

One list. A unit that is not here is refused, so that "mL/kg/hr" and "mg/kg per min" cannot slip in beside the spellings
the calculations know.
"""

from __future__ import annotations

RATES = ("mg/kg/min", "mg/kg/h", "mL/kg/min", "mL/kg/h")

UNITS: dict[str, tuple[str, ...]] = {
    "pure number": ("1", "%", "fraction", "persons", "ratio"),
    "rate": (*RATES, "mL/h"),
    "dose": ("g/kg", "g/kg/day", "g", "mg", "mL/kg", "mL/kg/day", "mEq/kg", "g/g", "mg/g", "mg/kg"),
    "concentration": (
        "g/100 mL", "mg/mL", "mg/100 mL", "µg/mL", "mmol/L", "mol/L", "mEq/L", "g/L", "mg/L", "µmol/L", "pg/mL",
        "mOsm/kg", "nmol/L", "µmol/kg", "nM", "pM",
    ),
    "acidity": ("pH",),
    "viscosity": ("cP", "L/g"),
    "time": ("min", "h", "days", "weeks", "months", "years"),
    "per time": ("1/day", "1/h", "1/year"),
    "clearance": ("L/day", "L/h", "mL/day", "mL/h/kg", "mL/day/kg", "L/day/kg"),
    "volume": ("mL", "L", "mL/kg of body weight", "L/kg"),
    "turnover": ("mg/kg/day", "g/day", "10^9/L/day", "1/(pg/mL)/day", "g/L/day", "10^9/day", "10^9/kg/day"),
    "count": ("10^9/L", "/µL", "per 10,000", "10^9/kg"),
    "size": ("kg", "cm", "in", "kg/m²", "µm", "gauge", "kDa"),
    "temperature": ("°C",),
}  # fmt: skip

ACCEPTED: frozenset[str] = frozenset(unit for units in UNITS.values() for unit in units)


def is_rate(unit: str) -> bool:
    """Whether this unit is one an infusion rate per body weight is written in."""
    return unit in RATES
