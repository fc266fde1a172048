"""The infusion at one moment: order, chart, advice, totals. What every door shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from opsonin.infusion.advice import advice
from opsonin.infusion.advised import Advice
from opsonin.infusion.chart import Chart, chart
from opsonin.infusion.delivered import Delivered, Tolerated, delivered, tolerated
from opsonin.infusion.forecast import Totals, totals
from opsonin.infusion.from_events import happened
from opsonin.infusion.order import Order
from opsonin.infusion.raising import Finding, conditions
from opsonin.infusion.reactions import Grade, grade
from opsonin.infusion.second_check import unchecked
from opsonin.patient.event import Event


@dataclass(frozen=True)
class Bedside:
    """One infusion at one moment."""

    infusion: str  # the name its events carry
    now: datetime
    order: Order
    chart: Chart
    advice: Advice
    totals: Totals
    conditions: tuple[tuple[str, Finding], ...]  # of a rise
    grade: Grade | None
    tolerated: Tolerated
    delivered: Delivered | None
    unchecked: tuple[Event, ...] = ()  # what the pack wants a second person to check, and nobody has yet


def bedside(order: Order, infusion: str, events: Iterable[Event], now: datetime) -> Bedside:
    """Where this infusion stands at `now`, from the events until then."""
    until = tuple(event for event in events if event.at <= now)
    found = at_moment(chart(order, happened(until, infusion, order.rules.symptoms)), infusion, now)
    here = [event for event in until if event.infusion in ("", infusion)]
    return replace(found, unchecked=unchecked(here, order.rules.second_check))


def at_moment(so_far: Chart, infusion: str, now: datetime) -> Bedside:
    """The same from a chart."""
    return Bedside(
        infusion=infusion,
        now=now,
        order=so_far.order,
        chart=so_far,
        advice=advice(so_far, now),
        totals=totals(so_far, now),
        conditions=conditions(so_far, now),
        grade=grade(so_far),
        tolerated=tolerated(so_far),
        delivered=delivered(so_far),
    )
