"""One fact in print: value, unit, mark, place, and for whom and since when it holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from opsonin.errors import InputRefused
from opsonin.knowledge import Fact
from opsonin.report.lookup_facts import (
    Works,
    about,
    fact_row,
    heading_of,
    key_in_words,
    name_in_words,
    span,
    value_text,
)
from opsonin.report.lookup_ids import find_id
from opsonin.sources import Citation, Obtained, Source, Status

WORKS = {key: Source(key, "label", f"Work {key}", "", "", "", "", "", ("https://seen.example",), "") for key in "ab"}


def fact(value=Decimal("4.80"), unit="mL/kg/h", obtained=Obtained.READ, status=Status.VERIFIED, **more) -> Fact:
    given = {
        "id": "products/x/rate_maximum",
        "says": "Maximum rate.",
        "citations": (Citation("a", "section 2", ("https://seen.example",)),),
        "where": (),
        "in_force_from": None,
        "in_force_until": None,
        "checked": None,
        "note": "",
        "tags": (),
        "holds_for": {},
        "spread": {},
        **more,
    }
    return Fact(value=value, unit=unit, obtained=obtained, status=status, **given)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (Decimal("4.80"), "mL/kg/h", "4.8 mL/kg/h"),
        (Decimal(320), "1", "320"),
        ((Decimal(5), Decimal(10)), "g", "5, 10 g"),
        ((), "", "none"),
        (True, "", "yes"),
        (None, "g", "not found"),
        ({"response_pct": Decimal(80)}, "", "response, %: 80"),
        (
            ("a first warning of some length", "a second warning"),
            "",
            "- a first warning of some length\n- a second warning",
        ),
        ({"A": {"n": Decimal(3)}}, "", "A:\n  n: 3"),
    ],
)
def test_values_carry_their_unit(value, unit, words):
    assert value_text(fact(value, unit)) == words


def test_a_range_says_to():
    assert (
        value_text(fact((Decimal(210), Decimal(290)), "mmol/L", id="products/x/proline_range")) == "210 to 290 mmol/L"
    )


@pytest.mark.parametrize(
    ("obtained", "status", "sign"),
    [
        (Obtained.READ, Status.VERIFIED, ""),
        (Obtained.READ, Status.UNVERIFIED, "†"),
        (Obtained.SECOND_HAND, Status.UNVERIFIED, "†"),
        (Obtained.RECALLED, Status.UNVERIFIED, "‡"),
        (Obtained.ASSUMED, Status.UNVERIFIED, "‡"),
    ],
)
def test_the_mark_follows_the_value(obtained, status, sign):
    assert value_text(fact(obtained=obtained, status=status)) == f"4.8 mL/kg/h{sign}"


def test_for_whom_where_and_since_when():
    lines = about(
        fact(
            status=Status.DISPUTED,
            where=("us", "eu"),
            in_force_from=date(2024, 1, 31),
            in_force_until=date(2026, 2, 1),
            checked=date(2026, 11, 20),
            note="Two authorities.",
            holds_for={"hard": {"age_years": (Decimal(18), None)}, "soft": {"hours": (Decimal(2), Decimal(12))}},
            spread={"between_people_cv_percent": Decimal(25)},
        )
    )
    assert lines == [
        "Sources disagree.",
        "Where: US, EU.",
        "Holds only for age years: from 18.",
        "Best known for hours: 2 to 12.",
        "Spread: between people cv percent: 25.",
        "In force from 31 Jan 2024 until 1 Feb 2026.",
        "Last checked 20 Nov 2026.",
        "Note: Two authorities.",
    ]
    assert about(fact()) == []


def test_where_is_not_said_again_where_the_page_says_it():
    assert about(fact(where=("us",), id="products/x/labels/us/rate_maximum")) == []
    assert about(fact(where=("us",), id="products/x/labels/eu/rate_maximum")) == ["Where: US."]
    assert about(fact(where=("us",), id="packs/us/rounding")) == []


def test_works_are_numbered_as_they_are_met_and_addresses_stay_out():
    works = Works(WORKS)
    cited = fact(citations=(Citation("b", "table 1"), Citation("a", "")), tags=("SRC-B8",))
    assert works.places(cited) == "[1] table 1\n[2]\nSRC-B8"
    assert works.places(fact()) == "[2] section 2"
    assert works.places(fact(citations=(), obtained=Obtained.ASSUMED)) == "assumed, no source"
    assert [(work.number, work.source.key, work.locators) for work in works.all()] == [
        (1, "b", ("table 1",)),
        (2, "a", ("section 2",)),
    ]
    assert "seen.example" not in " ".join(
        [*fact_row("rate_maximum", cited, works), *(work.text for work in works.all())]
    )


def test_names_in_words():
    assert heading_of("rate_maximum", fact()) == "Maximum rate"
    assert heading_of("wears_off", fact("It wears off.", "", says="It wears off.")) == "Wears off"
    assert name_in_words("iga_maximum_eu") == "IgA maximum EU"
    assert name_in_words("ph_range") == "pH range"
    assert key_in_words("general_age") == "general age"
    assert [span(Decimal(1), None), span(None, Decimal(2)), span(None, None)] == ["from 1", "up to 2", "any"]


KNOWN = ("octagam_10", "octagam_5", "privigen", "class/renal_risk", "products/sucrose_renal")


@pytest.mark.parametrize("typed", ["octagam-10", "Octagam_10", " OCTAGAM-10 "])
def test_dash_underscore_and_case_are_equal(typed):
    assert find_id(typed, KNOWN, field="ID", lists="opsonin product") == "octagam_10"


def test_the_end_of_a_path_is_enough_where_only_one_has_it():
    assert find_id("renal-risk", KNOWN, field="ID", lists="opsonin rule") == "class/renal_risk"


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("privigan", "privigen"),
        ("octagam", "octagam_10"),
        ("renal", "class/renal_risk"),
        ("renalrisk", "class/renal_risk"),
    ],
)
def test_an_unknown_id_is_refused_with_the_near_ones(typed, near):
    with pytest.raises(InputRefused) as refused:
        find_id(typed, KNOWN, field="ID", lists="opsonin product")
    problem = refused.value.problems[0]
    assert (problem.field, problem.value) == ("ID", typed)
    assert near in problem.remedy and "opsonin product" in problem.remedy


def test_an_id_near_nothing_points_to_the_list_alone():
    with pytest.raises(InputRefused) as refused:
        find_id("zzzzzz", KNOWN, field="ID", lists="opsonin product")
    assert refused.value.problems[0].remedy == "All of them: opsonin product"
