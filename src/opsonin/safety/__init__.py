"""May this person have this product, and this regimen?

Takes: Patient + Regimen + Knowledge + date. Gives: findings (absolute, conditional, advisory) and standings, as values.
May import: patient, regimen and below; no array libraries.
"""

from opsonin.safety.atg_check import VOCABULARY_ATG, check_globulin
from opsonin.safety.check import VOCABULARY, Course, check_patient, check_product, check_regimen, rate_at_risk
from opsonin.safety.finding import SEVERITIES, STANDINGS, Finding, Offer, Standing
from opsonin.safety.guardrails import check_guardrails
from opsonin.safety.kidney import KidneyFunction, kidney_function
from opsonin.safety.loads import Load, loads
from opsonin.safety.offers import offers, regimen_standing, supporting_guidelines
from opsonin.safety.recalculate import recalculate

__all__ = [
    "SEVERITIES",
    "STANDINGS",
    "VOCABULARY",
    "VOCABULARY_ATG",
    "Course",
    "Finding",
    "KidneyFunction",
    "Load",
    "Offer",
    "Standing",
    "check_globulin",
    "check_guardrails",
    "check_patient",
    "check_product",
    "check_regimen",
    "kidney_function",
    "loads",
    "offers",
    "rate_at_risk",
    "recalculate",
    "regimen_standing",
    "supporting_guidelines",
]
