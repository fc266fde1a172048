"""What does the plan say, in a terminal? A summary that reads at 100 columns and without colour; nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from opsonin.knowledge import Knowledge
from opsonin.planning.plan import Plan
from opsonin.report.findings import CodedFinding
from opsonin.report.orders import DaySheet, OrdersSheet
from opsonin.report.page import Page, page

if TYPE_CHECKING:
    from rich.console import Console

_SEVERITY_STYLE = {"absolute": "bold red", "conditional": "bold yellow", "advisory": "dim"}


def print_plan(plan: Plan, knowledge: Knowledge, console: Console) -> None:
    """Print the plan: who and goal, candidates, the first one in full, the forecast, what is not known, the stamp."""
    printed = page(plan, knowledge)
    _Printer(console).plan(printed)


class _Printer:
    """Prints the parts of a page to one console. Case texts are never read as markup."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def plan(self, printed: Page) -> None:
        self._who(printed)
        self._candidates(printed)
        if printed.orders is not None:
            self._orders(printed, printed.orders)
        self._findings(printed.findings)
        self._offers(printed)
        self._forecast(printed)
        self._limits(printed)
        self._sources(printed)
        self._stamp(printed)

    def _who(self, printed: Page) -> None:
        self.console.rule(self._text(f"Immunoglobulin plan for {printed.case}, {printed.as_of}", "bold"), align="left")
        self._pairs([*printed.known, ("Goal", printed.goal)])
        none = printed.no_treatment
        self._say(f"No immunoglobulin now: {none.says}{none.mark} {none.cites}".rstrip())

    def _candidates(self, printed: Page) -> None:
        self._heading("Candidates")
        if not printed.candidates:
            self._say("No regimen can be offered. The products and the reasons stand below.")
            return
        table = self._table(
            [("Rank", "left"), ("Product and schedule", "left"), ("Standing", "left"), ("Dose, vials", "left"),
             ("At the bedside", "left"), ("Goal", "right"), ("Findings", "left")]
        )  # fmt: skip
        for row in printed.candidates:
            vials = row.vials.replace(" + ", "\n+ ")
            extra = "".join([f"\n{row.discarded} discarded" if row.discarded else "", f"\nprice {row.price}" if row.price else ""])
            self._row(
                table,
                [row.rank, f"{row.brand}\n{row.schedule}", row.standing, f"{row.grams}\n{vials}{extra}", row.hours, row.goal,
                 " ".join(row.codes)],
            )  # fmt: skip
        self.console.print(table)
        self._say("“=” is a tie; “–” must not be given. The ranking is a proposal. The choice stays with the reader.", "dim")

    def _orders(self, printed: Page, orders: OrdersSheet) -> None:
        self._heading(f"First in rank: {printed.first}")
        if printed.ties:
            self._say(f"Tied with {'; '.join(printed.ties)}.")
        self._say(orders.product, "bold")
        self._say(f"{orders.schedule}; {orders.total}. Dosing weight: {orders.weight}")
        for dose in orders.doses:
            self._item(f"{dose.day}: {dose.grams} = {dose.volume}; {dose.vials}; discarded: {dose.discarded}. {dose.rounding}")
        self._say("")
        self._say(f"Infusion rate: {orders.ladder_heading}", "bold")
        self._say(f"{orders.ladder_limit}. {' '.join(orders.ladder_reasons)}")
        for day in orders.days:
            self._ladder(day)
        for group in (*printed.statements, *printed.more_statements):
            if group.lines:
                self._say(group.title, "bold")
                self._items(group.lines)
        first = next(row for row in printed.candidates if row.rank.startswith("1"))
        self._say("Why it stands here", "bold")
        self._items([f"{first.standing_sentence} {first.standing_reason} {first.cites}".rstrip(), *first.reasons])

    def _ladder(self, day: DaySheet) -> None:
        self._say(f"{day.title}: {day.total}")
        heads = ["Step", "Clock", "Minutes", "mL/h", "mL/kg/h", "mg/kg/min", "mL, step", "mL so far"]
        table = self._table([(head, "left" if head == "Clock" else "right") for head in heads])
        for row in day.rows:
            self._row(
                table,
                [row.number, row.clock, row.minutes, row.ml_per_h, row.ml_per_kg_per_h, row.mg_per_kg_per_min, row.volume_ml,
                 row.cumulative_ml],
            )  # fmt: skip
        self.console.print(table)

    def _findings(self, findings: Sequence[CodedFinding]) -> None:
        if not findings:
            return
        self._heading("Findings, most severe first")
        for finding in findings:
            about = f" ({'; '.join(finding.about)})" if finding.about else ""
            text = self._text(f"{finding.code} {finding.severity_words}", _SEVERITY_STYLE[finding.severity])
            text.append(f": {finding.message}{finding.mark} {finding.reason} {finding.remedy} {finding.cites}{about}", "default")
            self._hanging(text)

    def _offers(self, printed: Page) -> None:
        if not printed.offers:
            return
        self._heading("Products that are no candidates")
        for offer in printed.offers:
            codes = f" {' '.join(offer.codes)}" if offer.codes else ""
            self._item(f"{offer.brand}: {offer.standing}. {offer.reason}{offer.mark} {offer.cites}{codes}".rstrip())

    def _forecast(self, printed: Page) -> None:
        self._heading("Forecast")
        part = printed.forecast
        if part is not None:
            self._say(f"{part.sentence}{part.mark}", "bold")
            self._say(f"{part.status} {part.basis}")
            table = self._table([("Platelets at any daily visit", "left"), *((time, "right") for time in part.reach_within)])
            for label, shares in part.reach:
                self._row(table, [label, *shares])
            self.console.print(table)
            self._pairs(part.rows)
            self._items(part.notes)
        if printed.no_forecast is not None:
            some = "Some other regimens have no forecast" if part is not None else "There is no forecast"
            self._say(f"{some}. The model has not been shown to hold here:")
            self._items(printed.no_forecast.limits)
            self._published(printed)

    def _published(self, printed: Page) -> None:
        assert printed.no_forecast is not None
        if printed.no_forecast.published:
            self._say("Published for such patients:")
        for arm in printed.no_forecast.published:
            self._item(
                f"{arm.study} ({arm.population}; {arm.regimen}; n {arm.people}): {arm.endpoint}: {arm.result}{arm.mark} {arm.cites}"
            )

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
        self._heading("Sources")
        for reference in printed.bibliography:
            self._hanging(self._text(f"[{reference.number}] {reference.text}"))
        for sign, words in printed.legend.items():
            self._say(f"{sign} {words}.", "dim")

    def _stamp(self, printed: Page) -> None:
        self.console.print()
        self._say(printed.stamp_line, "dim")
        self._say(printed.safety_frame, "bold")

    def _text(self, words: str, style: str = "") -> Any:
        from rich.text import Text

        return Text(words, style=style)

    def _say(self, words: str, style: str = "") -> None:
        self.console.print(self._text(words, style), highlight=False)

    def _heading(self, words: str) -> None:
        self.console.print()
        self.console.rule(self._text(words, "bold"), align="left", style="dim")

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

    def _table(self, columns: Sequence[tuple[str, str]]) -> Any:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for head, justify in columns:
            table.add_column(head, justify=justify, overflow="fold")
        return table

    def _row(self, table: Any, cells: Sequence[str]) -> None:
        table.add_row(*(self._text(cell) for cell in cells))
