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

FAMILIES = ("ivig", "atg")
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
WHEN_ATG: dict[str, str] = {  # the vocabulary of rules under the head `family: atg`
    "risk": _TEXT,
    "unknown_risk": _TEXT,
    "animal": _TEXT,
    "indication_in": _TEXTS,
    "indication_not_in": _TEXTS,
    "age_years_below": _NUMBER,
    "age_years_from": _NUMBER,
    "outside_protocol_age": _TRUE,
    "route_not": _TEXT,
    "line_is": _TEXT,
    "diluent_refused": _TRUE,
    "diluent_not_listed": _TRUE,
    "skin_test_in": _TEXTS,
    "infusion_below_minimum": _TRUE,
    "live_vaccine_planned": _TRUE,
    "inactivated_vaccine_planned": _TRUE,
    "pregnant": _TRUE,
    "lactating": _TRUE,
    "may_become_pregnant": _TRUE,
    "white_cells_below": _NUMBER,
    "platelets_below": _NUMBER,
    "medicine_contains": _TEXTS,
    "protocol_of_elsewhere": _TRUE,
    "previous_same_product": _TRUE,
    "previous_reaction": _TRUE,
    "cmv_at_risk": _TRUE,
    "ebv_mismatch": _TRUE,
    "above_limit": _TRUE,
    "over_concentration": _TRUE,
    "volume_impossible": _TRUE,
    "volume_not_known": _TRUE,
    "dosed_on_ideal_weight": _TRUE,
    "weight_older_than_days": _NUMBER,
    "cytopenia_is_the_disease": _TRUE,
    "cytopenia_is_not_the_disease": _TRUE,
    "always": _TRUE,
}


def build_rules(shelf: Shelf, name: str, document: Mapping[str, Any]) -> list[Rule]:
    """Every rule in this file; `family: atg` at its head says that they speak of antithymocyte globulin."""
    family = document.get("family", FAMILIES[0])
    if family not in FAMILIES:
        shelf.complaints.add(name, "", "family", f"is {family!r}.", f"One of: {', '.join(FAMILIES)}.")
        return []
    words = WHEN_ATG if family == "atg" else WHEN
    found = []
    for key, block in document.items():
        if key == "family":
            continue
        if not is_fact(block):
            shelf.complaints.add(name, key, "", "is not a rule.", "Give it 'when', 'severity', 'says' and its source.")
            continue
        fact = read_fact(shelf, name, key, block, also=_ALSO)
        if _is_sound(shelf, name, key, block, words) and fact is not None:
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
                    family=family,
                )
            )
    return found


def _is_sound(shelf: Shelf, name: str, key: str, block: Mapping[str, Any], words: Mapping[str, str]) -> bool:
    before = len(shelf.complaints.found)

    def complain(field: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, key, field, why, remedy)

    when = block.get("when")
    if not isinstance(when, dict) or not when:
        complain("when", "is missing.", f"Write when: {{…}} with keys from: {', '.join(words)}.")
    else:
        for word, value in when.items():
            if word not in words:
                complain(f"when.{word}", "is not a condition.", f"Known: {', '.join(words)}.")
            elif not _fits(words[word], value):
                complain(f"when.{word}", f"is {value!r}.", f"It takes {words[word]}.")
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
    """The ranking rule: block `ranking`, a table of probabilities_shaded, ignore_probability_below and order."""
    block = document.get("ranking")
    fact = read_fact(shelf, name, "ranking", block) if is_fact(block) and isinstance(block, dict) else None
    if fact is None or not isinstance(fact.value, Mapping):
        return None
    classes, order = fact.value.get("probabilities_shaded"), fact.value.get("order")
    ignore = fact.value.get("ignore_probability_below")
    if not isinstance(classes, tuple) or tuple(sorted(classes, reverse=True)) != classes:
        shelf.complaints.add(
            name, "ranking", "probabilities_shaded", "are not lower bounds, highest first.", "Sort them."
        )
        return None
    if not isinstance(order, tuple) or not set(order) <= set(ORDER):
        shelf.complaints.add(name, "ranking", "order", f"is {order!r}.", f"Words from: {', '.join(ORDER)}.")
        return None
    if not isinstance(ignore, Decimal):
        shelf.complaints.add(name, "ranking", "ignore_probability_below", f"is {ignore!r}.", "Give a fraction.")
        return None
    return RankingRule(classes, ignore, order, fact)
