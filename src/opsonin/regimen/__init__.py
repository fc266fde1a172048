"""What is given, when, how fast?

Takes: a product, a schedule, a weight rule, a label's rates. Gives: Regimen with exact doses, vials and rate ladder.
May import: knowledge and below; no array libraries.
"""

from opsonin.regimen.globulin import GlobulinCourse, GlobulinInfusion
from opsonin.regimen.ladder import RateLimits, build_ladder, rate_limits
from opsonin.regimen.pump import pump_resolution
from opsonin.regimen.regimen import (
    DailyDose,
    DosingWeight,
    Infusion,
    RateLadder,
    RateStep,
    Regimen,
    Vials,
)
from opsonin.regimen.vials import daily_dose
from opsonin.regimen.weight import dosing_weight

__all__ = [
    "DailyDose",
    "DosingWeight",
    "GlobulinCourse",
    "GlobulinInfusion",
    "Infusion",
    "RateLadder",
    "RateLimits",
    "RateStep",
    "Regimen",
    "Vials",
    "build_ladder",
    "daily_dose",
    "dosing_weight",
    "pump_resolution",
    "rate_limits",
]
