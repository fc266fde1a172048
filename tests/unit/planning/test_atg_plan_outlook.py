"""The outlook beside a plan: of the course as planned, from counts taken before it, never of many courses at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from opsonin.case import open_case
from opsonin.planning.atg_plan_outlook import doses_of, plan_outlooks
from opsonin.report.atg_html import render_atg_report
from opsonin.report.atg_outlook_parts import NOT_FOR_DOSING, TITLE, outlook_parts
from opsonin.therapy import plan_course

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
PEOPLE = 60


def planned(known, name, **changes):
    case = open_case(EXAMPLES / f"{name}.yaml")
    recipient = replace(case.recipient, **changes.pop("recipient", {}))
    request = replace(case.request, **changes)
    return plan_course(recipient, request, case.circumstances, knowledge=known)


def test_the_doses_looked_at_are_those_of_the_plan(known):
    plan = planned(known, "atg-kidney-induction")
    (look,) = plan_outlooks(plan, known, virtual_people=PEOPLE)
    infusions = plan.courses[0].course.infusions
    assert [(one.start_day, one.mg) for one in doses_of(look.planned)] == [(day, 120.0) for day in range(5)]
    assert all(dose.hours == float(one.hours) for dose, one in zip(doses_of(look.planned), infusions, strict=True))
    assert look.outlook.setting == "kidney" and look.outlook.graft_day is None


def test_the_doses_of_alternate_days_are_alternate(known):
    plan = planned(known, "atg-kidney-rejection", protocol="lexicomp_rabbit/intestine-prophylaxis", doses=None)
    assert [dose.start_day for dose in doses_of(plan.courses[0])] == [0, 2, 4, 6, 8]


def test_a_count_serves_as_baseline_only_from_a_day_before_the_first_infusion(known):
    plan = planned(known, "atg-kidney-induction")
    (look,) = plan_outlooks(plan, known, virtual_people=PEOPLE)
    assert look.outlook.counts["lymphocytes_per_ul"].band.median[0] == pytest.approx(1600)
    first = plan.courses[0].course.infusions[0].on
    late = tuple(replace(one, taken_on=first) for one in plan.recipient.measurements)
    (look,) = plan_outlooks(planned(known, "atg-kidney-induction", recipient={"measurements": late}), known)
    assert "lymphocytes_per_ul" not in look.outlook.counts and "lymphocytes" in look.outlook.counts


def test_the_graft_parts_the_exposure_in_transplantation_of_blood_forming_cells(known):
    case = open_case(EXAMPLES / "atg-child-hct.yaml")
    grown = {"age_years": Decimal(40), "weight": replace(case.recipient.weight, kg=Decimal(70))}
    (look,) = plan_outlooks(planned(known, "atg-child-hct", recipient=grown), known, virtual_people=PEOPLE)
    assert look.outlook.graft_day is not None and 3 < look.outlook.graft_day < 5
    assert look.outlook.exposures.keys() >= {"auc-pre", "auc-post"}
    early = case.request.transplant_on - timedelta(days=30)
    plan = planned(known, "atg-kidney-rejection", transplant_on=early)
    assert all(one.outlook.graft_day is None for one in plan_outlooks(plan, known, virtual_people=PEOPLE))


def test_a_child_gets_no_bands_and_the_report_says_why(known):
    plan = planned(known, "atg-child-hct")
    looks = plan_outlooks(plan, known, virtual_people=PEOPLE)
    (part,) = outlook_parts(looks)
    assert part.figure is None and not part.tables and "7.6 years" in part.withheld[0]
    assert not any(line.endswith("..") for line in part.withheld)
    section = section_of(render_atg_report(plan, known, looks))
    assert "Withheld" in section and "<svg" not in section


def test_many_courses_side_by_side_are_not_drawn(known):
    plan = planned(known, "atg-kidney-induction", protocol=None, doses=None)
    assert len(plan.courses) > 2 and plan_outlooks(plan, known) == ()
    assert TITLE not in render_atg_report(plan, known)


def test_the_report_labels_the_outlook_and_keeps_it_off_the_orders_sheet(known):
    plan = planned(known, "atg-kidney-induction")
    looks = plan_outlooks(plan, known, virtual_people=PEOPLE)
    page = render_atg_report(plan, known, looks)
    section = section_of(page)
    assert NOT_FOR_DOSING in section and looks[0].outlook.stamp in section and section.count("<svg") == 1
    assert "lymphocytes, cells/µL" in section and "none is a default" in section
    assert page.replace(section, "").count("<svg") == 0
    assert render_atg_report(plan, known, looks) == page
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def section_of(page: str) -> str:
    return page[
        page.index('<section class="exploratory"') : page.index('<section aria-labelledby="bibliography-title"')
    ]
