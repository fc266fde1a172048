"""How is a follow-up written down? As JSON: decimals as strings, moments in ISO 8601, numbers to six digits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Knowledge
from opsonin.update import AtgFollowUp, FollowUp

_DIGITS = 6


def follow_up_to_dict(found: FollowUp | AtgFollowUp, knowledge: Knowledge) -> dict[str, Any]:
    """The answer, ready for `json.dumps`, with the facts it rests on."""
    written: dict[str, Any] = _write(found)
    written["facts"] = {id: _fact(id, knowledge) for id in sorted(set(found.fact_ids))}
    return written


def _fact(id: str, knowledge: Knowledge) -> dict[str, Any]:
    fact = knowledge.fact(id)
    return {name: _write(getattr(fact, name)) for name in ("says", "value", "unit", "obtained", "status", "mark")}


def _write(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _write(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _write(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_write(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
