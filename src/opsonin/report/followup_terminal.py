"""What does the follow-up say, in a terminal?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from opsonin.knowledge import Knowledge
from opsonin.report import followup_words as words
from opsonin.report.terminal import _Printer
from opsonin.report.wording import a_day, sentence, typeset
from opsonin.update import Fit, FollowUp

if TYPE_CHECKING:
    from rich.console import Console


def print_follow_up(found: FollowUp, knowledge: Knowledge, console: Console) -> None:
    """Print who, response so far, fit, what is to come, options, notes and the stamp."""
    _FollowUpPrinter(console).follow_up(found, knowledge)


class _FollowUpPrinter(_Printer):
    def follow_up(self, found: FollowUp, knowledge: Knowledge) -> None:
        self.say(f"Follow-up of {found.patient.id}, {a_day(found.stamp.as_of)}", "bold")
        self.console.rule(style="dim")
        self._pairs([*words.who(found, knowledge), *words.response(found)])
        self._withheld(words.status(found), found.withheld)
        self._fit(found.fit, map(words.point_row, found.fit.points if found.fit else ()))
        if found.outlook is not None:
            self._outlook(found)
        self._heading("Notes")
        self._items(typeset(note) for note in found.notes)
        self.console.print()
        self.say(words.stamp_line(found), "dim")
        self.say(found.safety_frame, "bold")

    def _withheld(self, status: str, reasons: Sequence[str]) -> None:
        if reasons:
            self._heading("There is no forecast")
            self.say(f"{status} Forecast withheld because:")
            self._items(reasons)

    def _fit(self, fit: Fit | None, rows: Iterable[tuple[str, ...]]) -> None:
        if fit is None:
            return
        self._heading("Do the results fit?")
        for line in words.fit_says(fit):
            self.say(line, "bold")
        if fit.points:
            table = self._table([(head, "left") for head in words.POINT_HEAD])
            for row in rows:
                self._row(table, row)
            self.console.print(table)
        self.say(words.fit_basis(fit), "dim")
        if fit.check:
            self.say("To check:")
            self._items(sentence(line) for line in fit.check)

    def _outlook(self, found: FollowUp) -> None:
        assert found.outlook is not None
        self._heading("This patient's forecast")
        self.say(words.status(found), "bold")
        self._pairs(words.expected(found))
        self._heading("Options side by side")
        table = self._table(
            [(head, "left" if number == 0 else "right") for number, head in enumerate(words.OPTION_HEAD)]
        )
        for option in found.outlook.options:
            self._row(table, words.option_row(option))
        self.console.print(table)
        if any(option.exploratory and option.id != "wait" for option in found.outlook.options):
            self.say(f"* {words.QUESTION}", "dim")
        self.say("The choice stays with the reader.", "dim")
