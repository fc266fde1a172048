"""The follow-up of antithymocyte globulin at the door `update`. Parse, call, render."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsonin.cli.followup_answer import answer, weighing
from opsonin.cli.recorded import with_doses_and_counts
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.case import AtgCase
    from opsonin.knowledge import Knowledge


def update_atg(
    case: AtgCase,
    knowledge: Knowledge,
    *,
    events_file: Path | None,
    record_at: str | None,
    out: Path | None,
    as_json: bool,
    seed: int,
    people: int,
    days: int,
    threads: int | None,
    trust_data: bool,
) -> None:
    """Exploratory courses of the counts and levels of this case, before and with its results."""
    from opsonin.report.atg_followup_html import write_atg_follow_up
    from opsonin.report.atg_followup_terminal import print_atg_follow_up
    from opsonin.therapy import follow_up_course

    if trust_data:
        why = "is not for antithymocyte globulin, whose spreads between people are assumed already."
        raise InputRefused([Problem("--trust-data", "", why, "Leave it out.")])
    if events_file is not None or record_at is not None:
        case = with_doses_and_counts(case, events_file, record_at, knowledge)
    with weighing() as progress:
        found = follow_up_course(
            case.recipient,
            case.request,
            case.circumstances,
            knowledge=knowledge,
            people=people,
            horizon_days=days,
            seed=seed,
            threads=threads,
            progress=progress,
        )
    answer(found, knowledge, out=out, as_json=as_json, write=write_atg_follow_up, show=print_atg_follow_up)
