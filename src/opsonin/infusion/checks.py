"""When are vital signs due, and are the last ones in date? The pack's times; the team's own before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from opsonin.infusion.chart import Chart
from opsonin.infusion.happenings import VitalSigns


@dataclass(frozen=True)
class Due:
    """The next check: when, and why then."""

    at: datetime
    says: str

    def is_overdue(self, now: datetime) -> bool:
        return now > self.at


def next_check(chart: Chart, now: datetime) -> Due | None:
    """The vital signs that are due next; None when no rule asks for more."""
    rules = chart.order.rules.checks
    if chart.started is None:
        latest = whole(chart)
        if latest is not None and now - latest.at <= rules.baseline_age:
            return None
        return Due(now, "before the start")
    start = chart.started.at
    if chart.finished is not None:
        return _after_end(chart)
    latest = whole(chart)
    first_due = start + interval(chart, rules.after_start)
    if latest is None or latest.at < first_due - rules.early:
        return Due(first_due, f"{_minutes(first_due - start)} minutes after the start")
    every = check_interval(chart)
    return Due(latest.at + every, f"every {_minutes(every)} minutes {_phase(chart)}")


def check_interval(chart: Chart) -> timedelta:
    """How often vital signs are due now: the team's own number, else the pack's for this phase."""
    rules = chart.order.rules.checks
    return interval(chart, rules.at_top if _at_top(chart) else rules.while_rising)


def interval(chart: Chart, rule: timedelta) -> timedelta:
    """The rule's interval, or the team's own."""
    own = chart.order.limits.get("check_every_min")
    return timedelta(seconds=float(own * 60)) if own is not None else rule


def whole(chart: Chart) -> VitalSigns | None:
    """The last set that holds everything asked for."""
    return next((signs for signs in reversed(chart.signs) if not chart.lacks(signs)), None)


def _after_end(chart: Chart) -> Due | None:
    assert chart.finished is not None
    rules, end = chart.order.rules.checks, chart.finished
    made = [signs.at for signs in chart.signs if not chart.lacks(signs)]
    for after in (timedelta(0), *rules.after_end):
        due = end + after
        if not any(at >= due - rules.early for at in made):
            return Due(due, f"{_minutes(after)} minutes after the end" if after else "at the end")
    return None


def _at_top(chart: Chart) -> bool:
    rate = chart.ml_per_h
    return rate is not None and not chart.active and chart.order.next_rate(rate) is None


def _phase(chart: Chart) -> str:
    if chart.order.limits.get("check_every_min") is not None:
        return "(the team's own)"
    return "at the highest rate" if _at_top(chart) else "until the highest rate is reached"


def _minutes(time: timedelta) -> str:
    return f"{(Decimal(time // timedelta(seconds=1)) / 60).normalize():f}"
