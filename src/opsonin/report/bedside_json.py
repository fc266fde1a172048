"""The infusion at one moment as JSON: numbers as text where they are exact decimals, times with zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from opsonin.infusion import AID
from opsonin.infusion.advised import Advice
from opsonin.infusion.bedside import Bedside
from opsonin.infusion.order import Order
from opsonin.knowledge import Fact
from opsonin.quantities import round_half_up, show

SCHEMA = "opsonin-bedside/1"


def bedside_to_dict(found: Bedside) -> dict[str, Any]:
    """Everything a screen shows, and the facts behind it."""
    stand, so_far = found.totals, found.chart
    return {
        "schema": SCHEMA,
        "aid": AID,
        "infusion": found.infusion,
        "at": _time(found.now),
        "order": order_to_dict(found.order),
        "pump": so_far.pump,
        "supervision": so_far.supervision,
        "rate_ml_per_h": _number(so_far.ml_per_h),
        "rate_since": _time(so_far.since) if so_far.ml_per_h is not None else None,
        "given_ml": _exactly(stand.given_ml),
        "left_ml": _exactly(stand.left_ml),
        "given": _exactly(stand.given),
        "left": _exactly(stand.left),
        "unit": stand.unit,
        "end_at_this_rate": _time(stand.end_at_this_rate),
        "end_on_steps": _time(stand.end_on_steps),
        "latest_end": _time(stand.latest_end),
        "latest_begin": _time(stand.latest_begin),
        "pump_readings": [
            {"at": _time(one.at), "pump_ml": _number(one.pump_ml), "differs_ml": _exactly(one.differs_ml)}
            for one in stand.readings
        ],
        "advice": advice_to_dict(found.advice),
        "conditions_of_a_rise": [
            {"name": name, "met": one.met, "says": one.says, "facts": _ids(one.facts)} for name, one in found.conditions
        ],
        "active": [_onset(onset) for onset in so_far.active],
        "reactions": [_onset(onset) for onset in so_far.onsets],
        "suspicion": so_far.suspicion or None,
        "grade": _grade(found),
        "against_the_rules": list(so_far.against),
        "medicines": [{"at": _time(one.at), "what": one.what} for one in so_far.medicines],
        "segments": [
            {"start": _time(one.start), "end": _time(one.end), "ml_per_h": _number(one.ml_per_h)}
            for one in so_far.segments(found.now)
        ],
        "tolerated": {
            "product": found.tolerated.product,
            "highest_rate_ml_per_h": _number(found.tolerated.highest_ml_per_h),
            "highest_rate_ml_per_kg_per_h": _exactly(found.tolerated.highest_ml_per_kg_per_h),
            "reaction": found.tolerated.reaction,
        },
        "delivered": _delivered(found),
    }


def advice_to_dict(said: Advice) -> dict[str, Any]:
    """One advice with its rule, what it used, its source, what is missing, and the next check."""
    return {
        "kind": said.kind,
        "says": said.says,
        "rule": said.rule,
        "to_ml_per_h": _number(said.to_ml_per_h),
        "used": list(said.used),
        "missing": list(said.missing),
        "facts": _ids(said.facts),
        "elsewhere": [{"who": who, "says": fact.says, "fact": fact.id} for who, fact in said.elsewhere],
        "next_check": {"at": _time(said.next_check.at), "says": said.next_check.says} if said.next_check else None,
        "earliest": _time(said.earliest),
    }


def order_to_dict(order: Order) -> dict[str, Any]:
    """What is to run."""
    return {
        "product": order.product,
        "regimen": order.regimen,
        "day": order.day,
        "amount": _number(order.amount),
        "unit": order.unit,
        "volume_ml": _number(order.volume_ml),
        "mg_per_ml": _number(order.mg_per_ml),
        "weight_kg": _number(order.weight_kg),
        "steps": [{"ml_per_h": _number(s.ml_per_h), "minutes": _number(s.minutes)} for s in order.steps],
        "steps_from": order.heading,
        "maximum_ml_per_h": _number(order.maximum_ml_per_h),
        "shortest_min": _number(order.shortest_min),
        "pack": order.rules.pack,
        "checks_borrowed": order.rules.checks.borrowed or None,
        "limits": {name: _number(value) for name, value in order.limits.items()},
        "facts": _ids((*order.facts, *order.rules.checks.facts)),
    }


def _delivered(found: Bedside) -> dict[str, Any] | None:
    given = found.delivered
    if given is None:
        return None
    return {
        "product": given.product,
        "amount": _exactly(given.amount),
        "unit": given.unit,
        "volume_ml": _exactly(given.volume_ml),
        "started": _time(given.started),
        "ended": _time(given.ended),
        "interruptions": [[_time(a), _time(b)] for a, b in given.interruptions],
        "lots": list(given.lots),
        "whole": given.whole,
    }


def _grade(found: Bedside) -> dict[str, Any] | None:
    if found.grade is None:
        return None
    one = found.grade
    return {"ctcae_5": one.grade, "because": one.because, "still_to_judge": one.open or None, "fact": one.fact.id}


def _onset(onset: Any) -> dict[str, Any]:
    return {
        "what": onset.what,
        "severity": onset.severity,
        "began": _time(onset.began),
        "rate_ml_per_h": None if onset.before_start else _number(onset.ml_per_h),
        "passed": _time(onset.passed),
        "says": onset.says or None,
    }


def _ids(facts: Iterable[Fact]) -> list[str]:
    return list(dict.fromkeys(fact.id for fact in facts))


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def _number(value: Decimal | None) -> str | None:
    return show(value) if value is not None else None


def _exactly(value: Decimal | None) -> str | None:
    """A volume or amount to a millionth: finer than any pump, so that sums agree."""
    return show(round_half_up(value, Decimal("0.000001"))) if value is not None else None
