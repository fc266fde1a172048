"""Hard and soft limits of dose and rate, from policies/guardrails.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from opsonin.knowledge.blocks import Shelf, is_fact, read_fact
from opsonin.knowledge.fact import Guardrail

MEASURES: dict[str, str] = {
    "daily_dose": "g/kg/day",
    "daily_dose_on_dosing_weight": "g/kg/day",
    "course_dose": "g/kg",
    "off_schedule": "%",
    "daily_volume": "mL/kg/day",
    "off_strength": "%",
    "rate": "mg/kg/min",
    "rate_of_label_maximum": "%",
    "pump_rate": "mL/h",
    "hours": "h",
}
SIDES = ("above", "below")
SEVERITIES = {"hard": "absolute", "soft": "conditional"}
_ALSO = frozenset({"limit", "measure", "side", "packs", "remedy"})


def build_guardrails(shelf: Shelf, name: str, document: Mapping[str, Any]) -> list[Guardrail]:
    """Every limit in this file."""
    found = []
    for key, block in document.items():
        if not is_fact(block):
            shelf.complaints.add(name, key, "", "is not a limit.", "Give it 'measure', 'limit', 'value', its source.")
            continue
        before = len(shelf.complaints.found)
        fact = read_fact(shelf, name, key, block, also=_ALSO)
        _check(shelf, name, key, block)
        if fact is not None and len(shelf.complaints.found) == before:
            found.append(
                Guardrail(
                    id=key,
                    measure=block["measure"],
                    side=block["side"],
                    severity=SEVERITIES[block["limit"]],
                    limit=fact.number(),
                    unit=fact.unit,
                    packs=block.get("packs") or (),
                    says=fact.says,
                    remedy=block["remedy"],
                    fact=fact,
                )
            )
    return found


def _check(shelf: Shelf, name: str, key: str, block: Mapping[str, Any]) -> None:
    def complain(field: str, remedy: str) -> None:
        shelf.complaints.add(name, key, field, f"is {block.get(field)!r}.", remedy)

    measure = block.get("measure")
    if measure not in MEASURES:
        complain("measure", f"One of: {', '.join(MEASURES)}.")
    elif block.get("unit") != MEASURES[measure]:
        complain("unit", f"{measure} is in {MEASURES[measure]}.")
    if block.get("side") not in SIDES:
        complain("side", f"One of: {', '.join(SIDES)}.")
    if block.get("limit") not in SEVERITIES:
        complain("limit", f"One of: {', '.join(SEVERITIES)}.")
    if not isinstance(block.get("value"), Decimal):
        complain("value", "A limit is a number.")
    if not isinstance(block.get("remedy"), str):
        complain("remedy", "Write a sentence.")
