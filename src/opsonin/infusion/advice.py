"""What do the rules say now, and why? One ordered table of situations; the first that applies speaks.

An advice names its rule, the recorded facts it used, the source, what is missing and the next check. It never orders,
alarms or sets a pump; where a pack is silent it says so and hands the question to the prescriber.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from opsonin.infusion.advice_checks import ask_for_check, check_overdue
from opsonin.infusion.advice_course import (
    after_end,
    bag_is_in,
    bag_too_old,
    before_start,
    hangs_too_long,
    note_end,
    rise_or_hold,
    slow_to_limit,
    too_fast,
)
from opsonin.infusion.advice_reaction import in_reaction, no_restart, paused, suspected_anaphylaxis
from opsonin.infusion.advised import Advice
from opsonin.infusion.chart import Chart
from opsonin.infusion.checks import next_check
from opsonin.infusion.statechart import NO_RESTART


def advice(chart: Chart, now: datetime) -> Advice:
    """The advice at this moment, with the next check."""
    for situation in SITUATIONS:
        if situation.applies(chart, now):
            said = situation.speak(chart, now)
            return replace(said, next_check=next_check(chart, now))
    raise AssertionError("the last situation always applies")


@dataclass(frozen=True)
class Situation:
    """When a rule speaks, and what it says."""

    id: str
    applies: Callable[[Chart, datetime], bool]
    speak: Callable[[Chart, datetime], Advice]


SITUATIONS = (
    Situation("suspected anaphylaxis", lambda c, n: c.supervision == "emergency", suspected_anaphylaxis),
    Situation("no restart", lambda c, n: c.supervision in NO_RESTART, no_restart),
    Situation("not started", lambda c, n: c.started is None, before_start),
    Situation("ended", lambda c, n: c.finished is not None and c.pump != "running", after_end),
    Situation("reaction", lambda c, n: bool(c.active) and c.pump == "running", in_reaction),
    Situation("in-use time", hangs_too_long, bag_too_old),
    Situation("paused", lambda c, n: c.pump == "paused", paused),
    Situation("too fast", too_fast, slow_to_limit),
    Situation("volume in", bag_is_in, note_end),
    Situation("check due", check_overdue, ask_for_check),
    Situation("running", lambda c, n: True, rise_or_hold),
)
