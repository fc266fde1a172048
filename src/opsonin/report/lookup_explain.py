"""What is this, in plain words? A topic explained with its sources, key points and the date of review."""

from __future__ import annotations

from datetime import date
from typing import Any

from opsonin.knowledge import Fact, Knowledge
from opsonin.report.lookup_facts import Works, name_in_words
from opsonin.report.lookup_json import answer
from opsonin.report.lookup_print import Pages
from opsonin.report.wording import a_day, cite, sentence

TOPIC_WORDS = {
    "atg": "Antithymocyte globulin (ATG)",
    "ivig": "Immunoglobulin (IVIG)",
    "itp": "Immune thrombocytopenia (ITP)",
}
_KEY_POINT = "key_point"


def topics(knowledge: Knowledge) -> tuple[str, ...]:
    """The topics that are explained, each once."""
    return tuple(dict.fromkeys(fact.id.split("/")[1] for fact in knowledge.facts_under("texts")))


def list_topics(pages: Pages, knowledge: Knowledge) -> None:
    """Print what can be explained."""
    pages.title("What can be explained")
    pages.items(f"opsonin explain {topic}: {TOPIC_WORDS.get(topic, topic)}" for topic in topics(knowledge))
    pages.close()


def topics_to_dict(knowledge: Knowledge, *, on: date | None) -> dict[str, Any]:
    """The topics as JSON."""
    return answer("explain-topics", {"topics": list(topics(knowledge))}, knowledge, on=on)


def show_topic(pages: Pages, knowledge: Knowledge, topic: str) -> None:
    """Print one topic: its paragraphs under plain headings, then the key points, the review date and the sources."""
    works = Works(knowledge.sources)
    paragraphs, points = _parts(knowledge, topic)
    pages.title(f"{TOPIC_WORDS.get(topic, topic)}, explained")
    for fact in paragraphs:
        pages.heading(name_in_words(_name(fact)).capitalize())
        pages.say(_with_source(fact, works))
    if points:
        pages.heading("Key points")
        pages.items(_with_source(fact, works) for fact in points)
    reviewed = _reviewed(paragraphs + points)
    pages.console.print()
    pages.say(f"Reviewed {a_day(reviewed)}." if reviewed is not None else "Not reviewed yet.", "dim")
    tags = dict.fromkeys(tag for fact in paragraphs + points for tag in fact.tags)
    if tags:
        pages.say(f"Facts of the source documents carried here: {', '.join(sorted(tags, key=_by_number))}.", "dim")
    pages.close(works)


def topic_to_dict(knowledge: Knowledge, topic: str, *, on: date | None) -> dict[str, Any]:
    """One topic as JSON."""
    paragraphs, points = _parts(knowledge, topic)
    reviewed = _reviewed(paragraphs + points)
    content = {
        "topic": topic,
        "title": TOPIC_WORDS.get(topic, topic),
        "paragraphs": [fact.id for fact in paragraphs],
        "key_points": [fact.id for fact in points],
        "reviewed": reviewed.isoformat() if reviewed is not None else None,
    }
    return answer("explain", content, knowledge, on=on, facts=paragraphs + points)


def _parts(knowledge: Knowledge, topic: str) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    facts = knowledge.facts_under(f"texts/{topic}")
    points = tuple(fact for fact in facts if _name(fact).startswith(_KEY_POINT))
    return tuple(fact for fact in facts if fact not in points), points


def _reviewed(facts: tuple[Fact, ...]) -> date | None:
    """The oldest review among them; None when one was never reviewed."""
    days = [fact.checked for fact in facts]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _by_number(tag: str) -> tuple[str, int]:
    letters = tag.rstrip("0123456789")
    return letters, int(tag.removeprefix(letters))


def _name(fact: Fact) -> str:
    return fact.id.rpartition("/")[2]


def _with_source(fact: Fact, works: Works) -> str:
    numbers = sorted({works.number(citation) for citation in fact.citations})
    says = sentence(fact.says.removeprefix("Key point: "))
    return f"{says}{fact.mark} {cite(numbers)}".rstrip()
