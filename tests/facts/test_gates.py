"""Gates that every fact on the shelf passes, whatever it says."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from opsonin.knowledge import load_knowledge
from opsonin.knowledge.units import ACCEPTED
from opsonin.sources import Obtained, Status

KNOWN = load_knowledge()
FACTS = list(KNOWN.facts.values())
PUBLISHED = [*KNOWN.published, *KNOWN.outcomes, *KNOWN.harm_counts, *KNOWN.predictors]
OWN_PAGES = {
    line
    for line in Path(__file__).with_name("own_pages.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}
MACHINE_WRITTEN = ("droracle.ai", "medx.it.com", "onlycalculators.com", "pharmacyfreak.com", "nclex.me")
WITHOUT_SOURCE = (Obtained.ASSUMED, Obtained.CALIBRATED, Obtained.NOT_FOUND)


def hosts(citations):
    return {urlsplit(address).hostname for citation in citations for address in citation.seen_at}


def numbers_in(value):
    if isinstance(value, Decimal):
        return [value]
    return [n for item in value for n in numbers_in(item)] if isinstance(value, tuple) else []


def test_the_shelf_is_not_empty():
    assert len(FACTS) > 700 and len(KNOWN.sources) > 100


def test_every_number_has_a_unit_of_the_list():
    assert [f.id for f in FACTS if numbers_in(f.value) and f.unit not in ACCEPTED] == []


def test_every_fact_says_something():
    assert [f.id for f in FACTS if not f.says and not isinstance(f.value, str)] == []


def test_every_citation_resolves():
    cited = [(f.id, c.source) for f in FACTS for c in f.citations]
    assert [pair for pair in cited if pair[1] not in KNOWN.sources] == []
    assert [a.id for a in PUBLISHED if a.citation.source not in KNOWN.sources] == []


def test_nothing_stands_without_a_source_but_what_says_why():
    bare = [f for f in FACTS if not f.citations]
    assert [f.id for f in bare if f.obtained not in WITHOUT_SOURCE] == []
    assert [f.id for f in bare if f.obtained is Obtained.ASSUMED and not f.note] == []


def test_what_was_read_has_a_place_in_its_work():
    read = [f for f in FACTS if f.obtained in (Obtained.READ, Obtained.SECOND_HAND, Obtained.DERIVED)]
    assert [f.id for f in read if not all(c.locator for c in f.citations)] == []


def test_nothing_verified_was_seen_only_on_a_mirror():
    verified = [(f.id, f.citations) for f in FACTS if f.status is Status.VERIFIED]
    verified += [(a.id, (a.citation,)) for a in PUBLISHED if a.status is Status.VERIFIED]
    assert len(verified) > 100
    assert [id for id, citations in verified if not hosts(citations) & OWN_PAGES] == []


def test_nothing_recalled_or_assumed_is_verified():
    unsure = (Obtained.RECALLED, Obtained.ASSUMED, Obtained.SECOND_HAND, Obtained.NOT_FOUND)
    assert [f.id for f in FACTS if f.obtained in unsure and f.status is Status.VERIFIED] == []


def test_machine_written_pages_are_not_cited():
    seen = {host for f in FACTS for host in hosts(f.citations) if host}
    assert [h for h in seen if h.endswith(MACHINE_WRITTEN)] == []


def test_every_work_is_cited_and_described():
    used = {c.source for f in FACTS for c in f.citations} | {a.citation.source for a in PUBLISHED}
    assert sorted(set(KNOWN.sources) - used) == []
    papers = [s for s in KNOWN.sources.values() if s.kind == "paper"]
    assert [s.key for s in papers if not (s.doi or s.pmid or s.edition or (s.authors and s.year))] == []


def test_no_work_is_named_after_the_page_it_was_seen_on():
    """The work is cited, the mirror only noted: no title carries a web address."""
    assert [s.key for s in KNOWN.sources.values() if "http" in s.title + s.authors + s.edition] == []


def test_tags_are_numbers_of_the_source_documents():
    said = {tag for f in FACTS if f.id.startswith("source_facts/") for tag in f.tags}
    assert Counter(tag[4] for tag in said) == {"A": 20, "B": 15, "C": 9}
    carried = {tag for f in FACTS if not f.id.startswith("source_facts/") for tag in f.tags}
    assert carried <= said
    assert {"SRC-B8", "SRC-B10", "SRC-B15", "SRC-C4", "SRC-C6"} <= carried
    assert {f"SRC-A{number}" for number in range(1, 21)} <= carried


@pytest.mark.parametrize("fact", [f for f in FACTS if f.status is Status.DISPUTED], ids=lambda f: f.id)
def test_a_disputed_fact_says_who_disagrees(fact):
    assert len(fact.citations) > 1 and len(fact.note) > 80
