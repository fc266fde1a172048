"""A policy pack: what one authority or site does about weight, rounding, rates, restarts and advice.

A rule that a pack does not have is written `null`: the pack is silent, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, TypeVar

from opsonin.knowledge.blocks import Shelf, is_fact, read_fact
from opsonin.knowledge.knowledge import (
    LIMITS,
    STATEMENT_TOPICS,
    Fact,
    LadderScheme,
    Pack,
    Rate,
    RoundingRule,
    WeightRule,
)
from opsonin.knowledge.units import is_rate

T = TypeVar("T")

RULE_KEYS: dict[str, frozenset[str]] = {
    "dosing_weight": frozenset(
        {"kind", "adjusted_factor", "bmi_threshold", "over_ideal_threshold", "actual_above_kg", "adults_only"}
        | {"height_from_cm", "weight_above_kg_male", "weight_above_kg_female"}
    ),
    "ideal_weight": frozenset({"male_kg", "female_kg", "per_inch_kg", "from_inches", "cm_to_inches"}),
    "rounding": frozenset({"direction", "tolerance_percent", "to_grams"}),
    "ladder_scheme": frozenset({"factor", "step_minutes"}),
    "pump_resolution": frozenset({"ml_per_h", "below_20_kg_ml_per_h"}),
}
SUPERVISION: dict[str, frozenset[str]] = {  # rules of the bedside → the words their value may hold
    "checks": frozenset({"after_start_min", "while_rising_min", "at_top_min", "after_end_min"}),
    "on_mild": frozenset({"action", "to", "fraction_percent"}),
    "on_moderate": frozenset({"action"}),
    "on_severe": frozenset({"action"}),
    "restart": frozenset({"to", "fraction_percent", "after_min", "then"}),
    "on_return": frozenset({"action"}),
    "limits": frozenset(LIMITS),
    "second_check": frozenset({"of"}),
}
SECOND_CHECK_OF = ("plan", "override", "start", "rate", "bag")  # kinds of events a second person may be asked to check
_NUMBERS = {"cap_at_risk": "a rate, for example 3.2, with its unit mg/kg/min", "restart_after": "a number of weeks"}
SUPERVISION_WORDS: dict[str, tuple[str, ...]] = {
    "action": ("slow", "pause", "stop"),
    "to": ("last-tolerated", "fraction"),
    "then": ("stay", "below", "again"),
}
_KEYS = frozenset(
    {"name", "label_region", "cap_at_risk", "restart_after", "statements", "supervision", "other", *RULE_KEYS}
)
LABEL_REGIONS = ("us", "eu", "au", "ca")  # for au and ca no label facts are on the shelf yet
WEIGHT_KINDS = ("actual", "adjusted-above-threshold")
DIRECTIONS = ("nearest", "down", "up")


def build_pack(shelf: Shelf, name: str, stem: str, document: Mapping[str, Any], *, version: str) -> Pack | None:
    """The pack in this file, or None when it is unusable."""
    before = len(shelf.complaints.found)

    def complain(block: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, block, "", why, remedy)

    for key in document.keys() - _KEYS:
        complain(key, "is not a part of a pack.", f"Known parts: {', '.join(sorted(_KEYS))}.")
    facts = {
        key: read_fact(shelf, name, key, block, where=(stem,))
        for key, block in document.items()
        if key in _KEYS and is_fact(block) and key not in ("statements", "other")
    }
    for key, allowed in RULE_KEYS.items():
        fact = facts.get(key)
        if fact is None or not fact.found:
            continue
        if not isinstance(fact.value, Mapping) or not fact.value.keys() <= allowed:
            complain(
                key, "has a value this rule does not know.", f"Its value is a table of: {', '.join(sorted(allowed))}."
            )
    if not isinstance(document.get("name"), str):
        complain("name", "is missing or no text.", "Say whose rules these are: name: Ward 7, Some Hospital.")
    if document.get("label_region") not in LABEL_REGIONS:
        complain("label_region", f"is {document.get('label_region')!r}.", f"One of: {', '.join(LABEL_REGIONS)}.")
    if facts.get("pump_resolution") is None:
        complain("pump_resolution", "is missing.", "State mL/h, and mL/h below 20 kg.")
    statements = _statements(shelf, name, stem, document.get("statements") or {})
    supervision = _supervision(shelf, name, stem, document.get("supervision") or {})
    for key, block in (document.get("other") or {}).items():
        read_fact(shelf, name, f"other/{key}", block, where=(stem,))

    def rule(key: str, read: Callable[[Fact], T]) -> T | None:
        """One rule as the program uses it; what is wrong with it is said beside the wrongs of the others."""
        fact = facts.get(key)
        if fact is None or not fact.found:
            return None
        try:
            return read(fact)
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            said = f"lacks {error}" if isinstance(error, KeyError) else str(error)
            complain(key, f"{said}.", f"Its value: {_shape_of(key)}.")
            return None

    weight = rule("dosing_weight", lambda fact: _weight(fact, facts.get("ideal_weight")))
    rounding, scheme, cap = rule("rounding", _rounding), rule("ladder_scheme", _scheme), rule("cap_at_risk", _cap)
    restart, pump = rule("restart_after", _weeks), rule("pump_resolution", _pump)
    if len(shelf.complaints.found) > before or pump is None:
        return None
    return Pack(
        id=stem,
        name=str(document["name"]),
        label_region=str(document["label_region"]),
        dosing_weight=weight,
        rounding=rounding,
        ladder_scheme=scheme,
        cap_at_risk=cap,
        restart_after_weeks=restart,
        pump_resolution_ml_per_h=pump[0],
        pump_resolution_below_20_kg_ml_per_h=pump[1],
        statements=statements,
        version=version,
        supervision=supervision,
    )


def _shape_of(key: str) -> str:
    return f"a table of {', '.join(sorted(RULE_KEYS[key]))}" if key in RULE_KEYS else _NUMBERS[key]


def _weight(fact: Fact, ideal: Fact | None) -> WeightRule:
    value = fact.value
    if value["kind"] not in WEIGHT_KINDS:
        raise ValueError(f"has the kind {value['kind']!r}, which is none of {', '.join(WEIGHT_KINDS)}")
    if value["kind"] == "adjusted-above-threshold" and (ideal is None or value.get("adjusted_factor") is None):
        raise ValueError("adjusts the weight without adjusted_factor or without the ideal_weight formula")
    for key in value.keys() - {"kind", "adults_only"}:
        _above_zero(value[key], key)
    return WeightRule(
        kind=value["kind"],
        adjusted_factor=value.get("adjusted_factor"),
        bmi_threshold=value.get("bmi_threshold"),
        over_ideal_threshold=value.get("over_ideal_threshold"),
        actual_above_kg=value.get("actual_above_kg"),
        adults_only=bool(value.get("adults_only")),
        says=fact.says,
        fact=fact,
        ideal_fact=ideal,
        height_from_cm=value.get("height_from_cm"),
        weight_above_kg_male=value.get("weight_above_kg_male"),
        weight_above_kg_female=value.get("weight_above_kg_female"),
    )


def _rounding(fact: Fact) -> RoundingRule:
    if fact.value["direction"] not in DIRECTIONS:
        raise ValueError(f"has the direction {fact.value['direction']!r}, which is none of {', '.join(DIRECTIONS)}")
    for key in fact.value.keys() - {"direction"}:
        _above_zero(fact.value[key], key)
    return RoundingRule(
        direction=fact.value["direction"],
        tolerance_percent=fact.value.get("tolerance_percent"),
        says=fact.says,
        fact=fact,
        to_grams=fact.value.get("to_grams"),
    )


def _scheme(fact: Fact) -> LadderScheme:
    factor = _above_zero(fact.value["factor"], "factor")
    if factor <= 1:
        raise ValueError(f"has the factor {factor}, by which no rate rises")
    return LadderScheme(factor, _above_zero(fact.value["step_minutes"], "step_minutes"), fact.says, fact)


def _cap(fact: Fact) -> Rate:
    if not is_rate(fact.unit):
        raise ValueError(f"has the unit {fact.unit!r}, which is not a rate per body weight")
    return Rate(_above_zero(fact.value, "value"), fact.unit, fact)


def _weeks(fact: Fact) -> Fact:
    _above_zero(fact.value, "value")
    return fact


def _pump(fact: Fact) -> tuple[Decimal, Decimal]:
    at = fact.value
    return _above_zero(at["ml_per_h"], "ml_per_h"), _above_zero(at["below_20_kg_ml_per_h"], "below_20_kg_ml_per_h")


def _above_zero(value: Any, key: str) -> Decimal:
    if not isinstance(value, Decimal) or value <= 0:
        raise ValueError(f"has {key}: {value!r}, which is not a number above zero")
    return value


def _statements(shelf: Shelf, name: str, stem: str, topics: Mapping[str, Any]) -> Mapping[str, tuple[Fact, ...]]:
    found = {}
    for topic, blocks in topics.items():
        if topic not in STATEMENT_TOPICS:
            known = ", ".join(STATEMENT_TOPICS)
            shelf.complaints.add(name, "statements", topic, "is not a topic.", f"Known topics: {known}.")
            continue
        facts = (
            read_fact(shelf, name, f"statements/{topic}/{key}", block, where=(stem,))
            for key, block in (blocks or {}).items()
        )
        found[topic] = tuple(fact for fact in facts if fact is not None)
    return MappingProxyType(found)


def _supervision(shelf: Shelf, name: str, stem: str, blocks: Mapping[str, Any]) -> Mapping[str, Fact]:
    """The pack's rules of the bedside; a rule that is absent or `null` is a silence."""
    found = {}
    for rule, block in blocks.items():
        if rule not in SUPERVISION:
            known = ", ".join(SUPERVISION)
            shelf.complaints.add(name, "supervision", rule, "is not a rule of the bedside.", f"Known rules: {known}.")
        elif block is not None:
            fact = read_fact(shelf, name, f"supervision/{rule}", block, where=(stem,))
            if fact is not None and fact.found and _is_rule(shelf, name, rule, fact):
                found[rule] = fact
    return MappingProxyType(found)


def _is_rule(shelf: Shelf, name: str, rule: str, fact: Fact) -> bool:
    """Whether its value holds only words and numbers that the chart can act on."""
    before = len(shelf.complaints.found)

    def complain(key: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, f"supervision/{rule}", key, why, remedy)

    if not isinstance(fact.value, Mapping) or not fact.value.keys() <= SUPERVISION[rule]:
        complain("value", "is not a table of this rule.", f"Its keys: {', '.join(sorted(SUPERVISION[rule]))}.")
        return False
    for key, value in fact.value.items():
        if key in SUPERVISION_WORDS:
            if value not in SUPERVISION_WORDS[key]:
                complain(key, f"is {value!r}.", f"One of: {', '.join(SUPERVISION_WORDS[key])}.")
        elif key == "of":
            if not isinstance(value, tuple) or not value or not set(value) <= set(SECOND_CHECK_OF):
                complain(key, f"is {value!r}.", f"A list of: {', '.join(SECOND_CHECK_OF)}.")
        elif not all(isinstance(one, Decimal) and one > 0 for one in (value if isinstance(value, tuple) else (value,))):
            complain(key, f"is {value!r}.", "Give a number above zero.")
    if fact.value.get("to") == "fraction" and not 0 < fact.value.get("fraction_percent", 0) < 100:
        complain("fraction_percent", "is missing or not between 0 and 100.", "Give the share of the rate in percent.")
    if rule.startswith("on_") and "action" not in fact.value:
        complain("action", "is missing.", f"One of: {', '.join(SUPERVISION_WORDS['action'])}.")
    if rule == "second_check" and "of" not in fact.value:
        complain("of", "is missing.", f"A list of: {', '.join(SECOND_CHECK_OF)}.")
    if rule == "restart" and ("to" not in fact.value or "then" not in fact.value):
        complain("to, then", "are needed.", "Say to which rate, and whether it may rise afterwards.")
    return len(shelf.complaints.found) == before
