"""Kidney function from creatinine: the formulas by hand, and no threshold where no source gives one."""

from datetime import date
from decimal import Decimal

import pytest

from opsonin.patient import Measurement
from opsonin.safety import kidney_function

MG_PER_100_ML = Decimal("88.4")
TAKEN = date(2026, 11, 20)


def with_creatinine(person, mg, **changes):
    value = Decimal(mg) * MG_PER_100_ML
    return person(measurements=(Measurement("creatinine", value, "umol/L", TAKEN, f"{mg} mg/dL"),), **changes)


@pytest.mark.parametrize(
    ("sex", "age", "mg", "rate"),
    [
        # 142 × (0.8/0.7)^-1.2 × 0.9938^47 × 1.012 = 142 × 0.85194 × 0.74654 × 1.012
        ("female", "47", "0.8", "91"),
        # 142 × (1/0.9)^-1.2 × 0.9938^60 = 142 × 0.88123 × 0.68856
        ("male", "60", "1.0", "86"),
        # below kappa: 142 × (0.6/0.7)^-0.241 × 0.9938^30 × 1.012 = 142 × 1.03785 × 0.82979 × 1.012
        ("female", "30", "0.6", "124"),
    ],
)
def test_adults_by_ckd_epi_2021(known, person, sex, age, mg, rate):
    found = kidney_function(with_creatinine(person, mg, sex=sex, age_years=Decimal(age)), known)
    assert found.ml_per_min_per_173_m2 == Decimal(rate)
    assert f"{rate} mL/min per 1.73 m² (CKD-EPI 2021, from creatinine {mg} mg/dL" in found.says


def test_children_by_the_bedside_formula(known, person):
    """0.413 × 110 ÷ 0.4 = 113.6."""
    child = with_creatinine(person, "0.4", age_years=Decimal(5), height_cm=Decimal(110), kg=18)
    found = kidney_function(child, known)
    assert found.ml_per_min_per_173_m2 == 114 and found.formula == "bedside Schwartz 2009"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sex": None}, "sex is not known"),
        ({"age_years": Decimal(5), "height_cm": None}, "height is not known"),
        ({"age_years": Decimal("0.5")}, "no formula read holds below 1 year"),
    ],
)
def test_what_is_missing_is_said(known, person, changes, says):
    found = kidney_function(with_creatinine(person, "0.8", **changes), known)
    assert found.ml_per_min_per_173_m2 is None and says in found.says


def test_without_creatinine_nothing_is_estimated(known, person):
    assert "creatinine is not known" in kidney_function(person(), known).says


def test_no_threshold_is_made_up(known, person):
    """A very low rate is shown, and no risk is set by it: no source read gives a number."""
    found = kidney_function(with_creatinine(person, "6.0"), known)
    assert found.ml_per_min_per_173_m2 < 15
    assert "no risk is set by it" in found.says
    assert not known.fact("policies/kidney/risk_threshold").found
