"""How do the antibodies move, and what do they do?

Takes: Knowledge and covariates. Gives: the model of immunoglobulin in ITP, its typical parameters, its domain;
the exploratory models of antithymocyte globulin stand in `atg_models`.
May import: simulate, patient, regimen, knowledge and below. No number of physiology stands here: they are on the shelf.
"""

from opsonin.mechanism.domain import Limit, assumptions, episode_limits, limits_passed
from opsonin.mechanism.ivig_itp import (
    MODEL,
    ReportError,
    Spread,
    fact_ids,
    report_errors,
    sized,
    spreads,
    typical,
)

__all__ = [
    "MODEL",
    "Limit",
    "ReportError",
    "Spread",
    "assumptions",
    "episode_limits",
    "fact_ids",
    "limits_passed",
    "report_errors",
    "sized",
    "spreads",
    "typical",
]
