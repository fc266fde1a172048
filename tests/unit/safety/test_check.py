"""Which rules speak?"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from opsonin.errors import KnowledgeError
from opsonin.knowledge import load_knowledge
from opsonin.knowledge.shelf_rules import WHEN
from opsonin.patient import RISKS, Bleeding, Diagnosis, Medicine, ToleratedInfusion, Vaccine, Weight
from opsonin.planning import candidates
from opsonin.safety import VOCABULARY, check_patient, check_product, check_regimen, offers, rate_at_risk

KNOWN = load_knowledge()  # not a fixture where a failing example would print it


def rules_of(findings):
    return {f.rule for f in findings}


def everything(person, circumstances, known):
    """All findings about a person, every product and every regimen."""
    found = {("", f.rule) for f in check_patient(person, circumstances, known)}
    for item in known.products.values():
        found |= {(item.id, f.rule) for f in check_product(person, circumstances, item, known)}
    offered = offers(person, circumstances, known)
    for regimen, _ in candidates(person, circumstances, offered, known):
        found |= {(regimen.id, f.rule) for f in check_regimen(person, circumstances, regimen, known)}
    return found


def test_every_rule_on_the_shelf_speaks_the_vocabulary(known):
    for rule in known.rules_of("ivig"):
        assert set(rule.when) <= VOCABULARY, rule.id
        assert rule.when, rule.id
        assert rule.severity in ("absolute", "conditional", "advisory")
        assert rule.says and rule.reason and rule.remedy


def test_rules_name_only_risks_a_patient_can_have(known):
    for rule in known.rules_of("ivig"):
        for key in ("risk", "any_risk", "all_risks", "unknown_risk"):
            named = rule.when.get(key, ())
            for risk in named if isinstance(named, tuple) else (named,):
                assert risk in RISKS, rule.id


def test_rules_name_only_products_and_packs_on_the_shelf(known):
    for rule in known.rules_of("ivig"):
        assert set(rule.products) <= set(known.products), rule.id
        assert set(rule.packs) <= set(known.packs), rule.id


def test_a_word_outside_the_vocabulary_is_an_error(known, person, setting):
    odd = replace(known.rules_of("ivig")[0], when={"moon_phase": "full"}, products=(), packs=())
    with pytest.raises(KnowledgeError, match="moon_phase"):
        check_patient(person(), setting(), replace(known, rules=(replace(odd, when={"always": True}), odd)))


def test_the_shelf_and_the_reader_share_one_vocabulary():
    assert set(WHEN) == VOCABULARY


def one_rule(known, **when):
    return replace(known, rules=(replace(known.rules_of("ivig")[0], id="x", when=when, products=(), packs=()),))


@pytest.mark.parametrize(
    ("when", "changes", "speaks"),
    [
        ({"risk": "renal"}, {"risks": {"renal": True}}, True),
        ({"risk": "renal"}, {"risks": {"renal": None}}, False),
        ({"unknown_risk": "renal"}, {"risks": {"renal": None}}, True),
        ({"any_risk": ("renal", "cardiac")}, {"risks": {"cardiac": True}}, True),
        ({"all_risks": ("iga_deficiency", "anti_iga")}, {"risks": {"iga_deficiency": True}}, False),
        ({"age_years_below": Decimal(18)}, {"age_years": Decimal("17.99")}, True),
        ({"age_years_below": Decimal(18)}, {"age_years": Decimal(18)}, False),
        ({"age_years_from": Decimal(65)}, {"age_years": Decimal(65)}, True),
        ({"age_years_above": Decimal(65)}, {"age_years": Decimal(65)}, False),
        ({"blood_group_in": ("A", "B", "AB")}, {"blood_group": "AB"}, True),
        ({"blood_group_in": ("A", "B", "AB")}, {"blood_group": None}, False),
        ({"pregnant": True}, {"pregnant": True}, True),
        ({"pregnant": True}, {"pregnant": None}, False),
        ({"lactating": True}, {"lactating": True}, True),
        (
            {"medicine_contains": ("furosemide",)},
            {"medicines": (Medicine("Furosemide 40 mg", None, None, None),)},
            True,
        ),
        ({"medicine_contains": ("furosemide",)}, {"medicines": None}, False),
        ({"diagnosis_secondary": True}, {"diagnosis": Diagnosis("secondary-itp", None, None, "SLE", None)}, True),
        ({"spleen": "removed"}, {"diagnosis": Diagnosis("primary-itp", None, None, None, "removed")}, True),
        ({"red_flag_contains": ("TTP", "HUS")}, {"red_flags": ("possible ttp",)}, True),
        ({"bleeding_grade_from": 3}, {"bleeding": Bleeding(3, ())}, True),
        ({"bleeding_grade_from": 3}, {"bleeding": Bleeding(None, ())}, False),
        ({"weight_older_than_days": 30}, {"weight": Weight(Decimal(70), date(2026, 10, 1), "70 kg")}, True),
        ({"weight_older_than_days": 50}, {"weight": Weight(Decimal(70), date(2026, 10, 1), "70 kg")}, False),
        (
            {"live_vaccine_planned_within_months": 11},
            {"vaccines": (Vaccine("MMR", True, date(2027, 3, 1)),)},
            True,
        ),
        (
            {"live_vaccine_planned_within_months": 2},
            {"vaccines": (Vaccine("MMR", True, date(2027, 3, 1)),)},
            False,
        ),
        ({"always": True}, {}, True),
        ({"risk": "renal", "age_years_from": Decimal(65)}, {"risks": {"renal": True}}, False),
    ],
)
def test_one_condition_at_a_time(known, person, setting, when, changes, speaks):
    assert bool(check_patient(person(**changes), setting(), one_rule(known, **when))) is speaks


@pytest.mark.parametrize(
    ("tolerated", "speaks"),
    [
        ((), True),
        ((ToleratedInfusion("privigen", date(2026, 11, 1), None, None),), True),  # another brand
        ((ToleratedInfusion("gamunex_c", date(2026, 11, 1), None, None),), False),  # same brand, three weeks ago
        ((ToleratedInfusion("gamunex_c", date(2026, 9, 1), None, None),), True),  # more than eight weeks ago
        (None, False),  # not stated: the rule cannot speak, the plan lists it as not known
    ],
)
def test_first_infusion_new_brand_or_long_gap(known, person, setting, tolerated, speaks):
    first = known.rules_of("ivig")[0]
    rule = replace(first, id="x", when={"first_infusion_or_switch_or_gap": True}, products=(), packs=())
    only = replace(known, rules=(rule,))
    found = check_product(person(tolerated=tolerated), setting(), known.product("gamunex_c"), only)
    assert bool(found) is speaks


def test_hyperprolinaemia_rules_out_privigen_only(known, person, setting):
    patient = person(risks={"hyperprolinaemia": True})
    ruled_out = {
        item.id
        for item in known.products.values()
        if any(f.severity == "absolute" for f in check_product(patient, setting(), item, known))
    }
    assert ruled_out == {"privigen"}


def test_group_a_at_two_grams_per_kilogram_is_a_haemolysis_finding(known, person, setting):
    patient = person(blood_group="A")
    offered = offers(patient, setting(), known)
    by_id = {
        r.id: check_regimen(patient, setting(), r, known) for r, _ in candidates(patient, setting(), offered, known)
    }
    assert any("haemolysis" in f.message.lower() for f in by_id["gamunex_c:1x2"])
    group_o = {
        r.id: check_regimen(person(), setting(), r, known) for r, _ in candidates(person(), setting(), offered, known)
    }
    assert not any("haemolysis" in f.message.lower() for f in group_o["gamunex_c:1x2"])


@pytest.mark.parametrize(("kg", "height"), [("72", "168"), ("71", "190"), ("96.4", "176")])
def test_a_course_ordered_at_two_grams_counts_as_two_grams_whatever_the_rounding(known, person, setting, kg, height):
    """72 kg at 168 cm is dosed on adjusted weight, 71 kg is rounded down to 70 g: both were ordered at 2 g/kg."""
    patient = person(blood_group="A", kg=kg, height_cm=Decimal(height))
    found = {
        r.id: check_regimen(patient, setting(), r, known)
        for r, _ in candidates(patient, setting(), offers(patient, setting(), known), known)
    }
    assert any("haemolysis" in f.message.lower() for f in found["gamunex_c:1x2"])


def test_reduced_rate_for_renal_thrombosis_or_age(known, person):
    assert rate_at_risk(person(), known)[0] == ()
    assert rate_at_risk(person(risks={"renal": True}), known)[0] == ("renal",)
    assert rate_at_risk(person(age_years=Decimal(66)), known)[0] == ("age above 65 years",)


@settings(max_examples=25, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    base=st.sets(st.sampled_from(sorted(RISKS)), max_size=4),
    more=st.sampled_from(sorted(RISKS)),
    pack=st.sampled_from(sorted(KNOWN.packs)),
    age=st.decimals("0.5", "95", places=1),
)
def test_one_more_risk_only_adds_findings(person, setting, base, more, pack, age):
    """For products and regimens that remain on offer, the findings with one risk more contain those without it."""
    few, many = (
        everything(person(age_years=age, risks=dict.fromkeys(risks, True)), setting(pack=pack), KNOWN)
        for risks in (base, base | {more})
    )
    still_offered = {where for where, _ in many}
    assert {f for f in few if f[0] == "" or f[0] in KNOWN.products or f[0] in still_offered} <= many


def test_planned_vaccine_without_a_date_counts_as_soon(known, person, setting):
    only = one_rule(known, live_vaccine_planned_within_months=3)
    assert check_patient(person(vaccines=(Vaccine("varicella", True, None),)), setting(), only)
    later = setting().as_of + timedelta(days=200)
    assert not check_patient(person(vaccines=(Vaccine("varicella", True, later),)), setting(), only)
