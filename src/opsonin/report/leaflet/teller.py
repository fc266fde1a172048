"""Who says it? One voice for one reader: takes a text from the catalogue and ties it to the facts it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from opsonin.knowledge import Fact, Knowledge
from opsonin.quantities import round_up
from opsonin.report.leaflet.catalogue import Catalogue
from opsonin.report.leaflet.leaflet import (
    SIGNPOST,
    TEAM,
    Blanks,
    Block,
    Bullets,
    Paragraph,
    Questions,
    Section,
    Sentence,
    Terms,
)

URGENCIES = ("now", "call", "tell")
_HALF_HOUR = Decimal(30)


@dataclass(frozen=True)
class Teller:
    """Says things to one reader; every claim names the facts it rests on."""

    knowledge: Knowledge
    catalogue: Catalogue
    is_child: bool  # whether the patient is one, whoever reads

    @property
    def for_child(self) -> bool:
        """Whether a child reads: fewer things, shorter."""
        return self.catalogue.reader == "child"

    def say(self, id: str, *facts: Fact | str, because: str = "", **fields: str) -> Sentence:
        """The text with this id, resting on these facts (or their ids), or `because` of the plan or the team."""
        found = tuple(fact if isinstance(fact, Fact) else self.knowledge.fact(fact) for fact in facts)
        assert found or because, f"{id} claims something and names no fact"
        return Sentence(id, self.catalogue.text(id, **fields), found, because)

    def point(self, id: str, **fields: str) -> Sentence:
        """A sentence that claims nothing of the treatment: it points, asks or names."""
        return self.say(id, because=SIGNPOST, **fields)

    def text(self, id: str, **fields: str) -> str:
        return self.catalogue.text(id, **fields)

    def has(self, id: str) -> bool:
        return self.catalogue.has(id)

    def for_this_reader(self, id: str) -> bool:
        """Whether this is told to this reader: a child is told what has words of its own for children."""
        return self.catalogue.has_own(id) if self.for_child else self.has(id)

    def section(self, id: str, *blocks: Block | None) -> Section:
        return Section(id, self.text(f"section.{id}"), tuple(block for block in blocks if block is not None))

    def signs(self, shelves: tuple[str, ...]) -> tuple[Bullets, ...]:
        """Lists of signs, one for each urgency, split as the sources split them."""
        who = "child" if self.is_child else "adult"
        facts = [fact for shelf in shelves for fact in self.knowledge.facts_under(f"leaflet/{shelf}")]
        mine = [fact for fact in facts if fact.value["who"] in ("any", who)]
        lists = []
        for urgency in URGENCIES:
            items = tuple(
                self.say("sign." + "/".join(fact.id.split("/")[1:]).replace("_", "-"), fact)
                for fact in mine
                if fact.value["urgency"] == urgency
            )
            if items:
                lists.append(Bullets(self.point(f"help.{urgency}"), items, urgency))
        return tuple(lists)

    def team_wrote(self, id: str, written: str | None, *blanks: str) -> tuple[Block, ...]:
        """What the team wrote in the case, word for word, or lines to fill in."""
        lead = self.say(id, because=TEAM)
        if written:
            return (Paragraph((lead, Sentence(f"{id}.written", _closed(written), (), TEAM))),)
        return (Paragraph((lead,)), Blanks(tuple(self.text(blank) for blank in blanks)))

    def questions(self, *pairs: tuple[str, tuple[Sentence, ...]]) -> Questions:
        return Questions(tuple((self.point(id), answers) for id, answers in pairs))

    def terms(self, said: str) -> Terms:
        """The words of the glossary that stand in this text."""
        from opsonin.report.leaflet.glossary import GLOSSARY, stands_in

        used = [entry for entry in GLOSSARY if stands_in(entry, said)]
        pairs = [
            (self.text(f"word.{entry.id}"), self.say(f"word.{entry.id}.means", *entry.facts, because=entry.because))
            for entry in used
        ]
        return Terms(tuple(sorted(pairs, key=lambda pair: pair[0].lower())))

    def day(self, on: date) -> str:
        """'Saturday 21 November 2026'."""
        weekday, month = self.text(f"weekday.{on.weekday()}"), self.text(f"month.{on.month}")
        return self.text("date.long", weekday=weekday, day=str(on.day), month=month, year=str(on.year))

    def short_day(self, on: date) -> str:
        """'21 November 2026'."""
        month = self.text(f"month.{on.month}")
        return self.text("date.short", day=str(on.day), month=month, year=str(on.year))

    def span(self, first: date, last: date) -> str:
        """One day, or from the first to the last."""
        if first == last:
            return self.short_day(first)
        if (first.year, first.month) == (last.year, last.month):
            return self.text("date.in-month", first=str(first.day), last=self.short_day(last))
        return self.text("date.span", first=self.short_day(first), last=self.short_day(last))

    def hours(self, minutes: Decimal) -> str:
        """'4 and a half hours', rounded up to half an hour so that nobody plans too short a day."""
        halves = int(round_up(minutes, _HALF_HOUR) / _HALF_HOUR)
        whole, half = divmod(halves, 2)
        kind = "half" if whole == 0 else "one" if (whole, half) == (1, 0) else "and-a-half" if half else "whole"
        return self.text(f"hours.{kind}", hours=str(whole))

    def of_100(self, share: float) -> str:
        """A share of a hundred people: '7', 'fewer than 1', 'more than 99'."""
        if share < 0.01:
            return self.text("of-100.fewer")
        if share > 0.99:
            return self.text("of-100.more")
        return str(round(100 * share))

    def both_of_100(self, share: float) -> dict[str, str]:
        """A share of a hundred people and the rest of them, as fields of a text: n, rest, and Rest to begin with."""
        if 0.01 <= share <= 0.99:
            number = round(100 * share)
            n, rest = (self.text("of-100.about", n=str(whole)) for whole in (number, 100 - number))
        else:
            n, rest = self.of_100(share), self.of_100(1 - share)
        return {"n": n, "rest": rest, "Rest": rest[0].upper() + rest[1:]}


def clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment.minute:02d}"


def _closed(written: str) -> str:
    text = written.strip()
    return text if text[-1:] in ".!?" else f"{text}."
