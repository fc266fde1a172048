"""The pages of the look-ups hold what the shelf holds: nothing left out, every unverified value marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import StringIO

from rich.console import Console

from opsonin.knowledge import Fact
from opsonin.knowledge.shelf_rules import WHEN
from opsonin.report import lookup_evidence, lookup_packs, lookup_product, lookup_rules
from opsonin.report import lookup_sources as lookup_works
from opsonin.report.lookup_facts import value_text
from opsonin.report.lookup_print import FRAME, Pages
from opsonin.report.lookup_when import WORDS, when_in_words
from opsonin.report.wording import schedule
from opsonin.sources import Obtained, Status
from opsonin.therapy import SAFETY_FRAME

LAST_GROUP = "Also on the shelf"
WIDE = 3000  # no cell folds, so that a line of a value is a line of the page


def printed(show: Callable[[Pages], None], width: int = WIDE) -> str:
    out = StringIO()
    show(Pages(Console(file=out, width=width, color_system=None, markup=False, emoji=False, highlight=False)))
    return out.getvalue()


def says(text: str, fact: Fact) -> bool:
    """Whether every line of the fact's value stands on the page, the last one with its mark."""
    return all(line in text for line in value_text(fact).splitlines())


def test_the_safety_frame_is_the_plans_own_shortened_to_a_line():
    assert SAFETY_FRAME.startswith(FRAME.rstrip("."))
    assert len(FRAME) <= 100


def test_a_product_page_holds_every_fact_with_its_mark_and_every_work_it_cites(known):
    for item in known.products.values():
        text = printed(lambda out, item=item: lookup_product.show_product(out, known, item))
        for fact in lookup_product.all_facts(item):
            if not any(each.fact.id == fact.id for label in item.labels.values() for each in label.schedules):
                assert says(text, fact), fact.id
            for citation in fact.citations:
                assert known.sources[citation.source].reference() in text, (fact.id, citation)
                assert citation.locator in text
            assert fact.note in text
        for label in item.labels.values():
            for each in label.schedules:
                assert schedule(each) in text
        for rule in known.rules:
            assert (rule.id in text) == (item.id in rule.products), (item.id, rule.id)


def test_a_powder_is_named_with_each_of_its_strengths(known):
    assert lookup_product.name_of(known.products["carimune_nf"]) == "Carimune NF, 3, 6, 9 or 12 %"
    assert lookup_product.name_of(known.products["privigen"]) == "Privigen, 100 mg/mL (10 %)"


def test_every_fact_of_a_product_stands_in_one_group(known):
    for item in known.products.values():
        names = [name for group in lookup_product.grouped(item.facts).values() for name in group]
        assert sorted(names) == sorted(item.facts)


def test_most_facts_find_a_named_group(known):
    """The last group is for what nobody foresaw; when it fills up, the groups want names."""
    last = [name for item in known.products.values() for name in lookup_product.grouped(item.facts).get(LAST_GROUP, ())]
    assert len(last) <= 10, last
    assert list(lookup_product.grouped({"unheard_of": known.facts["policies/ranking/ranking"]})) == [LAST_GROUP]


def test_a_rule_page_holds_all_of_the_rule(known):
    for rule in known.rules:
        text = printed(lambda out, rule=rule: lookup_rules.show_rule(out, known, rule))
        for words in (rule.says + rule.fact.mark, rule.reason, rule.remedy, rule.severity, when_in_words(rule.when)):
            assert words in text, (rule.id, words)
        for id in rule.products:
            assert id in text
        for citation in rule.fact.citations:
            assert known.sources[citation.source].reference() in text and citation.locator in text


def test_every_condition_a_rule_can_have_has_words():
    assert set(WORDS) >= set(WHEN), "add the new conditions to report/lookup_when.py"


def test_conditions_are_words_not_keys(known):
    for rule in known.rules:
        assert "_" not in when_in_words(rule.when), rule.id
    assert when_in_words({"something_new_above": Decimal("1.50")}) == "Something new above 1.5."
    assert when_in_words({"pregnant": True, "age_years_from": Decimal(65)}) == "Pregnancy, and age from 65 years."


def test_the_rules_are_listed_each_once_by_severity(known):
    listed = [rule for group in lookup_rules.by_severity(known).values() for rule in group]
    assert sorted(rule.id for rule in listed) == sorted(rule.id for rule in known.rules)
    text = printed(lambda out: lookup_rules.list_rules(out, known))
    assert text.index("Absolute: must not be given") < text.index("Advisory: take note")
    assert all(rule.id in text for rule in known.rules)


def test_a_pack_page_holds_every_fact_and_names_the_silences(known):
    for pack in known.packs.values():
        text = printed(lambda out, pack=pack: lookup_packs.show_pack(out, known, pack))
        facts = [fact for id, fact in known.facts.items() if id.startswith(f"packs/{pack.id}/")]
        assert facts
        for fact in facts:
            assert says(text, fact), fact.id
        for words in lookup_packs.silences(pack):
            assert f"This pack has no rule on {words}." in text
        labels = lookup_packs.product_labels(known, pack)
        nothing = all(found == "no label facts" for found in labels.values())
        assert ("No label facts for this country" in text) == nothing


def test_a_pack_without_a_rule_is_silent_on_it(known):
    pack = known.packs["us"]
    assert "rounding to vials" not in lookup_packs.silences(pack)
    silent = replace(pack, rounding=None, statements={})
    assert "rounding to vials" in lookup_packs.silences(silent)
    assert len(lookup_packs.silences(silent)) > len(lookup_packs.silences(pack)) + 5


def test_a_work_shows_everything_that_cites_it_and_no_address(known):
    counts = lookup_works.citation_counts(known)
    for source in known.sources.values():
        text = printed(lambda out, source=source: lookup_works.show_source(out, known, source))
        facts, arms = lookup_works.citing(known, source.key)
        assert counts[source.key] == (len(facts), len(arms))
        for fact in facts:
            assert fact.id in text and says(text, fact), fact.id
        for arm in arms:
            assert arm.id in text
        assert not any(address in text for address in source.seen_at)


def test_every_citation_is_met_from_its_work(known):
    counts = lookup_works.citation_counts(known)
    assert sum(facts for facts, _ in counts.values()) == sum(
        len({citation.source for citation in fact.citations}) for fact in known.facts.values()
    )
    assert sum(arms for _, arms in counts.values()) == len(known.published) + len(known.outcomes)


def test_evidence_is_found_by_words(known):
    assert lookup_evidence.find_arms(known, ()) == known.published
    child = lookup_evidence.find_arms(known, ("children",))
    assert child and {arm.age_group for arm in child} == {"child", "mixed"}
    both = lookup_evidence.find_arms(known, ("child", "no", "therapy"))
    assert both and all("no therapy" in arm.regimen and arm.age_group != "adult" for arm in both)
    assert lookup_evidence.find_arms(known, ("nosuchword",)) == ()


def test_evidence_of_a_product_names_its_brand_and_no_other_strength(known):
    found = {id: lookup_evidence.find_arms(known, (id.replace("_", "-"),)) for id in known.products}
    assert found["octagam_10"] and found["octagam_5"] and found["gamunex_c"]
    assert not set(found["octagam_10"]) & set(found["octagam_5"])
    assert all("gamunex" in arm.regimen.lower() for arm in found["gamunex_c"])


def test_an_unverified_arm_is_marked(known):
    text = printed(lambda out: lookup_evidence.show_evidence(out, known, ()))
    for arm in known.published:
        sign = "‡" if arm.obtained is Obtained.RECALLED else "†" if arm.status is not Status.VERIFIED else ""
        if arm.result:
            assert arm.result + sign in text, arm.id
