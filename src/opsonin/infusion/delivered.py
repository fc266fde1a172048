"""What was really given? The infusion as it ran: for the follow-up, for the next order, for the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from opsonin.infusion.chart import Chart, Onset
from opsonin.infusion.reactions import Grade, during, grade
from opsonin.infusion.totals import Segment


@dataclass(frozen=True)
class Tolerated:
    """How it went: what the next order of this product needs to know."""

    product: str
    highest_ml_per_h: Decimal | None  # that ran without a symptom; None: none did
    highest_ml_per_kg_per_h: Decimal | None
    reaction: str  # in words; "none"


@dataclass(frozen=True)
class Delivered:
    """One infusion as given. The amount is in the order's unit."""

    product: str
    amount: Decimal
    unit: str
    volume_ml: Decimal
    started: datetime
    ended: datetime
    interruptions: tuple[tuple[datetime, datetime], ...]
    segments: tuple[Segment, ...]
    lots: tuple[str, ...]
    whole: bool  # the ordered amount, all of it
    tolerated: Tolerated
    grade: Grade | None


def delivered(chart: Chart) -> Delivered | None:
    """What was given, once it has ended or was stopped; None before."""
    if chart.started is None or chart.finished is None or chart.pump == "running":
        return None
    volume = chart.given_ml(chart.finished)
    ran = tuple(segment for segment in chart.closed if segment.end > segment.start)
    return Delivered(
        product=chart.order.product,
        amount=chart.order.amount_in(volume),
        unit=chart.order.unit,
        volume_ml=volume,
        started=chart.started.at,
        ended=ran[-1].end if ran else chart.finished,
        interruptions=tuple((a.end, b.start) for a, b in pairwise(ran) if b.start > a.end),
        segments=ran,
        lots=tuple(dict.fromkeys(bag.lot for bag in chart.bags if bag.lot)),
        whole=volume >= chart.order.volume_ml,
        tolerated=tolerated(chart),
        grade=grade(chart),
    )


def tolerated(chart: Chart) -> Tolerated:
    """The highest rate that ran below every rate at which a symptom came, and the symptoms in words."""
    rate = chart.highest_tolerated
    onsets = during(chart)
    return Tolerated(
        product=chart.order.product,
        highest_ml_per_h=rate,
        highest_ml_per_kg_per_h=chart.order.ml_per_kg_per_h(rate) if rate is not None else None,
        reaction="; ".join(_words(onset) for onset in onsets) or "none",
    )


def _words(onset: Onset) -> str:
    return f"{onset.what} ({onset.severity}) at {onset.ml_per_h.normalize():f} mL/h"
