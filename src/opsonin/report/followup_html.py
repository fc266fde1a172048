"""Where is the follow-up's report? One self-contained HTML file in the plan's style, printable on A4."""

from __future__ import annotations

from pathlib import Path

from opsonin.knowledge import Knowledge
from opsonin.report import followup_words as words
from opsonin.report.followup_figure import course_figure, next_count_figure
from opsonin.report.html import _environment, _stylesheet, write_page
from opsonin.report.wording import a_day, sentence, typeset
from opsonin.update import FollowUp


def write_follow_up(found: FollowUp, knowledge: Knowledge, directory: Path) -> Path:
    """Write `follow-up.html` into `directory` (made if missing) and say where it is."""
    return write_page(render_follow_up(found, knowledge), directory / "follow-up.html")


def render_follow_up(found: FollowUp, knowledge: Knowledge) -> str:
    """The report as one HTML document."""
    ahead = found.outlook
    facts = [knowledge.fact(id) for id in sorted(set(found.fact_ids))]
    text: str = (
        _environment()
        .get_template("followup.html.j2")
        .render(
            stylesheet=_stylesheet(),
            case=found.patient.id,
            as_of=a_day(found.stamp.as_of),
            who=[*words.who(found, knowledge), *words.response(found)],
            status=words.status(found),
            withheld=[sentence(line) for line in found.withheld],
            fit_says=words.fit_says(found.fit) if found.fit else (),
            point_head=words.POINT_HEAD,
            points=[words.point_row(point) for point in found.fit.points] if found.fit else [],
            basis=words.fit_basis(found.fit),
            check=[sentence(line) for line in found.fit.check] if found.fit else [],
            expected=words.expected(found) if ahead else [],
            figures=(course_figure(found), next_count_figure(found)) if ahead else (),
            option_head=words.OPTION_HEAD,
            options=[words.option_row(option) for option in ahead.options] if ahead else [],
            exploratory=words.QUESTION,
            notes=[typeset(note) for note in found.notes],
            facts=facts,
            stamp_line=words.stamp_line(found),
            safety_frame=found.safety_frame,
        )
    )
    return text
