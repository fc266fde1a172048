"""How do the antibodies move, and what do they do?

Takes: Knowledge and covariates. Gives: the model of immunoglobulin in ITP, its typical parameters, its domain;
the exploratory models of antithymocyte globulin stand in `atg_models`.
May import: simulate, patient, regimen, knowledge and below. No number of physiology stands here: they are on the shelf.
"""

from opsonin.mechanism.domain import (
    FITTED_MODEL,
    Limit,
    assumptions,
    domain_fact,
    episode_limits,
    group_of,
    limits_passed,
)
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
    "FITTED_MODEL",
    "MODEL",
    "Limit",
    "ReportError",
    "Spread",
    "assumptions",
    "domain_fact",
    "episode_limits",
    "fact_ids",
    "group_of",
    "limits_passed",
    "report_errors",
    "sized",
    "spreads",
    "typical",
]
