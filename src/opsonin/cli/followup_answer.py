"""How is a follow-up said: written, as JSON, or in the terminal; with a bar while it is calculated. Render."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge
    from opsonin.update import AtgFollowUp, FollowUp

PAGE_WIDTH = 110  # columns, where no terminal says its own


class Asked(NamedTuple):
    """What a case asks for: its follow-up, waiting for how it is to be calculated, and how it is written and shown."""

    follow: Callable[..., FollowUp | AtgFollowUp]
    write: Callable[[Any, Knowledge, Path], Path]  # what was found, as a page in a folder
    show: Callable[[Any, Knowledge, Any], None]  # … on a console


def answer(
    found: FollowUp | AtgFollowUp, asked: Asked, knowledge: Knowledge, *, out: Path | None, as_json: bool
) -> None:
    """Write follow-up.html and follow-up.json where asked, and say the answer as asked."""
    from opsonin.report.followup_json import follow_up_to_dict

    def text() -> str:
        return json.dumps(follow_up_to_dict(found, knowledge), ensure_ascii=False, allow_nan=False)

    report = None
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        report = asked.write(found, knowledge, out)
        (out / "follow-up.json").write_text(text() + "\n", encoding="utf-8")
    if as_json:
        click.echo(text())
        return
    from rich.console import Console

    wide_enough = sys.stdout.isatty() or "COLUMNS" in os.environ
    asked.show(found, knowledge, Console(width=None if wide_enough else PAGE_WIDTH))
    if report is not None:
        click.echo(f"Report: {report}", err=True)


@contextmanager
def weighing() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr when a person is looking, nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("weighing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
