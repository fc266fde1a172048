"""Which regimen serves the goal?

Takes: Goal + candidates + forecasts + findings. Gives: a Plan, ranked, with reasons.
May import: population, response, safety, mechanism and below.
"""

from opsonin.planning.candidates import Silence, candidates, plan_statements
from opsonin.planning.change import what_would_change
from opsonin.planning.choose import rank
from opsonin.planning.compare_packs import compare_packs
from opsonin.planning.plan import (
    Alternative,
    Appointment,
    Candidate,
    Forecast,
    LimitPassed,
    NoForecast,
    NotKnown,
    NoTreatment,
    PackComparison,
    PackDifference,
    Plan,
    Stamp,
    Timing,
)

__all__ = [
    "Alternative",
    "Appointment",
    "Candidate",
    "Forecast",
    "LimitPassed",
    "NoForecast",
    "NoTreatment",
    "NotKnown",
    "PackComparison",
    "PackDifference",
    "Plan",
    "Silence",
    "Stamp",
    "Timing",
    "candidates",
    "compare_packs",
    "plan_statements",
    "rank",
    "what_would_change",
]
