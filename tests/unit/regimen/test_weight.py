"""On which weight is the dose calculated?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.knowledge import load_knowledge
from opsonin.regimen import dosing_weight
from opsonin.regimen.weight import Body, ideal_weight_kg

US_RULE = load_knowledge().pack("us").dosing_weight


def body(kg: str, height: str | None = "175", sex: str | None = "male", adult: bool = True) -> Body:
    return Body(Decimal(kg), Decimal(height) if height else None, sex, adult, None)


def test_ideal_weight_of_a_175_cm_man_is_70_5_kg():
    """Devine by hand: 175 cm × 0.393701 = 68.897675 in; 50 + 2.3 × 8.897675 = 70.4647 kg (the evidence prints 70.5)."""
    assert US_RULE is not None and US_RULE.ideal_fact is not None
    ideal = ideal_weight_kg(Decimal(175), "male", US_RULE.ideal_fact)
    assert ideal is not None and abs(ideal - Decimal("70.4647")) < Decimal("0.0001")


def test_120_kg_man_of_175_cm_is_dosed_on_90_3_kg():
    """By hand: 70.4647 + 0.4 × (120 − 70.4647) = 90.279 kg, as the evidence states for the factor 0.4."""
    found = dosing_weight(body("120"), US_RULE)
    assert found.basis == "adjusted"
    assert abs(found.kg - Decimal("90.279")) < Decimal("0.001")


def test_a_child_is_dosed_on_actual_weight_whatever_the_body_mass_index():
    assert dosing_weight(body("60", height="130", adult=False), US_RULE).basis == "actual"


@pytest.mark.parametrize(("height", "sex", "word"), [(None, "male", "height"), ("175", None, "sex")])
def test_without_height_or_sex_the_actual_weight_is_used_and_the_reason_is_said(height, sex, word):
    found = dosing_weight(body("130", height, sex), US_RULE)
    assert found.basis == "actual" and found.kg == 130
    assert word in found.says and "not known" in found.says


def test_a_silent_pack_means_actual_weight_and_says_so():
    assert "no rule" in dosing_weight(body("130"), None).says


def test_just_below_a_switch_the_jump_is_shown():
    """A 175 cm man: 1.2 × 70.4647 = 84.558 kg; at 84 kg the switch is 0.6 kg away."""
    found = dosing_weight(body("84"), US_RULE)
    assert found.basis == "actual"
    assert "0.6 kg heavier" in found.jump and "g less" in found.jump


def test_just_above_a_switch_the_jump_is_shown():
    found = dosing_weight(body("86"), US_RULE)
    assert found.basis == "adjusted"
    assert "1.4 kg lighter" in found.jump and "g more" in found.jump


weights = st.decimals(min_value="40", max_value="250", places=1)
heights = st.decimals(min_value="153", max_value="210", places=0)


@given(weights, st.decimals(min_value="0.1", max_value="20", places=1), heights, st.sampled_from(["male", "female"]))
def test_a_heavier_person_is_never_dosed_on_less_within_one_basis(kg, more, height, sex):
    lighter = dosing_weight(Body(kg, height, sex, True, None), US_RULE)
    heavier = dosing_weight(Body(kg + more, height, sex, True, None), US_RULE)
    if lighter.basis == heavier.basis:
        assert heavier.kg > lighter.kg


@given(weights, heights, st.sampled_from(["male", "female"]))
def test_adjusted_weight_lies_between_ideal_and_actual(kg, height, sex):
    found = dosing_weight(Body(kg, height, sex, True, None), US_RULE)
    if found.basis == "adjusted":
        assert found.ideal_kg < found.kg < found.actual_kg
    else:
        assert found.kg == kg
