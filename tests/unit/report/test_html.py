"""The HTML report: complete, escaped, self-contained, accessible, and with orders on page 1."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from opsonin.report import render_report, write_report
from opsonin.report.html import css_text

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "path", "use", "rect"}


class Reader(HTMLParser):
    """Collects tags, ids, links, headings and text, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def html(example: ModuleType) -> str:
    return render_report(example.plan(), example.knowledge())


@pytest.fixture(scope="module")
def page(html: str) -> Reader:
    return read(html)


@pytest.mark.parametrize("which", ["plan", "plan_without_forecast", "plan_without_candidates"])
def test_every_plan_gives_a_sound_document(example: ModuleType, which: str) -> None:
    html = render_report(getattr(example, which)(), example.knowledge())
    page = read(html)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.values("href") if href.startswith("#")} <= set(ids)
    assert {name for label in page.values("aria-labelledby") for name in label.split()} <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)
    assert not re.search(r"\b(None|nan|NaN|inf|Decimal)\b", page.words())
    assert page.words().count("name, signature, date and time") == 2


def test_nothing_is_fetched(html: str, page: Reader) -> None:
    assert not [
        value
        for attribute in ("src", "href", "xlink:href", "data")
        for value in page.values(attribute)
        if "//" in value
    ]
    assert not re.search(r"@import|url\((?!#)|https?://", html)
    assert {tag for tag, _ in page.tags} & {"script", "link", "iframe", "img", "object", "embed"} == set()


def test_case_text_is_escaped_everywhere(example: ModuleType, html: str, page: Reader) -> None:
    assert "<script" not in html
    assert example.NASTY_ID in page.words()
    style = html[html.index("<style>") : html.index("</style>")]
    assert "alert(" not in style


def test_page_one_is_the_orders_sheet(html: str) -> None:
    sheet = read(html[html.index('<section class="sheet"') : html.index('<section aria-labelledby="brief-title"')])
    words = sheet.words()
    assert (
        "Infusion rate, steps: not from the label (doubling every 30 minutes; a hospital's policy) ‡"
        in words.replace("‡", " ‡")
    )
    for text in (
        "70 g",
        "700 mL",
        "08:30 – 09:00",
        "21",
        "336",
        "689.5",
        "Never above 4.8 mL/kg/h (8 mg/kg/min)",
        "Paracetamol",
    ):
        assert text in words
    assert "Stop the infusion, keep the line open" in words
    assert "knowledge abc123" in words and "seed 7" in words
    assert "Not a medical device" in words
    assert "mL per hour" in words and not re.search(r"\bcc\b|\bU\b|\bIU\b", words)


def test_no_number_has_a_trailing_zero_after_a_point(html: str) -> None:
    sheet = html[html.index('<section class="sheet"') : html.index('<section aria-labelledby="brief-title"')]
    words = read(sheet).words().replace("Opsonin 0.1.0", "")
    assert re.findall(r"\d+\.\d*0\b", words) == []
    assert re.findall(r"(?<!\d)\.\d", words) == []


def test_without_a_start_the_clock_stays_blank(example: ModuleType) -> None:
    words = read(render_report(example.plan(start=None), example.knowledge())).words()
    assert "…… – ……" in words and "08:30" not in words


def test_every_candidate_offer_finding_and_statement_appears(example: ModuleType, page: Reader) -> None:
    plan, words = example.plan(), page.words()
    for candidate in plan.candidates:
        assert candidate.regimen.product.brand in words
        for reason in candidate.reasons:
            assert reason in words
        for finding in candidate.findings:
            assert finding.message in words.replace("‡", "").replace("†", "")
            assert finding.remedy in words and finding.reason in words
    for offer in plan.offers:
        assert offer.product.brand in words and offer.standing.reason in words
    for text in (
        *plan.would_change,
        *plan.not_used,
        *plan.silences,
        "no volume limit was applied",
        "Live vaccines may fail",
    ):
        assert text in words
    assert "excluded: discontinued" in words and "not supported" in words
    assert "No immunoglobulin now." in words


def test_forecast_words_and_figures(page: Reader) -> None:
    words = page.words()
    assert "where half of people may lie" in words and "where nine in ten people may lie" in words
    assert "Draft model, not validated." in words
    assert "Of 100 people like this, about 78 would reach" in words
    assert "under 1 %" in words and "over 99 %" in words
    assert "half of people: 1.6 to beyond day 28" in words
    assert [tag for tag, _ in page.tags].count("figure") == 3


def test_without_a_forecast_limits_and_published_results_stand(example: ModuleType) -> None:
    page = read(render_report(example.plan_without_forecast(), example.knowledge()))
    words = page.words()
    assert "There is no forecast." in words and "age: 7 years (the model holds for 18 years and over)" in words
    assert "Trial 1999 [" in words and "32 of 40 (80 %)†" in words
    assert "figure" not in {tag for tag, _ in page.tags}


def test_no_candidate_is_said_on_page_one(example: ModuleType) -> None:
    words = read(render_report(example.plan_without_candidates(), example.knowledge())).words()
    assert "No immunoglobulin regimen can be offered to this person." in words


def test_every_fact_stands_in_the_working_with_its_mark(example: ModuleType, page: Reader) -> None:
    words = page.words()
    for fact in (
        example.SCHEDULE_FACT,
        example.MAXIMUM,
        example.SCHEME,
        example.ROUNDING,
        example.EC50,
        example.DISCONTINUED,
    ):
        assert fact.mark and fact.id in words
    assert "8 mg/kg/min†" in words and "9 g/L‡" in words and "5 %‡" in words and "12.5 %‡" in words
    assert "not found" in words
    assert example.UNUSED.id not in words and "A work nobody cites" not in words
    assert "mirror.example" not in words
    assert "† second-hand or not yet verified" in words and "‡ recalled or assumed" in words


def test_accessible_structure(html: str, page: Reader) -> None:
    assert page.tags[0] == ("html", {"lang": "en"})
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert tables and all("<caption" in table and 'scope="col"' in table for table in tables)
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert drawings and all("<title" in svg and "<desc" in svg and 'role="img"' in svg for svg in drawings)


def test_written_where_it_says(example: ModuleType, tmp_path: Path) -> None:
    path = write_report(example.plan_without_candidates(), example.knowledge(), tmp_path / "new" / "folder")
    assert path.parent == tmp_path / "new" / "folder" and path.name == "report.html"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_css_text_cannot_leave_its_quotes() -> None:
    assert css_text('a"}</style>') == '"a\\22 \\7d \\3c \\2f style\\3e "'
