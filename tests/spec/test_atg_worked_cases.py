"""Courses of antithymocyte globulin worked out by hand, across all indications.

Each row: protocol; kilograms; what the case chooses; then, by hand: days of the doses, milligrams of the first and the
last, vials of the first, millilitres of concentrate, hours of the first and of the last at least, mg/kg in all.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from opsonin.knowledge import load_knowledge
from opsonin.patient import ATG_RISKS, Circumstances, Measurement, Recipient, Request, Weight
from opsonin.therapy import next_dose, plan_course

KNOWN = load_knowledge()
D = Decimal
DAY = date(2026, 11, 20)
TRANSPLANT = date(2026, 12, 1)
ALTERNATE = [*range(1, 15), 16, 18, 20, 22, 24, 26, 28]  # 14 days, then every other day: 21 doses in 28 days


def recipient(kg, **changes):
    someone = Recipient(
        id="worked", sex="male", age_years=D(40), weight=Weight(D(kg), DAY, f"{kg} kg"), height_cm=D(178),
        pregnant=False, lactating=False, measurements=(), risks=dict.fromkeys(ATG_RISKS, False), medicines=(),
        vaccines=(), given=(), previous=(), skin_test=None, cmv=None, ebv=None,
    )  # fmt: skip
    return replace(someone, **changes)


def request(protocol, **changes):
    asked = Request(
        indication=KNOWN.protocols[protocol].indications[0], graft=None, transplant_on=TRANSPLANT, transplant_at=None,
        protocol=protocol, dose_mg_per_kg=None, doses=None, redosing=None, route="intravenous", line="central",
        diluent="sodium-chloride-0.9", final_volume_ml=None, hours_first=None, hours_later=None,
    )  # fmt: skip
    return replace(asked, **changes)


def around(pack="us", start=datetime(2026, 11, 21, 8, tzinfo=UTC), on=DAY):
    return Circumstances(on, start, pack, None, D(1), {}, {})


CASES = [
    # kidney, US label: 80 × 1.5 = 120 mg; 120 / 25 = 4.8 → 5 vials; 120 / 5 = 24 mL
    ("thymoglobulin_us/kidney-prophylaxis", 80, {"doses": (5,)}, [1, 2, 3, 4, 5], 120, 120, 5, 24, 6, 4, "7.5"),
    # kidney rejection, US label, 64 kg: 96 mg; 3.84 → 4 vials; 19.2 mL; 14 × 1.5 = 21
    ("thymoglobulin_us/kidney-rejection", 64, {"doses": (14,)}, list(range(1, 15)), 96, 96, 4, "19.2", 6, 4, 21),
    # kidney, Swiss text, 1.25 mg/kg × 4 in 70 kg: 87.5 mg; 3.5 → 4 vials; 17.5 mL; no Swiss minimum: the longest, 6 h
    ("thymoglobuline_ch/organ-prophylaxis", 70, {"dose_mg_per_kg": D("1.25"), "doses": (4,)}, [1, 2, 3, 4], "87.5",
     "87.5", 4, "17.5", 6, 6, 5),
    # heart, UK text, 2.5 mg/kg × 3 in 72 kg: 180 mg; 7.2 → 8 vials; 36 mL
    ("thymoglobulin_uk/heart-prophylaxis", 72, {"dose_mg_per_kg": D("2.5"), "doses": (3,)}, [1, 2, 3], 180, 180, 8, 36,
     6, 6, "7.5"),
    # heart rejection, handbook, 0.75 mg/kg × 5 in 60 kg: 45 mg; 1.8 → 2 vials; 9 mL; pack us: 6 and 4 h
    ("lexicomp_rabbit/heart-rejection", 60, {"dose_mg_per_kg": D("0.75"), "doses": (5,)}, [1, 2, 3, 4, 5], 45, 45, 2, 9,
     6, 4, "3.75"),
    # lung, 1.5 mg/kg × 3 in 55 kg: 82.5 mg; 3.3 → 4 vials; 16.5 mL
    ("published_rabbit/palmer-1999", 55, {}, [1, 2, 3], "82.5", "82.5", 4, "16.5", 6, 4, "4.5"),
    # liver, 2 mg/kg × 3 in 90 kg: 180 mg; 7.2 → 8 vials; 36 mL
    ("published_rabbit/liver-2004", 90, {}, [1, 2, 3], 180, 180, 8, 36, 6, 4, 6),
    # intestine, 2 mg/kg on days 0, 2, 4, 6, 8 in 18 kg: 36 mg; 1.44 → 2 vials; 7.2 mL
    ("lexicomp_rabbit/intestine-prophylaxis", 18, {}, [0, 2, 4, 6, 8], 36, 36, 2, "7.2", 6, 4, 10),
    # sensitised kidney, 1.25 mg/kg days 0 to 7 in 68 kg: 85 mg; 3.4 → 4 vials; 17 mL; 8 × 1.25 = 10
    ("published_rabbit/noel-2009", 68, {}, list(range(8)), 85, 85, 4, 17, 6, 4, 10),
    # GVHD prophylaxis, 2.5 mg/kg days −4 to −1 in 22.4 kg: 56 mg; 2.24 → 3 vials; 11.2 mL
    ("thymoglobuline_ch/gvhd-prophylaxis", "22.4", {"doses": (4,)}, [-4, -3, -2, -1], 56, 56, 3, "11.2", 6, 6, 10),
    # GVHD prophylaxis, 0.5 / 2 / 2 mg/kg on −2, −1, +1 in 75 kg: 37.5 and 150 mg; 1.5 → 2 vials; 7.5 mL
    ("lexicomp_rabbit/hct-0.5-2-2", 75, {}, [-2, -1, 1], "37.5", 150, 2, "7.5", 6, 4, "4.5"),
    # GVHD prophylaxis, Grafalon 20 mg/kg days −3 to −1 in 70 kg: 1400 mg; 14 vials; 1400 / 20 = 70 mL
    ("grafalon_eu/gvhd-prophylaxis", 70, {}, [-3, -2, -1], 1400, 1400, 14, 70, 4, 4, 60),
    # steroid-resistant GVHD, 2 mg/kg × 5 in 81 kg: 162 mg; 6.48 → 7 vials; 32.4 mL
    ("thymoglobuline_ch/gvhd-treatment", 81, {"dose_mg_per_kg": D(2)}, [1, 2, 3, 4, 5], 162, 162, 7, "32.4", 6, 6, 10),
    # Grafalon in a kidney, 3 mg/kg × 5 from day 0 in 70 kg: 210 mg; 2.1 → 3 vials; 10.5 mL
    ("grafalon_eu/organ-prophylaxis", 70, {"dose_mg_per_kg": D(3), "doses": (5,)}, [0, 1, 2, 3, 4], 210, 210, 3, "10.5",
     4, 4, 15),
    # Grafalon, steroid-resistant rejection, 4 mg/kg × 7 in 65 kg: 260 mg; 2.6 → 3 vials; 13 mL
    ("grafalon_eu/organ-rejection", 65, {"dose_mg_per_kg": D(4), "doses": (7,)}, list(range(1, 8)), 260, 260, 3, 13, 4,
     4, 28),
    # Atgam, delay of rejection: 15 mg/kg, 21 doses in 28 days in 66 kg: 990 mg; 3.96 → 4 ampoules; 19.8 mL; 315 mg/kg
    ("atgam_us/kidney-delay-of-rejection", 66, {}, ALTERNATE, 990, 990, 4, "19.8", 4, 4, 315),
    # Atgam, rejection, 10 mg/kg × 14 and no more in 66 kg: 660 mg; 2.64 → 3; 13.2 mL
    ("atgam_us/kidney-rejection", 66, {"dose_mg_per_kg": D(10), "doses": (14, 0)}, list(range(1, 15)), 660, 660, 3,
     "13.2", 4, 4, 140),
    # Atgam, aplastic anaemia, 20 mg/kg × 8, then 3 on alternate days in 50 kg: days 10, 12, 14; 1000 mg; 4; 20 mL
    ("atgam_us/aplastic-anaemia", 50, {"dose_mg_per_kg": D(20), "doses": (8, 3)}, [*range(1, 9), 10, 12, 14], 1000,
     1000, 4, 20, 4, 4, 220),
    # horse in aplastic anaemia, 40 mg/kg × 4 in 61.5 kg: 2460 mg; 9.84 → 10; 49.2 mL
    ("published_horse/scheinberg-2011-horse", "61.5", {}, [1, 2, 3, 4], 2460, 2460, 10, "49.2", 4, 4, 160),
    # rabbit in aplastic anaemia, 3.5 mg/kg × 5 in 61.5 kg: 215.25 mg; 8.61 → 9; 43.05 mL
    ("published_rabbit/scheinberg-2011-rabbit", "61.5", {}, [1, 2, 3, 4, 5], "215.25", "215.25", 9, "43.05", 6, 4,
     "17.5"),
]  # fmt: skip


@pytest.mark.parametrize("row", CASES, ids=lambda row: row[0])
def test_a_course_is_what_was_worked_out_by_hand(row):
    protocol, kg, choice, days, first_mg, last_mg, vials, concentrate, first_h, last_h, per_kg = row
    plan = plan_course(recipient(kg), request(protocol, **choice), around(), knowledge=KNOWN)
    course = plan.chosen.course
    assert [infusion.day for infusion in course.infusions] == days
    first, last = course.infusions[0], course.infusions[-1]
    assert (first.mg, last.mg) == (D(first_mg), D(last_mg))
    assert (first.vials, first.concentrate_ml) == (vials, D(concentrate))
    assert (first.minimum_hours, last.minimum_hours) == (D(first_h), D(last_h))
    assert course.total_mg_per_kg == D(per_kg)
    assert first.hours >= first.minimum_hours
    if KNOWN.protocols[protocol].counted_from == "transplant":
        assert [infusion.on for infusion in course.infusions] == [TRANSPLANT + timedelta(days=day) for day in days]
    else:
        assert first.on == date(2026, 11, 21)


def test_every_indication_is_worked_or_says_why_not():
    worked = {indication for row in CASES for indication in KNOWN.protocols[row[0]].indications}
    assert len(CASES) >= 15
    assert {"kidney-prophylaxis", "kidney-rejection", "heart-prophylaxis", "heart-rejection", "liver-prophylaxis",
            "lung-prophylaxis", "pancreas-prophylaxis", "intestine-prophylaxis", "gvhd-prophylaxis", "gvhd-treatment",
            "aplastic-anaemia"} <= worked  # fmt: skip


def plan_for(indication, **changes):
    asked = replace(request("thymoglobulin_us/kidney-prophylaxis"), protocol=None, indication=indication, **changes)
    return plan_course(recipient(70), asked, around(), knowledge=KNOWN)


def test_severe_itp_is_not_planned_and_says_why():
    plan = plan_for("severe-itp")
    assert plan.courses == ()
    assert "no quantitative evidence was found" in plan.nothing_planned


def test_an_indication_without_a_protocol_is_not_planned():
    assert plan_for("intestine-rejection").nothing_planned.startswith("No protocol on the shelf")


def test_without_a_protocol_every_fitting_one_is_shown_and_none_chosen():
    plan = plan_for("kidney-prophylaxis")
    assert plan.chosen is None
    assert {course.course.product.id for course in plan.courses} == {"thymoglobulin", "atgam", "grafalon"}


def test_both_ends_of_a_range_are_shown_and_neither_is_chosen():
    plan = plan_course(recipient(70), request("thymoglobuline_ch/organ-prophylaxis"), around(), knowledge=KNOWN)
    small, large = (planned.course for planned in plan.courses)
    assert plan.chosen is None
    assert (small.total_mg_per_kg, large.total_mg_per_kg) == (D(2), D("13.5"))  # 2 × 1, and 9 × 1.5: the text's own
    assert (len(small.infusions), len(large.infusions)) == (2, 9)


def test_atgam_takes_the_smallest_volume_that_keeps_4_mg_per_ml():
    asked = request("published_horse/scheinberg-2011-horse")
    infusion = plan_course(recipient("61.5"), asked, around(), knowledge=KNOWN).chosen.course.infusions[0]
    assert infusion.final_volume_ml == 615  # 2460 / 4
    assert infusion.concentration_mg_per_ml == 4
    assert (infusion.rate_ml_per_h, infusion.starts_at.hour, infusion.ends_at.hour) == (153, 8, 12)  # 615 / 4 = 153.75


def test_grafalon_is_diluted_one_to_six_and_advised_12_hours():
    asked = request("grafalon_eu/gvhd-prophylaxis")
    infusion = plan_course(recipient(70), asked, around("eu"), knowledge=KNOWN).chosen.course.infusions[0]
    assert infusion.final_volume_ml == 490  # 70 mL and 420 mL of saline
    assert infusion.planned_hours == 12
    assert infusion.rate_ml_per_h == 40  # 490 / 12 = 40.8, rounded down


def test_a_uk_protocol_doses_obesity_on_ideal_weight():
    """178 cm, man: 50 + 2.3 × (178 × 0.393701 − 60) = 73.1828594 kg; 130 kg is 41.0 kg/m²."""
    asked = request("thymoglobulin_uk/kidney-prophylaxis", dose_mg_per_kg=D("1.5"), doses=(3,))
    plan = plan_course(recipient(130), asked, around("uk"), knowledge=KNOWN)
    assert plan.chosen.course.weight.kg == D("73.1811894")
    assert plan.chosen.course.infusions[0].mg == D("109.7717841")
    lean = plan_course(recipient(80), asked, around("uk"), knowledge=KNOWN)
    assert lean.chosen.course.weight.basis == "actual"


def test_another_product_takes_no_dose_along():
    asked = request("thymoglobulin_us/kidney-rejection", doses=(7,))
    plan = plan_course(recipient(70), asked, around(), knowledge=KNOWN, product="atgam")
    assert "not interchangeable by dose" in plan.replaces
    assert plan.request.doses is None and plan.request.dose_mg_per_kg is None
    assert {planned.course.protocol.id for planned in plan.courses} == {"atgam_us/kidney-rejection"}
    assert plan.chosen is None


def test_half_a_dose_is_half_exactly():
    counts = (
        Measurement("white-cells", D("2.5"), "10^9/L", date(2026, 11, 21), "2500 /mm3"),
        Measurement("platelets", D(200), "10^9/L", date(2026, 11, 21), "200 x10^9/L"),
    )
    asked = request("published_rabbit/scheinberg-2011-rabbit")
    sick = recipient("61.7", measurements=counts)
    kept = next_dose(sick, asked, around(on=date(2026, 11, 21)), knowledge=KNOWN)
    assert (kept.verdict, kept.infusion.mg) == ("full", D("215.95"))  # low counts are the disease
    asked = request("thymoglobulin_us/kidney-rejection", doses=(7,))
    halved = next_dose(sick, asked, around(on=date(2026, 11, 21)), knowledge=KNOWN)
    assert (halved.verdict, halved.infusion.mg, halved.infusion.vials) == ("half", D("46.275"), 2)  # 92.55 / 2
