"""Which products may this person be offered, and why not the rest?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from opsonin.patient import Diagnosis, StockItem
from opsonin.safety import offers, regimen_standing


def standings(patient, circumstances, known):
    return {o.product.id: o.standing for o in offers(patient, circumstances, known)}


def test_every_product_on_the_shelf_has_a_standing_with_a_reason(known, person, setting):
    found = standings(person(), setting(), known)
    assert set(found) == set(known.of_family("ivig"))
    assert all(s.reason for s in found.values())


@pytest.mark.parametrize("product", ["privigen", "gamunex_c", "octagam_10", "panzyga", "flebogamma_dif_10"])
def test_chronic_itp_in_a_us_adult_is_on_label_for_the_five(known, person, setting, product):
    assert standings(person(), setting(), known)[product].kind == "on-label"


def test_a_discontinued_product_is_shown_and_never_offered(known, person, setting):
    standing = standings(person(), setting(), known)["carimune_nf"]
    assert (standing.kind, standing.excluded_because) == ("excluded", "discontinued")


def test_contraindicated_not_in_stock_and_no_label_are_three_different_things(known, person, setting):
    stock = (StockItem("privigen", None), StockItem("gamunex_c", None))
    found = standings(person(risks={"hyperprolinaemia": True}), setting(stock=stock), known)
    assert found["privigen"].excluded_because == "contraindicated"
    assert found["octagam_10"].excluded_because == "not in stock"
    in_europe = standings(person(), setting(pack="eu"), known)
    assert in_europe["gamunex_c"].kind == "not-supported" and "no label facts for EU" in in_europe["gamunex_c"].reason


def test_a_phase_the_label_does_not_name_is_off_label_and_says_so(known, person, setting):
    new = person(diagnosis=Diagnosis("primary-itp", "newly-diagnosed", None, None, "in-place"))
    found = standings(new, setting(), known)
    assert found["privigen"].kind in ("off-label-supported", "not-supported")
    assert "chronic" in found["privigen"].reason
    assert found["gamunex_c"].kind == "on-label"  # its US label names no phase


def test_an_age_below_the_label_is_said_in_years(known, person, setting):
    child = person(age_years=Decimal(10))
    assert "15 years" in standings(child, setting(), known)["privigen"].reason


def test_a_red_flag_diagnosis_withholds_everything(known, person, setting):
    found = standings(person(red_flags=("schistocytes, possible TTP",)), setting(), known)
    assert {s.kind for s in found.values()} == {"excluded"}


def test_a_schedule_off_the_label_needs_a_guideline(known, person, setting):
    offer = next(o for o in offers(person(), setting(), known) if o.product.id == "gamunex_c")
    label = offer.product.labels["us"]
    own = regimen_standing(person(), offer, label, label.schedules[0], known.pack("us"), known)
    assert own.kind == "on-label"
    odd = replace(label.schedules[0], id="9x9")
    assert regimen_standing(person(), offer, label, odd, known.pack("us"), known).kind == "not-supported"
