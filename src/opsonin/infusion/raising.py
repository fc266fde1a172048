"""May the rate rise now? A list of conditions, each met, not met, or not known; only all met ones make a rise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from opsonin.infusion import vitals
from opsonin.infusion.chart import Chart
from opsonin.infusion.checks import interval, next_check, whole
from opsonin.infusion.reactions import ceiling
from opsonin.infusion.totals import runs_for
from opsonin.knowledge import Fact
from opsonin.quantities import show


@dataclass(frozen=True)
class Finding:
    """One condition, looked at: `met` is None when what it needs is missing."""

    met: bool | None
    says: str
    at: datetime | None = None  # when it may be met, if time alone does it
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Condition:
    """Something that must hold before a rise is advised."""

    id: str
    look: Callable[[Chart, datetime], Finding]


def conditions(chart: Chart, now: datetime) -> tuple[tuple[str, Finding], ...]:
    """Every condition of a rise, looked at now."""
    return tuple((condition.id, condition.look(chart, now)) for condition in RAISE)


def _running(chart: Chart, now: datetime) -> Finding:
    return Finding(chart.pump == "running", f"the pump is {chart.pump.replace('-', ' ')}")


def _allowed(chart: Chart, now: datetime) -> Finding:
    return Finding(chart.supervision in ("clear", "recovering"), f"supervision is “{chart.supervision}”")


def _no_symptom(chart: Chart, now: datetime) -> Finding:
    names = ", ".join(onset.what for onset in chart.active)
    return Finding(not names, f"not passed: {names}" if names else "no symptom is there")


def _step_time(chart: Chart, now: datetime) -> Finding:
    """The time of this step, counted from the last change of rate and from when the last symptom passed."""
    if chart.ml_per_h is None or chart.since is None:
        return Finding(False, "no rate is running")
    minutes = chart.order.minutes_before_next(chart.ml_per_h)
    if minutes is None:
        return Finding(False, "this is the highest step ordered")
    begun = max(chart.since, chart.passed) if chart.passed is not None else chart.since
    due = begun + timedelta(seconds=float(minutes * 60))
    says = f"{show(minutes)} minutes at {show(chart.ml_per_h)} mL/h without symptoms, at {due:%H:%M}"
    return Finding(now >= due, says, due, chart.order.facts)


def _baseline(chart: Chart, now: datetime) -> Finding:
    first = chart.first_signs
    if first is None:
        return Finding(None, "no whole set of vital signs was taken before the start")
    return Finding(True, f"first set at {first.at:%H:%M}: {vitals.in_words(first)}")


def _signs_in_date(chart: Chart, now: datetime) -> Finding:
    latest, every = whole(chart), interval(chart, chart.order.rules.checks.while_rising)
    facts = chart.order.rules.checks.facts
    if latest is None:
        lacks = f" (lacks {', '.join(chart.lacks(chart.signs[-1]))})" if chart.signs else ""
        return Finding(None, f"no whole set of vital signs{lacks}", None, facts)
    if chart.since is not None and latest.at < chart.since:
        return Finding(None, f"none taken at this rate (the last at {latest.at:%H:%M})", None, facts)
    if now - latest.at > every:
        minutes = (now - latest.at) // timedelta(minutes=1)
        return Finding(None, f"the last ones, of {latest.at:%H:%M}, are {minutes} minutes old", None, facts)
    return Finding(True, f"taken at {latest.at:%H:%M}: {vitals.in_words(latest)}", None, facts)


def _no_check_overdue(chart: Chart, now: datetime) -> Finding:
    due = next_check(chart, now)
    if due is not None and due.is_overdue(now):
        return Finding(
            None, f"vital signs were due at {due.at:%H:%M}, {due.says}", None, chart.order.rules.checks.facts
        )
    return Finding(True, "no check is overdue")


def _signs_within_limits(chart: Chart, now: datetime) -> Finding:
    """Numeric limits for every sign, or a person's word on this set; without either it is not known."""
    latest = whole(chart)
    if latest is None:
        return Finding(None, "no whole set of vital signs to judge")
    order = chart.order
    passed = vitals.beyond(latest, chart.first_signs, order.limits)
    if passed or latest.acceptable is False:
        return Finding(False, "; ".join(passed) or "judged not acceptable")
    if latest.acceptable:
        return Finding(True, f"judged acceptable{f' by {latest.who}' if latest.who else ''}")
    open_signs = vitals.unlimited(vitals.signs_asked(order.rules.checks.signs, order.limits), order.limits)
    if open_signs:
        says = f"no source and no team limit for {', '.join(open_signs)}, and nobody judged this set"
        return Finding(None, says, None, (order.rules.no_limits,))
    return Finding(True, f"within the team's limits ({order.limits_source})")


def _next_rate(chart: Chart, now: datetime) -> Finding:
    target = next_rate(chart)
    if target is None:
        after = ceiling(chart)
        return Finding(False, after.says if after is not None else "no higher step is ordered")
    if target > chart.order.maximum_ml_per_h:
        return Finding(False, f"{show(target)} mL/h is above the maximum {show(chart.order.maximum_ml_per_h)}")
    return Finding(True, f"the next step is {show(target)} mL/h", None, chart.order.facts)


def _shortest_time(chart: Chart, now: datetime) -> Finding:
    """Where the order has a shortest time: at the new rate the infusion may not be over sooner."""
    shortest, target = chart.order.shortest_min, next_rate(chart)
    if shortest is None or target is None or chart.started is None:
        return Finding(True, "no shortest time is ordered")
    over = now + runs_for(chart.order.volume_ml - chart.given_ml(now), target)
    earliest = chart.started.at + timedelta(seconds=float(shortest * 60))
    return Finding(over >= earliest, f"may not be over before {earliest:%H:%M}", None, chart.order.facts)


def next_rate(chart: Chart) -> Decimal | None:
    """The rate the next rise would go to: the next rung that the maximum and any earlier reaction allow."""
    if chart.ml_per_h is None:
        return None
    target, after = chart.order.next_rate(chart.ml_per_h), ceiling(chart)
    if target is None or (after is not None and (after.ml_per_h is None or target > after.ml_per_h)):
        return None
    return target


RAISE = (
    Condition("the pump runs", _running),
    Condition("the rules allow a rise", _allowed),
    Condition("no symptom", _no_symptom),
    Condition("a higher step", _next_rate),
    Condition("the step's time", _step_time),
    Condition("first vital signs", _baseline),
    Condition("vital signs in date", _signs_in_date),
    Condition("no check overdue", _no_check_overdue),
    Condition("vital signs within limits", _signs_within_limits),
    Condition("the shortest time", _shortest_time),
)
