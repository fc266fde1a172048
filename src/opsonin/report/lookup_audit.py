"""How far is the shelf to be trusted, and what is left to check? The to-do list of whoever holds the labels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from opsonin.knowledge import Fact, Knowledge, PublishedArm, PublishedOutcome
from opsonin.report.lookup_facts import heading_of, value_text
from opsonin.report.lookup_json import answer
from opsonin.report.lookup_print import Pages
from opsonin.sources import Obtained, Status

# How many facts each of the three source documents states: A antithymocyte globulin, B and C immunoglobulin.
SOURCE_FACTS = {"SRC-A": 20, "SRC-B": 15, "SRC-C": 9}
_RESTATED = "source_facts/"  # the shelf that only says them again
_NEEDS_NO_SOURCE = (Obtained.ASSUMED, Obtained.CALIBRATED)


@dataclass(frozen=True)
class Audit:
    """What an audit of the shelf finds."""

    counts: dict[str, dict[str, int]]  # obtained → status → facts
    arm_counts: dict[str, dict[str, int]]
    harm_counts: dict[str, dict[str, int]]
    predictor_counts: dict[str, dict[str, int]]
    unverified: tuple[Fact, ...]  # found, and not read in the work itself or on its own page; disputed ones too
    not_found: tuple[Fact, ...]
    disputed: tuple[Fact, ...]
    unsourced: tuple[Fact, ...]  # no source, and no reason in its stead
    with_reason: tuple[Fact, ...]  # assumed or calibrated, the reason noted
    without_locator: tuple[Fact, ...]
    uncited: tuple[str, ...]  # works that nothing cites
    source_facts: dict[str, tuple[Fact, ...]]  # tag → what carries it
    source_facts_missing: tuple[str, ...]
    source_facts_only_restated: tuple[str, ...]  # carried by nothing but their own restatement

    @property
    def passes_strict(self) -> bool:
        return not self.unsourced and not self.source_facts_missing


def audit(knowledge: Knowledge) -> Audit:
    """Look through every fact on the shelf."""
    facts = list(knowledge.facts.values())
    found = [fact for fact in facts if fact.found]
    bare = [fact for fact in found if not fact.citations]
    reasoned = [fact for fact in bare if fact.obtained in _NEEDS_NO_SOURCE and fact.note]
    cited = {citation.source for fact in facts for citation in fact.citations}
    arms: list[PublishedArm | PublishedOutcome] = [*knowledge.published, *knowledge.outcomes]
    cited |= {arm.citation.source for arm in arms}
    cited |= {count.citation.source for count in knowledge.harm_counts}
    cited |= {effect.citation.source for effect in knowledge.predictors}
    carried = _carried(facts)
    wanted = [f"{start}{number}" for start, count in SOURCE_FACTS.items() for number in range(1, count + 1)]
    return Audit(
        counts=_counts((str(fact.obtained), str(fact.status)) for fact in facts),
        arm_counts=_counts((str(arm.obtained), str(arm.status)) for arm in arms),
        harm_counts=_counts((str(count.obtained), str(count.status)) for count in knowledge.harm_counts),
        predictor_counts=_counts((str(effect.obtained), str(effect.status)) for effect in knowledge.predictors),
        unverified=tuple(fact for fact in found if fact.status is not Status.VERIFIED),
        not_found=tuple(fact for fact in facts if not fact.found),
        disputed=tuple(fact for fact in facts if fact.status is Status.DISPUTED),
        unsourced=tuple(fact for fact in bare if fact not in reasoned),
        with_reason=tuple(reasoned),
        without_locator=tuple(fact for fact in facts if any(not citation.locator for citation in fact.citations)),
        uncited=tuple(sorted(set(knowledge.sources) - cited)),
        source_facts=carried,
        source_facts_missing=tuple(tag for tag in wanted if tag not in carried),
        source_facts_only_restated=tuple(
            tag for tag in wanted if tag in carried and all(fact.id.startswith(_RESTATED) for fact in carried[tag])
        ),
    )


def met_at(fact: Fact) -> str:
    """The command with which a user meets this fact."""
    shelf, _, rest = fact.id.partition("/")
    if fact.id.startswith("policies/guardrails/"):
        return f"opsonin rule {fact.id.removeprefix('policies/')}"
    if shelf == "rules":
        return f"opsonin rule {rest}"
    if shelf == "classes":
        return f"opsonin product {'thymoglobulin' if rest.startswith('atg') else 'privigen'}"
    if shelf == "texts":
        return f"opsonin explain {rest.partition('/')[0]}"
    if shelf == "harms":
        return f"opsonin evidence harm {rest.partition('/')[0]}"
    if shelf in ("products", "packs"):
        return f"opsonin {shelf.removesuffix('s')} {rest.partition('/')[0]}"
    return f"opsonin sources {fact.citations[0].source}" if fact.citations else "opsonin shelf audit"


def show_audit(pages: Pages, knowledge: Knowledge, done: Audit) -> None:
    """Print what an audit found."""
    pages.title(f"Audit of the shelf, knowledge {knowledge.version}: {len(knowledge.facts)} facts")
    _show_counts(pages, "Facts", done.counts)
    _show_counts(pages, "Published arms", done.arm_counts)
    _show_counts(pages, "Published frequencies of harms", done.harm_counts)
    _show_counts(pages, "Published predictors of response", done.predictor_counts)
    _show_tags(pages, done)
    _show_list(pages, "Disputed: authorities disagree", done.disputed)
    _show_list(pages, "Unsourced", done.unsourced)
    _show_list(pages, "Without a place in the work", done.without_locator)
    if done.uncited:
        pages.heading(f"Works that nothing cites ({len(done.uncited)})")
        pages.say(", ".join(done.uncited))
    _show_list(pages, "Looked for and not found", done.not_found)
    _show_unverified(pages, done)
    pages.heading("Verdict")
    pages.say(verdict(done))
    pages.close()


def verdict(done: Audit) -> str:
    """One line: what is missing, or that nothing is."""
    missing = ", ".join(done.source_facts_missing) or "none"
    unsourced = ", ".join(fact.id for fact in done.unsourced) or "none"
    return (
        f"Unsourced: {unsourced}. Source facts missing: {missing}. "
        f"Not verified: {len(done.unverified)}. Not found: {len(done.not_found)}."
    )


def audit_to_dict(knowledge: Knowledge, done: Audit, *, on: date | None) -> dict[str, Any]:
    """The audit as JSON, with the addresses at which each unverified fact was seen."""
    by_status: Counter[str] = Counter()
    for statuses in done.counts.values():
        by_status.update(statuses)
    content = {
        "number_of_facts": len(knowledge.facts),
        "counts": done.counts,
        "counts_by_status": dict(by_status),
        "arm_counts": done.arm_counts,
        "harm_counts": done.harm_counts,
        "predictor_counts": done.predictor_counts,
        "unverified": [_to_check(fact) for fact in done.unverified],
        "not_found": [fact.id for fact in done.not_found],
        "disputed": [fact.id for fact in done.disputed],
        "unsourced": [fact.id for fact in done.unsourced],
        "without_source_but_reason": [fact.id for fact in done.with_reason],
        "without_locator": [fact.id for fact in done.without_locator],
        "works_uncited": list(done.uncited),
        "source_facts": {
            tag: [{"fact": fact.id, "command": met_at(fact)} for fact in facts]
            for tag, facts in done.source_facts.items()
        },
        "source_facts_missing": list(done.source_facts_missing),
        "source_facts_only_restated": list(done.source_facts_only_restated),
        "passes_strict": done.passes_strict,
    }
    listed = (done.unverified, done.not_found, done.disputed, done.unsourced, done.with_reason, done.without_locator)
    return answer("audit", content, knowledge, on=on, facts=[fact for group in listed for fact in group])


def _to_check(fact: Fact) -> dict[str, Any]:
    places = [
        {"source": citation.source, "locator": citation.locator, "seen_at": list(citation.seen_at)}
        for citation in fact.citations
    ]
    return {"fact": fact.id, "mark": fact.mark, "places": places}


def _carried(facts: list[Fact]) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        for tag in fact.tags:
            found.setdefault(tag, []).append(fact)
    return {tag: tuple(found[tag]) for tag in sorted(found, key=_tag_order)}


def _tag_order(tag: str) -> tuple[str, int]:
    letters = tag.rstrip("0123456789")
    return letters, int(tag.removeprefix(letters) or 0)


def _counts(pairs: Any) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for (obtained, status), number in sorted(Counter(pairs).items()):
        counted.setdefault(obtained, {})[status] = number
    return counted


def _show_counts(pages: Pages, what: str, counts: dict[str, dict[str, int]]) -> None:
    pages.heading(f"{what}, by how they were obtained and how far verified")
    statuses = [str(status) for status in Status]
    rows = [
        [obtained, *(str(counts[obtained].get(status, 0)) for status in statuses), str(sum(counts[obtained].values()))]
        for obtained in map(str, Obtained)
        if obtained in counts
    ]
    totals = [str(sum(group.get(status, 0) for group in counts.values())) for status in statuses]
    rows.append(["all", *totals, str(sum(sum(group.values()) for group in counts.values()))])
    pages.table(("Obtained", *statuses, "all"), rows)


def _show_tags(pages: Pages, done: Audit) -> None:
    pages.heading("Facts of the source documents, and where each is met")
    rows = []
    for tag, facts in done.source_facts.items():
        commands = list(dict.fromkeys(met_at(fact) for fact in facts))
        more = f"\nand {len(commands) - 3} more" if len(commands) > 3 else ""
        rows.append([tag, "\n".join(commands[:3]) + more])
    pages.table(("Fact", "Met with"), rows)
    pages.say(f"Missing: {', '.join(done.source_facts_missing) or 'none'}.", "bold")
    if done.source_facts_only_restated:
        pages.say(f"Carried by their restatement alone: {', '.join(done.source_facts_only_restated)}.")


def _show_list(pages: Pages, title: str, facts: tuple[Fact, ...]) -> None:
    if not facts:
        return
    pages.heading(f"{title} ({len(facts)})")
    rows = [[fact.id, " ".join([_in_one_line(fact), fact.note]).rstrip()] for fact in facts]
    pages.table(("Fact", "What the shelf says of it"), rows, ratios=(0, 1))


def _in_one_line(fact: Fact) -> str:
    name = fact.id.rpartition("/")[2]
    return f"{heading_of(name, fact)}: {' '.join(value_text(fact).split())}"


def _show_unverified(pages: Pages, done: Audit) -> None:
    pages.heading(f"Not verified: to be checked against the work itself ({len(done.unverified)})")
    for fact in done.unverified:
        pages.say(fact.id, "bold")
        lines = [f"{_in_one_line(fact)} ({fact.obtained}, {fact.status})"]
        for citation in fact.citations:
            seen = f"; seen at {' and '.join(citation.seen_at)}" if citation.seen_at else "; no address noted"
            lines.append(f"{citation.source}, {citation.locator}{seen}")
        pages.items(lines, bullet=" ")
