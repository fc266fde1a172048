"""Published population models of immunoglobulin: the values as stated, carried to another size, in one form."""

import pytest

from opsonin.knowledge import load_knowledge
from opsonin.mechanism.igg_published import published_models

MODELS = {model.key: model for model in published_models(load_knowledge())}


def at(key, weight_kg, lean_mass_kg=50.0, **more):
    return MODELS[key].parameters(weight_kg=weight_kg, lean_mass_kg=lean_mass_kg, **more)


def test_at_its_own_size_a_model_has_the_stated_values():
    assert at("tortorici_2021", 82.0) == {"CL": 0.435, "V1": 4.69, "Q": 0.5, "V2": 1.87, "own": 12.5}
    assert at("li_2022", 999.0, 47.0) == {"CL": 0.183, "V1": 3.01, "Q": 0.353, "V2": 1.4, "own": 6.15}


def test_what_has_a_power_grows_with_size_and_nothing_else_does():
    small, large = at("luo_2020", 58.7), at("luo_2020", 117.4)
    assert large["CL"] / small["CL"] == pytest.approx(2**0.881)
    assert large["V1"] / small["V1"] == pytest.approx(2**0.501)
    assert (large["Q"], large["V2"]) == (small["Q"], small["V2"])
    assert at("landersdorfer_2013", 20.0) == at("landersdorfer_2013", 120.0)


def test_one_compartment_exchanges_nothing():
    for key in ("dumas_2019", "lee_2021", "li_2024a"):
        assert at(key, 70.0)["Q"] == 0 and at(key, 70.0)["V2"] == 1


def test_a_stated_rate_gives_the_clearance():
    found = at("li_2024a", 70.0, 56.54)
    assert found["CL"] == pytest.approx(0.05784 * 6.59)


def test_own_igg_may_be_the_same_for_all():
    assert {at(key, 70.0, own_igg_g_per_l=11.0)["own"] for key in MODELS} == {11.0}


def test_every_model_names_its_paper_and_is_second_hand():
    assert len(MODELS) == 11
    for key, model in MODELS.items():
        assert key in {citation.source for citation in model.fact.citations}
        assert model.fact.mark == "†"
        assert 15 < float(at(key, 70.0)["V1"]) * 10 < 130  # litres: 1.5 to 13
