"""Packs, rules, guidelines, ranking, study arms and model parameters: that they speak of things that exist."""

import time
from decimal import Decimal

import pytest

from opsonin.knowledge import load_knowledge
from opsonin.knowledge.knowledge import STATEMENT_TOPICS
from opsonin.knowledge.load import SHELVES, read_shelves
from opsonin.knowledge.shelf_rules import WHEN
from opsonin.patient import RISKS
from opsonin.safety.check import VOCABULARY, names_any

KNOWN = load_knowledge()
RULES = KNOWN.rules_of("ivig")


def by_id(rule):
    return rule.id


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_speaks_of_risks_products_and_packs_that_exist(rule):
    named = [rule.when[key] for key in ("risk", "unknown_risk") if key in rule.when]
    named += [risk for key in ("any_risk", "all_risks") for risk in rule.when.get(key, ())]
    assert set(named) <= set(RISKS)
    assert set(rule.products) <= set(KNOWN.products)
    assert set(rule.packs) <= set(KNOWN.packs)
    assert set(rule.when.get("blood_group_in", ())) <= {"A", "B", "AB"}
    assert rule.when.get("spleen", "removed") == "removed"


def test_the_shelf_and_safety_share_one_vocabulary():
    assert set(WHEN) == set(VOCABULARY)


# Who must not have what: written down by hand from labels and source documents.
EXCLUSIONS = {
    "class/earlier_severe_reaction": set(),
    "class/iga_deficiency_with_antibodies": set(),
    "products/hyperprolinaemia_privigen": {"privigen"},
    "products/fructose_flebogamma": {"flebogamma_dif_5", "flebogamma_dif_10"},
    "products/young_child_flebogamma": {"flebogamma_dif_5", "flebogamma_dif_10"},
    "products/fructose_gammaplex_5": {"gammaplex_5"},
    "products/young_child_gammaplex_5": {"gammaplex_5"},
    "products/corn_octagam": {"octagam_5", "octagam_10"},
    "diagnosis/red_flag_other_diagnosis": set(),
    "diagnosis/other_diagnosis": set(),
}


def test_the_exclusions_are_these_and_no_others():
    assert {r.id: set(r.products) for r in RULES if r.severity == "absolute"} == EXCLUSIONS


@pytest.mark.parametrize("risk", sorted(RISKS))
def test_every_risk_is_looked_at_by_some_rule(risk):
    looked_at = {r for rule in RULES for r in _risks(rule)}
    assert risk in looked_at


def _risks(rule):
    single = [rule.when[k] for k in ("risk", "unknown_risk") if k in rule.when]
    return [*single, *rule.when.get("any_risk", ()), *rule.when.get("all_risks", ())]


def test_haemolysis_is_looked_for_in_both_windows():
    rule = next(r for r in RULES if r.id == "class/haemolysis_blood_group")
    assert rule.when["total_g_per_kg_from"] == 2
    assert "36–96 hours" in rule.remedy and "days 5–10" in rule.remedy


@pytest.mark.parametrize("pack", KNOWN.packs.values(), ids=lambda p: p.id)
def test_a_pack_is_whole(pack):
    assert set(pack.statements) <= set(STATEMENT_TOPICS)
    assert {"premedication", "hydration", "during", "after", "delayed", "haemolysis", "vaccines"} <= set(
        pack.statements
    )
    assert pack.pump_resolution_below_20_kg_ml_per_h <= pack.pump_resolution_ml_per_h
    regions = {region for product in KNOWN.of_family("ivig").values() for region in product.labels}
    assert pack.label_region in regions or pack.id in ("au", "ca-on")


def test_the_us_pack_is_the_one_described():
    us = KNOWN.pack("us")
    weight = us.dosing_weight
    assert (weight.adjusted_factor, weight.bmi_threshold, weight.over_ideal_threshold, weight.actual_above_kg) == (
        Decimal("0.4"),
        30,
        Decimal("1.2"),
        100,
    )
    assert weight.adults_only and weight.ideal_fact.value["female_kg"] == Decimal("45.5")
    assert (us.rounding.direction, us.rounding.tolerance_percent) == ("nearest", 10)
    assert (us.ladder_scheme.factor, us.ladder_scheme.step_minutes) == (2, 30)
    assert (us.cap_at_risk.value, us.cap_at_risk.unit) == (Decimal("3.2"), "mg/kg/min")
    assert us.restart_after_weeks.value == 8


def test_the_other_packs_are_silent_where_nothing_was_read():
    eu = KNOWN.pack("eu")
    assert eu.dosing_weight.kind == "actual"
    assert (eu.rounding, eu.ladder_scheme, eu.cap_at_risk, eu.restart_after_weeks) == (None, None, None, None)
    assert KNOWN.pack("uk").dosing_weight is None
    ontario = KNOWN.pack("ca-on")
    assert (ontario.rounding.to_grams, ontario.rounding.tolerance_percent) == (5, None)


def test_no_premedication_dose_for_children_is_printed():
    for pack in KNOWN.packs.values():
        for fact in pack.statements["premedication"]:
            assert "mg" not in fact.says


@pytest.mark.parametrize("guideline", KNOWN.guidelines, ids=lambda g: g.id)
def test_a_guideline_supports_schedules_only_with_immunoglobulin(guideline):
    assert bool(guideline.schedules) == (guideline.treat == "immunoglobulin")


@pytest.mark.parametrize("grade", [0, 1, 2])
def test_watching_a_child_who_hardly_bleeds_has_a_guideline(grade):
    speaking = [
        g for g in KNOWN.guidelines if g.treat == "observe" and g.age_group == "child" and grade in g.bleeding_grades
    ]
    assert any(g.fact.mark == "" for g in speaking)


def test_the_ranking_rule_is_the_one_described():
    ranking = KNOWN.ranking
    assert ranking.order == ("standing", "probability", "risk-findings", "hours", "grams", "waste")
    assert ranking.probabilities_shaded[-1] == 0
    assert ranking.ignore_probability_below == Decimal("0.10")


def test_published_arms_cover_children_adults_and_no_treatment():
    arms = KNOWN.published
    assert len(arms) > 100
    assert sum(a.age_group == "child" and a.immunoglobulin for a in arms) >= 20
    assert sum(a.age_group == "adult" and a.immunoglobulin for a in arms) >= 20
    assert any("no therapy" in a.regimen and not a.immunoglobulin for a in arms)
    tiki = next(a for a in arms if a.id == "tiki_heitinkpolle2018_1")
    assert (tiki.n, tiki.age_group, tiki.result[:18]) == (99, "child", "68 of 99 (68.7 %);")


def test_model_parameters_stand_on_the_shelf_with_their_spread():
    parameters = [f for f in KNOWN.facts.values() if f.id.startswith("models/")]
    assert any(f.spread for f in parameters)
    assert any(f.holds_for for f in parameters)


def test_reading_the_whole_shelf_takes_a_moment():
    def seconds():
        begun = time.process_time()  # another program on the machine does not count
        read_shelves(SHELVES)
        return time.process_time() - begun

    assert min(seconds() for _ in range(3)) < 0.5


@pytest.mark.parametrize(
    ("noted", "speaks"),
    [
        ("schistocytes on the film", True),
        ("HIT suspected", True),
        ("possible TTP/HUS", True),
        ("haemolytic-uraemic syndrome", True),
        ("DIC", True),
        ("heparin-induced thrombocytopenia", True),
        ("fragmented red cells", True),
        ("white cells normal, no other medical history", False),
        ("her husband reports bruises; thus seen today", False),
    ],
)
def test_diagnoses_that_must_not_be_missed_are_heard_and_no_others(noted, speaks):
    rule = next(r for r in RULES if r.id == "diagnosis/red_flag_other_diagnosis")
    assert names_any([noted], rule.when["red_flag_contains"]) is speaks
