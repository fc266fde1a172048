"""What does the plan say, in a terminal? A summary that reads at 100 columns and without colour; nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from opsonin.knowledge import Knowledge
from opsonin.planning.plan import Plan
from opsonin.report.findings import CodedFinding
from opsonin.report.orders import DaySheet, OrdersSheet, StatementGroup
from opsonin.report.page import Page, page
from opsonin.report.wording import in_lines

if TYPE_CHECKING:
    from rich.console import Console

CANDIDATES_SHOWN = 12
SCHEDULES_SHOWN = 4  # of the table of harms
_ROOMY = 96  # columns from which doses and schedules are kept on one line
_MIN_WIDTHS = {"Product, schedule": 19, "Dose, vials": 22}
_CITED = re.compile(r"\[(\d+(?:, \d+)*)\]")
PUBLISHED_SHOWN = 8  # published arms on the terminal; the report has all
_SEVERITY_STYLE = {"absolute": "bold red", "conditional": "bold yellow", "advisory": "dim"}


def print_plan(plan: Plan, knowledge: Knowledge, console: Console | None = None, *, product: str | None = None) -> None:
    """Print the plan: who and goal, candidates, one of them in full, the forecast, what is not known, the stamp.

    In full stands the first-ranked candidate, or the best one of `product` when that is asked for.
    """
    if console is None:
        from rich.console import Console

        console = Console()
    printer = _Printer(console)
    shown = next((c for c in plan.candidates if c.regimen.product.id == product), None)
    printer.plan(page(plan, knowledge, shown=shown))
    if product is not None and shown is None:
        brand = knowledge.product(product).brand
        printer.say(f"{brand} was asked for but is no candidate; see “Products that are no candidates” above.")


class _Printer:
    """Prints the parts of a page to one console. Case texts are never read as markup."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._cited: set[int] = set()

    def plan(self, printed: Page) -> None:
        self._who(printed)
        self._candidates(printed)
        if printed.orders is not None:
            self._orders(printed, printed.orders)
        else:
            self._groups(printed.more_statements)
        self._findings(printed.findings)
        self._harms(printed)
        self._offers(printed)
        self._forecast(printed)
        self._limits(printed)
        self._sources(printed)
        self._stamp(printed)

    def _who(self, printed: Page) -> None:
        self.say(f"Immunoglobulin plan for {printed.case}, {printed.as_of}", "bold")
        self.console.rule(style="dim")
        self._pairs([*printed.known, ("Goal", printed.goal)])
        none = printed.no_treatment
        self.say(f"No immunoglobulin now: {none.says}{none.mark} {none.cites}".rstrip())

    def _candidates(self, printed: Page) -> None:
        self._heading("Candidates")
        if not printed.candidates:
            self.say(f"No regimen can be offered. {printed.why_none}".rstrip(), "bold")
            self.say("Every product and its reason stand below.")
            return
        table = self._table(
            [
                ("Rank", "left"),
                ("Product, schedule", "left"),
                ("Standing", "left"),
                ("Dose, vials", "left"),
                ("Hours", "left"),
                ("Goal", "right"),
                ("Findings", "left"),
            ]
        )
        for row in printed.candidates[:CANDIDATES_SHOWN]:
            vials = in_lines(row.vials)
            extra = "".join(
                [f"\n{row.discarded} discarded" if row.discarded else "", f"\nprice {row.price}" if row.price else ""]
            )
            self._row(
                table,
                [
                    row.rank,
                    f"{row.brand}\n{row.schedule_short}",
                    row.standing,
                    f"{row.grams}\n{vials}{extra}",
                    row.hours,
                    row.goal,
                    " ".join(row.codes),
                ],
            )
        self.console.print(table)
        more = len(printed.candidates) - CANDIDATES_SHOWN
        if more > 0:
            self.say(f"{more} more candidates stand in the report (--out DIR) and in --json.")
        self.say(
            "“=” is a tie; “–” must not be given. The ranking is a proposal. The choice stays with the reader.", "dim"
        )

    def _orders(self, printed: Page, orders: OrdersSheet) -> None:
        self._heading(f"{'First in rank' if printed.is_first else 'In full, as asked'}: {printed.shown}")
        if printed.ties and printed.is_first:
            self.say(f"Tied with {'; '.join(printed.ties)}.")
        self.say(orders.product, "bold")
        self.say(f"{orders.schedule}; {orders.total}. Dosing weight: {orders.weight}")
        for dose in orders.doses:
            self._item(
                f"{dose.day}: {dose.grams} = {dose.volume}; {dose.vials}; discarded: {dose.discarded}. {dose.rounding}"
            )
        self.say("")
        self.say(f"Infusion rate, {orders.ladder_heading}", "bold")
        self.say(f"{orders.ladder_limit}. {' '.join(orders.ladder_reasons)}")
        for day in orders.days:
            self._ladder(day)
        self._groups((*printed.statements, *printed.more_statements))
        assert printed.shown_index is not None
        row = printed.candidates[printed.shown_index]
        self.say("Why it stands here", "bold")
        self._items([f"{row.standing_sentence} {row.standing_reason} {row.cites}".rstrip(), *row.reasons])

    def _groups(self, groups: Iterable[StatementGroup]) -> None:
        for group in groups:
            if group.lines:
                self.say(group.title, "bold")
                self._items(group.lines)

    def _ladder(self, day: DaySheet) -> None:
        self.say(f"{day.title}: {day.total}")
        heads = ["Step", "Clock", "Minutes", "mL/h", "mL/kg/h", "mg/kg/min", "mL, step", "mL so far"]
        table = self._table([(head, "left" if head == "Clock" else "right") for head in heads])
        for row in day.rows:
            self._row(
                table,
                [
                    row.number,
                    row.clock,
                    row.minutes,
                    row.ml_per_h,
                    row.ml_per_kg_per_h,
                    row.mg_per_kg_per_min,
                    row.volume_ml,
                    row.cumulative_ml,
                ],
            )
        self.console.print(table)

    def _findings(self, findings: Sequence[CodedFinding]) -> None:
        if not findings:
            return
        self._heading("Findings, most severe first")
        for finding in findings:
            about = f" ({'; '.join(finding.about)})" if finding.about else ""
            said = f": {finding.message}{finding.mark} {finding.reason} {finding.remedy} {finding.cites}{about}"
            text = self._text(f"{finding.code} {finding.severity_words}", _SEVERITY_STYLE[finding.severity])
            self._hanging(text.append_text(self._text(said, "not bold not dim default")))

    def _harms(self, printed: Page) -> None:
        part = printed.harms
        if part is None:
            return
        self._heading("Harms, by schedule")
        self.say(part.says)
        columns = part.columns[:SCHEDULES_SHOWN]
        table = self._table([("Harm", "left"), *((column.schedule, "left") for column in columns)])
        for number, title in enumerate(part.titles):
            self._row(table, [title, *(column.cells[number] for column in columns)])
        self.console.print(table)
        self._items(f"{line.title}: {line.counted}" for line in part.lines)
        for line in part.lines:
            self._items(f"Sources disagree on {line.title.lower()}. {conflict}" for conflict in line.conflicts_in_short)
        more = len(part.columns) - len(columns)
        also = f", and {more} more schedules" if more > 0 else ""
        self.say(f"When each comes and what drives it{also}: in the report (--out DIR) and in --json.", "dim")

    def _offers(self, printed: Page) -> None:
        if not printed.offers:
            return
        self._heading("Products that are no candidates")
        for offer in printed.offers:
            codes = f" {' '.join(offer.codes)}" if offer.codes else ""
            self._item(
                f"{'; '.join(offer.brands)}: {offer.standing}. {offer.reason}{offer.mark} {offer.cites}{codes}".replace(
                    "  ", " "
                ).rstrip()
            )

    def _forecast(self, printed: Page) -> None:
        self._heading("Forecast")
        part = printed.forecast
        if part is not None:
            self.say(f"{part.sentence}{part.mark}", "bold")
            self.say(f"{part.status} {part.basis}")
            table = self._table(
                [("Platelets at any daily visit", "left"), *((time, "right") for time in part.reach_within)]
            )
            for label, shares in part.reach:
                self._row(table, [label, *shares])
            self.console.print(table)
            self._pairs(part.rows)
            self._items(part.notes)
        if printed.no_forecast is not None:
            some = "Some other regimens have no forecast" if part is not None else "There is no forecast"
            self.say(f"{some}. The model has not been shown to hold here:")
            self._items(printed.no_forecast.limits)
            self._published(printed)

    def _published(self, printed: Page) -> None:
        assert printed.no_forecast is not None
        if printed.no_forecast.published:
            self.say("Published for such patients:")
        for arm in printed.no_forecast.published[:PUBLISHED_SHOWN]:
            who = f"{arm.study} ({arm.population}; {arm.regimen}; n {arm.people})"
            self._item(f"{who}: {arm.endpoint}: {arm.result}{arm.mark} {arm.cites}")
        more = len(printed.no_forecast.published) - PUBLISHED_SHOWN
        if more > 0:
            self.say(f"{more} more published arms stand in the report (--out DIR) and in --json.", "dim")

    def _limits(self, printed: Page) -> None:
        if printed.would_change:
            self._heading("What would change the plan")
            self._items(printed.would_change)
        if printed.not_known:
            self._heading("Not known, therefore")
            self._items(f"{item.field}: {item.therefore}" for item in printed.not_known)
        if printed.not_used:
            self._heading("Not used")
            self._items(printed.not_used)
        if printed.silences:
            self._heading("Where the pack is silent")
            self._items(printed.silences)

    def _sources(self, printed: Page) -> None:
        """The works cited above, by their numbers in the report's bibliography."""
        cited = [reference for reference in printed.bibliography if reference.number in self._cited]
        self._heading("Sources cited above")
        for reference in cited:
            self._hanging(self._text(f"[{reference.number}] {reference.text}"))
        for sign, words in printed.legend.items():
            self.say(f"{sign} {words}.", "dim")

    def _stamp(self, printed: Page) -> None:
        self.console.print()
        self.say(printed.stamp_line, "dim")
        self.say(printed.safety_frame, "bold")

    def _text(self, words: str, style: str = "") -> Any:
        from rich.text import Text

        for numbers in _CITED.findall(words):
            self._cited.update(int(number) for number in numbers.split(", "))
        return Text(words, style=style)

    def say(self, words: str, style: str = "") -> None:
        self.console.print(self._text(words, style), highlight=False)

    def _heading(self, words: str) -> None:
        self.console.print()
        self.say(words, "bold")
        self.console.rule(style="dim")

    def _items(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._item(line)

    def _item(self, line: str) -> None:
        self._hanging(self._text(line), bullet="-")

    def _hanging(self, text: Any, bullet: str = "") -> None:
        """A paragraph whose further lines are indented."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 1, 0, 0), expand=False)
        if bullet:
            grid.add_column(width=1)
            grid.add_column(overflow="fold")
            grid.add_row(self._text(bullet), text)
        else:
            grid.add_column(overflow="fold")
            grid.add_row(text)
        self.console.print(grid, highlight=False)

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        from rich.table import Table

        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="dim", overflow="fold", max_width=34)
        grid.add_column(overflow="fold")
        for label, words in pairs:
            grid.add_row(self._text(label), self._text(words))
        self.console.print(grid, highlight=False)

    def _table(self, columns: Sequence[tuple[str, Any]]) -> Any:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
        roomy = self.console.width >= _ROOMY
        for head, justify in columns:
            table.add_column(head, justify=justify, overflow="fold", min_width=_MIN_WIDTHS.get(head) if roomy else None)
        return table

    def _row(self, table: Any, cells: Sequence[str]) -> None:
        table.add_row(*(self._text(cell) for cell in cells))
