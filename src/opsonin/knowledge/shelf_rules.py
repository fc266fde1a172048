"""Safety rules from rules/*.yaml, and the order in which candidates are compared, from policies/ranking.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from opsonin.knowledge.blocks import Shelf, is_fact, read_fact
from opsonin.knowledge.knowledge import RankingRule, Rule

SEVERITIES = ("absolute", "conditional", "advisory")
ORDER = ("standing", "probability", "risk-findings", "hours", "grams", "waste")

_ALSO = frozenset({"when", "severity", "products", "packs", "reason", "remedy"})
_TEXT, _TEXTS, _NUMBER, _TRUE = "a word", "a list of words", "a number", "true"
WHEN: dict[str, str] = {
    "risk": _TEXT,
    "any_risk": _TEXTS,
    "all_risks": _TEXTS,
    "unknown_risk": _TEXT,
    "age_years_below": _NUMBER,
    "age_years_from": _NUMBER,
    "age_years_above": _NUMBER,
    "days_from": _NUMBER,
    "blood_group_in": _TEXTS,
    "total_g_per_kg_from": _NUMBER,
    "daily_g_per_kg_above": _NUMBER,
    "schedule_g_per_kg_per_day_from": _NUMBER,
    "pregnant": _TRUE,
    "lactating": _TRUE,
    "medicine_contains": _TEXTS,
    "live_vaccine_planned_within_months": _NUMBER,
    "diagnosis_secondary": _TRUE,
    "diagnosis_name_contains": _TEXTS,
    "spleen": _TEXT,
    "red_flag_contains": _TEXTS,
    "volume_ml_per_kg_above": _NUMBER,
    "bleeding_grade_from": _NUMBER,
    "weight_older_than_days": _NUMBER,
    "first_infusion_or_switch_or_gap": _TRUE,
    "always": _TRUE,
}


def build_rules(shelf: Shelf, name: str, document: Mapping[str, Any]) -> list[Rule]:
    """Every rule in this file."""
    found = []
    for key, block in document.items():
        if not is_fact(block):
            shelf.complaints.add(name, key, "", "is not a rule.", "Give it 'when', 'severity', 'says' and its source.")
            continue
        fact = read_fact(shelf, name, key, block, also=_ALSO)
        if _is_sound(shelf, name, key, block) and fact is not None:
            found.append(
                Rule(
                    id=fact.id.removeprefix("rules/"),
                    when=MappingProxyType(dict(block["when"])),
                    severity=block["severity"],
                    products=block.get("products") or (),
                    packs=block.get("packs") or (),
                    says=fact.says,
                    reason=block["reason"],
                    remedy=block["remedy"],
                    fact=fact,
                )
            )
    return found


def _is_sound(shelf: Shelf, name: str, key: str, block: Mapping[str, Any]) -> bool:
    before = len(shelf.complaints.found)

    def complain(field: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, key, field, why, remedy)

    when = block.get("when")
    if not isinstance(when, dict) or not when:
        complain("when", "is missing.", f"Write when: {{…}} with keys from: {', '.join(WHEN)}.")
    else:
        for word, value in when.items():
            if word not in WHEN:
                complain(f"when.{word}", "is not a condition.", f"Known: {', '.join(WHEN)}.")
            elif not _fits(WHEN[word], value):
                complain(f"when.{word}", f"is {value!r}.", f"It takes {WHEN[word]}.")
    if block.get("severity") not in SEVERITIES:
        complain("severity", f"is {block.get('severity')!r}.", f"One of: {', '.join(SEVERITIES)}.")
    for field in ("reason", "remedy"):
        if not isinstance(block.get(field), str):
            complain(field, "is missing.", "Write a sentence.")
    return len(shelf.complaints.found) == before


def _fits(kind: str, value: Any) -> bool:
    if kind == _NUMBER:
        return isinstance(value, Decimal)
    if kind == _TRUE:
        return value is True
    if kind == _TEXTS:
        return isinstance(value, tuple) and bool(value) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)


def build_ranking(shelf: Shelf, name: str, document: Mapping[str, Any]) -> RankingRule | None:
    """The ranking rule: block `ranking`, a table of probability_classes, ignore_probability_below and order."""
    block = document.get("ranking")
    fact = read_fact(shelf, name, "ranking", block) if is_fact(block) and isinstance(block, dict) else None
    if fact is None or not isinstance(fact.value, Mapping):
        return None
    classes, order = fact.value.get("probability_classes"), fact.value.get("order")
    ignore = fact.value.get("ignore_probability_below")
    if not isinstance(classes, tuple) or tuple(sorted(classes, reverse=True)) != classes:
        shelf.complaints.add(
            name, "ranking", "probability_classes", "are not lower bounds, highest first.", "Sort them."
        )
        return None
    if not isinstance(order, tuple) or not set(order) <= set(ORDER):
        shelf.complaints.add(name, "ranking", "order", f"is {order!r}.", f"Words from: {', '.join(ORDER)}.")
        return None
    if not isinstance(ignore, Decimal):
        shelf.complaints.add(name, "ranking", "ignore_probability_below", f"is {ignore!r}.", "Give a fraction.")
        return None
    return RankingRule(classes, ignore, order, fact)
