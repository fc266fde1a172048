"""At the bedside: follow an infusion, log what happens, ask where it stands, train. Parse, call, render."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import packs, train
from opsonin.cli.bedside_screen import follow_on_screen
from opsonin.cli.bedside_words import HELP
from opsonin.cli.book import Book, computers_clock, open_book
from opsonin.cli.console import console
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.infusion.bedside import Bedside

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
            packs.option,
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
@click.pass_context
@_about
@_who
def start(context: click.Context, who: str | None, as_json: bool, **about: Any) -> None:
    """Follow a planned infusion on a screen; words typed there are logged. --json: only the order and what is due."""
    book = _open(context, about)
    if as_json:
        click.echo(_as_json(book.look(book.now())))
        return
    if who is None:
        raise InputRefused([Problem("--who", "", "is missing.", "Say your role, for example --who nurse.")])
    follow_on_screen(book, who)


@infuse.command()
@click.pass_context
@_about
@click.argument("words", nargs=-1)
@click.option("--lines", type=click.File("r", encoding="utf-8"), help="JSON Lines to add instead of words; - is stdin.")
@_who
def log(
    context: click.Context, who: str | None, words: tuple[str, ...], lines: Any, as_json: bool, **about: Any
) -> None:
    """Log one thing that happened (rate 84 mL/h, s headache mild, …), or JSON Lines; then say where it stands.

    Words as on the screen; `opsonin infuse log CASE help` lists them.
    """
    if words == ("help",):
        click.echo(HELP.replace(" · ", "\n"))
        return
    book = _open(context, about)
    if lines is not None:
        new = _lines_of(lines.read())
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
@click.pass_context
@_about
@click.option("--each", is_flag=True, help="One JSON line after each event: where it stood and what the rules said.")
def status(context: click.Context, each: bool, as_json: bool, **about: Any) -> None:
    """Where the infusion stands now (or at --at), what is due, what the rules say, and why."""
    book = _open(context, about)
    if each:
        moments = sorted({event.at for event in book.events if event.infusion == book.infusion})
        for moment in moments:
            click.echo(_as_json(book.look(moment)))
        return
    _show(book.look(book.now()), book, as_json, full=True)


def _open(context: click.Context, about: dict[str, Any]) -> Book:
    """The book asked for. The clock is the computer's, unless a caller of the command gives another one as `obj`."""
    return open_book(**about, clock=context.obj or computers_clock)


def _lines_of(text: str) -> list[dict[str, Any]]:
    """The JSON objects on these lines, at least one."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(dict(json.loads(line)))
        except (ValueError, TypeError):
            why = "is not one JSON object."
            raise InputRefused(
                [Problem(f"--lines, line {number}", line[:60], why, "See `opsonin schema event`.")]
            ) from None
    if not found:
        raise InputRefused([Problem("--lines", "", "holds no event.", "Write one JSON object on each line.")])
    return found


def _show(found: Bedside, book: Book, as_json: bool, *, full: bool) -> None:
    if as_json:
        click.echo(_as_json(found))
        return
    from opsonin.report.bedside import print_bedside

    print_bedside(found, book.knowledge, console(), full=full)


def _as_json(found: Bedside) -> str:
    from opsonin.report.bedside_json import bedside_to_dict

    return json.dumps(bedside_to_dict(found), ensure_ascii=False)
