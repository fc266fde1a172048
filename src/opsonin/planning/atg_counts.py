"""Where do today's counts lie, and how have they moved? Read against the product's rule and a redosing pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Fact
from opsonin.patient import Measurement, Recipient
from opsonin.quantities import show, unit_in_words

COUNTS = {"white_cells": "white-cells", "platelets": "platelets"}  # name in the rule → name of the measurement
_PER_UL = {"10^9/L": Decimal(1000), "/uL": Decimal(1)}  # a redosing pack counts cells per microlitre
_WORDS = {
    "white-cells": "White cells", "platelets": "Platelets", "lymphocytes": "Lymphocytes", "cd3": "CD3", "cd2": "CD2",
}  # fmt: skip


@dataclass(frozen=True)
class CountToday:
    """One count that the answer looks at: today's value, where it lies, and how it has moved."""

    what: str
    latest: Measurement | None
    is_todays: bool
    zone: str  # "full" | "half" | "stop" | "give" | "hold" | "" (no rule reads it, or it is not today's)
    trend: str


def counts_today(recipient: Recipient, today: date, rule: Fact | None, redosing: Fact | None) -> tuple[CountToday, ...]:
    """Every count that the answer looks at."""
    names = list(COUNTS.values())
    if redosing is not None and redosing.value["count"] not in names:
        names.append(redosing.value["count"])
    found = []
    for what in names:
        series = recipient.series(what)
        latest = series[-1] if series else None
        fresh = latest is not None and latest.taken_on == today
        zone = _zone(what, latest, rule, redosing) if fresh and latest is not None else ""
        found.append(CountToday(what, latest, fresh, zone, _trend(series)))
    return tuple(found)


def _zone(what: str, latest: Measurement, rule: Fact | None, redosing: Fact | None) -> str:
    if redosing is not None and redosing.value["count"] == what:
        return _redosing_zone(latest.value * _PER_UL[latest.unit], redosing.value)
    name = next((name for name, measured in COUNTS.items() if measured == what), None)
    if rule is None or name is None:
        return ""
    limits = rule.value[name]
    if latest.value < Decimal(limits["stop_below"]):
        return "stop"
    return "half" if latest.value <= Decimal(limits["halve_up_to"]) else "full"


def _redosing_zone(value: Decimal, pack: Any) -> str:
    if "give_above" in pack:
        return "give" if value > Decimal(pack["give_above"]) else "hold"
    if "give_from" in pack:
        return "give" if value >= Decimal(pack["give_from"]) else "hold"
    return "hold" if value <= Decimal(pack["hold_at_or_below"]) else ""


def _trend(series: tuple[Measurement, ...]) -> str:
    if not series:
        return "not measured"
    parts = [f"{show(one.value)} on {one.taken_on.isoformat()}" for one in series[-4:]]
    if len(series) == 1:
        return parts[0]
    before, now = series[-2].value, series[-1].value
    change = now - before
    percent = f" ({'+' if change > 0 else ''}{show(change / before * 100, 0)} %)" if before else ""
    return f"{' → '.join(parts)}; {'+' if change > 0 else ''}{show(change)}{percent} since the value before"


def stale(count: CountToday, today: date) -> str:
    """Why a count cannot be used today."""
    if count.latest is None:
        return f"{plain(count.what)}: no count."
    return f"{plain(count.what)}: the last count is of {count.latest.taken_on.isoformat()}, not of {today.isoformat()}."


def at_the_end(count: CountToday, rule: Fact | None) -> str:
    """That the upper end of a range belongs to halving is our reading, and is said where it decides."""
    name = next((name for name, what in COUNTS.items() if what == count.what), None)
    if rule is None or name is None or count.latest is None:
        return ""
    at_end = count.latest.value == Decimal(rule.value[name]["halve_up_to"])
    return " Exactly the upper end: that it belongs to halving is an assumption." if at_end else ""


def named(count: CountToday) -> str:
    """'White cells 2.7 ×10⁹/L:'."""
    assert count.latest is not None
    unit = unit_in_words(count.latest.unit).replace("x10^9/L", "×10⁹/L")
    return f"{plain(count.what)} {show(count.latest.value)} {unit}:"


def plain(what: str) -> str:
    """A count as a sentence begins with it."""
    return _WORDS.get(what, what)
