"""The same course under another pack: every difference, both sides with their source."""

from decimal import Decimal

import pytest

from opsonin.errors import KnowledgeError
from opsonin.planning import candidates, compare_packs
from opsonin.planning.assemble import assemble
from opsonin.planning.plan import NoForecast
from opsonin.safety import offers


@pytest.fixture
def under(known, person, setting, goal):
    """A course planned under the US pack, compared with another."""

    def compare(also, id="privigen:1x2", **changes):
        patient, here = person(**changes), setting()
        offered = offers(patient, here, known)
        pairs = tuple(pair for pair in candidates(patient, here, offered, known) if pair[0].id == id)
        forecasts = {regimen.id: NoForecast((), ()) for regimen, _ in pairs}
        (first,) = assemble(patient, goal, here, pairs, offered, forecasts, known)
        found = compare_packs(patient, here, first, also, known)
        return found, {item.topic: item for item in found.differences}

    return compare


def test_privigen_for_seventy_kilograms_in_the_us_and_the_eu_by_hand(under):
    """4 mg/kg/min = 2.4 mL/kg/h against 4.8 mL/kg/h; 168 and 336 mL/h at the end.

    US, 700 mL: 10.5 + 21 + 42 mL in 90 min, the rest at 168 mL/h: 313.75 min, two days 627.5 min = 10.5 h.
    EU, 700 mL: those and 84 mL in 120 min, 542.5 mL at 336 mL/h: 216.875 min, two days 433.75 min = 7.2 h.
    """
    found, by_topic = under("eu")
    assert found.regimen_id == "privigen:1x2" and "can be planned" in found.says
    assert by_topic["rate cap"].here.startswith("2.4 mL/kg/h") and by_topic["rate cap"].there.startswith("4.8 mL/kg/h")
    assert by_topic["steps"].here.startswith("21 → 42 → 84 → 168 mL/h")
    assert by_topic["steps"].there.startswith("21 → 42 → 84 → 168 → 336 mL/h")
    assert (by_topic["hours in all"].here, by_topic["hours in all"].there) == ("10.5 h", "7.2 h")
    assert "grams a day" in found.same and "vials a day" in found.same


def test_a_heavy_person_gets_other_grams_where_no_adjusted_weight_is_used(under):
    """175 cm, 120 kg: 90.34… kg adjusted in the US, 90 g; 120 g on actual weight in the EU."""
    _, by_topic = under("eu", sex="male", kg=120, height_cm=Decimal(175))
    assert by_topic["dosing weight"].here.endswith("kg, adjusted")
    assert by_topic["dosing weight"].there == "120 kg, actual"
    assert (by_topic["grams a day"].here, by_topic["grams a day"].there) == ("90 g", "120 g")
    assert (by_topic["grams in all"].here, by_topic["grams in all"].there) == ("180 g", "240 g")
    assert {fact.id for fact in by_topic["grams a day"].facts_there} == {"packs/eu/dosing_weight"}
    assert "packs/us/rounding" in {fact.id for fact in by_topic["grams a day"].facts_here}


def test_a_pack_without_labels_compares_the_dose_and_says_why_no_rates(under):
    found, by_topic = under("ca-on", kg=73)
    assert "no label facts for CA on the shelf" in found.says
    assert by_topic["rounding"].there == "Round the dose to the nearest 5 g."
    assert "rate cap" not in by_topic and "rate cap" not in found.same


def test_a_silent_pack_is_said_to_be_silent(under):
    _, by_topic = under("eu")
    assert by_topic["rounding"].there == "no rule in this pack" and by_topic["rounding"].facts_there == ()
    assert by_topic["rounding"].facts_here[0].id == "packs/us/rounding"


def test_advice_is_compared_topic_by_topic_with_both_sources(under):
    found, by_topic = under("au")
    vaccines = by_topic["advice: vaccines"]
    assert "8 months after 0.4 g/kg" in vaccines.here and "11 months after 1.6 to 2 g/kg" in vaccines.there
    assert all(fact.id.startswith("packs/us/") for fact in vaccines.facts_here)
    assert all(fact.id.startswith("packs/au/") for fact in vaccines.facts_there)
    assert not set(found.same) & set(by_topic)


def test_a_pack_beside_itself_differs_in_nothing(under):
    found, _ = under("us")
    assert found.differences == ()


def test_without_a_first_course_only_advice_is_compared(known, person, setting):
    found = compare_packs(person(), setting(), None, "eu", known)
    assert found.regimen_id == "" and all(item.topic.startswith("advice") for item in found.differences)


def test_an_unknown_pack_is_refused(known, person, setting):
    with pytest.raises(KnowledgeError, match="No policy pack 'mars'"):
        compare_packs(person(), setting(), None, "mars", known)
