"""What stands around a course in print: timing, loads, tests by day, other treatments, another pack; all cited."""

from pathlib import Path

import pytest

from opsonin.case import read_case
from opsonin.case.plan_file import plan_schema, plan_to_dict
from opsonin.knowledge import load_knowledge
from opsonin.report.bibliography import References, bibliography
from opsonin.report.course import course_groups
from opsonin.report.page import page
from opsonin.therapy import plan_therapy

CHILD = Path(__file__).parents[3] / "examples" / "child-new-itp.yaml"  # outside the model: no simulation is run


@pytest.fixture(scope="module")
def plan():
    case = read_case(CHILD)
    return plan_therapy(case.patient, case.goal, case.circumstances, knowledge=load_knowledge(), also="eu")


@pytest.fixture(scope="module")
def groups(plan):
    references = References(bibliography(plan, load_knowledge()))
    return {group.topic: group for group in course_groups(plan, plan.first, references)}


def test_the_groups_stand_in_reading_order(groups):
    assert list(groups) == ["timing", "loads", "calendar", "kidney", "bleeding", "alternatives", "compared"]
    assert all(group.lines for group in groups.values())


def test_a_child_is_told_what_was_found_in_children(groups):
    text = " ".join(groups["bleeding"].lines + groups["alternatives"].lines)
    assert "inside the skull in 0.4 %" in text and "1.4 %" not in text
    assert "median 4 days to 50" in text


def test_every_line_that_rests_on_facts_is_cited(groups):
    for topic in ("calendar", "bleeding", "alternatives", "kidney"):
        assert all(line.endswith("]") for line in groups[topic].lines), topic


def test_days_are_named_and_loads_are_per_kilogram(groups):
    assert any(line.startswith(("Fri ", "Sat ", "Sun ")) and " to " in line for line in groups["calendar"].lines)
    assert any("mL/kg on the largest day" in line for line in groups["loads"].lines)


def test_differences_between_packs_stand_side_by_side(groups, plan):
    assert groups["compared"].title.startswith("Under the pack “eu”")
    assert any("under “eu”" in line for line in groups["compared"].lines)
    assert plan.compared.pack == "eu"


def test_the_plan_file_carries_it_all_and_fits_its_schema(plan):
    import jsonschema

    written = plan_to_dict(plan, load_knowledge())
    jsonschema.Draft202012Validator(plan_schema()).validate(written)
    first = written["candidates"][0]
    assert first["loads"][0]["what"] == "fluid"
    assert first["calendar"][0]["fact"] in written["facts"]
    assert written["compared"]["pack"] == "eu" and written["kidney"]["says"]


def test_the_page_prints_it_before_the_rest(plan):
    titles = [group.title for group in page(plan, load_knowledge()).more_statements]
    assert titles[0] == "When, and what the schedule asks"
    assert "Tests and looks, by day" in titles


def test_the_same_case_under_the_same_pack_and_day_gives_the_same_plan(plan):
    case = read_case(CHILD)
    again = plan_therapy(case.patient, case.goal, case.circumstances, knowledge=load_knowledge(), also="eu")
    assert plan_to_dict(again, load_knowledge()) == plan_to_dict(plan, load_knowledge())
