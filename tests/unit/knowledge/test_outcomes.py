"""Published results of antithymocyte globulin: read as printed, refused when a row contradicts itself."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from opsonin.errors import KnowledgeError
from opsonin.knowledge import load_knowledge
from opsonin.knowledge.blocks import Complaints, Shelf
from opsonin.knowledge.load import SHELVES
from opsonin.knowledge.shelf_outcomes import COLUMNS, INDICATIONS, build_outcomes
from opsonin.sources import Obtained

KNOWN = load_knowledge()
ROW = {
    "id": "a_1", "therapy": "atg", "indication": "kidney", "study": "A", "design": "cohort", "design_obtained": "read",
    "population": "kidney", "age_group": "", "arm": "rATG", "regimen": "", "n": "10", "n_says": "", "endpoint": "death",
    "value": "4", "unit": "%", "qualifier": "1 y", "source": "gaber_1998", "locator": "abstract", "seen_at": "",
    "obtained": "second-hand", "status": "unverified", "note": "",
}  # fmt: skip


def read(tmp_path: Path, *rows: dict[str, str]) -> list:
    path = tmp_path / "outcomes.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    shelf = Shelf(sources=KNOWN.sources, on=None, complaints=Complaints())
    found = build_outcomes(shelf, "trials/atg/outcomes", path)
    shelf.complaints.raise_if_any()
    return found


def test_every_indication_named_for_the_door_has_results():
    there = {each.indication for each in KNOWN.outcomes}
    assert there == set(INDICATIONS)


def test_each_row_of_the_files_is_on_the_shelf_once():
    texts = [path.read_text(encoding="utf-8") for path in (SHELVES / "trials/atg").glob("*.csv")]
    rows = [row for text in texts for row in csv.DictReader(text.splitlines())]
    assert sorted(row["id"] for row in rows) == sorted(each.id for each in KNOWN.outcomes)
    assert len({each.id for each in KNOWN.outcomes}) == len(KNOWN.outcomes) > 450


def test_known_results_stand_as_printed():
    """Held by hand: a second pair of eyes on a few numbers a transplant team knows."""
    by = {(each.study, each.arm, each.endpoint): each for each in KNOWN.outcomes}
    assert by["Gaber 1998", "Thymoglobulin", "rejection reversal"].value == "88"
    assert by["Gaber 1998", "Atgam", "rejection reversal"].value == "76"
    assert by["Scheinberg 2011", "horse ATG", "response"].result.startswith("68 % 6 mo")
    assert by["Brennan 2006", "rATG", "composite endpoint"].obtained is Obtained.RECALLED
    assert by["Pilch 2014", "daclizumab", "BPAR"].value == "8"


def test_what_was_not_found_says_so_and_has_no_value():
    bare = [each for each in KNOWN.outcomes if not each.found]
    assert {each.indication for each in bare} == {"itp", "heart"}
    assert all(each.result == "not found" and each.value == "" and each.note for each in bare)


def test_a_good_row_is_read(tmp_path):
    (one,) = read(tmp_path, ROW)
    assert (one.result, one.size, one.n) == ("4 % 1 y", "10", 10)
    (other,) = read(tmp_path, {**ROW, "n": "", "n_says": "227 in all arms"})
    assert other.size == "227 in all arms"


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("indication", "kidneys"), ("age_group", "infant"), ("obtained", "seen"), ("source", "nobody_1900"),
        ("n", "ten"), ("value", ""), ("status", "checked"), ("design_obtained", ""), ("design_obtained", "heard"),
    ],
)  # fmt: skip
def test_a_row_that_contradicts_itself_is_refused(tmp_path, column, bad):
    with pytest.raises(KnowledgeError, match=column):
        read(tmp_path, {**ROW, column: bad})


def test_nothing_is_verified_without_its_own_page(tmp_path):
    with pytest.raises(KnowledgeError, match="own page"):
        read(tmp_path, {**ROW, "obtained": "read", "status": "verified", "seen_at": "https://drugstip.com/x"})
    with pytest.raises(KnowledgeError, match="stands twice"):
        read(tmp_path, ROW, ROW)


def test_missing_columns_are_named(tmp_path):
    path = tmp_path / "outcomes.csv"
    path.write_text("id,study\n", encoding="utf-8")
    shelf = Shelf(sources=KNOWN.sources, on=None, complaints=Complaints())
    assert build_outcomes(shelf, "trials/atg/outcomes", path) == []
    with pytest.raises(KnowledgeError, match="columns"):
        shelf.complaints.raise_if_any()
