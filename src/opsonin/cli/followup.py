"""The command of follow-up: update. Parse, call, render."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import packs

if TYPE_CHECKING:
    from opsonin.case import AtgCase, Case
    from opsonin.knowledge import Knowledge
    from opsonin.update import Event, FollowUp

PAGE_WIDTH = 110  # columns, where no terminal says its own
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def register(group: click.Group) -> None:
    """Add this command to the main group."""
    group.add_command(update)


@click.command()
@click.argument("case_file", metavar="CASE", type=A_FILE)
@click.option("--events", "events_file", type=A_FILE, help="A JSON Lines file of events beside the case.")
@click.option("--record", "record_at", metavar="RECORD", help="Read the events of this case from a record instead.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write follow-up.html and follow-up.json here."
)
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON on stdout.")
@packs.option
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of this day instead of the case's own.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Seed of the virtual people."
)
@click.option(
    "--people", type=click.IntRange(2000, 500_000), default=20_000, show_default=True, help="Virtual people per round."
)
@click.option(
    "--days", type=click.IntRange(14, 120), default=28, show_default=True, help="Days the forecast looks ahead."
)
@click.option(
    "--trust-data",
    is_flag=True,
    help="Let this patient differ more from the population (twice the spread, assumed); stamped, exploratory.",
)
@click.option("--threads", type=click.IntRange(1, 256), help="Threads; the answer does not depend on it.")
def update(
    case_file: Path,
    events_file: Path | None,
    record_at: str | None,
    out: Path | None,
    as_json: bool,
    pack: str | None,
    on: Any,
    seed: int,
    people: int,
    days: int,
    threads: int | None,
    trust_data: bool,
) -> None:
    """Update a case with what was given and measured: response, fit, forecast, options."""
    from opsonin.case import read_case
    from opsonin.therapy import follow_up

    mine = packs.chosen(pack)
    case = read_case(case_file, on=on.date() if on else None, today=date.today(), pack=mine.id, shelf=mine.knowledge)
    knowledge = mine.knowledge(case.circumstances.as_of)
    events = events_beside(events_file, record_at, case, knowledge)
    with _progress("weighing") as progress:
        found = follow_up(
            case.patient,
            case.goal,
            case.circumstances,
            events,
            knowledge=knowledge,
            people=people,
            horizon_days=days,
            seed=seed,
            threads=threads,
            trust_data=trust_data,
            progress=progress,
        )
    report = _write(found, knowledge, out) if out is not None else None
    if as_json:
        from opsonin.report.followup_json import follow_up_to_dict

        click.echo(json.dumps(follow_up_to_dict(found, knowledge), ensure_ascii=False, allow_nan=False))
        return
    from rich.console import Console

    from opsonin.report.followup_terminal import print_follow_up

    wide_enough = sys.stdout.isatty() or "COLUMNS" in os.environ
    print_follow_up(found, knowledge, Console(width=None if wide_enough else PAGE_WIDTH))
    if report is not None:
        click.echo(f"Report: {report}", err=True)


def events_beside(
    path: Path | None, record_at: str | None, case: Case | AtgCase, knowledge: Knowledge
) -> tuple[Event, ...]:
    """The events of the file or of the record; another case's, or of a product not on the shelf, are refused."""
    from opsonin.case.events import read_events, refuse_foreign
    from opsonin.errors import InputRefused, Problem

    as_of = case.circumstances.as_of
    if path is not None and record_at is not None:
        why = "are both given; what stands in both would count twice."
        raise InputRefused([Problem("--events, --record", "", why, "Name one of them.")])
    if record_at is not None:
        from opsonin.cli.recorded import events_of

        events = events_of(record_at, case.id, as_of=as_of)
    else:
        events = read_events(path, as_of=as_of) if path is not None else ()
    refuse_foreign(events, case.id, knowledge, source=str(path or record_at))
    return events


def _write(found: FollowUp, knowledge: Knowledge, out: Path) -> Path:
    """Write follow-up.html and follow-up.json; the path of the report."""
    from opsonin.report.followup_html import write_follow_up
    from opsonin.report.followup_json import follow_up_to_dict

    out.mkdir(parents=True, exist_ok=True)
    report = write_follow_up(found, knowledge, out)
    text = json.dumps(follow_up_to_dict(found, knowledge), ensure_ascii=False, allow_nan=False)
    (out / "follow-up.json").write_text(text + "\n", encoding="utf-8")
    return report


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr when a person is looking, nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
