"""What the cupboard and the price list of a site say of each course: said, never deciding."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from opsonin.case import open_case
from opsonin.knowledge import load_knowledge
from opsonin.report.atg_parts import plan_parts
from opsonin.report.atg_words import course_says
from opsonin.report.lookup_facts import Works
from opsonin.therapy import plan_course

KNOWN = load_knowledge()
SOUND = (Path(__file__).parents[2] / "data" / "atg_sound_case.yaml").read_text(encoding="utf-8")
NAMED = "protocol: thymoglobulin_us/kidney-prophylaxis\ndose_mg_per_kg: 1.5\ndoses: [5]\n"


def plan(more="", text=SOUND):
    case = open_case(f"{text}\n{more}\n", shelf=lambda day: KNOWN)
    return plan_course(case.recipient, case.request, case.circumstances, knowledge=KNOWN)


def said(planned):
    return " ".join(course_says(planned, Works(KNOWN.sources)))


def test_the_price_is_of_every_vial_opened():
    """120 mg need five vials of 25 mg: 125 mg each time, 625 mg in five doses, at 1000 per gram 625."""
    (course,) = plan("prices: {Thymoglobulin: 1000}").courses
    assert course.price == Decimal(625)
    assert "Price of the 25 vials opened, at the site's own price per gram: 625." in said(course)


def test_a_product_that_is_not_in_stock_is_planned_and_said_to_be_missing():
    (course,) = plan("stock: [{product: atgam}]").courses
    assert course.in_stock is False and "not in the stock that the case lists" in said(course)
    (course,) = plan("stock: [{product: thymoglobulin, vials: [25 mg]}]").courses
    assert course.in_stock is True and "stock" not in said(course)
    (course,) = plan("stock: []").courses
    assert course.in_stock is False


def test_a_case_that_says_nothing_of_either_gets_the_plan_it_had():
    (course,) = plan().courses
    assert (course.in_stock, course.price) == (None, None) and "rice" not in said(course)
    (priced,) = plan("prices: {thymoglobulin: 1000}\nstock: [{product: atgam}]").courses
    assert (priced.course, priced.findings, priced.days) == (course.course, course.findings, course.days)


@pytest.mark.parametrize(("more", "has"), [("prices: {atgam: 10}\nstock: [{product: grafalon}]", True), ("", False)])
def test_side_by_side_each_course_says_it(more, has):
    assert NAMED in SOUND
    many = plan(more, SOUND.replace(NAMED, ""))
    table = plan_parts(many, KNOWN, Works(KNOWN.sources))[0].tables[0]
    assert (table.heads[-1] == "Price of the vials") == has
    assert all(len(row) == len(table.heads) for row in table.rows)
    missing = {row[1] for row in table.rows if "not in stock" in row[1]}
    assert missing == ({"Atgam, not in stock", "Thymoglobulin, not in stock"} if has else set())
