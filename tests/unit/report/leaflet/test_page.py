"""The page: self-contained, semantic, told apart without colour, readable in black and white and aloud."""

import itertools
import json
import re
from html.parser import HTMLParser

import pytest

from opsonin.report.leaflet.leaflet import TEAM
from opsonin.report.leaflet.show import as_text, leaflet_to_dict, render_leaflet, stylesheet, write_leaflet

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags in order with their attributes, the text of each, and whether they close in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.said = [], [], {}
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in self.open:
            self.said[tag] = self.said.get(tag, "") + data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def page(leaflet):
    return Page(render_leaflet(leaflet))


def test_it_needs_nothing_from_outside(leaflet):
    text = render_leaflet(leaflet)
    assert re.findall(r"<script|<link|<img|<iframe|@import|url\(|https?://(?!www\.w3\.org/2000/svg)", text) == []


def test_its_language_and_title_are_stated(page):
    assert page.all("html")[0]["lang"] == "en"
    assert page.said["title"].strip()


def test_headings_stand_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_each_part_is_a_section_with_its_heading(leaflet, page):
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    sections = page.all("section")
    assert [attrs["id"] for attrs in sections] == [section.id for section in leaflet.sections]
    assert {attrs["aria-labelledby"] for attrs in sections} <= ids


def test_ids_are_given_once(page):
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_each_drawing_has_a_title_and_a_description(leaflet):
    for drawn in re.findall(r"<svg.*?</svg>", render_leaflet(leaflet), re.S):
        assert 'role="img"' in drawn and "aria-labelledby=" in drawn
        assert len(re.search(r"<title[^>]*>(.*?)</title>", drawn)[1]) > 5
        assert len(re.search(r"<desc[^>]*>(.*?)</desc>", drawn)[1]) > 20


def test_tables_name_their_columns_and_rows(page):
    scopes = {attrs.get("scope") for attrs in page.all("th")}
    assert scopes <= {"col", "row"}
    assert len(page.all("caption")) == len(page.all("table"))


def test_a_clinician_has_to_sign(leaflet, page):
    said = " ".join(page.said["footer"].split())
    assert "counts only once a clinician has signed" in said
    assert "Signature:" in said and "Given by (name and role):" in said
    assert leaflet.signer in said


def test_it_says_when_it_was_made_and_reviewed_from_what_and_that_it_is_no_advice(leaflet, page):
    said = " ".join(page.said["footer"].split())
    assert "Made for the plan of" in said and "last looked at on" in said
    assert "does not take the place of their advice" in said and "not a medical device" in said
    assert len(leaflet.sources) > 5


def test_each_sentence_names_its_facts_in_the_page(leaflet):
    named = set(re.findall(r'data-facts="([^"]+)"', render_leaflet(leaflet)))
    assert {" ".join(fact.id for fact in one.facts) for one in leaflet.sentences() if one.facts} <= named


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_guideline_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5


def test_every_colour_of_text_stands_out_from_the_paper():
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", stylesheet()))
    used = set(re.findall(r"(?<![-\w])color: var\(--(\w+)\)", stylesheet()))
    assert {"ink", "now", "call", "quiet"} <= used
    assert {
        name: contrast(colours[name], colours["paper"])
        for name in used
        if contrast(colours[name], colours["paper"]) < 4.5
    } == {}
    assert re.findall(r"(?<![-\w])color: (?!var)", stylesheet()) == []


def test_words_in_drawings_stand_out_from_what_is_behind_them(leaflet):
    text = render_leaflet(leaflet)
    inks = set(re.findall(r'<text [^>]*fill="(#[0-9a-f]{6})"', text))
    behind = {
        fill
        for fill in re.findall(r'<(?:rect|circle|ellipse|path) [^>]*fill="(#[0-9a-f]{3,6})"', text)
        if len(fill) == 7
    }
    areas = behind - inks
    assert inks and areas
    assert {(ink, area) for ink in inks for area in areas if contrast(ink, area) < 4.5} <= {
        (i, "#7b8794") for i in inks
    }


def test_the_plain_text_says_every_sentence(leaflet):
    text = " ".join(re.sub(r"\n(?:[-*?] )?", " ", as_text(leaflet)).split())
    for one in leaflet.sentences():
        if one.because != TEAM:
            assert " ".join(one.text.split()) in text, one.id
    assert max(len(line) for line in as_text(leaflet).splitlines()) <= 100


def test_the_json_names_facts_and_reasons(leaflet):
    made = json.loads(json.dumps(leaflet_to_dict(leaflet)))
    assert made["schema"] == "opsonin-leaflet/1" and made["for"] == leaflet.reader
    sentences = [one for section in made["sections"] for one in section["sentences"]]
    assert all(one["facts"] or one["because"] for one in sentences)


def printer():
    """What makes PDF, or a loud skip where it or Pango is not there."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        pytest.skip(f"no PDF was made and no page counted: {error}")
    return weasyprint


@pytest.mark.parametrize(
    ("case", "reader", "sides"),
    [
        ("child-new-itp", "parent", 4),
        ("child-new-itp", "child", 3),
        ("older-adult-thrombosis", "adult", 4),
        ("atg-child-hct", "parent", 4),
        ("atg-aplastic-anaemia", "adult", 4),
    ],
)
def test_two_printed_sheets_hold_it(leaflet_of, case, reader, sides):
    """The longest ones."""
    pages = printer().HTML(string=render_leaflet(leaflet_of(case, reader))).render().pages
    assert 1 <= len(pages) <= sides


def test_the_pdf_is_tagged_for_reading_aloud(leaflet_of, tmp_path):
    printer()
    _, made = write_leaflet(leaflet_of("child-new-itp", "child"), tmp_path, pdf=True)
    assert made.name == "leaflet-child.pdf" and made.read_bytes().startswith(b"%PDF")
