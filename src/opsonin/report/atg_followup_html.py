"""Where is the report of a follow-up of antithymocyte globulin? One self-contained HTML file, exploratory first."""

from __future__ import annotations

from pathlib import Path

from opsonin.knowledge import Knowledge
from opsonin.report import atg_followup_words as words
from opsonin.report.atg_followup_figure import course_figures
from opsonin.report.followup_words import POINT_HEAD, fit_basis, fit_says
from opsonin.report.html import _environment, _stylesheet, write_page
from opsonin.report.wording import a_day, sentence, typeset
from opsonin.update import AtgFollowUp


def write_atg_follow_up(found: AtgFollowUp, knowledge: Knowledge, directory: Path) -> Path:
    """Write `follow-up.html` into `directory` (made if missing) and say where it is."""
    return write_page(render_atg_follow_up(found, knowledge), directory / "follow-up.html")


def render_atg_follow_up(found: AtgFollowUp, knowledge: Knowledge) -> str:
    """The report as one HTML document."""
    text: str = (
        _environment()
        .get_template("atg_followup.html.j2")
        .render(
            stylesheet=_stylesheet(),
            case=found.recipient.id,
            as_of=a_day(found.stamp.as_of),
            exploratory=found.exploratory,
            who=words.who(found, knowledge),
            withheld=[sentence(line) for line in found.withheld],
            fit_says=fit_says(found.fit),
            point_head=POINT_HEAD,
            points=words.point_rows(found),
            basis=fit_basis(found.fit),
            check=[sentence(line) for line in found.fit.check],
            figures=course_figures(found),
            course_head=words.course_head(found) if found.courses else (),
            course_rows=words.course_rows(found),
            changed=words.changed(found),
            not_used=words.not_used(found),
            report_errors=words.report_errors(found, knowledge),
            notes=[typeset(note) for note in found.notes],
            facts=[knowledge.fact(id) for id in found.fact_ids],
            stamp_line=words.stamp_line(found),
            safety_frame=found.safety_frame,
        )
    )
    return text
