"""Are vital signs due, and what do they lack?"""

from __future__ import annotations

from datetime import datetime

from opsonin.infusion.advised import Advice
from opsonin.infusion.chart import Chart
from opsonin.infusion.checks import next_check
from opsonin.infusion.raising import conditions


def check_overdue(chart: Chart, now: datetime) -> bool:
    return chart.pump == "running" and check_is_due(chart, now)


def check_is_due(chart: Chart, now: datetime) -> bool:
    due = next_check(chart, now)
    return due is not None and now >= due.at


def ask_for_check(chart: Chart, now: datetime) -> Advice:
    due = next_check(chart, now)
    assert due is not None
    late = f", due at {due.at:%H:%M}" if due.is_overdue(now) else ""
    says = f"Take vital signs ({due.says}{late}). No rise before."
    missing = (f"vital signs {due.says}",)
    return Advice("check", says, "vital signs", None, (), missing, chart.order.rules.checks.facts)


def signs_missing(chart: Chart, now: datetime) -> tuple[str, ...]:
    """What the vital signs lack for a start or restart: a whole set, in date, taken since, within limits."""
    found = dict(conditions(chart, now))
    wanted = ["vital signs in date", "vital signs within limits"]
    if chart.started is not None:
        wanted.append("first vital signs")
    return tuple(found[name].says for name in wanted if found[name].met is not True)
