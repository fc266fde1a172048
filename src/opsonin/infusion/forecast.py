"""When will it be over? At the rate that runs, and on the steps as ordered; and the latest moment it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from opsonin.infusion.chart import Chart, Reading
from opsonin.infusion.order import InUse
from opsonin.infusion.raising import conditions
from opsonin.infusion.reactions import ceiling
from opsonin.infusion.totals import runs_for
from opsonin.knowledge import Fact


@dataclass(frozen=True)
class Totals:
    """Where the infusion stands at one moment. Volumes in mL, amounts in the order's unit."""

    at: datetime
    given_ml: Decimal
    left_ml: Decimal
    given: Decimal
    left: Decimal
    unit: str
    ml_per_h: Decimal | None
    end_at_this_rate: datetime | None  # None while the pump stands still
    end_on_steps: datetime | None
    latest_end: datetime | None  # None: nothing on the shelf says how long a bag may hang
    latest_end_fact: Fact | None
    latest_begin: datetime | None  # of the bag that hangs; None: no such time, or nobody noted when it was made
    readings: tuple[Reading, ...]  # of the pump, beside rate × time


def totals(chart: Chart, now: datetime) -> Totals:
    """The running totals, exact."""
    order = chart.order
    given = chart.given_ml(now)
    left = order.volume_ml - given
    limit, begin = in_use_until(chart), begin_by(chart)
    running = chart.ml_per_h is not None and left > 0
    return Totals(
        at=now,
        given_ml=given,
        left_ml=left,
        given=order.amount_in(given),
        left=order.amount_in(left),
        unit=order.unit,
        ml_per_h=chart.ml_per_h,
        end_at_this_rate=now + runs_for(left, chart.ml_per_h) if running and chart.ml_per_h else None,
        end_on_steps=end_on_steps(chart, now) if running else None,
        latest_end=limit[0] if limit is not None else None,
        latest_end_fact=limit[1] if limit is not None else None,
        latest_begin=begin[0] if begin is not None else None,
        readings=chart.readings,
    )


def end_on_steps(chart: Chart, now: datetime) -> datetime | None:
    """The end if every step is taken as soon as its time is over, up to what an earlier reaction allows."""
    rate, order = chart.ml_per_h, chart.order
    if rate is None:
        return None
    left, clock, after = order.volume_ml - chart.given_ml(now), now, ceiling(chart)
    due = dict(conditions(chart, now))["the step's time"].at
    while True:
        higher = order.next_rate(rate)
        allowed = higher is not None and (after is None or (after.ml_per_h is not None and higher <= after.ml_per_h))
        if not allowed or due is None:
            return clock + runs_for(left, rate)
        turn = max(due, clock)
        if clock + runs_for(left, rate) <= turn:
            return clock + runs_for(left, rate)
        left -= rate * Decimal((turn - clock) // timedelta(microseconds=1)) / Decimal(3_600_000_000)
        assert higher is not None
        clock, rate = turn, higher
        minutes = order.minutes_before_next(rate)
        due = clock + timedelta(seconds=float(minutes * 60)) if minutes is not None else None


def in_use_until(chart: Chart) -> tuple[datetime, Fact, bool] | None:
    """The latest end of the bag that hangs, the fact, and whether the time is counted from the start for want of a
    time at which the bag was made. A bag that was begun too late should not have run beyond its latest begin. None when
    the shelf says nothing."""
    late = begin_by(chart)
    if late is not None and chart.bags[-1].at > late[0]:
        return *late, False
    rule = _in_use(chart, "finish")
    if rule is None or not chart.bags:
        return None
    bag = chart.bags[-1]
    return (bag.pooled_at or bag.at) + rule.within, rule.fact, bag.pooled_at is None


def begin_by(chart: Chart) -> tuple[datetime, Fact] | None:
    """When the bag that hangs had to be begun; None when no time is on the shelf, or nobody noted when it was made."""
    rule = _in_use(chart, "begin")
    made = chart.bags[-1].pooled_at if chart.bags else None
    return (made + rule.within, rule.fact) if rule is not None and made is not None else None


def begin_rule(chart: Chart) -> Fact | None:
    """How soon after it was made a bag has to be begun, where the shelf says so."""
    rule = _in_use(chart, "begin")
    return rule.fact if rule is not None else None


def _in_use(chart: Chart, what: str) -> InUse | None:
    return next((one for one in chart.order.in_use if one.what == what), None)
