"""How far does a report of a count or an ATG level lie from the true value? Errors of the shelf, most assumed."""

from __future__ import annotations

from opsonin.knowledge import Knowledge
from opsonin.mechanism.ivig_itp import ReportError

SHELF = "models/atg_reports"
EARLY_RECOVERY_FACT = f"{SHELF}/early_recovery"
_IN_CELLS_PER_UL = {"10^9/L": 1000.0}
_OF = {"cd3": "t_cell", "cd4": "t_cell", "lymphocytes": "lymphocyte", "total-atg": "total", "active-atg": "active"}
REPORT_FACTS = {
    what: (f"{SHELF}/{name}_report_proportional", f"{SHELF}/{name}_report_additive") for what, name in _OF.items()
}


def atg_report_errors(knowledge: Knowledge) -> dict[str, ReportError]:
    """The errors of "cd3", "cd4" and "lymphocytes" (cells/µL), "total-atg" (µg/mL) and "active-atg" (AU/mL).

    >>> from opsonin.knowledge import load_knowledge
    >>> atg_report_errors(load_knowledge())["lymphocytes"].additive
    30.0
    """
    found = {}
    for what, ids in REPORT_FACTS.items():
        proportional, additive = (knowledge.fact(id) for id in ids)
        per_ul = _IN_CELLS_PER_UL.get(additive.unit, 1.0)
        found[what] = ReportError(float(proportional.number()), float(additive.number()) * per_ul)
    return found
