"""How does a look-up stand in a terminal? Headings, tables and sources; readable without colour, nothing cut off."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from opsonin.report.lookup_facts import Works, fact_row
from opsonin.report.wording import MARK_LEGEND

if TYPE_CHECKING:
    from rich.console import Console

    from opsonin.knowledge import Fact

FRAME = "Research, education and planning support for professionals. Not a medical device, never an order."
WIDTH = 100  # columns, where nobody is looking at a terminal
FACT_HEADS = ("What", "Value", "Source and place")
FACT_RATIOS = (30, 42, 28)


def to_terminal() -> Console:
    """A console on stdout; 100 columns wide when the width of the terminal is not known."""
    from rich.console import Console

    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if known else WIDTH, markup=False, emoji=False, highlight=False)


class Pages:
    """Prints to one console. Words from the shelf are never read as markup."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def title(self, words: str) -> None:
        self.say(words, "bold")
        self.console.rule(style="dim")

    def heading(self, words: str) -> None:
        self.console.print()
        self.say(words, "bold")

    def say(self, words: str, style: str = "") -> None:
        self.console.print(self._text(words, style))

    def items(self, lines: Iterable[str], bullet: str = "-") -> None:
        from rich.table import Table

        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=len(bullet))
        grid.add_column(overflow="fold")
        for line in lines:
            grid.add_row(self._text(bullet), self._text(line))
        if grid.row_count:
            self.console.print(grid)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        from rich.table import Table

        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="dim", overflow="fold", max_width=26)
        grid.add_column(overflow="fold")
        for label, words in pairs:
            grid.add_row(self._text(label), self._text(words))
        self.console.print(grid)

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]], *, ratios: Sequence[int] | None = None
    ) -> None:
        """A table over the whole width, shared out by `ratios`; without them the cells decide.

        A column with ratio 0, for ids and short numbers, is as wide as its longest cell, up to half of the width.
        """
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=ratios is not None)
        lines = list(rows)
        for index, head in enumerate(heads):
            ratio = ratios[index] if ratios else None
            longest = max((len(line) for row in (heads, *lines) for line in row[index].splitlines()), default=1)
            width = min(longest, self.console.width // 2) if ratio == 0 else None
            table.add_column(self._text(head), overflow="fold", ratio=ratio or None, width=width)
        for row in lines:
            table.add_row(*(self._text(cell) for cell in row))
        if table.row_count:
            self.console.print(table)

    def facts(self, title: str, facts: Mapping[str, Fact], works: Works) -> None:
        """A group of facts under its title; nothing when the group is empty."""
        if facts:
            self.heading(title)
            rows = [fact_row(name, fact, works) for name, fact in facts.items()]
            self.table(FACT_HEADS, rows, ratios=FACT_RATIOS)

    def close(self, works: Works | None = None) -> None:
        """The works cited, what the marks mean, and the safety frame."""
        references = works.all() if works is not None else ()
        if references:
            self.heading("Sources")
            for reference in references:
                self.items([reference.text], bullet=f"[{reference.number}]")
        self.console.print()
        for sign, words in MARK_LEGEND.items():
            self.say(f"{sign} {words}.", "dim")
        self.say(FRAME, "bold")

    def _text(self, words: str, style: str = "") -> Any:
        from rich.text import Text

        return Text(words, style=style)
