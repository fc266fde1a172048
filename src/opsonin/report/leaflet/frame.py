"""What do all leaflets have? Signs to act on, blanks for the team, words explained, and who stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from opsonin.knowledge import Fact, Knowledge
from opsonin.report.leaflet.leaflet import TEAM, Blanks, Block, Leaflet, Paragraph, Section, Sentence
from opsonin.report.leaflet.teller import Teller
from opsonin.sources import Source


def help_section(tell: Teller, shelves: tuple[str, ...], team: Mapping[str, str], *more: Block) -> Section:
    """Signs to act on, as the sources split them, and whom to call."""
    return tell.section("help", *tell.signs(shelves), *more, *contacts(tell, team))


def contacts(tell: Teller, team: Mapping[str, str]) -> tuple[Block, ...]:
    """Whom to call: as the team wrote it, with lines for what it did not write."""
    written = tell.team_wrote("contacts", team.get("contacts"), "blank.day-phone", "blank.night-phone")
    emergency = Blanks((tell.text("blank.emergency-number"),))
    return (*written, emergency)


def medicines(tell: Teller, team: Mapping[str, str]) -> tuple[Block, ...]:
    """Medicines before the drip and at home, word for word as the team wrote them; lines where it wrote none."""
    blanks = ("blank.medicine", "blank.medicine")
    before = tell.team_wrote("team.premedication", team.get("premedication"), *blanks)
    return (*before, *tell.team_wrote("team.home-medicines", team.get("home_medicines"), *blanks))


def team_words(tell: Teller, team: Mapping[str, str]) -> Paragraph | None:
    """The site's own words, where it has some."""
    written = team.get("texts")
    if not written:
        return None
    return Paragraph((Sentence("team.texts.written", written.strip(), (), TEAM),))


def finished(
    tell: Teller,
    knowledge: Knowledge,
    sections: Iterable[Section],
    *,
    therapy: str,
    case: str,
    team: Mapping[str, str],
    made_on: date,
    stamp: str,
    subtitle: str,
) -> Leaflet:
    """The leaflet with its words explained, its sources, its marks and its dates."""
    body = [section for section in sections if section.blocks]
    draft = Leaflet(
        therapy=therapy,
        reader=tell.catalogue.reader,
        language=tell.catalogue.language,
        title=tell.text(f"title.{therapy}"),
        subtitle=subtitle,
        case=case,
        signer=team.get("signer", ""),
        sections=tuple(body),
        sources=(),
        marks=(),
        made_on=made_on,
        reviewed_on=None,
        stamp=stamp,
    )
    said = " ".join([draft.title, *(sentence.text for sentence in draft.sentences())])
    with_words = replace(draft, sections=(*body, tell.section("words", tell.terms(said))))
    facts = with_words.facts()
    marks = {sentence.mark for sentence in with_words.sentences()} - {""}
    return replace(
        with_words,
        sources=_sources(facts, knowledge),
        marks=tuple(
            (mark, tell.text(f"mark.{name}")) for mark, name in (("†", "second"), ("‡", "third")) if mark in marks
        ),
        reviewed_on=_reviewed(facts),
    )


def _sources(facts: Iterable[Fact], knowledge: Knowledge) -> tuple[Source, ...]:
    keys = dict.fromkeys(citation.source for fact in facts for citation in fact.citations)
    return tuple(sorted((knowledge.sources[key] for key in keys), key=lambda source: source.reference().lower()))


def _reviewed(facts: Iterable[Fact]) -> date | None:
    """The oldest review among the facts that carry one."""
    days = [fact.checked for fact in facts if fact.checked is not None]
    return min(days) if days else None
