"""Which regimen serves the goal?

Takes: Goal + candidates + forecasts + findings. Gives: a Plan, ranked, with reasons.
May import: population, response, safety, mechanism and below.
"""

from opsonin.planning.candidates import Silence, candidates, plan_statements
from opsonin.planning.change import what_would_change
from opsonin.planning.choose import rank
from opsonin.planning.plan import (
    Candidate,
    Forecast,
    LimitPassed,
    NoForecast,
    NotKnown,
    NoTreatment,
    Plan,
    Stamp,
)

__all__ = [
    "Candidate",
    "Forecast",
    "LimitPassed",
    "NoForecast",
    "NoTreatment",
    "NotKnown",
    "Plan",
    "Silence",
    "Stamp",
    "candidates",
    "plan_statements",
    "rank",
    "what_would_change",
]
