"""Whatever is asked for: never too fast, too strong or too much; and the second calculation finds what is wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.errors import CheckFailed
from opsonin.knowledge import load_knowledge
from opsonin.patient import (
    ATG_RISKS,
    Circumstances,
    EarlierCourse,
    GlobulinDose,
    Measurement,
    Medicine,
    Recipient,
    Request,
    Serostatus,
    SkinTest,
    Vaccine,
    Weight,
)
from opsonin.safety import VOCABULARY_ATG
from opsonin.safety.atg_recalculate import recalculate_globulin
from opsonin.therapy import plan_course

KNOWN = load_knowledge()
D = Decimal
DAY = date(2026, 11, 20)
NO_RISKS = dict.fromkeys(ATG_RISKS, False)
SOMEONE = Recipient(
    id="any", sex="male", age_years=D(40), weight=Weight(D(70), DAY, "70 kg"), height_cm=D(178), pregnant=False,
    lactating=False, measurements=(), risks=NO_RISKS, medicines=(), vaccines=(), given=(), previous=(), skin_test=None,
    cmv=None, ebv=None,
)  # fmt: skip


def asked(protocol, **changes):
    request = Request(
        indication=KNOWN.protocols[protocol].indications[0], graft=None, transplant_on=date(2026, 12, 1),
        transplant_at=None, protocol=protocol, dose_mg_per_kg=None, doses=None, redosing=None, route="intravenous",
        line="central", diluent=None, final_volume_ml=None, hours_first=None, hours_later=None,
    )  # fmt: skip
    return replace(request, **changes)


def place(pack="us", resolution=1):
    return Circumstances(DAY, datetime(2026, 11, 21, 8, tzinfo=UTC), pack, None, D(resolution), {}, {})


AMOUNTS = st.decimals(min_value=D("0.05"), max_value=D(24), places=2)


@given(
    protocol=st.sampled_from(sorted(KNOWN.protocols)),
    kg=st.decimals(min_value=D(3), max_value=D(180), places=1),
    pack=st.sampled_from(sorted(KNOWN.packs)),
    resolution=st.sampled_from([D("0.1"), D(1), D(5)]),
    volume=st.none() | st.decimals(min_value=D(5), max_value=D(3000), places=0),
    hours=st.none() | st.tuples(AMOUNTS, AMOUNTS),
    height=st.none() | st.decimals(min_value=D(150), max_value=D(200), places=0),
)
def test_no_course_breaks_a_limit(protocol, kg, pack, resolution, volume, hours, height):
    someone = replace(SOMEONE, weight=Weight(kg, DAY, f"{kg} kg"), height_cm=height)
    first, later = hours or (None, None)
    request = asked(protocol, final_volume_ml=volume, hours_first=first, hours_later=later)
    plan = plan_course(someone, request, place(pack, resolution), knowledge=KNOWN)
    assert plan.courses
    for planned in plan.courses:
        course = planned.course
        strongest = course.product.facts["concentration_maximum"]
        for infusion in course.infusions:
            assert infusion.hours >= infusion.minimum_hours >= 4
            if infusion.ends_at is not None:
                assert (infusion.ends_at - infusion.starts_at).total_seconds() >= infusion.minimum_hours * 3600
            if infusion.final_volume_ml is not None and strongest.found:
                assert infusion.mg <= strongest.number() * infusion.final_volume_ml
            assert 0 <= infusion.discarded_mg < course.product.vials_g[0] * 1000
            if infusion.rate_ml_per_h is not None:
                assert infusion.rate_ml_per_h % resolution == 0
        if planned.limit_mg_per_kg is not None:
            assert course.total_mg <= planned.limit_mg_per_kg * course.weight.kg
        assert course.weight.kg <= kg
        rules = {finding.rule for finding in planned.findings}
        too_fast = any(h is not None and h < i.minimum_hours for h, i in ((first, course.infusions[0]),))
        assert not too_fast or "atg/rapid_infusion" in rules


@pytest.mark.parametrize("protocol", sorted(KNOWN.protocols))
def test_the_ends_of_a_protocol_are_those_its_source_states(protocol):
    plan = plan_course(SOMEONE, asked(protocol), place(), knowledge=KNOWN)
    stated = KNOWN.protocols[protocol].cumulative_mg_per_kg
    if stated is not None:
        assert (plan.courses[0].course.total_mg_per_kg, plan.courses[-1].course.total_mg_per_kg) == stated


@pytest.mark.parametrize(
    "wrong",
    [
        lambda i: replace(i, mg=i.mg + 1),
        lambda i: replace(i, vials=i.vials - 1),
        lambda i: replace(i, hours=D("3.9")),
        lambda i: replace(i, rate_ml_per_h=i.rate_ml_per_h * 2),
        lambda i: replace(i, concentrate_ml=i.concentrate_ml + 1),
        lambda i: replace(i, final_volume_ml=i.mg / 5),
        lambda i: replace(i, mg_per_kg=D(100)),
        lambda i: replace(i, day=i.day + 1),
        lambda i: replace(i, ends_at=i.starts_at),
    ],
)
def test_the_second_calculation_finds_a_slip(wrong):
    request = asked("published_horse/scheinberg-2011-horse")
    course = plan_course(SOMEONE, request, place(), knowledge=KNOWN).chosen.course
    slipped = replace(course, infusions=(wrong(course.infusions[0]), *course.infusions[1:]))
    with pytest.raises(CheckFailed):
        recalculate_globulin(SOMEONE, request, slipped)


COUNT = ("10^9/L", DAY, "as counted")
T, A, G = "thymoglobulin_us/kidney-rejection", "published_horse/scheinberg-2011-horse", "grafalon_eu/organ-rejection"
FIRES = [  # rule, protocol, change of the person, change of the request
    ("component_allergy", T, {"risks": {**NO_RISKS, "component_allergy": True}}, {}),
    ("rabbit_allergy", T, {"risks": {**NO_RISKS, "rabbit_allergy": True}}, {}),
    ("horse_allergy", A, {"risks": {**NO_RISKS, "horse_allergy": True}}, {}),
    ("active_infection_rabbit", T, {"risks": {**NO_RISKS, "active_infection": True}}, {}),
    ("active_infection_horse", A, {"risks": {**NO_RISKS, "active_infection": True}}, {}),
    ("malignancy_grafalon", G, {"risks": {**NO_RISKS, "malignancy": True}}, {}),
    ("malignancy_others", T, {"risks": {**NO_RISKS, "malignancy": True}}, {}),
    ("grafalon_low_platelets", G, {"measurements": (Measurement("platelets", D(49), *COUNT),)}, {}),
    ("low_white_cells_uk", T, {"measurements": (Measurement("white-cells", D("2.9"), *COUNT),)}, {}),
    ("low_platelets_uk", T, {"measurements": (Measurement("platelets", D(74), *COUNT),)}, {}),
    ("cytopenia_is_the_disease", A, {}, {}),
    ("route", T, {}, {"route": "oral"}),
    ("route", A, {}, {"route": "intramuscular"}),
    ("rapid_infusion", T, {}, {"hours_first": D(5)}),
    ("rapid_infusion", T, {}, {"hours_later": D("3.5")}),
    ("diluent_refused", A, {}, {"diluent": "dextrose-5"}),
    ("diluent_not_listed", G, {}, {"diluent": "dextrose-5"}),
    ("over_concentration", A, {}, {"final_volume_ml": D(500)}),
    ("volume_impossible", T, {}, {"final_volume_ml": D(10)}),
    ("volume_not_known", T, {}, {"final_volume_ml": D(10)}),
    ("skin_test_missing", A, {}, {}),
    ("skin_test_positive", A, {"skin_test": SkinTest("positive", DAY)}, {}),
    ("observe_24_hours", A, {}, {}),
    ("peripheral_line", T, {}, {"line": "peripheral"}),
    ("live_vaccine", T, {"vaccines": (Vaccine("MMR", True, None),)}, {}),
    ("inactivated_vaccine", T, {"vaccines": (Vaccine("influenza", False, None),)}, {}),
    ("pregnancy", T, {"sex": "female", "pregnant": True}, {}),
    ("lactation", T, {"sex": "female", "lactating": True}, {}),
    ("contraception", T, {"sex": "female"}, {}),
    ("newborn", T, {"age_years": D("0.05")}, {}),
    ("child", T, {"age_years": D("17.9")}, {}),
    ("older", T, {"age_years": D(65)}, {}),
    ("outside_age", "grafalon_eu/gvhd-prophylaxis", {"age_years": D(17)}, {}),
    ("elsewhere", G, {}, {}),
    ("above_limit", "thymoglobuline_ch/rejection",
     {"given": tuple(GlobulinDose("thymoglobulin", D(800), DAY, None) for _ in range(2))}, {}),
    ("earlier_course", T, {"previous": (EarlierCourse("thymoglobulin", None, "none"),)}, {}),
    ("earlier_reaction", T, {"previous": (EarlierCourse("atgam", None, "wheeze"),)}, {}),
    ("cmv", T, {"cmv": Serostatus(True, False)}, {}),
    ("ebv", T, {"ebv": Serostatus(True, False)}, {}),
    ("old_weight", T, {"weight": Weight(D(70), date(2026, 11, 1), "70 kg")}, {}),
    ("ideal_weight", "thymoglobulin_uk/rejection", {"weight": Weight(D(130), DAY, "130 kg")}, {}),
    ("cardiac", T, {"risks": {**NO_RISKS, "cardiac": True}}, {}),
    ("hypertension", T, {"risks": {**NO_RISKS, "hypertension": True}}, {}),
    ("hepatic", T, {"risks": {**NO_RISKS, "hepatic": True}}, {}),
    ("not_interchangeable", T, {}, {}),
]  # fmt: skip


def rules_for(protocol, person, request):
    plan = plan_course(replace(SOMEONE, **person), asked(protocol, **request), place(), knowledge=KNOWN)
    return {finding.rule for planned in plan.courses for finding in planned.findings}


@pytest.mark.parametrize(("rule", "protocol", "person", "request_"), FIRES, ids=[row[0] for row in FIRES])
def test_each_rule_speaks_when_it_should(rule, protocol, person, request_):
    assert f"atg/{rule}" in rules_for(protocol, person, request_)


def test_every_rule_and_every_word_is_met_and_a_healthy_person_hears_little():
    assert {f"atg/{row[0]}" for row in FIRES} == {rule.id for rule in KNOWN.rules_of("atg")}
    assert all(set(rule.when) <= VOCABULARY_ATG for rule in KNOWN.rules_of("atg"))
    assert rules_for(T, {}, {}) == {"atg/not_interchangeable"}


def test_every_medicine_is_assessed():
    medicines = tuple(
        Medicine(name, None, None, None) for name in ("Ciclosporin", "tacrolimus", "amlodipine", "red cells")
    )
    plan = plan_course(replace(SOMEONE, medicines=medicines), asked(T), place(), knowledge=KNOWN)
    said = {one.what: one for one in plan.assessed}
    assert "over-immunosuppression" in said["Ciclosporin"].says
    assert said["tacrolimus"].facts and said["red cells"].facts
    assert not said["amlodipine"].facts and "no proof" in said["amlodipine"].state
    assert set(ATG_RISKS.values()) <= set(said)


def test_the_calendar_has_every_day_and_what_is_due():
    someone = replace(SOMEONE, cmv=Serostatus(None, True))
    plan = plan_course(someone, asked("atgam_us/kidney-delay-of-rejection"), place(), knowledge=KNOWN)
    planned = plan.chosen
    assert [day.day for day in planned.days] == list(range(1, 29))
    doses = [day.day for day in planned.days if any(entry.kind == "dose" for entry in day.entries)]
    assert doses == [infusion.day for infusion in planned.course.infusions]
    sickness = next(window for window in planned.windows if "Serum sickness" in window.says)
    assert (sickness.first, sickness.last) == (5, 15)
    assert any("cytomegalovirus" in window.says for window in planned.windows)


def test_another_product_starts_afresh():
    given_before = (GlobulinDose("thymoglobulin", D(105), date(2026, 11, 18), None),)
    someone = replace(SOMEONE, given=given_before)
    request = asked(T, doses=(7,), final_volume_ml=D(50), hours_first=D(9))
    begun = replace(place(), start=datetime(2026, 11, 18, 8, tzinfo=UTC))
    plan = plan_course(someone, request, begun, knowledge=KNOWN, product="atgam")
    infusion = plan.courses[0].course.infusions[0]
    assert (infusion.on, infusion.starts_at, infusion.planned_hours) == (None, None, 4)
    assert infusion.final_volume_ml == 175  # 700 mg at 4 mg/mL, not the case's 50 mL
    assert "atg/over_concentration" not in {finding.rule for finding in plan.courses[0].findings}
