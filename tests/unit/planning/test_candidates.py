"""Which regimens could be given, and are they always safe and exact?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from opsonin.knowledge import load_knowledge
from opsonin.knowledge.load import SHELVES, read_shelves
from opsonin.patient import RISKS, StockItem
from opsonin.planning.candidates import candidates, ladder_scheme, silences
from opsonin.safety import offers, rate_at_risk


def regimens(person, circumstances, known):
    return {r.id: r for r, _ in candidates(person, circumstances, offers(person, circumstances, known), known)}


def test_seventy_kilograms_one_gram_twice_by_hand(known, person, setting):
    """70 kg × 1 g/kg = 70 g = 700 mL of a 10 % product a day; two days: 140 g, 2 g/kg."""
    found = regimens(person(), setting(), known)["octagam_10:1x2"]
    assert [i.dose.grams for i in found.infusions] == [70, 70]
    assert found.total_ml == 1400 and found.total_g_per_actual_kg == 2
    assert found.infusions[1].starts_at.isoformat() == "2026-11-22T09:00:00-05:00"
    assert found.infusions[0].ends_at.isoformat(timespec="minutes") == "2026-11-21T11:45-05:00"


def test_each_schedule_of_the_label_is_a_candidate(known, person, setting):
    found = regimens(person(), setting(), known)
    assert {"gamunex_c:1x2", "gamunex_c:0.4x5"} <= set(found)


def test_stock_limits_products_and_vial_sizes(known, person, setting):
    stock = (StockItem("gamunex_c", (Decimal(10),)),)
    found = regimens(person(kg="73"), setting(stock=stock), known)
    assert {id.split(":")[0] for id in found} == {"gamunex_c"}
    assert all(v.size_g == 10 for r in found.values() for i in r.infusions for v in i.dose.vials)


def test_the_eu_pack_uses_eu_labels(known, person, setting):
    """Privigen: 4.8 mL/kg/h × 70 kg = 336 mL/h in the EU, 168 mL/h in the US."""
    top = {
        pack: regimens(person(), setting(pack=pack), known)["privigen:1x2"].infusions[0].ladder.steps[-1].ml_per_h
        for pack in ("us", "eu")
    }
    assert top == {"us": 168, "eu": 336}


def test_a_scheme_that_is_borrowed_is_named(known):
    silent = replace(known.pack("us"), id="silent", ladder_scheme=None)
    scheme, owner = ladder_scheme(silent, known)
    assert scheme is not None and "borrowed" in owner


def test_what_a_pack_does_not_say_is_said(known):
    bare = replace(
        known.pack("us"),
        dosing_weight=None,
        rounding=None,
        ladder_scheme=None,
        cap_at_risk=None,
        restart_after_weeks=None,
    )
    topics = [s.topic for s in silences(bare, known, at_risk=True)]
    assert len(topics) == 5
    assert all("has no rule on" in s.says("bare") for s in silences(bare, known, at_risk=True))


KNOWN = load_knowledge()  # not a fixture: a failing example prints its arguments

packs = st.sampled_from(sorted(KNOWN.packs))
kilograms = st.decimals(min_value="3", max_value="180", places=1)
ages = st.decimals(min_value="0.5", max_value="95", places=1)
some_risks = st.sets(st.sampled_from(sorted(RISKS)), max_size=3)


@settings(max_examples=60, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kg=kilograms, age=ages, pack=packs, risks=some_risks, height=st.sampled_from([None, "110", "165", "190"]))
def test_every_regimen_for_anyone_is_within_label_and_adds_up(person, setting, kg, age, pack, risks, height):
    patient = person(
        kg=kg, age_years=age, risks=dict.fromkeys(risks, True), height_cm=Decimal(height) if height else None
    )
    circumstances = setting(pack=pack)
    region = KNOWN.pack(pack).label_region
    risky = bool(rate_at_risk(patient, KNOWN)[0])
    for regimen in regimens(patient, circumstances, KNOWN).values():
        facts = regimen.product.labels[region].ladder
        strength = regimen.product.concentration_mg_per_ml
        maximum = facts.maximum.ml_per_kg_per_h(strength)
        if risky and facts.maximum_at_risk is not None:
            maximum = min(maximum, facts.maximum_at_risk.ml_per_kg_per_h(strength))
        for infusion in regimen.infusions:
            rates = [step.ml_per_h for step in infusion.ladder.steps]
            assert rates == sorted(rates) and rates[-1] <= maximum * kg
            assert sum(s.volume_ml for s in infusion.ladder.steps) == pytest.approx(
                infusion.dose.volume_ml, abs=Decimal("1e-12")
            )
            in_vials = sum(v.size_g * v.count for v in infusion.dose.vials)
            assert in_vials == infusion.dose.grams + infusion.dose.discarded_g


@settings(max_examples=25, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kg=kilograms, age=ages, pack=packs, risks=some_risks)
def test_the_same_case_under_the_same_pack_gives_the_same_regimens(person, setting, kg, age, pack, risks):
    """A second reading of the shelf and the same case in another order of its risks change nothing."""
    again = read_shelves(SHELVES)
    one, two = (
        candidates(someone, setting(pack=pack), offers(someone, setting(pack=pack), known), known)
        for known, someone in (
            (KNOWN, person(kg=kg, age_years=age, risks=dict.fromkeys(sorted(risks), True))),
            (again, person(kg=kg, age_years=age, risks=dict.fromkeys(sorted(risks, reverse=True), True))),
        )
    )
    assert repr(one) == repr(two)


@settings(max_examples=30, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kg=kilograms, more=st.decimals(min_value="0.1", max_value="15", places=1), pack=packs)
def test_a_heavier_patient_never_gets_less_within_one_weight_basis(person, setting, kg, more, pack):
    circumstances = setting(pack=pack)
    light, heavy = (regimens(person(kg=w), circumstances, KNOWN) for w in (kg, kg + more))
    for id in set(light) & set(heavy):
        if light[id].weight.basis == heavy[id].weight.basis:
            assert heavy[id].total_g >= light[id].total_g
