"""Which course is being given? One regimen by its id, built as the plan builds it, without a forecast."""

from __future__ import annotations

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.patient import Circumstances, Patient, Recipient, Request
from opsonin.planning.atg_courses import chosen, planned
from opsonin.planning.candidates import candidates
from opsonin.regimen import Regimen
from opsonin.regimen.globulin import GlobulinCourse
from opsonin.safety import check_guardrails, check_product, check_regimen, offers


def ordered(patient: Patient, circumstances: Circumstances, id: str | None, knowledge: Knowledge) -> Regimen:
    """The regimen with this id, such as "privigen:1x2"; without one, the only one that can be offered.

    Raises InputRefused naming every regimen that can be given, and for one that must not be given.
    """
    built = {
        r.id: r for r, _ in candidates(patient, circumstances, offers(patient, circumstances, knowledge), knowledge)
    }
    listed = ", ".join(built) or "none"
    if id is None:
        if len(built) == 1:
            return next(iter(built.values()))
        why = "is missing: more than one course can be given." if built else "is missing, and no course can be offered."
        raise InputRefused([Problem("--regimen", "", why, f"Name the one that was ordered: {listed}.")])
    wanted = id.strip().lower().replace("-", "_")
    if wanted not in built:
        raise InputRefused([Problem("--regimen", id, "is not a course that can be offered.", f"Known: {listed}.")])
    regimen = built[wanted]
    _refuse_absolute(patient, circumstances, regimen, knowledge)
    return regimen


def _refuse_absolute(patient: Patient, circumstances: Circumstances, regimen: Regimen, knowledge: Knowledge) -> None:
    findings = (
        *check_product(patient, circumstances, regimen.product, knowledge),
        *check_regimen(patient, circumstances, regimen, knowledge),
        *check_guardrails(patient, circumstances, regimen, knowledge),
    )
    problems = [
        Problem("--regimen", regimen.id, f"must not be given: {finding.message}", finding.remedy)
        for finding in findings
        if finding.severity == "absolute"
    ]
    if problems:
        raise InputRefused(problems)


def ordered_globulin(
    recipient: Recipient, request: Request, circumstances: Circumstances, id: str | None, knowledge: Knowledge
) -> GlobulinCourse:
    """The course of antithymocyte globulin with this id; without one, the only one. Raises InputRefused."""
    protocols, asked, _ = chosen(request, knowledge, None)
    known = {one.course.id: one for one in planned(recipient, asked, circumstances, protocols, knowledge)}
    listed = ", ".join(known) or "none"
    if id is None and len(known) != 1:
        why = "is missing: more than one course fits." if known else "is missing, and no course can be planned."
        raise InputRefused([Problem("--regimen", "", why, f"Name the one that was ordered: {listed}.")])
    found = known.get(id) if id is not None else next(iter(known.values()))
    if found is None:
        raise InputRefused([Problem("--regimen", str(id), "is not a course that fits.", f"Known: {listed}.")])
    absolute = [finding for finding in found.findings if finding.severity == "absolute"]
    if absolute:
        raise InputRefused(
            [Problem("--regimen", found.course.id, f"must not be given: {f.message}", f.remedy) for f in absolute]
        )
    return found.course
