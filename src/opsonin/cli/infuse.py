"""At the bedside: follow an infusion, log what happens, ask where it stands, train. Parse, call, render."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import train
from opsonin.cli.bedside_words import HELP, line_of
from opsonin.cli.console import console
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.infusion.bedside import Bedside
    from opsonin.infusion.order import Order
    from opsonin.knowledge import Knowledge
    from opsonin.patient.event import Event

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SOURCE = "bedside"


def register(group: click.Group) -> None:
    """Add these commands to the main group."""
    infuse.add_command(train.train)
    group.add_command(infuse)


@click.group(epilog="Training and charting aid: controls no pump and raises no alarm.")
def infuse() -> None:
    """Follow an infusion hour by hour: what runs, what is due, what the rules say, and why."""


def _about(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options every command at the bedside takes."""
    for option in reversed(
        [
            click.argument("case_file", metavar="CASE", type=A_FILE),
            click.option("--regimen", metavar="ID", help="The course that was ordered, such as gamunex_c:1x2."),
            click.option(
                "--day", type=click.IntRange(1), help="Which day of the course (default: 1, or the running one)."
            ),
            click.option("--pack", help="Policy pack to use instead of the case's."),
            click.option(
                "--events",
                "events_file",
                type=click.Path(dir_okay=False, path_type=Path),
                help="JSON Lines file of events (default: CASE with .events.jsonl), only ever added to.",
            ),
            click.option("--record", metavar="URL", help="A record to read from and write to, instead of a file."),
            click.option(
                "--at", metavar="TIME", help="The moment: 2026-11-21T09:30-05:00, or 09:30 on the day it runs."
            ),
            click.option("--json", "as_json", is_flag=True, help="JSON on stdout."),
        ]
    ):
        command = option(command)
    return command


_who = click.option("--who", envvar="OPSONIN_WHO", help="Your role, for the record (or OPSONIN_WHO); never a name.")


@infuse.command()
@_about
@_who
def start(who: str | None, as_json: bool, **about: Any) -> None:
    """Follow a planned infusion on a screen; words typed there are logged. --json: only the order and what is due."""
    book = _open(**about)
    if as_json:
        click.echo(_as_json(book.look(book.now())))
        return
    if who is None:
        raise InputRefused([Problem("--who", "", "is missing.", "Say your role, for example --who nurse.")])
    _screen(book, who)


@infuse.command()
@_about
@click.argument("words", nargs=-1)
@click.option("--lines", type=click.File("r", encoding="utf-8"), help="JSON Lines to add instead of words; - is stdin.")
@_who
def log(who: str | None, words: tuple[str, ...], lines: Any, as_json: bool, **about: Any) -> None:
    """Log one thing that happened (rate 84 mL/h, s headache mild, …), or JSON Lines; then say where it stands.

    Words as on the screen; `opsonin infuse log CASE help` lists them.
    """
    if words == ("help",):
        click.echo(HELP.replace(" · ", "\n"))
        return
    book = _open(**about)
    if lines is not None:
        new = [json.loads(line) for line in lines.read().splitlines() if line.strip()]
        book.add([{"infusion": book.infusion, **line} for line in new])
        book.settle(book.look(max(event.at for event in book.events)), str(new[-1].get("who") or ""))
        moment = about["at"] and book.now()
        found = book.look(moment or max(event.at for event in book.events if event.infusion == book.infusion))
    else:
        if who is None or not words:
            lacks, say = ("--who", "Say your role.") if words else ("words", "Say what happened, or give --lines.")
            raise InputRefused([Problem(lacks, "", "is missing.", say)])
        found = book.log(" ".join(words), book.now(), who)
    _show(found, book, as_json, full=False)


@infuse.command()
@_about
@click.option("--each", is_flag=True, help="One JSON line after each event: where it stood and what the rules said.")
def status(each: bool, as_json: bool, **about: Any) -> None:
    """Where the infusion stands now (or at --at), what is due, what the rules say, and why."""
    book = _open(**about)
    if each:
        moments = sorted({event.at for event in book.events if event.infusion == book.infusion})
        for moment in moments:
            click.echo(_as_json(book.look(moment)))
        return
    _show(book.look(book.now()), book, as_json, full=True)


@dataclass
class Book:
    """The order of this infusion and the book its events stand in."""

    order: Order
    infusion: str
    knowledge: Knowledge
    case_id: str
    start: datetime | None  # planned
    as_of: date
    events: tuple[Event, ...]
    file: Path
    record: str | None
    at: str | None

    def now(self) -> datetime:
        """The moment asked for, else the clock's, to the minute, in the zone of the infusion."""
        if self.at is not None:
            return self.moment(self.at)
        here = self._last()
        zone = (here or self.start or datetime.now().astimezone()).tzinfo
        return datetime.now(zone).replace(second=0, microsecond=0)

    def moment(self, written: str) -> datetime:
        """A moment: whole, or a time of day on the day of the last event, else of the planned start."""
        if re.fullmatch(r"[0-2]?[0-9]:[0-5][0-9]", written):
            day = self._last() or self.start
            if day is None:
                why = "has no day: nothing is logged yet and the case has no planned start."
                raise InputRefused([Problem("--at", written, why, "Write 2026-11-21T09:30-05:00.")])
            hour, _, minute = written.partition(":")
            return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            found = datetime.min
        if found.tzinfo is None:
            raise InputRefused([Problem("--at", written, "is no time with its zone.", "Write 2026-11-21T09:30-05:00.")])
        return found

    def _last(self) -> datetime | None:
        return max((event.at for event in self.events if event.infusion == self.infusion), default=None)

    def look(self, now: datetime) -> Bedside:
        from opsonin.infusion.bedside import bedside

        return bedside(self.order, self.infusion, self.events, now)

    def log(self, typed: str, now: datetime, who: str) -> Bedside:
        """Log what was typed at this moment; when the infusion is over by it, what was given too."""
        line = line_of(typed)
        if line["kind"] == "start":
            concentration = f"{self.order.mg_per_ml.normalize():f} mg/mL"
            weight = f"{self.order.weight_kg.normalize():f} kg"
            line = {**line, "product": self.order.product, "concentration": concentration, "weight": weight}
        head = {"at": now.isoformat(timespec="seconds"), "who": who, "source": SOURCE, "id": self._new_id()}
        if line["kind"] == "correction":
            self.add([{**line, **head}])
        else:
            self.add([{**line, **head, "infusion": self.infusion}])
        found = self.look(max(now, self._last() or now))
        self.settle(found, who)
        return found

    def add(self, lines: Sequence[dict[str, Any]]) -> None:
        """Add events to the book; everything impossible is refused and nothing written."""
        from opsonin.case.bedside_book import add_to_book, add_to_record

        last = max((event.noted or event.at for event in self.events), default=None)
        timed = [self._late(line, last) for line in lines]
        as_of = max([self.as_of, *(datetime.fromisoformat(line["at"]).date() for line in timed if "at" in line)])

        def judge(events: tuple[Event, ...]) -> object:
            from opsonin.infusion.bedside import bedside

            return bedside(self.order, self.infusion, events, max(event.at for event in events))

        if self.record is not None:
            self.events = add_to_record(self.record, self.case_id, timed, as_of=as_of, judge=judge)
        else:
            self.events = add_to_book(self.file, timed, as_of=as_of, judge=judge)

    def _late(self, line: dict[str, Any], last: datetime | None) -> dict[str, Any]:
        """A late entry says when it was noted: lines stand in the order in which they were written down."""
        if last is None or "noted" in line or "at" not in line or datetime.fromisoformat(line["at"]) >= last:
            return line
        return {**line, "noted": last.isoformat(timespec="seconds")}

    def settle(self, found: Bedside, who: str) -> None:
        """What ran in stands as one `given` event: noted at the end, withdrawn and noted anew if the chart changes."""
        from opsonin.case.bedside_book import settled

        lines = settled(found.delivered, self.events, infusion=self.infusion, who=who, id=self._new_id())
        if lines:
            self.add(lines)

    def _new_id(self) -> str:
        used = {event.id for event in self.events}
        numbers = range(1, len(self.events) + 2)
        return next(name for n in numbers if (name := f"{self.infusion}-{n}") not in used)


def _open(
    *,
    case_file: Path,
    regimen: str | None,
    day: int | None,
    pack: str | None,
    events_file: Path | None,
    record: str | None,
    at: str | None,
) -> Book:
    from opsonin.case import open_case
    from opsonin.case.bedside_book import read_book, read_record
    from opsonin.infusion.from_events import name_of, named
    from opsonin.knowledge import load_knowledge

    case = open_case(case_file, today=date.today(), pack=pack, shelf=lambda on: load_knowledge(on=on))
    knowledge = load_knowledge(on=case.circumstances.as_of)
    file = events_file or case_file.with_suffix(".events.jsonl")
    latest = max(date.today(), case.circumstances.as_of)
    events = read_record(record, case.id) if record is not None else read_book(file, as_of=latest)
    if regimen is None:
        running = [name for event in events if event.infusion and (name := named(event.infusion)) is not None]
        regimen, day = (running[-1][0], day or running[-1][1]) if running else (None, day)
    order = _order(case, regimen, day or 1, knowledge)
    return Book(
        order=order,
        infusion=name_of(order.regimen, order.day),
        knowledge=knowledge,
        case_id=case.id,
        start=case.circumstances.start,
        as_of=latest,
        events=events,
        file=file,
        record=record,
        at=at,
    )


def _order(case: Any, regimen: str | None, day: int, knowledge: Knowledge) -> Order:
    from opsonin.infusion.order import course_order, immunoglobulin_order
    from opsonin.planning.ordered import ordered, ordered_globulin

    about: dict[str, Any] = {"circumstances": case.circumstances, "knowledge": knowledge}
    if case.therapy == "atg":
        who = case.recipient
        course = ordered_globulin(who, case.request, case.circumstances, regimen, knowledge)
        return course_order(course, day, is_adult=who.age_years >= _ADULT_YEARS, **about)
    found = ordered(case.patient, case.circumstances, regimen, knowledge)
    return immunoglobulin_order(found, day, patient=case.patient, **about)


_ADULT_YEARS = 18


def _screen(book: Book, who: str) -> None:
    """Show where it stands, take a line of words, log it, show again; Enter alone looks anew."""
    from rich.console import Console

    from opsonin.report.bedside import print_bedside

    out = console()
    person = sys.stdin.isatty()
    while True:
        if person:
            Console().clear()
        print_bedside(book.look(book.now()), book.knowledge, out)
        out.print(f"\n{HELP}", style="dim", markup=False, highlight=False)
        while True:
            try:
                typed = click.prompt("", prompt_suffix="> ", default="", show_default=False) if person else input()
            except (EOFError, click.Abort):
                return
            if typed.strip().lower() in ("q", "quit"):
                return
            if typed.strip() in ("", "?"):
                break
            late = re.match(r"^@(\S+)\s+(.*)$", typed.strip())
            try:
                moment = book.moment(late[1]) if late else book.now()
                found = book.log(late[2] if late else typed, moment, who)
            except InputRefused as refused:
                click.echo(f"Refused, nothing written. {refused}", err=True)
                continue
            if person:
                break
            print_bedside(found, book.knowledge, out, full=False)
            out.print()


def _show(found: Bedside, book: Book, as_json: bool, *, full: bool) -> None:
    if as_json:
        click.echo(_as_json(found))
        return
    from opsonin.report.bedside import print_bedside

    print_bedside(found, book.knowledge, console(), full=full)


def _as_json(found: Bedside) -> str:
    from opsonin.report.bedside_json import bedside_to_dict

    return json.dumps(bedside_to_dict(found), ensure_ascii=False)
