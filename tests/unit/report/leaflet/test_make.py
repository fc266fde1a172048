"""When is there no leaflet, and what does this plan change in it?"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from opsonin.case import AtgCase, open_case
from opsonin.errors import InputRefused
from opsonin.knowledge import load_knowledge
from opsonin.knowledge.shelf_protocols import INDICATIONS
from opsonin.report.leaflet.make import make_leaflet
from opsonin.report.leaflet.show import as_text
from opsonin.report.leaflet.vaccines import months_later
from opsonin.safety import Finding
from opsonin.therapy import plan_course, plan_therapy

ROOT = Path(__file__).resolve().parents[4]

ABSOLUTE = Finding("class/made_up", "absolute", "It must not be given.", "A reason.", "Settle it.", ())


def text(leaflet, section):
    found = next(one for one in leaflet.sections if one.id == section)
    return " ".join(sentence.text for sentence in leaflet.sentences() if sentence in _of(found))


def _of(section):
    from opsonin.report.leaflet.leaflet import sentences_of

    return [one for block in section.blocks for one in sentences_of(block)]


def test_an_absolute_finding_about_the_person_gives_no_leaflet(planned):
    plan, known = planned("adult-before-surgery")
    with pytest.raises(InputRefused, match=r"class/made_up.*no leaflet may be handed out.*Settle it"):
        make_leaflet(replace(plan, findings=(*plan.findings, ABSOLUTE)), known, reader="adult")


def test_an_absolute_finding_about_the_course_gives_no_leaflet(planned):
    plan, known = planned("adult-before-surgery")
    barred = tuple(replace(one, rank=None, findings=(ABSOLUTE,)) for one in plan.candidates)
    with pytest.raises(InputRefused, match="class/made_up"):
        make_leaflet(replace(plan, candidates=barred), known, reader="adult")
    with pytest.raises(InputRefused, match="class/made_up"):
        make_leaflet(replace(plan, candidates=barred), known, reader="adult", course=barred[0].regimen.id)


def test_an_absolute_finding_gives_no_leaflet_on_antithymocyte_globulin(planned):
    plan, known = planned("atg-kidney-induction")
    course = replace(plan.courses[0], findings=(ABSOLUTE,))
    with pytest.raises(InputRefused, match="class/made_up"):
        make_leaflet(replace(plan, courses=(course,)), known, reader="adult")


def test_without_one_named_course_there_is_no_leaflet(planned):
    plan, known = planned("atg-kidney-induction")
    with pytest.raises(InputRefused, match="does not name one course"):
        make_leaflet(replace(plan, courses=()), known, reader="adult")


def test_nothing_offered_gives_no_leaflet(planned):
    plan, known = planned("adult-before-surgery")
    with pytest.raises(InputRefused, match="nothing to explain"):
        make_leaflet(replace(plan, candidates=()), known, reader="adult")


@pytest.mark.parametrize(("case", "reader"), [("adult-before-surgery", "child"), ("child-new-itp", "adult")])
def test_the_reader_fits_the_patient(planned, case, reader):
    plan, known = planned(case)
    with pytest.raises(InputRefused, match=f"--for = {reader}: does not fit"):
        make_leaflet(plan, known, reader=reader)


def test_another_course_of_the_plan_can_be_explained(planned):
    plan, known = planned("adult-before-surgery")
    other = next(one for one in plan.candidates if one.rank and one.regimen.schedule.days == 1)
    made = make_leaflet(plan, known, reader="adult", course=other.regimen.id.replace("_", "-"))
    assert other.regimen.product.brand in made.subtitle
    assert "Your drip is on" in text(made, "day")
    with pytest.raises(InputRefused, match="--course = nothing: is not a course of this plan"):
        make_leaflet(plan, known, reader="adult", course="nothing")


def test_the_hours_and_grams_are_those_of_the_plan(planned, leaflet_of):
    plan, _ = planned("adult-before-surgery")
    infusion = plan.first.regimen.infusions[0]
    told = text(leaflet_of("adult-before-surgery", "adult"), "day")
    assert f"{infusion.dose.grams.normalize():f} g of IVIG" in told
    assert f"start at {infusion.starts_at.hour}:{infusion.starts_at.minute:02d}" in told
    assert (
        f"end near {infusion.ends_at.hour}:{infusion.ends_at.minute:02d}, in {len(infusion.ladder.steps)} steps" in told
    )


def test_a_plan_that_never_rises_does_not_promise_a_faster_drip(planned, leaflet_of):
    plan, _ = planned("older-adult-thrombosis")
    assert {len(one.ladder.steps) for one in plan.first.regimen.infusions} == {1}
    told = text(leaflet_of("older-adult-thrombosis", "adult"), "day")
    assert "keeps it at that speed" in told and "faster" not in told


def test_without_a_start_there_are_no_clock_times(planned):
    plan, known = planned("adult-before-surgery")
    first = plan.first
    timeless = tuple(replace(one, starts_at=None, ends_at=None) for one in first.regimen.infusions)
    candidate = replace(first, regimen=replace(first.regimen, infusions=timeless))
    made = make_leaflet(replace(plan, candidates=(candidate,)), known, reader="adult")
    assert "start at" not in text(made, "day") and "about 3 hours" in text(made, "day")


def test_what_the_team_wrote_stands_word_for_word_and_nothing_else_is_prescribed(planned):
    plan, known = planned("child-new-itp")
    team = {
        "signer": "Dr A", "contacts": "ring 2210", "premedication": "paracetamol 240 mg at 15:30",
        "home_medicines": "paracetamol 240 mg, at most 4 times a day", "texts": "Come to ward 3 at 15:00",
    }  # fmt: skip
    written = make_leaflet(replace(plan, circumstances=replace(plan.circumstances, team=team)), known, reader="parent")
    said = " ".join(one.text for one in written.sentences())
    for words in team.values():
        assert words in said or words == written.signer
    silent = make_leaflet(replace(plan, circumstances=replace(plan.circumstances, team={})), known, reader="parent")
    assert "paracetamol" not in " ".join(one.text for one in silent.sentences())


@pytest.mark.parametrize(
    ("pack", "schedule", "expected"),
    [
        ("us", "1x2", "have to wait 11 months, until 22 October 2027"),
        ("us", "1x1", "have to wait 10 months, until 21 September 2027"),
        ("us", "0.8x1", "Ask your team for the date"),  # no wait is tabled for 0.8 g/kg
        ("eu", "1x2", "wait 3 months or more, until 22 February 2027"),
        ("au", "1x2", "have to wait 11 months, until 22 October 2027"),
    ],
)
def test_live_vaccines_wait_as_the_pack_s_source_says(planned, pack, schedule, expected):
    plan, known = planned("adult-before-surgery")
    base = plan.first
    days = int(schedule[-1])
    dose = schedule.partition("x")[0]
    named = replace(base.regimen.schedule, id=schedule, days=days, g_per_kg_per_day=type(base.regimen.total_g)(dose))
    regimen = replace(base.regimen, schedule=named, infusions=base.regimen.infusions[:days])
    timing = replace(base.timing, ends_on=date(2026, 11, 20 + days))
    course = replace(base, regimen=regimen, timing=timing)
    changed = replace(plan, candidates=(course,), circumstances=replace(plan.circumstances, pack=pack))
    assert expected in text(make_leaflet(changed, known, reader="adult"), "after")


def test_a_live_vaccine_of_the_case_that_comes_too_soon_is_named(leaflet_of):
    assert "MMR on 15 January 2027 is too soon" in text(leaflet_of("child-new-itp", "parent"), "after")


@pytest.mark.parametrize(
    ("day", "months", "later"), [((2026, 12, 31), 2, (2027, 2, 28)), ((2026, 1, 5), 12, (2027, 1, 5))]
)
def test_months_are_counted_in_the_calendar(day, months, later):
    assert months_later(date(*day), months) == date(*later)


def test_the_forecast_for_children_says_that_it_was_too_high(leaflet_of):
    assert "too fast and too high" in text(leaflet_of("child-new-itp", "parent"), "count")
    assert "too high" not in text(leaflet_of("adult-before-surgery", "adult"), "count")


def test_outside_the_model_no_number_of_this_person_is_given(planned):
    from opsonin.planning.plan import NoForecast

    plan, known = planned("adult-before-surgery")
    course = replace(plan.first, forecast=NoForecast((), ()))
    told = text(make_leaflet(replace(plan, candidates=(course,)), known, reader="adult"), "count")
    assert "make no guess with numbers" in told and "such people" not in told


@pytest.mark.parametrize("share", [None, 0.0004, 0.03, 0.62, 0.997])
def test_every_harm_is_told_however_often_it_comes(planned, share):
    plan, known = planned("adult-before-surgery")
    chances = tuple(
        replace(chance, probability=share, low_95=share and share / 2, high_95=share and min(1, share * 1.5), says="")
        for chance in plan.first.harms
        if chance.facts
    )
    course = replace(plan.first, harms=chances)
    told = text(make_leaflet(replace(plan, candidates=(course,)), known, reader="adult"), "feel")
    wanted = {None: "we do not know how often", 0.0004: "fewer than 1 of 100", 0.03: "about 3", 0.62: "about 62"}
    assert told.count(wanted.get(share, "more than 99")) >= 4
    assert "about fewer" not in told and "about more" not in told


def test_with_heart_or_kidney_disease_the_team_says_how_much_to_drink(planned):
    plan, known = planned("adult-before-surgery")
    ill = replace(plan.patient, risks={**plan.patient.risks, "cardiac": True})
    assert "Drink plenty" in text(make_leaflet(plan, known, reader="adult"), "before")
    told = text(make_leaflet(replace(plan, patient=ill), known, reader="adult"), "before")
    assert "Ask your team how much to drink" in told and "plenty" not in told


def test_medicines_before_are_named_only_where_a_label_names_them(leaflet_of):
    assert "An hour before each drip" in text(leaflet_of("atg-kidney-induction", "adult"), "before")
    told = text(leaflet_of("atg-aplastic-anaemia", "adult"), "before")
    assert "Ask which" in told and "steroid" not in told


@pytest.mark.parametrize("indication", INDICATIONS)
def test_every_use_of_antithymocyte_globulin_has_its_reason(planned, indication):
    plan, known = planned("atg-kidney-induction")
    asked = replace(plan, request=replace(plan.request, indication=indication))
    told = text(make_leaflet(asked, known, reader="adult"), "why-atg")
    assert "{" not in told and indication not in told
    organ = indication.partition("-")[0]
    assert organ in told or organ in ("gvhd", "aplastic", "severe")


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/*.yaml")), ids=lambda path: path.stem)
def test_every_example_gives_a_leaflet_under_another_pack_or_says_why_not(path):
    case = open_case(path, today=date(2026, 11, 26), pack="uk", shelf=lambda day: load_knowledge(on=day))
    known = load_knowledge(on=case.circumstances.as_of)
    if isinstance(case, AtgCase):
        plan = plan_course(case.recipient, case.request, case.circumstances, knowledge=known)
        age = case.recipient.age_years
    else:
        plan = plan_therapy(case.patient, case.goal, case.circumstances, knowledge=known, virtual_patients=200)
        age = case.patient.age_years
    for reader in ("adult",) if age >= 18 else ("parent", "child", "teen"):
        try:
            assert "{" not in as_text(make_leaflet(plan, known, reader=reader))
        except InputRefused as refused:
            assert all(problem.remedy for problem in refused.problems)
