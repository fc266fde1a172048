"""What may stand in the file of a policy pack? As a JSON Schema, made from what the shelf reads."""

from __future__ import annotations

from typing import Any

from opsonin.knowledge.blocks import FACT_KEYS
from opsonin.knowledge.knowledge import STATEMENT_TOPICS
from opsonin.knowledge.shelf_packs import (
    DIRECTIONS,
    LABEL_REGIONS,
    RULE_KEYS,
    SECOND_CHECK_OF,
    SUPERVISION,
    SUPERVISION_WORDS,
    WEIGHT_KINDS,
)
from opsonin.knowledge.units import RATES
from opsonin.sources import Obtained, Status

_WORDS = {"kind": WEIGHT_KINDS, "direction": DIRECTIONS, **SUPERVISION_WORDS}
_NEEDED = {
    "dosing_weight": ["kind"], "rounding": ["direction"], "ladder_scheme": ["factor", "step_minutes"],
    "pump_resolution": ["ml_per_h", "below_20_kg_ml_per_h"],
}  # fmt: skip
_ABOVE_ZERO = {"type": "number", "exclusiveMinimum": 0}


def pack_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy pack. What reaches over several fields is checked by reading it.

    >>> pack_schema()["required"]
    ['name', 'label_region', 'pump_resolution']
    """
    rules = {key: _rule(_table(key, keys)) for key, keys in RULE_KEYS.items()}
    bedside = {key: _rule(_table(key, keys)) for key, keys in SUPERVISION.items()}
    topics = {topic: {"type": "object", "additionalProperties": _fact({})} for topic in STATEMENT_TOPICS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy pack",
        "description": "What one authority or site does; a rule that is null or left out is a silence.",
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "Whose rules these are."},
            "label_region": {"enum": list(LABEL_REGIONS), "description": "Whose labels the pack relies on."},
            **rules,
            "cap_at_risk": _rule(_ABOVE_ZERO, unit={"enum": sorted(RATES)}),
            "restart_after": _rule(_ABOVE_ZERO),
            "statements": _closed(topics),
            "supervision": _closed(bedside),
            "other": {"type": ["object", "null"], "additionalProperties": _fact({})},
            "sources": {"type": "object", "description": "Works of the site's own, by key.",
                        "additionalProperties": {"type": "object", "required": ["kind", "title"]}},
        },
        "required": ["name", "label_region", "pump_resolution"],
        "additionalProperties": False,
    }  # fmt: skip


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _rule(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, _fact({"value": {"anyOf": [{"type": "null"}, value]}, **more})]}


def _table(rule: str, keys: frozenset[str]) -> dict[str, Any]:
    def one(key: str) -> dict[str, Any]:
        if key in _WORDS:
            return {"enum": list(_WORDS[key])}
        if key == "of":
            return {"type": "array", "items": {"enum": list(SECOND_CHECK_OF)}, "minItems": 1}
        if key == "adults_only":
            return {"type": "boolean"}
        return {"anyOf": [_ABOVE_ZERO, {"type": "array", "items": _ABOVE_ZERO}]}

    properties = {key: one(key) for key in sorted(keys)}
    needed = _NEEDED.get(rule, [])
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _fact(properties: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {key: {} for key in sorted(FACT_KEYS)}
    known |= {
        "says": {"type": "string"},
        "obtained": {"enum": [one.value for one in Obtained]},
        "status": {"enum": [one.value for one in Status]},
        "sources": {"type": "array", "items": {"type": "object", "required": ["key", "at"]}},
    }
    return {"type": "object", "properties": known | properties, "additionalProperties": False}
