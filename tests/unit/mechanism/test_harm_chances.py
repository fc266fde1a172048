"""Chances of harms in a course, and the red-cell module behind one of them."""

from dataclasses import replace

import numpy as np
import pytest

from opsonin import planning, safety
from opsonin.case import read_case
from opsonin.knowledge import load_knowledge
from opsonin.mechanism.harm import HARMS, chances, harms
from opsonin.mechanism.harm.haemolysis import fall_chance, falls, fit
from opsonin.mechanism.harm.pooling import jeffreys
from opsonin.mechanism.harm.viscosity import viscosity_rise_cp

KNOWN = load_knowledge()
CASE = read_case("examples/adult-newly-diagnosed.yaml")
OFFERED = safety.offers(CASE.patient, CASE.circumstances, KNOWN)
REGIMENS = {r.id: r for r, _ in planning.candidates(CASE.patient, CASE.circumstances, OFFERED, KNOWN)}
CHILD = read_case("examples/child-new-itp.yaml").patient
TWICE, ONCE = ((0, 1.0), (1, 1.0)), ((0, 1.0),)


def chance(patient, regimen):
    return {one.harm: one for one in chances(patient, REGIMENS[regimen], KNOWN)}


def test_every_harm_has_a_chance_with_its_interval_or_says_that_none_is_known():
    for regimen in REGIMENS:
        found = chance(CASE.patient, regimen)
        assert set(found) == set(HARMS)
        for one in found.values():
            if one.probability is None:
                assert "not" in one.says and one.how == "not known"
            else:
                assert 0 < one.low_95 < one.probability < one.high_95 < 1 and one.facts


def test_one_study_is_its_own_count():
    found = chance(CASE.patient, "octagam_10:1x2")["renal_impairment"]
    assert (found.probability, found.low_95, found.high_95) == pytest.approx(tuple(jeffreys(8, 119, level=0.95)))
    assert found.probability == pytest.approx(8 / 119, abs=0.002)


def test_a_published_interval_is_printed_as_published():
    found = chance(CASE.patient, "octagam_10:1x2")["thrombosis"]
    assert (found.probability, found.low_95, found.high_95) == pytest.approx((8.86e-4, 3.25e-4, 14.6e-4))


def test_more_grams_bring_more_headache_and_haemolysis_and_more_infusions_more_reactions():
    once, twice, five = (chance(CASE.patient, f"octagam_10:{s}") for s in ("1x1", "1x2", "0.4x5"))
    for harm in ("headache", "haemolysis", "infusion_reaction", "anaphylaxis"):
        assert twice[harm].probability > once[harm].probability
    assert five["infusion_reaction"].probability > twice["infusion_reaction"].probability


def test_blood_group_and_isoagglutinins_decide_haemolysis():
    by_group = {
        g: chance(replace(CASE.patient, blood_group=g), "octagam_10:1x2")["haemolysis"] for g in ("O", "B", "A", "AB")
    }
    assert by_group["O"].probability is None and "3 people group O" in by_group["O"].says
    assert by_group["B"].probability < by_group["A"].probability < by_group["AB"].probability
    unknown = chance(replace(CASE.patient, blood_group=None), "octagam_10:1x2")["haemolysis"]
    assert unknown.probability == by_group["A"].probability and "Blood group not known" in unknown.says
    fewer = chance(replace(CASE.patient, blood_group="A"), "privigen:1x1")["haemolysis"]
    assert (
        fewer.probability
        < chance(replace(CASE.patient, blood_group="A"), "octagam_10:1x1")["haemolysis"].probability / 4
    )


def test_the_red_cell_module_gives_back_the_cohort_it_was_fitted_to():
    some, bad = (fall_chance(TWICE, fall, KNOWN, coating=1, level=0.95) for fall in (10, 20))
    assert some == pytest.approx(tuple(jeffreys(32, 99, level=0.95)), abs=0.01)
    assert bad == pytest.approx(tuple(jeffreys(19, 99, level=0.95)), abs=0.02)
    assert np.all(fit(KNOWN).spread > 0)


def test_a_patient_is_of_their_own_fitted_population_and_weight():
    from opsonin.mechanism.harm.haemolysis import numbers

    adult, child = dict(numbers(KNOWN)), dict(numbers(KNOWN, CHILD))
    for group, person in (("adults", adult), ("children", child)):
        assert person["IC50"] == pytest.approx(float(KNOWN.fitted.groups[group].mean["IC50"]))
    assert child["weight"] == float(CHILD.weight.kg) and child["V1"] < adult["V1"] / 2
    assert child["CLu"] / child["weight"] > 1.2 * adult["CLu"] / adult["weight"], "children clear IgG faster"
    here, usual = falls(TWICE, KNOWN, CHILD), falls(TWICE, KNOWN)
    assert not np.allclose(here.deepest_g_per_l, usual.deepest_g_per_l, rtol=0.01)
    assert here.igg_rise_g_per_l == pytest.approx(usual.igg_rise_g_per_l, rel=0.15), "the same grams per kilogram"
    chances_of = [fall_chance(TWICE, 10, KNOWN, coating=1, level=0.95, patient=who) for who in (None, CHILD)]
    assert chances_of[0].middle != pytest.approx(chances_of[1].middle, abs=1e-4)


def test_red_cells_fall_within_two_weeks_and_half_come_back():
    fall = falls(TWICE, KNOWN)
    assert np.all(np.diff(fall.deepest_g_per_l) > 0) and np.all(np.diff(falls(ONCE, KNOWN).deepest_g_per_l) > 0)
    seen = (fall.deepest_g_per_l > 10) & (fall.deepest_g_per_l < 60)
    assert np.all((fall.on_day[seen] > 5) & (fall.on_day[seen] < 15))
    assert np.all(fall.left_g_per_l[seen] < 0.6 * fall.deepest_g_per_l[seen])


def test_what_drives_a_harm_is_said_with_whether_it_holds_here():
    steroid = replace(CASE.patient, corticosteroids="current", risks={**CASE.patient.risks, "migraine": True})
    found = {harm.id: harm for harm in harms(steroid, KNOWN)}
    here = {d.fact.id.rpartition("/")[2]: d.here for h in found.values() for d in h.drivers}
    assert here["driver_migraine"] == "yes" and here["driver_corticosteroid"] == "yes"
    assert here["driver_premedication"] == "not known"
    assert any("Sucrose and the kidney" in fact.says for fact in found["renal_impairment"].conflicts)
    assert any(fact.says.startswith("Rate") for fact in found["headache"].conflicts)


def test_viscosity_rises_with_the_grams_within_what_was_published():
    assert "Serum viscosity rises by about" in chance(CASE.patient, "octagam_10:1x2")["thrombosis"].says
    once, twice = (viscosity_rise_cp(falls(course, KNOWN).igg_rise_g_per_l, KNOWN) for course in (ONCE, TWICE))
    assert 0.5 * twice < once < twice
    published = KNOWN.fact("harms/thrombosis/viscosity_published").value
    assert float(published["low"]) < twice < float(published["high"])


def test_harms_never_enter_the_ranking():
    assert not any("harm" in word for word in KNOWN.ranking.order)


@pytest.mark.prove
def test_the_engine_and_scipy_agree_on_red_cells():
    from opsonin.mechanism.harm.haemolysis import HAEMOLYSIS_MODEL, grid, haemoglobin_and_igg, numbers
    from opsonin.simulate import EventTable, solve

    known = dict(numbers(KNOWN))
    length, weight = known.pop("length"), known.pop("weight")
    parameters = {**known, "titre": 1.0, "kc": np.geomspace(1e-4, 1e-1, 6)}
    doses = [(float(day), length, grams * weight) for day, grams in TWICE]
    by_engine = solve(
        HAEMOLYSIS_MODEL,
        parameters=parameters,
        n=6,
        events=EventTable.infusions(HAEMOLYSIS_MODEL, 6, doses, "A1x"),
        times=grid(KNOWN).times,
        outputs=("haemoglobin_g_per_l",),
        rtol=1e-8,
    ).require()["haemoglobin_g_per_l"]
    assert haemoglobin_and_igg(parameters, doses, grid(KNOWN))[0] == pytest.approx(by_engine, abs=2e-3)
