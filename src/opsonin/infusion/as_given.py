"""What ran in, from what was charted: every infusion among these events as one dose, in segments of constant rate.

An infusion that was charted (start, rates, pauses, end) and has no `given` of its own gets one. One that has keeps its
amount; the chart says how much of it ran in when. The bedside's own `given` is rounded when it is written; where it is
the rounded sum of the segments, the exact sum stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from opsonin.errors import InputRefused, Problem
from opsonin.infusion.totals import Segment, until, volume_ml
from opsonin.patient.event import IMMUNOGLOBULIN, Event, Ran, standing

_MG_PER_G = Decimal(1000)
_CHANGES = ("rate", "resume", "pause", "stop", "end")


def as_given(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events that stand, oldest first, with each charted infusion of immunoglobulin as one `given` event.

    Raises InputRefused naming an infusion that was charted so that nobody can say how much ran in.
    """
    stand = standing(events)
    starts = [event for event in stand if event.kind == "start"]
    doses = [event for event in stand if event.kind == "given" and event.what == IMMUNOGLOBULIN]
    made: dict[int, Event] = {}  # id() of the dose that the chart completes → the dose with its segments
    added: list[Event] = []
    problems: list[Problem] = []
    for start in starts:
        here = list(_infusion(start, starts, stand))
        stated = _stated(start, here, [dose for dose in doses if id(dose) not in made])
        try:
            if stated is None:
                added.append(_dose(start, here))
            elif stated.until is not None and start.rate is not None and _is_over(here):
                made[id(stated)] = _completed(stated, start, here)
        except InputRefused as refused:
            problems += refused.problems
    if problems:
        raise InputRefused(problems, source="events of an infusion")
    return tuple(sorted((*(made.get(id(event), event) for event in stand), *added), key=lambda event: event.at))


def _infusion(start: Event, starts: Sequence[Event], stand: Sequence[Event]) -> Iterator[Event]:
    """The changes of the pump after this start and before the next, those named as another infusion's left out."""
    following = next((one.at for one in starts[starts.index(start) + 1 :]), None)
    for event in stand:
        inside = start.at <= event.at and (following is None or event.at < following)
        if event.kind in (*_CHANGES, "bag") and inside and event.infusion in ("", start.infusion):
            yield event


def _stated(start: Event, here: Sequence[Event], doses: Sequence[Event]) -> Event | None:
    """The dose that somebody stated for this infusion: of the same name, or of the product within its time."""
    last = max((event.at for event in here), default=start.at)
    for dose in doses:
        if dose.product != start.product:
            continue
        same = dose.infusion == start.infusion if dose.infusion and start.infusion else start.at <= dose.at <= last
        if same or (dose.day_only and dose.at.date() == start.at.date()):
            return dose
    return None


def _is_over(here: Sequence[Event]) -> bool:
    changes = [event.kind for event in here if event.kind in _CHANGES]
    return bool(changes) and changes[-1] in ("stop", "end")


def _dose(start: Event, here: Sequence[Event]) -> Event:
    """The dose that the chart alone tells."""
    if not _is_over(here):
        remedy = "Log how it went on, up to its `end` or `stop`, or what was given (`given`)."
        raise InputRefused([Problem(start.place, str(start.product), "was begun, and no end is charted.", remedy)])
    finish = [event for event in here if event.kind in ("stop", "end")][-1]
    segments = tuple(_segments(start, here))
    per_ml = _grams_per_ml(start)
    if per_ml is None or not segments:
        lacks = "its rate" if per_ml is not None else "the concentration"
        remedy = "Write it in the `start` event, or add what was given (`given`)."
        raise InputRefused([Problem(start.place, str(start.product), f"was charted without {lacks}.", remedy)])
    grams = (finish.volume.amount if finish.volume is not None else volume_ml(segments)) * per_ml
    hung = _hung(start, here)
    grams = min(grams, hung) if hung else grams
    if grams <= 0:
        remedy = "Correct the chart, or withdraw it: nothing was given."
        raise InputRefused([Problem(start.place, str(start.product), "was charted, and nothing ran in.", remedy)])
    return Event(
        kind="given",
        at=start.at,
        who=finish.who,
        source=start.source,
        place=start.place,
        what=IMMUNOGLOBULIN,
        product=start.product,
        amount=grams,
        written=f"{grams:.4f} g",
        until=until(segments, grams / per_ml) or finish.at,
        interruptions=_gaps(segments),
        case=start.case,
        infusion=start.infusion,
        lots=start.hung.lots if start.hung is not None else (),
        ran=_ran(segments, grams, per_ml),
    )


def _completed(stated: Event, start: Event, here: Sequence[Event]) -> Event:
    """A stated dose with the segments of its chart; its amount stands, exact where it was only rounded."""
    segments, per_ml = tuple(_segments(start, here)), _grams_per_ml(start)
    assert stated.amount is not None
    if not segments or per_ml is None:
        return stated
    grams, charted = stated.amount, volume_ml(segments) * per_ml
    last_digit = Decimal(1).scaleb(min(int(grams.as_tuple().exponent), 0))
    if abs(charted - grams) <= last_digit / 2:
        grams = charted
    return replace(stated, amount=grams, at=start.at, day_only=False, ran=_ran(segments, grams, per_ml))


def _segments(start: Event, here: Sequence[Event]) -> Iterator[Segment]:
    """The times at one rate. Without a first rate there are none."""
    rate = last = start.rate.amount if start.rate is not None else None
    since = start.at
    for event in here:
        if event.kind not in _CHANGES:
            continue
        if rate is not None and event.at > since:
            yield Segment(since, event.at, rate)
        new = event.rate.amount if event.rate is not None else None
        rate = {"rate": new, "resume": new if new is not None else last}.get(event.kind)
        last, since = rate if rate is not None else last, event.at


def _ran(segments: tuple[Segment, ...], grams: Decimal, per_ml: Decimal) -> tuple[Ran, ...]:
    """The segments with their grams, which add up to these. By rate and time where that reaches them: what the clock
    ran on after the bag was empty is cut off. Where less ran by the chart than was stated, each has its share."""
    end = until(segments, grams / per_ml)
    if end is not None:
        cut = [Segment(one.start, min(one.end, end), one.ml_per_h) for one in segments if one.start < end]
        pieces = [(one, one.volume_ml * per_ml) for one in cut]
        pieces[-1] = (cut[-1], grams - sum((amount for _, amount in pieces[:-1]), Decimal(0)))
    else:
        whole = volume_ml(segments) * per_ml
        pieces = [(one, one.volume_ml * per_ml * grams / whole) for one in segments]
    return tuple(Ran(one.start, one.end, amount) for one, amount in pieces)


def _gaps(segments: Sequence[Segment]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((a.end, b.start) for a, b in pairwise(segments) if b.start > a.end)


def _grams_per_ml(start: Event) -> Decimal | None:
    strength = start.hung.concentration if start.hung is not None else None
    return strength.amount / _MG_PER_G if strength is not None else None


def _hung(start: Event, here: Sequence[Event]) -> Decimal:
    """The grams in all vials that hung."""
    return sum((one.hung.grams for one in (start, *here) if one.hung is not None), Decimal(0))
