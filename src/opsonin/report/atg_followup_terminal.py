"""What does a follow-up of antithymocyte globulin say, in a terminal? That it is exploratory comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsonin.knowledge import Knowledge
from opsonin.report import atg_followup_words as words
from opsonin.report.followup_terminal import _FollowUpPrinter
from opsonin.report.wording import a_day, typeset
from opsonin.update import AtgFollowUp

if TYPE_CHECKING:
    from rich.console import Console


def print_atg_follow_up(found: AtgFollowUp, knowledge: Knowledge, console: Console) -> None:
    """Print that it is exploratory and why, who, fit, courses, what is not used, notes and the stamp."""
    _AtgFollowUpPrinter(console).atg_follow_up(found, knowledge)


class _AtgFollowUpPrinter(_FollowUpPrinter):
    def atg_follow_up(self, found: AtgFollowUp, knowledge: Knowledge) -> None:
        self.say(f"Follow-up of {found.recipient.id}, {a_day(found.stamp.as_of)}", "bold")
        self.console.rule(style="dim")
        self.say(found.exploratory[0], "bold")
        self._items(found.exploratory[1:])
        self._pairs(words.who(found, knowledge))
        self._withheld(found.exploratory[0], found.withheld)
        self._fit(found.fit, words.point_rows(found))
        if found.courses:
            self._courses(found)
        self._list("Results that are not used", words.not_used(found))
        self._list(
            "Measurement error taken († second-hand or unverified, ‡ assumed)", words.report_errors(found, knowledge)
        )
        self._list("Notes", [typeset(note) for note in found.notes])
        self.console.print()
        self.say(words.stamp_line(found), "dim")
        self.say(found.safety_frame, "bold")

    def _courses(self, found: AtgFollowUp) -> None:
        self._heading("Courses with and without the results: exploratory")
        self.say("Median (nine in ten), as a laboratory would report it, if nothing more is given.")
        head = words.course_head(found)
        table = self._table([(each, "left" if number == 0 else "right") for number, each in enumerate(head)])
        for row in words.course_rows(found):
            self._row(table, row)
        self.console.print(table)
        self.say("What the results changed:")
        self._items(words.changed(found))

    def _list(self, title: str, lines: list[str]) -> None:
        if lines:
            self._heading(title)
            self._items(lines)
