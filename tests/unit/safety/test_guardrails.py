"""Hard and soft limits, as smart pumps have them: no plan of ours passes a hard one, and typing errors are caught."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from opsonin.errors import CheckFailed
from opsonin.knowledge import load_knowledge
from opsonin.knowledge.shelf_guardrails import MEASURES as ON_THE_SHELF
from opsonin.patient import RISKS
from opsonin.planning import candidates
from opsonin.regimen import Vials
from opsonin.safety import check_guardrails, offers, recalculate
from opsonin.safety.guardrails import MEASURES

KNOWN = load_knowledge()  # not a fixture: a failing example prints its arguments

# Written down by hand from the labels, a second time: limit, hard or soft.
LIMITS = {
    "daily_dose_hard": ("2.2", "absolute"),
    "daily_dose_soft": ("1.1", "conditional"),
    "daily_dose_low": ("0.36", "conditional"),
    "course_dose_hard": ("3.3", "absolute"),
    "course_dose_soft": ("2.2", "conditional"),
    "off_schedule": ("10", "conditional"),
    "daily_volume_hard": ("44", "absolute"),
    "daily_volume_soft": ("22", "conditional"),
    "strength": ("10", "absolute"),
    "rate_hard": ("12", "absolute"),
    "label_rate": ("100", "absolute"),
    "pump_rate_au": ("240", "absolute"),
    "hours": ("24", "conditional"),
}


def test_the_limits_are_these_and_no_others():
    assert {rail.id: (str(rail.limit), rail.severity) for rail in KNOWN.guardrails} == LIMITS


def test_shelf_and_safety_measure_the_same_things():
    assert set(ON_THE_SHELF) == set(MEASURES) == {rail.measure for rail in KNOWN.guardrails}


def test_a_hard_limit_lies_beyond_the_soft_one_of_the_same_measure():
    by_measure = {}
    for rail in KNOWN.guardrails:
        if rail.side == "above":
            by_measure.setdefault(rail.measure, {})[rail.severity] = rail.limit
    pairs = [found for found in by_measure.values() if len(found) == 2]
    assert len(pairs) == 3
    assert all(found["absolute"] > found["conditional"] for found in pairs)


def built(person, circumstances):
    return [r for r, _ in candidates(person, circumstances, offers(person, circumstances, KNOWN), KNOWN)]


@settings(max_examples=50, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kg=st.decimals(min_value="2", max_value="200", places=1),
    age=st.decimals(min_value="0.1", max_value="99", places=1),
    pack=st.sampled_from(sorted(KNOWN.packs)),
    risks=st.sets(st.sampled_from(sorted(RISKS)), max_size=3),
    height=st.sampled_from([None, "60", "110", "165", "190"]),
)
def test_nothing_planned_for_anyone_passes_a_hard_limit(person, setting, kg, age, pack, risks, height):
    """Over all products, packs and people. The figures are worked out here again, without the measures of safety."""
    tall = Decimal(height) if height else None
    patient = person(kg=kg, age_years=age, risks=dict.fromkeys(risks, True), height_cm=tall)
    region = KNOWN.pack(pack).label_region
    for regimen in built(patient, setting(pack=pack)):
        assert not [
            f for f in check_guardrails(patient, setting(pack=pack), regimen, KNOWN) if f.severity == "absolute"
        ]
        maximum = regimen.product.labels[region].ladder.maximum
        mg_per_ml = Fraction(regimen.product.concentration_mg_per_ml)
        assert sum(Fraction(i.dose.grams) for i in regimen.infusions) / Fraction(kg) <= Fraction("3.3")
        for infusion in regimen.infusions:
            assert Fraction(infusion.dose.grams) / Fraction(kg) <= Fraction("2.2")
            assert Fraction(infusion.dose.volume_ml) / Fraction(kg) <= 44
            for step in infusion.ladder.steps:
                mg_per_kg_per_min = Fraction(step.ml_per_h) * mg_per_ml / 60 / Fraction(kg)
                factor = {"mg/kg/min": 1, "mL/kg/min": mg_per_ml, "mL/kg/h": mg_per_ml / 60}[maximum.unit]
                assert mg_per_kg_per_min <= min(Fraction(12), Fraction(maximum.value) * factor)


def with_every_infusion(regimen, dose=None, steps=None):
    """The regimen with every day's dose and every step of every ladder changed."""

    def changed(infusion):
        new_dose = replace(infusion.dose, **dose(infusion.dose)) if dose else infusion.dose
        ladder = infusion.ladder
        if steps:
            ladder = replace(ladder, steps=tuple(replace(step, **steps(step)) for step in ladder.steps))
        return replace(infusion, dose=new_dose, ladder=ladder)

    return replace(regimen, infusions=tuple(changed(infusion) for infusion in regimen.infusions))


def times(factor):
    """The whole dose times a factor, volume and vials with it: what a slip in the weight or the unit does."""
    factor = Decimal(factor)

    def dose(d):
        vials = tuple(Vials(v.size_g, max(1, int(v.count * factor))) for v in d.vials)
        return {"grams": d.grams * factor, "volume_ml": d.volume_ml * factor, "vials": vials}

    return lambda regimen: with_every_infusion(regimen, dose=dose)


def pump_times(factor):
    """Every rate times a factor, the minutes to match: what a slip at the pump does."""
    factor = Decimal(factor)
    return lambda regimen: with_every_infusion(
        regimen, steps=lambda step: {"ml_per_h": step.ml_per_h * factor, "minutes": step.minutes / factor}
    )


def volume_times(factor):
    return lambda regimen: with_every_infusion(regimen, dose=lambda d: {"volume_ml": d.volume_ml * Decimal(factor)})


KG_IN_LB = "2.20462"
PER_KG = "70"  # mL/kg/h read as mL/h, in a person of 70 kg

# What went wrong, which limit says so, in which words. All doses are of a person of 70 kg on 1 g/kg × 2 days.
TYPING_ERRORS = {
    "ten times the dose": (times(10), "daily_dose_hard", "in a whole course: 10 g/kg/day."),
    "a tenth of the dose": (times("0.1"), "daily_dose_low", "Less in a day than any label on the shelf gives"),
    "pounds read as kilograms": (times(KG_IN_LB), "daily_dose_hard", "in a whole course: 2.205 g/kg/day."),
    "kilograms read as pounds": (times(1 / Decimal(KG_IN_LB)), "off_schedule", "than rounding may take it: 54.641 %."),
    "grams written as milligrams": (times(1000), "daily_dose_hard", "in a whole course: 1000 g/kg/day."),
    "milligrams written as grams": (times("0.001"), "daily_dose_low", "0.001 g/kg/day."),
    "mL/kg/h taken for mL/h": (pump_times(1 / Decimal(PER_KG)), "hours", "takes longer than a day"),
    "mL/h taken for mL/kg/h": (pump_times(PER_KG), "rate_hard", "Faster than any label on the shelf allows"),
    "a rate ten times too fast": (pump_times(10), "label_rate", "label of this product allows in ITP: 1000 %."),
    "5 % taken for 10 %": (volume_times("0.5"), "strength", "do not fit the strength of this product: 50 %."),
    "10 % taken for 5 %": (volume_times(2), "strength", "do not fit the strength of this product: 100 %."),
    "the course given twice over": (lambda r: replace(r, infusions=r.infusions * 2), "course_dose_hard", "4 g/kg."),
}
REGIMENS = ("octagam_10:1x2", "privigen:1x2", "gamunex_c:1x2", "gammaplex_5:1x2", "panzyga:1x2")


@pytest.mark.parametrize("id", REGIMENS)
@pytest.mark.parametrize("error", TYPING_ERRORS)
def test_a_typing_error_is_caught_by_a_limit_and_by_the_second_calculation(person, setting, id, error):
    spoil, limit, says = TYPING_ERRORS[error]
    patient = person(kg=70)
    honest = next(r for r in built(patient, setting()) if r.id == id)
    assert check_guardrails(patient, setting(), honest, KNOWN) == ()
    spoilt = spoil(honest)
    caught = {f.rule: f for f in check_guardrails(patient, setting(), spoilt, KNOWN)}
    finding = caught[f"guardrails/{limit}"]
    assert finding.severity == LIMITS[limit][1]
    assert says in finding.message
    assert finding.remedy.startswith(("Check", "Take"))
    assert finding.facts and finding.facts[0].id == f"policies/guardrails/{limit}"
    top = honest.infusions[0].ladder.maximum_ml_per_kg_per_h
    with pytest.raises(CheckFailed, match=id):
        recalculate(patient, spoilt, rounding=KNOWN.pack("us").rounding, cap_ml_per_kg_per_h=Fraction(top))


def test_a_weight_in_pounds_is_caught_though_the_dose_fits_it(person, setting):
    """Planned for 154.4 kg by mistake, given to 70 kg: 154 g = 2.2 g/kg a day, 4.4 g/kg in all."""
    patient = person(kg=70, height_cm=None)
    wrong = next(r for r in built(person(kg="154.4", height_cm=None), setting()) if r.id == "octagam_10:1x2")
    caught = {f.rule: f.severity for f in check_guardrails(patient, setting(), wrong, KNOWN)}
    assert caught["guardrails/daily_dose_soft"] == "conditional"
    assert caught["guardrails/course_dose_hard"] == "absolute"


def test_the_australian_ceiling_holds_in_its_pack_alone(person, setting):
    patient = person(kg=100, height_cm=None)
    fast = next(r for r in built(patient, setting()) if r.id == "octagam_10:1x2")
    rules = {
        pack: {f.rule for f in check_guardrails(patient, setting(pack=pack), fast, KNOWN)} for pack in ("au", "us")
    }
    assert "guardrails/pump_rate_au" in rules["au"]
    assert "guardrails/pump_rate_au" not in rules["us"]


def test_a_candidate_beyond_a_hard_limit_is_never_ranked(person, setting, goal):
    from opsonin.planning.assemble import assemble
    from opsonin.planning.plan import NoForecast

    patient = person(kg=70)
    offered = offers(patient, setting(), KNOWN)
    pairs = [(r, s) for r, s in candidates(patient, setting(), offered, KNOWN) if r.id == "octagam_10:1x2"]
    spoilt = tuple((times(10)(regimen), standing) for regimen, standing in pairs)
    none = {regimen.id: NoForecast((), ()) for regimen, _ in spoilt}
    (out,) = assemble(patient, goal, setting(), spoilt, offered, none, KNOWN)
    assert out.rank is None
    assert any("ruled out" in reason for reason in out.reasons)
