"""Which leaflet, for whom? From a plan to a leaflet, or the reason why none may be handed out."""

from __future__ import annotations

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.planning.atg_plan import AtgPlan, PlannedCourse
from opsonin.planning.plan import Candidate, Plan
from opsonin.report.leaflet.catalogue import LANGUAGES, Catalogue
from opsonin.report.leaflet.leaflet import Leaflet
from opsonin.report.leaflet.teller import Teller
from opsonin.safety import Finding

_GROWN_UP = 18  # years


def make_leaflet(
    plan: Plan | AtgPlan, knowledge: Knowledge, *, reader: str, course: str | None = None, language: str = "en"
) -> Leaflet:
    """The leaflet for this reader, of the course ranked first or the one named.

    Raises InputRefused where the plan offers nothing, where an absolute finding stands unresolved, or where the reader
    does not fit the patient.
    """
    assert language in LANGUAGES
    patient = plan.recipient if isinstance(plan, AtgPlan) else plan.patient
    _refuse_reader(reader, is_adult=patient.age_years >= _GROWN_UP)
    tell = Teller(knowledge, Catalogue(language, reader), is_child=patient.age_years < _GROWN_UP)
    if isinstance(plan, AtgPlan):
        from opsonin.report.leaflet.atg import atg_leaflet

        if course is not None:
            why = "a course of antithymocyte globulin is the one its case names."
            raise InputRefused([Problem("--course", course, why, "Name `protocol`, dose and days in the case.")])
        return atg_leaflet(plan, _named_course(plan), knowledge, tell)
    from opsonin.report.leaflet.ivig import ivig_leaflet

    return ivig_leaflet(plan, _candidate(plan, course), knowledge, tell)


def to_settle(plan: Plan | AtgPlan, *, course: str | None = None) -> tuple[str, ...]:
    """What has to be settled before anybody signs: the conditional findings, each with its remedy."""
    if isinstance(plan, AtgPlan):
        found = _named_course(plan).findings
    else:
        found = (*plan.findings, *_candidate(plan, course).findings)
    conditional = dict.fromkeys(finding for finding in found if finding.severity == "conditional")
    return tuple(f"{finding.rule}: {finding.message} {finding.remedy}" for finding in conditional)


def _refuse_reader(reader: str, *, is_adult: bool) -> None:
    fits = reader == "adult" if is_adult else reader != "adult"
    if fits:
        return
    why = "does not fit: the patient is 18 or older." if is_adult else "does not fit: the patient is under 18."
    remedy = "Use --for adult." if is_adult else "Use --for parent, --for child or --for teen."
    raise InputRefused([Problem("--for", reader, why, remedy)])


def _candidate(plan: Plan, course: str | None) -> Candidate:
    """The course to explain: ranked first, or named; never one that an absolute finding rules out."""
    _refuse_absolute(plan.findings)
    found = plan.first
    if course is not None:
        found = next((c for c in plan.candidates if c.regimen.id == course.replace("-", "_")), None)
        if found is None:
            known = ", ".join(c.regimen.id for c in plan.candidates if c.rank is not None)
            raise InputRefused([Problem("--course", course, "is not a course of this plan.", f"Known: {known}.")])
        _refuse_absolute(found.findings)
    if found is None or found.rank is None:
        _refuse_absolute(tuple(finding for candidate in plan.candidates for finding in candidate.findings))
        why = "no course may be offered, so there is nothing to explain."
        raise InputRefused([Problem("plan", plan.patient.id, why, "See `opsonin plan` for what stands against it.")])
    return found


def _named_course(plan: AtgPlan) -> PlannedCourse:
    if plan.chosen is None:
        why = plan.nothing_planned or "the case does not name one course: product, dose and days."
        remedy = "Name `protocol`, `dose_mg_per_kg` and `doses` in the case; see `opsonin plan`."
        raise InputRefused([Problem("plan", plan.recipient.id, why, remedy)])
    _refuse_absolute(plan.chosen.findings)
    return plan.chosen


def _refuse_absolute(findings: tuple[Finding, ...]) -> None:
    """No leaflet while an absolute finding stands: every one is named."""
    absolute = dict.fromkeys((f.rule, f.message, f.remedy) for f in findings if f.severity == "absolute")
    if absolute:
        why = "An absolute finding is unresolved, so no leaflet may be handed out."
        raise InputRefused([Problem(rule, "", f"{message} {why}", remedy) for rule, message, remedy in absolute])
