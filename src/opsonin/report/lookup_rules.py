"""What does this safety rule say, when, and why? One rule, and the list of them by severity."""

from __future__ import annotations

from datetime import date
from typing import Any

from opsonin.knowledge import Guardrail, Knowledge, Rule
from opsonin.quantities import show
from opsonin.report.lookup_facts import Works, about
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_print import Pages
from opsonin.report.lookup_product import FAMILY_WORDS
from opsonin.report.lookup_when import when_in_words
from opsonin.report.wording import SEVERITY_WORDS

_MEASURED = "measured"  # stands in for the conditions of a rule where a limit is shown


def by_severity(knowledge: Knowledge) -> dict[str, list[Rule]]:
    """The rules, most severe first."""
    return {
        severity: sorted((rule for rule in knowledge.rules if rule.severity == severity), key=lambda rule: rule.id)
        for severity in SEVERITY_WORDS
    }


def limits_as_rules(knowledge: Knowledge) -> list[Rule]:
    """The hard and soft limits of dose and rate, in the form of rules, under the ids that findings carry."""
    return [_as_rule(rail) for rail in knowledge.guardrails]


def rules_by_id(knowledge: Knowledge) -> dict[str, Rule]:
    """Every rule and every limit, by the id that findings carry."""
    return {rule.id: rule for rule in (*knowledge.rules, *limits_as_rules(knowledge))}


def _as_rule(rail: Guardrail) -> Rule:
    kind = "hard" if rail.severity == "absolute" else "soft"
    measured = f"{rail.measure.replace('_', ' ')} {rail.side} {show(rail.limit)} {rail.unit} ({kind} limit)"
    return Rule(
        id=f"guardrails/{rail.id}",
        when={_MEASURED: measured},
        severity=rail.severity,
        products=(),
        packs=rail.packs,
        says=f"{rail.says}.",
        reason=rail.fact.note,
        remedy=rail.remedy,
        fact=rail.fact,
    )


def list_rules(pages: Pages, knowledge: Knowledge) -> None:
    """Print every rule by severity."""
    pages.title(f"Safety rules ({len(knowledge.rules)})")
    for severity, rules in by_severity(knowledge).items():
        if rules:
            pages.heading(f"{severity.capitalize()}: {SEVERITY_WORDS[severity]} ({len(rules)})")
            rows = [[rule.id, rule.says + rule.fact.mark, _products(rule)] for rule in rules]
            pages.table(("Id", "Says", "Products"), rows, ratios=(0, 70, 30))
    limits = limits_as_rules(knowledge)
    if limits:
        pages.heading(f"Limits of dose and rate ({len(limits)})")
        pages.table(
            ("Id", "Says", "Speaks when"),
            [[rule.id, rule.says + rule.fact.mark, rule.when[_MEASURED]] for rule in limits],
            ratios=(0, 60, 40),
        )
    pages.console.print()
    pages.say("More: opsonin rule ID", "dim")
    pages.close()


def rules_to_dict(knowledge: Knowledge, *, on: date | None) -> dict[str, Any]:
    """Every rule by severity, as JSON."""
    rules = [rule for group in by_severity(knowledge).values() for rule in group]
    limits = limits_as_rules(knowledge)
    content = {"rules": [_to_dict(rule) for rule in rules], "limits": [_to_dict(rule) for rule in limits]}
    return answer("rules", content, knowledge, on=on, facts=[rule.fact for rule in (*rules, *limits)])


def show_rule(pages: Pages, knowledge: Knowledge, rule: Rule) -> None:
    """Print one rule in full."""
    works = Works(knowledge.sources)
    pages.title(f"Rule {rule.id}")
    pages.pairs(
        [
            ("Severity", f"{rule.severity}: {SEVERITY_WORDS[rule.severity]}"),
            ("Applies when", _when(rule)),
            ("Says", rule.says + rule.fact.mark),
            ("Reason", rule.reason),
            ("Remedy", rule.remedy),
            ("Products", _products(rule)),
            ("Packs", ", ".join(rule.packs) or "every pack"),
            ("How known", f"{rule.fact.obtained}, {rule.fact.status}"),
            *(("", line) for line in about(rule.fact)),
            ("Source and place", works.places(rule.fact)),
        ]
    )
    pages.close(works)


def rule_to_dict(knowledge: Knowledge, rule: Rule, *, on: date | None) -> dict[str, Any]:
    """One rule as JSON."""
    return answer("rule", {"rule": _to_dict(rule)}, knowledge, on=on, facts=[rule.fact])


def _to_dict(rule: Rule) -> dict[str, Any]:
    return {
        **written(rule),
        "when_in_words": _when(rule),
        "severity_in_words": SEVERITY_WORDS[rule.severity],
        "mark": rule.fact.mark,
    }


def _when(rule: Rule) -> str:
    return str(rule.when[_MEASURED]) if _MEASURED in rule.when else when_in_words(rule.when)


def _products(rule: Rule) -> str:
    return ", ".join(rule.products) or f"every {FAMILY_WORDS[rule.family]}"
