"""The screen at the bedside: where the infusion stands, a line of words, where it stands then."""

from __future__ import annotations

import re
import sys

import click

from opsonin.cli.bedside_words import HELP
from opsonin.cli.book import Book
from opsonin.cli.console import console
from opsonin.errors import InputRefused


def follow_on_screen(book: Book, who: str) -> None:
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
