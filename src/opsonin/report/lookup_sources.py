"""Who says so? The works on the shelf, and one work with everything that rests on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from opsonin.knowledge import Fact, HarmCount, Knowledge, PredictorEffect, PublishedArm, PublishedOutcome
from opsonin.report.lookup_evidence import arm_to_dict
from opsonin.report.lookup_facts import heading_of, value_text
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_print import Pages
from opsonin.sources import Source, mark


def list_sources(pages: Pages, knowledge: Knowledge) -> None:
    """Print every work: key, kind, reference, how many facts and arms cite it."""
    counts = citation_counts(knowledge)
    pages.title(f"Works on the shelf ({len(knowledge.sources)})")
    rows = [
        [key, source.kind, source.reference(), str(counts[key][0]), str(counts[key][1])]
        for key, source in sorted(knowledge.sources.items())
    ]
    pages.table(("Key", "Kind", "Work", "Facts", "Arms"), rows, ratios=(0, 0, 1, 0, 0))
    pages.say("More: opsonin sources KEY", "dim")
    pages.close()


def sources_to_dict(knowledge: Knowledge, *, on: date | None) -> dict[str, Any]:
    """The list of works as JSON."""
    counts = citation_counts(knowledge)
    content = {"works": {key: {"facts": facts, "arms": arms} for key, (facts, arms) in sorted(counts.items())}}
    return answer("sources", content, knowledge, on=on, sources=knowledge.sources)


def show_source(pages: Pages, knowledge: Knowledge, source: Source) -> None:
    """Print one work and every fact and published arm that cites it."""
    facts, arms = citing(knowledge, source.key)
    harms = harms_citing(knowledge, source.key)
    predictors = predictors_citing(knowledge, source.key)
    cited = f"facts: {len(facts)}; published arms: {len(arms)}; harms: {len(harms)}; predictors: {len(predictors)}"
    pages.title(f"Work {source.key}")
    pages.pairs(
        [
            ("Reference", source.reference()),
            ("Kind", source.kind),
            ("Read on", source.seen_on or "not noted"),
            ("Cited by", cited),
        ]
    )
    if facts:
        pages.heading("Facts that cite it")
        rows = [
            [f"{fact.id}\n{heading_of(fact.id.rpartition('/')[2], fact)}", value_text(fact), _locators(fact, source)]
            for fact in facts
        ]
        pages.table(("Fact", "Value", "Place in this work"), rows, ratios=(0, 60, 40))
    if arms:
        pages.heading("Published arms that cite it")
        rows = [[arm.id, arm.result + mark(arm.obtained, arm.status), arm.citation.locator] for arm in arms]
        pages.table(("Arm", "Result", "Place in this work"), rows, ratios=(0, 65, 35))
    if harms:
        pages.heading("Published harms that cite it")
        rows = [[count.id, f"{count.event}: {count.result}{count.mark}", count.citation.locator] for count in harms]
        pages.table(("Harm", "Result", "Place in this work"), rows, ratios=(0, 65, 35))
    if predictors:
        pages.heading("Published predictors that cite it")
        rows = [[one.id, f"{one.says}: {one.result}{one.mark}", one.citation.locator] for one in predictors]
        pages.table(("Predictor", "Result", "Place in this work"), rows, ratios=(0, 65, 35))
    if not facts and not arms and not harms and not predictors:
        pages.say("Nothing on the shelf cites it.")
    pages.close()


def source_to_dict(knowledge: Knowledge, source: Source, *, on: date | None) -> dict[str, Any]:
    """One work and what cites it, as JSON."""
    facts, arms = citing(knowledge, source.key)
    content = {
        "source": written(source),
        "places": [
            {"fact": fact.id, "locator": citation.locator}
            for fact in facts
            for citation in fact.citations
            if citation.source == source.key
        ],
        "arms": [arm_to_dict(arm) for arm in arms],
        "harms": [{**written(count), "mark": count.mark} for count in harms_citing(knowledge, source.key)],
        "predictors": [{**written(one), "mark": one.mark} for one in predictors_citing(knowledge, source.key)],
    }
    return answer("source", content, knowledge, on=on, facts=facts, sources=[source.key])


def citing(knowledge: Knowledge, key: str) -> tuple[list[Fact], list[PublishedArm | PublishedOutcome]]:
    """Every fact and published arm that cites this work."""
    facts = [fact for fact in knowledge.facts.values() if any(citation.source == key for citation in fact.citations)]
    return facts, [arm for arm in published(knowledge) if arm.citation.source == key]


def published(knowledge: Knowledge) -> list[PublishedArm | PublishedOutcome]:
    """Every published arm and result on the shelf."""
    return [*knowledge.published, *knowledge.outcomes]


def harms_citing(knowledge: Knowledge, key: str) -> list[HarmCount]:
    """Every published frequency of a harm that cites this work."""
    return [count for count in knowledge.harm_counts if count.citation.source == key]


def predictors_citing(knowledge: Knowledge, key: str) -> list[PredictorEffect]:
    """Every published comparison of a predictor that cites this work."""
    return [effect for effect in knowledge.predictors if effect.citation.source == key]


def citation_counts(knowledge: Knowledge) -> dict[str, tuple[int, int]]:
    """For each work, how many facts and how many published arms cite it."""
    facts, arms = dict.fromkeys(knowledge.sources, 0), dict.fromkeys(knowledge.sources, 0)
    for fact in knowledge.facts.values():
        for key in {citation.source for citation in fact.citations}:
            facts[key] += 1
    for arm in published(knowledge):
        arms[arm.citation.source] += 1
    return {key: (facts[key], arms[key]) for key in knowledge.sources}


def _locators(fact: Fact, source: Source) -> str:
    """The places in this work, one a line, then the source-document facts that the fact carries."""
    places = [citation.locator for citation in fact.citations if citation.source == source.key]
    return "\n".join([*places, *fact.tags])
