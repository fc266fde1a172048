"""Reading a shelf: what is refused, all at once, and what the values are once read."""

import shutil
from datetime import date
from decimal import Decimal

import pytest

from opsonin.errors import KnowledgeError
from opsonin.knowledge import load_knowledge
from opsonin.knowledge.load import SHELVES, read_shelves

FACT = """
sodium:
  says: Sodium content.
  value: 0.10
  unit: mmol/L
  obtained: second-hand
  status: unverified
  sources:
    - { key: harriet_lane_24, at: p. 1 }
"""


@pytest.fixture
def shelf(tmp_path):
    """A copy of the packaged shelves, to be spoilt."""
    return shutil.copytree(SHELVES, tmp_path / "shelves")


def write(shelf, text, name="facts/extra.yaml"):
    path = shelf / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def complaints(shelf, **options):
    with pytest.raises(KnowledgeError) as refused:
        read_shelves(shelf, **options)
    return str(refused.value)


def test_a_sound_fact_is_read_exactly(shelf):
    write(shelf, FACT)
    fact = read_shelves(shelf).fact("facts/extra/sodium")
    assert (str(fact.value), fact.unit, fact.mark) == ("0.10", "mmol/L", "†")
    assert fact.citations[0].locator == "p. 1"
    assert fact.number() == Decimal("0.1")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  unit: mmol/L", "  unit: mmol/l", "extra · sodium · unit: 'mmol/l' is not a unit of the shelf"),
        ("  unit: mmol/L\n", "", "sodium · unit: is missing beside a number"),
        ("  value: 0.10", "  value: little", "sodium · unit: stands beside a value that is not a number"),
        ("  unit: mmol/L", "  units: mmol/L", "sodium · units: is not a key of this block"),
        ("  unit: mmol/L", "  unit: mmol/L\n  unit: g", "unit: stands twice in one block"),
        ("key: harriet_lane_24", "key: harriet_lane_25", "names 'harriet_lane_25', which is not in sources.yaml"),
        ("  obtained: second-hand\n", "", "sodium · obtained, status: are None and 'unverified'"),
        ("  status: unverified\n", "", "sodium · obtained, status: are 'second-hand' and None"),
        ("obtained: second-hand", "obtained: not-found", "obtained: says not-found but there is a value"),
        ("status: unverified", "status: verified", "status: is verified though it was second-hand"),
        ("second-hand\n  status: unverified", "read\n  status: verified", "no address is the work's own page"),
        ("  sources:\n    - { key: harriet_lane_24, at: p. 1 }", "", "sources: names no source"),
        ("at: p. 1", "page: 1", "sources: holds {'key': 'harriet_lane_24', 'page': Decimal('1')}"),
        ("  value: 0.10", "  value: null", "value: is not found but carries a mark"),
        ("  says: Sodium content.\n  value: 0.10\n  unit: mmol/L", "  says: ''", "says: is missing"),
        ("  status: unverified", "  status: unverified\n  checked: soon", "checked: holds 'soon', which is not a date"),
        ("  status: unverified", "  status: unverified\n  in_force: 2020", "in_force: is Decimal('2020')"),
        ("  status: unverified", "  status: unverified\n  tags: SRC-B1", "tags: is 'SRC-B1'. Write a list"),
        ("sodium:", "sodium", "facts/extra.yaml: is not YAML"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(shelf, old, new, words):
    assert old in FACT
    write(shelf, FACT.replace(old, new))
    assert words in complaints(shelf)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &shared { says: x }\nb: *shared\n", "extra.yaml · line 1: uses a YAML anchor or alias"),
        (FACT + "\n---\n" + FACT, "holds more than one YAML document"),
        ("- a list\n", "does not hold blocks"),
        ("", "does not hold blocks"),
        ("sodium: 3\n", "extra · sodium: is not a fact block"),
    ],
)
def test_a_file_is_plain_blocks(shelf, text, words):
    write(shelf, text)
    assert words in complaints(shelf)


def test_every_problem_is_told_at_once(shelf):
    write(shelf, FACT.replace("mmol/L", "drops").replace("harriet_lane_24", "nobody"))
    write(shelf, FACT.replace("unverified", "certain"), "facts/second.yaml")
    told = complaints(shelf)
    assert told.startswith("The shelf has 3 problems:")
    assert "'drops'" in told and "'nobody'" in told and "'certain'" in told


def test_an_assumption_needs_its_reason_and_nothing_else(shelf):
    assumed = FACT.replace("second-hand", "assumed").replace("  sources:\n    - { key: harriet_lane_24, at: p. 1 }", "")
    write(shelf, assumed)
    assert "or write obtained: assumed with the reason as 'note'" in complaints(shelf)
    write(shelf, assumed.rstrip() + "\n  note: Chosen for this test.\n")
    assert read_shelves(shelf).fact("facts/extra/sodium").mark == "‡"


def test_what_was_not_found_stays_so(shelf):
    write(shelf, "sodium:\n  says: Sodium content.\n  value: null\n")
    fact = read_shelves(shelf).fact("facts/extra/sodium")
    assert not fact.found and fact.obtained == "not-found"
    with pytest.raises(KnowledgeError, match="asked for a number"):
        fact.number()


def test_a_fact_is_there_only_while_it_is_in_force(shelf):
    write(shelf, FACT.rstrip() + "\n  in_force: { from: 2020-01-01, until: 2021-12-31 }\n")
    id = "facts/extra/sodium"
    assert id in read_shelves(shelf).facts
    assert id in read_shelves(shelf, on=date(2021, 12, 31)).facts
    assert id not in read_shelves(shelf, on=date(2022, 1, 1)).facts
    assert id not in read_shelves(shelf, on=date(2019, 12, 31)).facts


def test_the_version_follows_the_content(shelf):
    before = read_shelves(shelf).version
    assert before == read_shelves(SHELVES).version
    write(shelf, FACT)
    assert read_shelves(shelf).version != before
    assert len(before) == 12


def test_two_lists_may_not_name_the_same_work(shelf):
    write(shelf, "harriet_lane_24: { kind: handbook, title: Again }\n", "facts/sources.yaml")
    assert "stands in two lists of sources" in complaints(shelf)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x: { kind: rumour, title: T }", "kind: is 'rumour'"),
        ("x: { kind: paper }", "title: is missing"),
        ("x: { kind: paper, title: T, url: u }", "url: is not a key of a source"),
    ],
)
def test_a_work_must_be_described(shelf, text, words):
    write(shelf, text + "\n", "facts/sources.yaml")
    assert words in complaints(shelf)


def test_values_cannot_be_changed():
    known = load_knowledge()
    with pytest.raises(TypeError):
        known.facts["x"] = None
    with pytest.raises(TypeError):
        known.packs["us"].dosing_weight.fact.value["adjusted_factor"] = Decimal(1)
    with pytest.raises(AttributeError):
        known.products["privigen"].brand = "Other"


def test_it_is_read_once():
    assert load_knowledge() is load_knowledge()


def test_near_names_are_offered():
    known = load_knowledge()
    assert known.product("Gamunex-C").id == "gamunex_c"
    with pytest.raises(KnowledgeError, match="Known: "):
        known.product("gamunex")
    with pytest.raises(KnowledgeError, match="Near: products/privigen/labels/us/rate_maximum"):
        known.fact("products/privigen/labels/us/rate_maximun")
    with pytest.raises(KnowledgeError, match="No policy pack 'fr'"):
        known.pack("fr")
