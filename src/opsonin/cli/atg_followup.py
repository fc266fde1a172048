"""What is asked of a case of antithymocyte globulin at the door `update`. Parse."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from opsonin.cli.followup_answer import Asked
from opsonin.cli.recorded import with_doses_and_counts
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.case import AtgCase
    from opsonin.knowledge import Knowledge


def asked_of_atg(
    case: AtgCase, events_file: Path | None, record_at: str | None, knowledge: Knowledge, *, trust_data: bool
) -> Asked:
    """Exploratory courses of the counts and levels of this case, before and with its results."""
    from opsonin.report.atg_followup_html import write_atg_follow_up
    from opsonin.report.atg_followup_terminal import print_atg_follow_up
    from opsonin.therapy import follow_up_course

    if trust_data:
        why = "is not for antithymocyte globulin, whose spreads between people are assumed already."
        raise InputRefused([Problem("--trust-data", "", why, "Leave it out.")])
    if events_file is not None or record_at is not None:
        case = with_doses_and_counts(case, events_file, record_at, knowledge)
    follow = partial(follow_up_course, case.recipient, case.request, case.circumstances)
    return Asked(follow, write_atg_follow_up, print_atg_follow_up)
