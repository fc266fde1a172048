"""The orders sheet: days that run alike share a table, days that do not get their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import ModuleType

from opsonin.report.bibliography import References, bibliography
from opsonin.report.orders import orders_sheet, statement_groups


def test_days_that_run_alike_share_one_ladder(example: ModuleType) -> None:
    plan = example.plan()
    sheet = orders_sheet(plan.candidates[1], References(bibliography(plan, example.knowledge())))
    assert len(sheet.days) == 1 and sheet.days[0].day_names == ("Day 1", "Day 2", "Day 3", "Day 4", "Day 5")
    assert "Day 5 (Fri 27 Nov 2026)" in sheet.days[0].title and sheet.days[0].total.endswith("each")


def test_a_day_with_another_start_gets_its_own_ladder(example: ModuleType) -> None:
    plan = example.plan()
    regimen = plan.first.regimen
    second = replace(regimen.infusions[1], starts_at=regimen.infusions[1].starts_at + timedelta(hours=2))
    moved = replace(plan.first, regimen=replace(regimen, infusions=(regimen.infusions[0], second)))
    sheet = orders_sheet(moved, References(bibliography(plan, example.knowledge())))
    assert [day.rows[0].clock for day in sheet.days] == ["08:30 – 09:00", "10:30 – 11:00"]


def test_the_dose_recalculates_and_the_ladder_ends_at_the_volume(example: ModuleType) -> None:
    plan = example.plan()
    sheet = orders_sheet(plan.first, References(bibliography(plan, example.knowledge())))
    assert sheet.doses[0].check == "700 mL × 100 mg/mL = 70 g"
    assert sheet.days[0].rows[-1].cumulative_ml == "700"
    assert sheet.product.startswith("Alphaglobin 10 %, 100 mg/mL")


def test_a_page_one_topic_the_pack_is_silent_on_stands_empty(example: ModuleType) -> None:
    plan = example.plan()
    first, rest = statement_groups(plan, References(bibliography(plan, example.knowledge())))
    assert [(group.topic, bool(group.lines)) for group in first] == [
        ("premedication", True),
        ("hydration", False),
        ("during", True),
    ]
    assert [group.topic for group in rest] == ["haemolysis"]
