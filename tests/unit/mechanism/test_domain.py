"""Whom does the model hold for, which limit is passed, and what is taken for granted?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from opsonin.mechanism import assumptions, limits_passed
from opsonin.patient import Diagnosis, EarlierTreatment, Measurement, Medicine
from opsonin.regimen import DailyDose, DosingWeight, Infusion, RateLadder, Regimen


def course(known, *, grams, days, kg=Decimal(70)):
    """So many grams on each of so many days; vials and rates do not matter here."""
    product = known.product("gamunex_c")
    schedule = next(iter(product.labels["us"].schedules))
    nothing = Decimal(0)
    ladder = RateLadder((), "steps: from the label", "label", nothing, (), ())
    doses = [
        DailyDose(day, Decimal(grams), Decimal(grams), nothing, (), nothing, "", nothing) for day in range(1, days + 1)
    ]
    weight = DosingWeight(kg, "actual", kg, None, None, "", "", ())
    return Regimen(product, schedule, weight, tuple(Infusion(dose, ladder, None, None) for dose in doses))


@pytest.fixture
def fields(known, setting):
    """The fields of the limits a person (with 1 g/kg twice, unless told otherwise) passes."""

    def find(patient, **given):
        regimen = course(known, **({"grams": 70, "days": 2} | given))
        return [limit.field for limit in limits_passed(patient, regimen, as_of=setting().as_of, knowledge=known)]

    return find


def test_an_unremarkable_adult_is_inside(fields, person):
    assert fields(person()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kg": "44.9"}, "weight"),
        ({"kg": "130.1"}, "weight"),
        ({"count": "2"}, "latest platelet count"),
        ({"count": "51"}, "latest platelet count"),
        ({"measurements": ()}, "platelet count"),
        ({"pregnant": True}, "pregnancy"),
        ({"diagnosis": Diagnosis("secondary-itp", "chronic", None, "lupus", "in-place")}, "diagnosis"),
        ({"diagnosis": Diagnosis("primary-itp", "chronic", None, None, "removed")}, "spleen"),
    ],
)
def test_each_limit_of_the_person_is_found_alone(fields, person, changes, field):
    patient = person(**changes)
    given = {"grams": patient.weight.kg}
    assert fields(patient, **given) == [field]


@pytest.mark.parametrize(
    "changes", [{"kg": "45"}, {"kg": "130"}, {"count": "3"}, {"count": "50"}, {"age_years": Decimal(18)}]
)
def test_the_limits_themselves_are_inside(fields, person, changes):
    patient = person(**changes)
    assert fields(patient, grams=patient.weight.kg) == []


@pytest.mark.parametrize(
    ("grams", "days", "expected"),
    [
        (70, 1, []),
        (28, 5, []),
        (35, 1, []),
        (34, 1, ["total dose per actual body weight"]),
        (71, 2, ["total dose per actual body weight"]),
        (20, 6, ["length of the course"]),
    ],
)
def test_the_limits_of_the_course(fields, person, grams, days, expected):
    assert fields(person(), grams=grams, days=days) == expected


def test_rounding_up_to_vials_does_not_pass_the_limit(known, person, setting):
    """2 g/kg as calculated stays inside though whole vials hold a little more."""
    regimen = course(known, grams=70, days=2)
    rounded = tuple(replace(i, dose=replace(i.dose, grams=Decimal(75))) for i in regimen.infusions)
    passed = limits_passed(person(), replace(regimen, infusions=rounded), as_of=setting().as_of, knowledge=known)
    assert passed == ()


@pytest.mark.parametrize(("days_ago", "outside"), [(0, True), (13, True), (14, False)])
def test_a_platelet_raising_medicine_or_treatment_of_late_is_a_limit(fields, person, setting, days_ago, outside):
    when = setting().as_of - timedelta(days=days_ago)
    expected = ["platelet-raising treatment"] if outside else []
    assert fields(person(medicines=(Medicine("romiplostim", when, None, True),))) == expected
    assert fields(person(medicines=(Medicine("eltrombopag", None, when, True),))) == expected
    assert fields(person(treatments=(EarlierTreatment("prednisone", "none", when, None),))) == expected
    assert fields(person(medicines=(Medicine("amlodipine", when, None, False),))) == []


def test_several_limits_are_all_told(fields, person):
    assert fields(person(age_years=Decimal(9), kg="90", count="30"), grams=24) == [
        "phase",
        "time since diagnosis",
        "weight",
        "latest platelet count",
        "total dose per actual body weight",
    ]


def test_the_latest_count_decides(fields, person, setting):
    older = Measurement("platelets", Decimal(90), "10^9/L", setting().as_of - timedelta(days=30), "90")
    patient = person()
    assert fields(replace(patient, measurements=(older, *patient.measurements))) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pregnant": None}, "Pregnancy not stated"),
        ({"medicines": None}, "Medicines not stated"),
        ({"diagnosis": Diagnosis("primary-itp", "chronic", None, None, None)}, "Spleen not stated"),
        ({"medicines": (Medicine("herbal tea", None, None, None),)}, "herbal tea"),
        ({"medicines": (Medicine("romiplostim", None, None, True),)}, "When romiplostim was started"),
        ({"treatments": (EarlierTreatment("prednisone", "none", None, None),)}, "When prednisone was last given"),
        ({"corticosteroids": "current"}, "Corticosteroids are current"),
    ],
)
def test_what_is_not_known_becomes_an_assumption_in_words(known, fields, person, changes, words):
    patient = person(**changes)
    usual = set(assumptions(person(), knowledge=known))
    told = set(assumptions(patient, knowledge=known)) - usual
    assert len(told) == 1 and words in told.pop()
    assert fields(patient) == []


def test_pregnancy_of_a_man_is_no_assumption(known, person):
    told = assumptions(person(sex="male", pregnant=None), knowledge=known)
    assert not any("Pregnancy" in line for line in told)


def test_age_limits_the_assumption_of_pregnancy(known, person):
    """Asked of women of 12 to 55 only."""
    for age, expected in ((30, True), (70, False)):
        told = assumptions(person(age_years=Decimal(age), pregnant=None), knowledge=known)
        assert any("Pregnancy" in line for line in told) is expected
