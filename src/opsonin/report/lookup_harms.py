"""What was published on harms? Counts on the shelf, found by words: a harm, an age, a study, a population."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from opsonin.knowledge import HarmCount, Knowledge
from opsonin.report.lookup_facts import Works
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_print import Pages
from opsonin.report.lookup_words import fitting
from opsonin.report.wording import joined

WORDS = ("harm", "harms")  # what a topic begins with to mean this table
SHELF = "harms"


def find_counts(knowledge: Knowledge, words: Sequence[str]) -> tuple[HarmCount, ...]:
    """The counts that every word fits, in the order of the shelf; all of them without a word."""
    return fitting(knowledge.harm_counts, words, _text)


def show_harms(pages: Pages, knowledge: Knowledge, words: Sequence[str]) -> None:
    """Print the counts that fit, and what the shelf makes of the harms they belong to."""
    counts = find_counts(knowledge, words)
    asked = " ".join(words)
    title = f"Published harms on “{asked}”" if asked else "Published harms"
    pages.title(f"{title} ({len(counts)} of {len(knowledge.harm_counts)} on the shelf)")
    works = Works(knowledge.sources)
    if not counts:
        known = list(dict.fromkeys(_spoken(count.harm) for count in knowledge.harm_counts))
        pages.say(f"No count on the shelf fits every word. Harms there: {joined(known)}.")
    pages.table(
        ("Harm and people", "Result", "When", "Dose, rate, risk", "Source and place"),
        [_row(count, works) for count in counts],
        ratios=(24, 20, 14, 26, 16),
    )
    for fact in _facts(knowledge, counts):
        if fact.id.rpartition("/")[2].startswith("conflict"):
            pages.heading(f"Sources disagree: {_spoken(fact.id.split('/')[1])}")
            pages.say(f"{fact.says} {fact.note}{fact.mark}")
    pages.close(works)


def harms_to_dict(knowledge: Knowledge, words: Sequence[str], *, on: date | None) -> dict[str, Any]:
    """The counts that fit, and the facts on their harms, as JSON."""
    counts = find_counts(knowledge, words)
    content = {"topic": [WORDS[0], *words], "harms": [{**written(count), "mark": count.mark} for count in counts]}
    facts = _facts(knowledge, counts)
    return answer(
        "evidence", content, knowledge, on=on, facts=facts, sources=[count.citation.source for count in counts]
    )


def _facts(knowledge: Knowledge, counts: Sequence[HarmCount]) -> list[Any]:
    harms = dict.fromkeys(count.harm for count in counts)
    return [fact for harm in harms for fact in knowledge.facts_under(f"{SHELF}/{harm}")]


def _row(count: HarmCount, works: Works) -> list[str]:
    people = f"{count.event}\n{count.population} ({count.study}; {count.counted_as})"
    return [people, count.result + count.mark, count.timing, count.factors, works.place(count.citation)]


def _text(count: HarmCount) -> str:
    parts = (count.harm, count.event, count.population, count.age_group, count.study, count.counted_as)
    return " ".join((*parts, count.citation.source))


def _spoken(id: str) -> str:
    return id.replace("_", " ")
