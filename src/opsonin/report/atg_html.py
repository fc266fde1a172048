"""Where are the pages of antithymocyte globulin? Each one self-contained HTML file: the plan, the morning's answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from opsonin.knowledge import Knowledge
from opsonin.planning.atg_next import NextDose
from opsonin.planning.atg_plan import AtgPlan
from opsonin.planning.atg_plan_outlook import CourseOutlook
from opsonin.quantities import show
from opsonin.report import atg_words as words
from opsonin.report.atg_next_parts import next_parts
from opsonin.report.atg_outlook_parts import NOT_FOR_DOSING, TITLE, outlook_parts
from opsonin.report.atg_parts import plan_parts
from opsonin.report.html import _environment, _stylesheet, write_page
from opsonin.report.lookup_facts import Works
from opsonin.report.wording import MARK_LEGEND, SEVERITY_WORDS, a_day

ON_THE_SHEET = ("Preparation and line", "Premedication and emergencies")


def write_atg_report(plan: AtgPlan, knowledge: Knowledge, directory: Path, looks: Sequence[CourseOutlook] = ()) -> Path:
    """Write `report.html` into `directory` (made if missing) and say where it is."""
    return write_page(render_atg_report(plan, knowledge, looks), directory / "report.html")


def render_atg_report(plan: AtgPlan, knowledge: Knowledge, looks: Sequence[CourseOutlook] = ()) -> str:
    """The report as one HTML document; `looks` are the exploratory outlooks of its courses."""
    works = Works(knowledge.sources)
    chosen = plan.chosen
    orders = chosen if chosen is not None and all(f.severity != "absolute" for f in chosen.findings) else None
    parts = plan_parts(plan, knowledge, works)
    settle = [finding for finding in words.merged_findings(plan.courses) if finding.severity != "advisory"]
    text: str = (
        _environment()
        .get_template("atg.html.j2")
        .render(
            stylesheet=_stylesheet(),
            case=plan.recipient.id,
            as_of=a_day(plan.stamp.as_of),
            plan=plan,
            who=words.who(plan.recipient, plan.request, plan.circumstances),
            parts=parts,
            orders=orders,
            orders_title=words.course_title(orders) if orders else "",
            orders_says=words.course_says(orders, works)[1:] if orders else (),
            orders_table=words.dose_table(orders.course.infusions, "Dose for each day") if orders else None,
            planned_mg={i.number: show(i.mg, 1) for i in orders.course.infusions} if orders else {},
            on_sheet=[part for part in parts if part.title in ON_THE_SHEET],
            outlook_title=TITLE,
            not_for_dosing=NOT_FOR_DOSING,
            outlooks=outlook_parts(looks),
            no_rounding=words.NO_ROUNDING,
            settle=[(f, SEVERITY_WORDS[f.severity], words.with_source("", f.facts, works)) for f in settle],
            team=[(name.replace("_", " ").capitalize(), said) for name, said in plan.circumstances.team.items()],
            legend=MARK_LEGEND,
            references=works.all(),
            stamp_line=words.stamp_line(plan.stamp),
            safety_frame=plan.safety_frame,
        )
    )
    return text


def write_next_dose(found: NextDose, knowledge: Knowledge, directory: Path) -> Path:
    """Write `next-dose.html` into `directory` (made if missing) and say where it is."""
    return write_page(render_next_dose(found, knowledge), directory / "next-dose.html")


def render_next_dose(found: NextDose, knowledge: Knowledge) -> str:
    """The answer of the morning as one HTML document."""
    works = Works(knowledge.sources)
    parts = next_parts(found, knowledge, works)
    findings = [words.with_source(f"{f.message} {f.remedy}", f.facts, works) for f in found.findings]
    text: str = (
        _environment()
        .get_template("atg_next.html.j2")
        .render(
            stylesheet=_stylesheet(),
            case=found.recipient.id,
            as_of=a_day(found.stamp.as_of),
            who=words.who(found.recipient, found.request, found.circumstances),
            says=found.says,
            findings=findings,
            parts=parts,
            legend=MARK_LEGEND,
            references=works.all(),
            stamp_line=words.stamp_line(found.stamp),
            safety_frame=found.safety_frame,
        )
    )
    return text
