"""The audit: every fact counted once, what is unverified listed with where it was seen, gaps found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

from rich.console import Console

from opsonin.report import lookup_audit
from opsonin.report.lookup_print import Pages
from opsonin.sources import Obtained, Status

WIDE = 3000  # no cell folds


def printed(show: Callable[[Pages], None], width: int = WIDE) -> str:
    out = StringIO()
    show(Pages(Console(file=out, width=width, color_system=None, markup=False, emoji=False, highlight=False)))
    return out.getvalue()


def test_an_audit_counts_every_fact_once(known):
    done = lookup_audit.audit(known)
    assert sum(n for statuses in done.counts.values() for n in statuses.values()) == len(known.facts)
    assert sum(n for statuses in done.arm_counts.values() for n in statuses.values()) == len(known.published) + len(
        known.outcomes
    )
    verified = {fact.id for fact in known.facts.values() if fact.status is Status.VERIFIED}
    listed = {fact.id for fact in (*done.unverified, *done.not_found)}
    assert listed | verified == set(known.facts) and not listed & verified


def test_an_audit_lists_each_unverified_fact_with_its_addresses(known):
    done = lookup_audit.audit(known)
    text = printed(lambda out: lookup_audit.show_audit(out, known, done))
    for fact in done.unverified:
        assert fact.id in text
        for citation in fact.citations:
            assert all(address in text for address in citation.seen_at)


def test_an_audit_misses_a_source_fact_that_nothing_carries(known):
    bare = {
        id: replace(fact, tags=tuple(tag for tag in fact.tags if tag != "SRC-B11")) for id, fact in known.facts.items()
    }
    done = lookup_audit.audit(replace(known, facts=bare))
    assert "SRC-B11" in done.source_facts_missing and not done.passes_strict
    assert "SRC-B11" in lookup_audit.verdict(done)


def test_an_audit_finds_what_has_no_source_and_no_reason(known):
    fact = next(fact for fact in known.facts.values() if fact.obtained is Obtained.READ)
    naked = replace(fact, citations=())
    done = lookup_audit.audit(replace(known, facts={**known.facts, fact.id: naked}))
    assert done.unsourced == (naked,) and not done.passes_strict
    assumed = replace(naked, obtained=Obtained.ASSUMED, status=Status.UNVERIFIED, note="Chosen because.")
    done = lookup_audit.audit(replace(known, facts={**known.facts, fact.id: assumed}))
    assert done.unsourced == () and assumed in done.with_reason


def test_an_audit_says_what_only_its_restatement_carries(known):
    restated = {id: replace(fact, tags=()) for id, fact in known.facts.items() if not id.startswith("source_facts/")}
    kept = {id: fact for id, fact in known.facts.items() if id.startswith("source_facts/")}
    fact = next(iter(restated.values()))
    tagged = replace(fact, id="source_facts/B11", tags=("SRC-B11",))
    done = lookup_audit.audit(replace(known, facts={**restated, **kept, tagged.id: tagged}))
    assert "SRC-B11" in done.source_facts_only_restated
