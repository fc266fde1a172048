"""What stands on the pages of the report? Everything in print, in reading order; the template only sets it."""

from __future__ import annotations

from dataclasses import dataclass

from opsonin.knowledge import Knowledge
from opsonin.planning.plan import Candidate, Forecast, NoForecast, NotKnown, Plan
from opsonin.report.bibliography import Reference, References, WorkingLine, bibliography, working
from opsonin.report.comparison import CandidateRow, OfferRow, candidate_rows, not_offered, ties_with_first
from opsonin.report.course import course_groups
from opsonin.report.figures import Figure
from opsonin.report.findings import CodedFinding, FindingList
from opsonin.report.harms import HarmPart, harm_part
from opsonin.report.orders import OrdersSheet, StatementGroup, orders_sheet, statement_groups
from opsonin.report.outlook import (
    PublishedLine,
    forecast_basis,
    forecast_mark,
    forecast_rows,
    limits_passed,
    published_line,
    reach_table,
)
from opsonin.report.person import everything_known, identity
from opsonin.report.wording import MARK_LEGEND, a_day, cite, course, mark_of, sentence


@dataclass(frozen=True)
class ForecastPart:
    """The forecast of the candidate shown, in print."""

    sentence: str
    mark: str
    status: str
    basis: str
    basis_cites: str
    reach_within: tuple[str, ...]
    reach: list[tuple[str, list[str]]]
    rows: list[tuple[str, str]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class NoForecastPart:
    """Why there is no forecast, and what was published instead."""

    limits: list[str]
    published: list[PublishedLine]


@dataclass(frozen=True)
class NoTreatmentPart:
    says: str
    mark: str
    cites: str
    published: list[PublishedLine]


@dataclass(frozen=True)
class WorkingPart:
    """The working of one shelf."""

    shelf: str
    lines: tuple[WorkingLine, ...]


@dataclass(frozen=True)
class Page:
    """The whole report in print."""

    case: str
    as_of: str
    goal: str
    identity: list[tuple[str, str]]
    known: list[tuple[str, str]]
    no_treatment: NoTreatmentPart
    shown: str  # the candidate printed in full, in words; "" when there is none
    shown_index: int | None
    is_first: bool
    ties: list[str]
    orders: OrdersSheet | None
    to_settle: tuple[CodedFinding, ...]
    statements: list[StatementGroup]
    more_statements: list[StatementGroup]
    forecast: ForecastPart | None
    no_forecast: NoForecastPart | None
    figures: tuple[Figure, ...]
    candidates: list[CandidateRow]
    any_price: bool
    offers: list[OfferRow]
    harms: HarmPart | None
    findings: tuple[CodedFinding, ...]
    would_change: list[str]
    not_known: tuple[NotKnown, ...]
    not_used: tuple[str, ...]
    silences: tuple[str, ...]
    bibliography: tuple[Reference, ...]
    working: list[WorkingPart]
    legend: dict[str, str]
    stamp: list[tuple[str, str]]
    stamp_line: str
    safety_frame: str

    @property
    def why_none(self) -> str:
        """Why no regimen can be offered: the first two reasons, with how many products; empty when one can be."""
        if self.candidates or not self.offers:
            return ""
        products: dict[str, int] = {}
        for row in self.offers:
            products[row.reason] = products.get(row.reason, 0) + len(row.brands)
        whole = sum(products.values())
        first = list(products.items())[:2]
        return " ".join(f"{reason.rstrip('.')} ({count} of {whole} products)." for reason, count in first)


def page(plan: Plan, knowledge: Knowledge, *, drawn: tuple[Figure, ...] = (), shown: Candidate | None = None) -> Page:
    """Everything the report prints about this plan, with the figures drawn for it.

    `shown` is the candidate printed in full: the first-ranked one unless another is asked for.
    """
    references = References(bibliography(plan, knowledge))
    findings = FindingList(plan, references)
    shown = shown or plan.first
    statements, more = statement_groups(plan, references)
    more = [*course_groups(plan, shown, references), *more]
    rows = candidate_rows(plan, knowledge, findings, references)
    return Page(
        case=plan.patient.id,
        as_of=a_day(plan.circumstances.as_of),
        goal=sentence(plan.goal.says()),
        identity=identity(plan),
        known=everything_known(plan),
        no_treatment=_no_treatment(plan, references),
        shown=course(shown.regimen) if shown else "",
        shown_index=plan.candidates.index(shown) if shown else None,
        is_first=shown is plan.first,
        ties=ties_with_first(plan),
        orders=orders_sheet(shown, references) if shown else None,
        to_settle=_to_settle(plan, shown, findings),
        statements=statements,
        more_statements=more,
        forecast=_forecast(shown, knowledge, references),
        no_forecast=_no_forecast(plan, references),
        figures=drawn,
        candidates=rows,
        any_price=any(row.price for row in rows),
        offers=not_offered(plan, findings, references),
        harms=harm_part(plan, references),
        findings=findings.all,
        would_change=_would_change(plan),
        not_known=plan.not_known,
        not_used=plan.not_used,
        silences=plan.silences,
        bibliography=references.all,
        working=_working(working(plan, knowledge)),
        legend=MARK_LEGEND,
        stamp=stamp_rows(plan),
        stamp_line=stamp_line(plan),
        safety_frame=plan.safety_frame,
    )


def stamp_rows(plan: Plan) -> list[tuple[str, str]]:
    """What made this plan, label and value."""
    stamp = plan.stamp
    return [
        ("Opsonin", stamp.package_version),
        ("Knowledge", stamp.knowledge_version),
        ("Policy pack", f"{stamp.pack}, {stamp.pack_version}"),
        ("Model", stamp.model),
        ("As of", a_day(stamp.as_of)),
        ("Seed", str(stamp.seed)),
        ("Virtual people for each forecast", str(stamp.virtual_patients)),
        ("Solver", stamp.solver),
    ]


def stamp_line(plan: Plan) -> str:
    """The stamp on one line, for the foot of every page."""
    stamp = plan.stamp
    return (
        f"Opsonin {stamp.package_version} · pack {stamp.pack} ({stamp.pack_version}) · "
        f"knowledge {stamp.knowledge_version} · as of {a_day(stamp.as_of)} · seed {stamp.seed}"
    )


def _to_settle(plan: Plan, shown: Candidate | None, findings: FindingList) -> tuple[CodedFinding, ...]:
    """What has to be settled before the first millilitre: everything said of this course but mere advice."""
    said = findings.for_candidate(plan, shown) if shown else findings.of(plan.findings)
    return tuple(finding for finding in said if finding.severity != "advisory")


def _no_treatment(plan: Plan, references: References) -> NoTreatmentPart:
    part = plan.no_treatment
    return NoTreatmentPart(
        says=sentence(part.says),
        mark=mark_of(part.facts),
        cites=cite(references.numbers(part.facts)),
        published=[published_line(arm, references) for arm in part.published],
    )


def _forecast(shown: Candidate | None, knowledge: Knowledge, references: References) -> ForecastPart | None:
    if shown is None or not isinstance(shown.forecast, Forecast):
        return None
    forecast = shown.forecast
    within, reach = reach_table(forecast)
    return ForecastPart(
        sentence=sentence(forecast.sentence),
        mark=forecast_mark(forecast, knowledge),
        status=sentence(forecast.model_status),
        basis=forecast_basis(forecast, knowledge),
        basis_cites=cite(references.numbers(knowledge.fact(id) for id in forecast.fact_ids)),
        reach_within=within,
        reach=reach,
        rows=forecast_rows(forecast),
        notes=tuple(sentence(note) for note in forecast.notes),
    )


def _no_forecast(plan: Plan, references: References) -> NoForecastPart | None:
    """The first candidate without a forecast speaks for all: limits of the person come before those of a regimen."""
    without = [c.forecast for c in plan.candidates if isinstance(c.forecast, NoForecast)]
    if not without:
        return None
    limits = dict.fromkeys(line for forecast in without for line in limits_passed(forecast))
    arms = {arm.id: arm for forecast in without for arm in forecast.published}
    return NoForecastPart(list(limits), [published_line(arm, references) for arm in arms.values()])


def _would_change(plan: Plan) -> list[str]:
    jump = [plan.weight.jump] if plan.weight.jump and plan.weight.jump not in plan.would_change else []
    return [sentence(line) for line in (*plan.would_change, *jump)]


def _working(lines: tuple[WorkingLine, ...]) -> list[WorkingPart]:
    shelves = dict.fromkeys(line.shelf for line in lines)
    return [WorkingPart(shelf, tuple(line for line in lines if line.shelf == shelf)) for shelf in shelves]
