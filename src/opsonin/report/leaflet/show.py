"""Where does the leaflet stand? One self-contained HTML page, the same as PDF, plain text for a terminal, or JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from opsonin.errors import OpsoninError, of_extra
from opsonin.report.extras import need
from opsonin.report.html import _environment, write_page
from opsonin.report.leaflet.catalogue import Catalogue
from opsonin.report.leaflet.leaflet import (
    Blanks,
    Block,
    Bullets,
    Dates,
    Gallery,
    Leaflet,
    Paragraph,
    Picture,
    Questions,
    Sentence,
    Terms,
    sentences_of,
)
from opsonin.report.wording import a_day
from opsonin.sources import Source

WIDTH = 80  # columns of the plain text
SCHEMA = "opsonin-leaflet/1"


class PdfNotInstalled(OpsoninError):
    """The package that writes PDF is missing; the message says how to install it."""


def write_leaflet(leaflet: Leaflet, directory: Path, *, pdf: bool = False) -> tuple[Path, ...]:
    """Write `leaflet-READER.html`, and the PDF where asked, into `directory`; say where they are."""
    page = render_leaflet(leaflet)
    made = _as_pdf(page) if pdf else None
    html = write_page(page, directory / f"leaflet-{leaflet.reader}.html")
    if made is None:
        return (html,)
    print_file = html.with_suffix(".pdf")
    print_file.write_bytes(made)
    return (html, print_file)


def render_leaflet(leaflet: Leaflet) -> str:
    """The leaflet as one HTML document."""
    environment = _environment()
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["short"] = short_reference
    environment.filters["fact_ids"] = lambda sentence: " ".join(fact.id for fact in sentence.facts)
    catalogue = Catalogue(leaflet.language, leaflet.reader)
    text: str = environment.get_template("leaflet.html.j2").render(
        leaflet=leaflet,
        say=catalogue.text,
        made=a_day(leaflet.made_on),
        reviewed=a_day(leaflet.reviewed_on) if leaflet.reviewed_on else "",
        stylesheet=need("markupsafe").Markup(stylesheet()),
    )
    return text


def short_reference(source: Source) -> str:
    """Who wrote what, and when; of a paper only who and when, as the clinician's report has the rest."""
    when = source.year or (source.edition if any(letter.isdigit() for letter in source.edition) else "no date noted")
    author, title = source.authors.rstrip("."), source.title.rstrip(".")
    if source.kind == "paper":
        return f"{author or title} ({when})."
    return f"{author}. {title} ({when})." if author else f"{title} ({when})."


def stylesheet() -> str:
    """The style of the page; its colours are tested for contrast."""
    return resources.files("opsonin.report").joinpath("templates", "leaflet.css").read_text(encoding="utf-8")


def _as_pdf(page: str) -> bytes:
    try:
        weasyprint: Any = of_extra("weasyprint", extra="pdf", missing=PdfNotInstalled, needs="The PDF needs")
    except OSError as error:
        why = f"The PDF needs the library Pango, which was not found ({error})."
        raise PdfNotInstalled(f"{why} Install Pango, or print the HTML page.") from error
    made: bytes = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return made


def as_text(leaflet: Leaflet) -> str:
    """The leaflet as plain text; pictures are told in their sentences."""
    return "\n".join(_lines(leaflet)) + "\n"


def _lines(leaflet: Leaflet) -> Iterator[str]:
    say = Catalogue(leaflet.language, leaflet.reader).text
    yield from (leaflet.title.upper(), leaflet.subtitle, say(f"about.for.{leaflet.reader}"), "")
    for section in leaflet.sections:
        yield from (section.title, "-" * len(section.title))
        for block in section.blocks:
            yield from _block(block)
        yield ""
    title = say("section.about")
    yield from (title, "-" * len(title))
    yield from _wrapped(say("about.valid"))
    yield f"{say('about.signed')}: ______________________________"
    if leaflet.signer:
        yield from _wrapped(say("about.signer", signer=leaflet.signer))
    yield f"{say('about.signature')}: ____________________  {say('about.signed-on')}: ____________"
    reviewed = (
        say("about.reviewed", day=a_day(leaflet.reviewed_on)) if leaflet.reviewed_on else say("about.not-reviewed")
    )
    for line in (say("about.made", day=a_day(leaflet.made_on)), reviewed, *(words for _, words in leaflet.marks)):
        yield from _wrapped(line)
    yield from _wrapped(say("about.disclaimer"))
    yield from _wrapped(say("about.software"))
    yield f"{say('about.sources')}:"
    for source in leaflet.sources:
        yield from _wrapped(short_reference(source), "- ")
    yield from _wrapped(f"{say('about.case', case=leaflet.case)} · {leaflet.stamp}")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(sentences):
            yield from _wrapped(" ".join(_said(one) for one in sentences))
        case Bullets(lead, items):
            if lead is not None:
                yield from _wrapped(_said(lead))
            for item in items:
                yield from _wrapped(_said(item), "- ")
        case Picture(_, caption):
            for one in caption:
                yield from _wrapped(_said(one), "* ")
        case Gallery(pictures):
            for picture in pictures:
                yield from _block(picture)
        case Dates(caption, _, rows):
            yield f"{caption}:"
            for when, what in rows:
                yield from _wrapped(f"{when}: {_said(what)}", "- ")
        case Blanks(labels):
            yield from (f"{label}: ______________________________" for label in labels)
        case Questions(pairs):
            for question, answers in pairs:
                yield from _wrapped(_said(question), "? ")
                yield from _wrapped(" ".join(_said(one) for one in answers), "  ")
        case Terms(pairs):
            for word, means in pairs:
                yield from _wrapped(f"{word}: {_said(means)}", "- ")


def _said(sentence: Sentence) -> str:
    return f"{sentence.text}{sentence.mark}"


def _wrapped(text: str, bullet: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=bullet, subsequent_indent=" " * len(bullet), break_on_hyphens=False
    )


def leaflet_to_dict(leaflet: Leaflet) -> dict[str, Any]:
    """The leaflet as JSON: every sentence with its id, its facts, or why it needs none."""
    return {
        "schema": SCHEMA,
        "therapy": leaflet.therapy,
        "for": leaflet.reader,
        "language": leaflet.language,
        "case": leaflet.case,
        "title": leaflet.title,
        "signer": leaflet.signer,
        "made_on": leaflet.made_on.isoformat(),
        "reviewed_on": leaflet.reviewed_on.isoformat() if leaflet.reviewed_on else None,
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "sentences": [
                    {
                        "id": one.id,
                        "text": one.text,
                        "mark": one.mark,
                        "facts": [fact.id for fact in one.facts],
                        "because": one.because,
                    }
                    for block in section.blocks
                    for one in sentences_of(block)
                ],
            }
            for section in leaflet.sections
        ],
        "sources": [source.reference() for source in leaflet.sources],
        "marks": dict(leaflet.marks),
        "stamp": leaflet.stamp,
    }
