"""The command of follow-up: update. Parse, call, render."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import packs
from opsonin.cli.atg_followup import asked_of_atg
from opsonin.cli.followup_answer import Asked, answer, weighing
from opsonin.cli.recorded import events_beside

if TYPE_CHECKING:
    from opsonin.case import Case
    from opsonin.knowledge import Knowledge

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
    """Update a case with what was given and measured: response, fit, forecast, options.

    A case of antithymocyte globulin: exploratory courses of counts and levels, from which no dose is taken.
    """
    from opsonin.case import AtgCase

    beside = events_file is not None or record_at is not None
    case, knowledge = packs.open_case_with(case_file, pack, on=on.date() if on else None, doses_beside=beside)
    beside_it = (events_file, record_at, knowledge)
    if isinstance(case, AtgCase):
        asked = asked_of_atg(case, *beside_it, trust_data=trust_data)
    else:
        asked = _asked(case, *beside_it, trust_data=trust_data)
    with weighing() as progress:
        found = asked.follow(
            knowledge=knowledge, people=people, horizon_days=days, seed=seed, threads=threads, progress=progress
        )
    answer(found, asked, knowledge, out=out, as_json=as_json)


def _asked(
    case: Case, events_file: Path | None, record_at: str | None, knowledge: Knowledge, *, trust_data: bool
) -> Asked:
    from opsonin.report.followup_html import write_follow_up
    from opsonin.report.followup_terminal import print_follow_up
    from opsonin.therapy import follow_up

    events = events_beside(events_file, record_at, case, knowledge)
    follow = partial(follow_up, case.patient, case.goal, case.circumstances, events, trust_data=trust_data)
    return Asked(follow, write_follow_up, print_follow_up)
