"""What does this authority or site do? One policy pack with its silences, and the list of packs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from opsonin.knowledge import Fact, Knowledge, Pack
from opsonin.knowledge.knowledge import STATEMENT_TOPICS
from opsonin.report.lookup_facts import REGION_WORDS, Works, name_in_words
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_print import Pages
from opsonin.report.wording import TOPIC_WORDS, joined

PARTS = {
    "dosing_weight": "dosing weight",
    "rounding": "rounding to vials",
    "ladder_scheme": "steps between start and maximum rate",
    "cap_at_risk": "a maximum rate under risk",
    "restart_after_weeks": "when to start again as for a first infusion",
}

BEDSIDE = {
    "checks": "when vital signs are taken",
    "restart": "starting again after a reaction",
    "on_return": "a reaction that returns",
    "limits": "limits for vital signs",
}


def list_packs(pages: Pages, knowledge: Knowledge) -> None:
    """Print every pack: id, name, labels relied on, what it is silent on."""
    pages.title(f"Policy packs ({len(knowledge.packs)})")
    rows = [
        [pack.id, pack.name, _region(pack), ", ".join(silences(pack)) or "nothing", pack.version]
        for pack in knowledge.packs.values()
    ]
    pages.table(("Id", "Name", "Labels", "Silent on", "Version"), rows, ratios=(8, 24, 12, 42, 14))
    pages.say("More: opsonin pack ID, or opsonin pack FILE.yaml for a pack of your own", "dim")
    pages.close()


def packs_to_dict(knowledge: Knowledge, *, on: date | None) -> dict[str, Any]:
    """The list of packs as JSON."""
    entries = [
        {**{key: getattr(pack, key) for key in ("id", "name", "label_region", "version")}, "silences": silences(pack)}
        for pack in knowledge.packs.values()
    ]
    return answer("packs", {"packs": entries}, knowledge, on=on)


def show_pack(pages: Pages, knowledge: Knowledge, pack: Pack) -> None:
    """Print everything one pack says, and what it does not say."""
    works = Works(knowledge.sources)
    pages.title(f"Policy pack {pack.id}: {pack.name}")
    pages.pairs([("Version", pack.version), ("Labels it relies on", _region(pack)), *_label_lines(knowledge, pack)])
    parts, topics = pack_facts(knowledge, pack)
    pages.facts("Weight, rounding, rates, restart, pump", parts, works)
    for topic in [*TOPIC_WORDS, *(topic for topic in topics if topic not in TOPIC_WORDS)]:
        pages.facts(TOPIC_WORDS.get(topic, name_in_words(topic)), topics.get(topic, {}), works)
    pages.heading("Silences")
    pages.items(f"This pack has no rule on {words}." for words in silences(pack))
    if not silences(pack):
        pages.say("The pack has a rule or a statement on every part.")
    pages.close(works)


def pack_to_dict(knowledge: Knowledge, pack: Pack, *, on: date | None) -> dict[str, Any]:
    """One pack as JSON."""
    parts, topics = pack_facts(knowledge, pack)
    facts = [*parts.values(), *(fact for group in topics.values() for fact in group.values())]
    content = {
        **written(pack),
        "parts": {name: fact.id for name, fact in parts.items()},
        "topics": {topic: [fact.id for fact in group.values()] for topic, group in topics.items()},
        "silences": silences(pack),
        "products": product_labels(knowledge, pack),
    }
    return answer("pack", {"pack": content}, knowledge, on=on, facts=facts)


def pack_facts(knowledge: Knowledge, pack: Pack) -> tuple[dict[str, Fact], dict[str, dict[str, Fact]]]:
    """The pack's facts by name, and its statements (and other facts) by topic."""
    start = f"packs/{pack.id}/"
    parts: dict[str, Fact] = {}
    topics: dict[str, dict[str, Fact]] = {}
    for id, fact in knowledge.facts.items():
        if not id.startswith(start):
            continue
        path = id.removeprefix(start).removeprefix("statements/")
        topic, _, name = path.rpartition("/")
        if topic:
            topics.setdefault(topic, {})[name] = fact
        else:
            parts[path] = fact
    return parts, topics


def silences(pack: Pack) -> list[str]:
    """What the pack has no rule or statement on, in words."""
    missing = [words for part, words in PARTS.items() if getattr(pack, part) is None]
    spoken: Mapping[str, tuple[Fact, ...]] = pack.statements
    missing += [words for rule, words in BEDSIDE.items() if rule not in pack.supervision]
    return missing + [TOPIC_WORDS.get(topic, topic).lower() for topic in STATEMENT_TOPICS if not spoken.get(topic)]


def product_labels(knowledge: Knowledge, pack: Pack) -> dict[str, str]:
    """For each product: does the label of the pack's region name ITP, not name it, or stand nowhere on the shelf?"""
    found = {}
    for item in knowledge.of_family("ivig").values():
        label = item.labels.get(pack.label_region)
        found[item.id] = "no label facts" if label is None else "ITP" if label.itp else "not ITP"
    return found


def _label_lines(knowledge: Knowledge, pack: Pack) -> list[tuple[str, str]]:
    labels = product_labels(knowledge, pack)
    kinds = ("ITP", "not ITP", "no label facts")
    groups = {kind: [id for id, found in labels.items() if found == kind] for kind in kinds}
    if not groups["ITP"] and not groups["not ITP"]:
        return [("", f"No label facts for this country ({_region(pack)}) stand on the shelf.")]
    return [
        ("Label names ITP", joined(groups["ITP"]) or "none"),
        ("Label without ITP", joined(groups["not ITP"]) or "none"),
        ("No label facts", joined(groups["no label facts"]) or "none"),
    ]


def _region(pack: Pack) -> str:
    return REGION_WORDS.get(pack.label_region, pack.label_region)
