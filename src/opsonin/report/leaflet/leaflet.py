"""What is on the leaflet? Values only: sections of blocks, blocks of sentences, each sentence with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from opsonin.knowledge import Fact
from opsonin.report.wording import mark_of
from opsonin.sources import Source

READERS = ("parent", "child", "teen", "adult")

# What a sentence may rest on when no fact states it.
PLAN = "plan"  # a date, an hour or an amount of this very plan
TEAM = "team"  # written by the team in the case, or left for it to fill in
SIGNPOST = "signpost"  # claims nothing of the treatment: points, asks, names


@dataclass(frozen=True)
class Sentence:
    """One message, with the facts it rests on, or why it needs none."""

    id: str
    text: str
    facts: tuple[Fact, ...]
    because: str = ""  # PLAN, TEAM or SIGNPOST; "" when the facts say it

    @property
    def mark(self) -> str:
        """† or ‡ behind a number that nobody has checked; '' where there is no number or it was checked."""
        has_number = any(letter.isdigit() for letter in self.text)
        return mark_of(self.facts) if has_number and self.because != PLAN else ""


@dataclass(frozen=True)
class Paragraph:
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Bullets:
    """A list under its lead; `urgency` sets how loud it stands."""

    lead: Sentence | None
    items: tuple[Sentence, ...]
    urgency: str = ""  # "" | "now" | "call" | "tell"


@dataclass(frozen=True)
class Picture:
    """A drawing with its description in words; what it shows stands in its sentences as well."""

    svg: str
    caption: tuple[Sentence, ...]
    narrow: bool = False  # several of them stand side by side


@dataclass(frozen=True)
class Gallery:
    """Pictures side by side."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Dates:
    """What is due when."""

    caption: str
    heads: tuple[str, str]
    rows: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True)
class Blanks:
    """Lines that the team fills in by hand."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class Questions:
    """Questions with their answers: people ask them, or the team does."""

    pairs: tuple[tuple[Sentence, tuple[Sentence, ...]], ...]


@dataclass(frozen=True)
class Terms:
    """Words and what they mean."""

    pairs: tuple[tuple[str, Sentence], ...]


Block = Paragraph | Bullets | Picture | Gallery | Dates | Blanks | Questions | Terms


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Leaflet:
    """One leaflet for one reader, made from one plan."""

    therapy: str  # "ivig-itp" | "atg"
    reader: str
    language: str
    title: str
    subtitle: str
    case: str
    signer: str  # who has to sign, as the case says; "" when it does not
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    marks: tuple[tuple[str, str], ...]  # mark → what it means, in plain words; only those used
    made_on: date
    reviewed_on: date | None  # the day on which the oldest of its facts was last looked at; None: some never
    stamp: str

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in reading order."""
        for section in self.sections:
            for block in section.blocks:
                yield from sentences_of(block)

    def facts(self) -> tuple[Fact, ...]:
        """Every fact that a sentence rests on, each once, in reading order."""
        return tuple(dict.fromkeys(fact for sentence in self.sentences() for fact in sentence.facts))


def sentences_of(block: Block) -> Iterator[Sentence]:
    """The sentences of one block, in reading order."""
    match block:
        case Paragraph(sentences):
            yield from sentences
        case Bullets(lead, items):
            yield from (*((lead,) if lead else ()), *items)
        case Picture(_, caption):
            yield from caption
        case Gallery(pictures):
            for picture in pictures:
                yield from picture.caption
        case Dates(_, _, rows):
            yield from (sentence for _, sentence in rows)
        case Questions(pairs):
            for question, answers in pairs:
                yield question
                yield from answers
        case Terms(pairs):
            yield from (sentence for _, sentence in pairs)
