"""What a patient and a goal can be asked."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date
from decimal import Decimal

import pytest

from opsonin.patient import Bleeding, Diagnosis, Goal, Measurement, Patient, Weight


def measured(what: str, value: int, day: int) -> Measurement:
    return Measurement(what, Decimal(value), "10^9/L", date(2026, 11, day), f"{value} x10^9/L")


PATIENT = Patient(
    id="p",
    sex=None,
    age_years=Decimal("18"),
    weight=Weight(Decimal(72), date(2026, 11, 19), "72 kg"),
    height_cm=None,
    blood_group=None,
    pregnant=None,
    lactating=None,
    diagnosis=Diagnosis("primary-itp", None, None, None, None),
    bleeding=Bleeding(None, ()),
    red_flags=(),
    measurements=(measured("platelets", 20, 18), measured("platelets", 14, 19), measured("igg", 11, 17)),
    treatments=(),
    corticosteroids=None,
    risks={"renal": True, "cardiac": None, "sepsis": False},
    medicines=None,
    tolerated=None,
    vaccines=None,
)


def test_latest_is_the_newest_of_its_kind_whatever_the_order() -> None:
    newest_first = replace(PATIENT, measurements=PATIENT.measurements[::-1])
    for patient in (PATIENT, newest_first):
        found = patient.latest("platelets")
        assert found is not None
        assert found.value == 14
    assert PATIENT.latest("creatinine") is None


@pytest.mark.parametrize(("risk", "has"), [("renal", True), ("cardiac", False), ("sepsis", False), ("migraine", False)])
def test_a_risk_is_present_only_when_it_is_known_to_be(risk: str, has: bool) -> None:
    assert PATIENT.has(risk) is has


@pytest.mark.parametrize(("age", "adult"), [("17.9972", False), ("18", True), ("74", True)])
def test_adult_from_eighteen(age: str, adult: bool) -> None:
    assert replace(PATIENT, age_years=Decimal(age)).is_adult is adult


def test_a_patient_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        PATIENT.sex = "female"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        (Goal("raise-low-count", None, None, None), "raise a very low platelet count"),
        (Goal("stop-bleeding", Decimal(30), None, None), "stop the bleeding and raise platelets to 30 ×10⁹/L"),
        (
            Goal("before-procedure", Decimal(50), date(2026, 11, 24), "cholecystectomy"),
            "raise platelets to 50 ×10⁹/L by 2026-11-24 before cholecystectomy",
        ),
        (Goal("before-procedure", Decimal(50), None, None), "raise platelets to 50 ×10⁹/L before a procedure"),
    ],
)
def test_a_goal_in_words(goal: Goal, says: str) -> None:
    assert goal.says() == says
