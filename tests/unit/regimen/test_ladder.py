"""How fast, step by step?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.errors import InputRefused
from opsonin.knowledge import load_knowledge
from opsonin.regimen import build_ladder, rate_limits

KNOWN = load_knowledge()
SCHEME = KNOWN.pack("us").ladder_scheme
CAP = KNOWN.pack("us").cap_at_risk


def ladder(product, weight="70", grams="70", *, region="us", risk=False, scheme=SCHEME, cap=CAP, pump="1"):
    item = KNOWN.product(product)
    facts = item.labels[region].ladder
    limits = rate_limits(facts, concentration_mg_per_ml=item.concentration_mg_per_ml, at_risk=risk, pack_cap=cap)
    return build_ladder(
        facts,
        limits,
        weight_kg=Decimal(weight),
        volume_ml=Decimal(grams) * 1000 / item.concentration_mg_per_ml,
        concentration_mg_per_ml=item.concentration_mg_per_ml,
        pump_resolution_ml_per_h=Decimal(pump),
        scheme=scheme,
        scheme_owner="test",
    )


def rates(found):
    return [int(step.ml_per_h) for step in found.steps]


def test_octagam_runs_the_labels_own_steps():
    """70 kg, 700 mL: 1-2-4-8-12 mg/kg/min = 42-84-168-336-504 mL/h.

    21 + 42 + 84 + 168 = 315 mL in two hours; the other 385 mL at 504 mL/h.
    """
    found = ladder("octagam_10")
    assert rates(found) == [42, 84, 168, 336, 504]
    assert [step.volume_ml for step in found.steps] == [21, 42, 84, 168, 385]
    assert found.heading == "steps: from the label"
    assert abs(found.minutes - (120 + Decimal(385) * 60 / 504)) < Decimal("1e-20")


def test_octagam_at_risk_is_cut_at_3_3_mg_per_kg_per_min():
    """3.3 mg/kg/min × 70 kg × 0.6 = 138.6 → 138 mL/h on the pump, never 139."""
    found = ladder("octagam_10", risk=True)
    assert rates(found) == [42, 84, 138]
    assert found.cap_kind == "label-at-risk"


def test_privigen_steps_are_headed_as_not_from_the_label():
    """0.5 doubled to the US maximum of 4 mg/kg/min: 21-42-84-168 mL/h for 70 kg."""
    found = ladder("privigen")
    assert rates(found) == [21, 42, 84, 168]
    assert found.heading.startswith("steps: not from the label")


def test_the_same_product_has_another_ceiling_in_the_eu():
    """4.8 mL/kg/h × 70 kg = 336 mL/h."""
    assert rates(ladder("privigen", region="eu"))[-1] == 336


def test_a_label_without_a_number_for_risk_takes_the_packs_cap():
    """3.2 mg/kg/min × 70 × 0.6 = 134.4 → 134 mL/h."""
    found = ladder("gamunex_c", risk=True)
    assert (rates(found)[-1], found.cap_kind) == (134, "pack-at-risk")


def test_without_label_number_or_pack_cap_the_ladder_stays_on_the_first_step():
    found = ladder("gamunex_c", risk=True, cap=None)
    assert (rates(found), found.cap_kind) == ([42], "first-step-only")
    assert any("no cap" in reason for reason in found.reasons)


def test_a_small_infusion_ends_before_the_ladder_does():
    found = ladder("octagam_10", grams="2")
    assert rates(found) == [42] and found.steps[-1].volume_ml == 20


def test_a_pump_too_coarse_for_the_first_step_is_refused():
    with pytest.raises(InputRefused, match="too coarse"):
        ladder("privigen", weight="3", grams="3", pump="1")


products = st.sampled_from(["privigen", "gamunex_c", "octagam_10", "panzyga", "flebogamma_dif_10"])
kilograms = st.decimals(min_value="10", max_value="200", places=1)


@given(
    products,
    kilograms,
    st.sampled_from(["0.4", "0.8", "1"]),
    st.booleans(),
    st.sampled_from([CAP, None]),
    st.sampled_from(["1", "0.1"]),
)
def test_no_ladder_exceeds_the_maximum_and_volumes_add_up(product, kg, per_kg, risk, cap, pump):
    item = KNOWN.product(product)
    facts = item.labels["us"].ladder
    found = ladder(product, kg, kg * Decimal(per_kg), risk=risk, cap=cap, pump=pump)
    maximum = facts.maximum.ml_per_kg_per_h(item.concentration_mg_per_ml)
    if risk and facts.maximum_at_risk is not None:
        maximum = min(maximum, facts.maximum_at_risk.ml_per_kg_per_h(item.concentration_mg_per_ml))
    for step in found.steps:
        assert step.ml_per_h <= maximum * kg
        assert step.ml_per_h % Decimal(pump) == 0
        assert step.ml_per_h > 0
    assert abs(sum(s.volume_ml for s in found.steps) - kg * Decimal(per_kg) * 10) < Decimal("1e-18")
    assert found.steps[-1].cumulative_ml == pytest.approx(kg * Decimal(per_kg) * 10)
    assert list(rates(found)) == sorted(rates(found))


@given(products, kilograms)
def test_risk_never_makes_an_infusion_faster(product, kg):
    calm, risky = ladder(product, kg, kg, pump="0.1"), ladder(product, kg, kg, risk=True, pump="0.1")
    assert risky.minutes >= calm.minutes


def test_a_label_that_gives_no_first_step_time_says_so():
    facts = replace(KNOWN.product("privigen").labels["us"].ladder)
    assert facts.start_minutes is None or not facts.start_minutes.found
    assert any("no time for the first step" in reason for reason in ladder("privigen").reasons)
