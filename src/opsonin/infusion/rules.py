"""Which rules of the bedside hold under this pack? Its own; where it is silent on checks, another pack's, named.

A pack that is silent on what to do after a reaction gets no rule from another: the advice is then to ask the
prescriber, and what others say is shown beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from opsonin.knowledge import Fact, Knowledge, Pack

_REACTION_RULE = {
    "mild": "on_mild",
    "moderate": "on_moderate",
    "severe": "on_severe",
    "life-threatening": "on_severe",
}


@dataclass(frozen=True)
class Checks:
    """When vital signs are due."""

    after_start: timedelta
    while_rising: timedelta
    at_top: timedelta
    after_end: tuple[timedelta, ...]
    early: timedelta  # a check counts for the one that is due when made at most this long before
    baseline_age: timedelta
    signs: tuple[str, ...]  # what a set must hold
    facts: tuple[Fact, ...]
    borrowed: str  # "" or whose rule it is, in words


@dataclass(frozen=True)
class Restart:
    """How to go on after a reaction."""

    to: str  # "last-tolerated" | "fraction"
    fraction: Decimal | None
    after: timedelta | None  # since the pause
    then: str  # "stay" | "below" the rate of the reaction | "again" up to the maximum: the pack's explicit rule
    fact: Fact


@dataclass(frozen=True)
class Rules:
    """The rules of the bedside under one pack."""

    pack: str
    checks: Checks
    reactions: Mapping[str, Fact]  # severity → what to do
    restart: Restart | None
    on_return: Fact | None
    others: Mapping[str, tuple[tuple[str, Fact], ...]]  # rule → what other packs and authorities say
    suspicion: Fact  # two systems
    low_pressure: Fact
    severe_signs: Fact
    grading: Fact
    emergency: tuple[Fact, ...]
    no_limits: Fact
    observe: Fact  # how long after the end
    systems: Mapping[str, str]  # symptom → organ system it counts for, "" or "all"
    serious: frozenset[str]  # symptoms whose suspicion alone calls for a stop
    symptoms: Mapping[str, Fact]
    second_check: Fact | None = None  # which events the pack wants a second person to check

    def action(self, severity: str) -> tuple[str, Fact | None]:
        """What the pack does in a reaction of this severity: slow, pause or stop. Silent: pause."""
        fact = self.reactions.get(_REACTION_RULE[severity])
        return (str(fact.value["action"]), fact) if fact is not None else ("pause", None)

    @property
    def stops_on_return(self) -> bool:
        return self.on_return is not None and self.on_return.value["action"] == "stop"

    def elsewhere(self, rule: str) -> tuple[tuple[str, Fact], ...]:
        return self.others.get(rule, ())


def rules_in_force(pack: Pack, knowledge: Knowledge) -> Rules:
    """The rules under this pack, with what other packs say of the same.

    >>> from opsonin.knowledge import load_knowledge
    >>> known = load_knowledge()
    >>> rules_in_force(known.pack("uk"), known).action("mild")[0]
    'pause'
    """
    symptoms = {fact.id.rpartition("/")[2]: fact for fact in knowledge.facts_under("infusion/symptoms")}
    return Rules(
        pack=pack.id,
        checks=_checks(pack, knowledge),
        reactions={rule: fact for rule, fact in pack.supervision.items() if rule.startswith("on_")},
        restart=_restart(pack.supervision.get("restart")),
        on_return=pack.supervision.get("on_return"),
        others=_others(pack, knowledge),
        suspicion=knowledge.fact("infusion/reactions/anaphylaxis_two_systems"),
        low_pressure=knowledge.fact("infusion/reactions/anaphylaxis_pressure"),
        severe_signs=knowledge.fact("infusion/reactions/brown_grade_3"),
        grading=knowledge.fact("infusion/reactions/ctcae_infusion_related_reaction"),
        emergency=knowledge.facts_under("infusion/emergency"),
        no_limits=knowledge.fact("infusion/checks/limits_of_vital_signs"),
        observe=knowledge.fact("classes/ivig/observation"),
        systems={name: str(fact.value["system"] or "") for name, fact in symptoms.items()},
        serious=frozenset(name for name, fact in symptoms.items() if fact.value["serious"]),
        symptoms=symptoms,
        second_check=pack.supervision.get("second_check"),
    )


def _checks(pack: Pack, knowledge: Knowledge) -> Checks:
    fact, borrowed = pack.supervision.get("checks"), ""
    if fact is None:
        owner = next(other for other in knowledge.packs.values() if "checks" in other.supervision)
        fact = owner.supervision["checks"]
        borrowed = f"the pack “{pack.id}” does not say when vital signs are taken; borrowed from “{owner.id}”"
    early = knowledge.fact("infusion/checks/counts_if_early_by")
    age = knowledge.fact("infusion/checks/baseline_at_most_before")
    signs = knowledge.fact("infusion/checks/signs_needed")
    value = fact.value
    after = value["after_end_min"]
    return Checks(
        after_start=_minutes(value["after_start_min"]),
        while_rising=_minutes(value["while_rising_min"]),
        at_top=_minutes(value["at_top_min"]),
        after_end=tuple(_minutes(one) for one in (after if isinstance(after, tuple) else (after,))),
        early=_minutes(early.number()),
        baseline_age=_minutes(age.number()),
        signs=tuple(str(one) for one in signs.value),
        facts=(fact, early, age, signs),
        borrowed=borrowed,
    )


def _restart(fact: Fact | None) -> Restart | None:
    if fact is None:
        return None
    value = fact.value
    fraction = value["fraction_percent"] / 100 if "fraction_percent" in value else None
    after = _minutes(value["after_min"]) if "after_min" in value else None
    return Restart(str(value["to"]), fraction, after, str(value["then"]), fact)


def _others(pack: Pack, knowledge: Knowledge) -> dict[str, tuple[tuple[str, Fact], ...]]:
    """For each rule, each different thing that another pack says, and the half rate a trial protocol uses."""
    found: dict[str, list[tuple[str, Fact]]] = {}
    for other in knowledge.packs.values():
        for rule, fact in other.supervision.items():
            mine = pack.supervision.get(rule)
            said = [one.says for _, one in found.get(rule, [])] + ([mine.says] if mine is not None else [])
            if other.id != pack.id and fact.says not in said:
                found.setdefault(rule, []).append((f"pack {other.id}", fact))
    half = knowledge.facts.get("packs/us/other/restart_half")
    if half is not None:
        found.setdefault("restart", []).append(("a trial of another antibody", half))
    return {rule: tuple(facts) for rule, facts in found.items()}


def _minutes(number: Decimal) -> timedelta:
    return timedelta(seconds=float(number * 60))
