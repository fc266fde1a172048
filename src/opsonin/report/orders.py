"""What goes on page 1? The orders sheet: dose, vials, ladder day by day, what to give before and what to watch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from opsonin.knowledge import Fact
from opsonin.planning.plan import Candidate, Plan
from opsonin.quantities import round_up, show
from opsonin.regimen.regimen import DailyDose, DosingWeight, Infusion, RateStep
from opsonin.report.bibliography import References, printed_facts
from opsonin.report.wording import (
    TOPIC_WORDS,
    clock,
    hours_and_minutes,
    joined,
    mark_of,
    product,
    schedule,
    sentence,
    statement,
    vials_of,
    weekday,
)

PAGE_ONE_TOPICS = ("premedication", "hydration", "before", "during", "stop", "reaction")
BLANK_CLOCK = "…… – ……"


@dataclass(frozen=True)
class StepRow:
    """One rung in print."""

    number: str
    clock: str
    minutes: str
    ml_per_h: str
    ml_per_kg_per_h: str
    mg_per_kg_per_min: str
    volume_ml: str
    cumulative_ml: str


@dataclass(frozen=True)
class DaySheet:
    """The ladder of one day, or of several days that run alike."""

    title: str  # "Day 1, Mon 23 Nov 2026" | "Days 1 and 2, each"
    day_names: tuple[str, ...]  # one box for vitals and initials each
    total: str  # "70 g = 700 mL in 5 h 40 min each"
    rows: tuple[StepRow, ...]


@dataclass(frozen=True)
class DoseLine:
    """One day's dose in print."""

    day: str
    grams: str
    volume: str
    vials: str
    discarded: str
    rounding: str
    check: str  # the same dose by volume and strength, to recalculate by hand


@dataclass(frozen=True)
class StatementGroup:
    """What the pack says on one topic; empty when it says nothing."""

    topic: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class OrdersSheet:
    """Page 1, ready to print."""

    product: str
    schedule: str
    total: str
    weight: str
    doses: tuple[DoseLine, ...]
    ladder_heading: str
    ladder_limit: str
    ladder_reasons: tuple[str, ...]
    days: tuple[DaySheet, ...]


def orders_sheet(candidate: Candidate, references: References) -> OrdersSheet:
    """The orders for one candidate."""
    regimen = candidate.regimen
    ladder = regimen.infusions[0].ladder
    ladder_mark = mark_of(ladder.facts)
    strength_mark = mark_of(printed_facts(regimen.product))
    days = len(regimen.infusions)
    return OrdersSheet(
        product=product(regimen.product) + strength_mark,
        schedule=references.after(schedule(regimen.schedule), [regimen.schedule.fact]),
        total=f"{show(regimen.total_g)} g = {show(regimen.total_ml, 2)} mL over {days} day{'s' if days > 1 else ''}",
        weight=references.after(_weight(regimen.weight), regimen.weight.facts),
        doses=_dose_lines(regimen.infusions, regimen.product.concentration_mg_per_ml),
        ladder_heading=references.after(ladder.heading, ladder.facts),
        ladder_limit=_limit(ladder.maximum_ml_per_kg_per_h, regimen.product.concentration_mg_per_ml) + ladder_mark,
        ladder_reasons=tuple(sentence(reason) for reason in ladder.reasons),
        days=_day_sheets(regimen.infusions),
    )


def statement_groups(plan: Plan, references: References) -> tuple[list[StatementGroup], list[StatementGroup]]:
    """The pack's statements: those for page 1, and the rest. A page-1 topic it says nothing on stands there empty."""
    topics = [topic for topic in TOPIC_WORDS if topic in plan.statements or topic in ("premedication", "hydration")]
    topics += [topic for topic in plan.statements if topic not in TOPIC_WORDS]
    groups = [
        StatementGroup(
            topic,
            TOPIC_WORDS.get(topic, topic.replace("_", " ").capitalize()),
            tuple(_statement(fact, references) for fact in plan.statements.get(topic, ())),
        )
        for topic in topics
    ]
    first = [group for group in groups if group.topic in PAGE_ONE_TOPICS]
    return first, [group for group in groups if group.topic not in PAGE_ONE_TOPICS and group.lines]


def _statement(fact: Fact, references: References) -> str:
    return references.after(sentence(statement(fact)), [fact])


def _weight(weight: DosingWeight) -> str:
    return f"{show(weight.kg, 2)} kg ({weight.basis} weight). {sentence(weight.says)}"


def _limit(maximum: Decimal, concentration: Decimal) -> str:
    per_minute = maximum * concentration / 60
    return f"Never above {show(maximum, 3)} mL/kg/h ({show(per_minute, 2)} mg/kg/min)"


def _dose_lines(infusions: tuple[Infusion, ...], concentration: Decimal) -> tuple[DoseLine, ...]:
    """One line for days with the same dose from the same vials; a line each for days that differ."""
    groups: list[list[DailyDose]] = []
    for infusion in infusions:
        alike = next((group for group in groups if replace(group[0], day=infusion.dose.day) == infusion.dose), None)
        if alike is None:
            groups.append([infusion.dose])
        else:
            alike.append(infusion.dose)
    return tuple(_dose_line(group, concentration) for group in groups)


def _dose_line(alike: list[DailyDose], concentration: Decimal) -> DoseLine:
    dose = alike[0]
    recalculated = show(dose.volume_ml * concentration / 1000, 2)
    return DoseLine(
        day=f"Day {dose.day}" if len(alike) == 1 else f"Days {joined([str(each.day) for each in alike])}, each",
        grams=f"{show(dose.grams)} g",
        volume=f"{show(dose.volume_ml, 2)} mL",
        vials=vials_of(dose),
        discarded=f"{show(dose.discarded_g)} g" if dose.discarded_g else "nothing",
        rounding=sentence(dose.rounding),
        check=f"{show(dose.volume_ml, 2)} mL × {show(concentration)} mg/mL = {recalculated} g",
    )


def _day_sheets(infusions: tuple[Infusion, ...]) -> tuple[DaySheet, ...]:
    """One table for days that run alike to the minute; a table each for days that do not."""
    groups: dict[tuple[StepRow, ...], list[Infusion]] = {}
    for infusion in infusions:
        groups.setdefault(tuple(_step_rows(infusion)), []).append(infusion)
    return tuple(_day_sheet(rows, alike) for rows, alike in groups.items())


def _day_sheet(rows: tuple[StepRow, ...], alike: list[Infusion]) -> DaySheet:
    names = tuple(f"Day {infusion.dose.day}" for infusion in alike)
    dated = [
        f"{name} ({weekday(infusion.starts_at.date())})" if infusion.starts_at else name
        for name, infusion in zip(names, alike, strict=True)
    ]
    each = " each" if len(alike) > 1 else ""
    total = (
        f"{show(alike[0].dose.grams)} g = {show(alike[0].dose.volume_ml, 2)} mL in "
        f"{hours_and_minutes(alike[0].ladder.minutes)}{each}"
    )
    return DaySheet(title=", ".join(dated), day_names=names, total=total, rows=rows)


def _step_rows(infusion: Infusion) -> list[StepRow]:
    return [_step_row(step, infusion.starts_at) for step in infusion.ladder.steps]


def _step_row(step: RateStep, starts_at: datetime | None) -> StepRow:
    return StepRow(
        number=str(step.number),
        clock=_clock_span(step, starts_at),
        minutes=show(step.minutes, 1),
        ml_per_h=show(step.ml_per_h),
        ml_per_kg_per_h=show(step.ml_per_kg_per_h, 2),
        mg_per_kg_per_min=show(step.mg_per_kg_per_min, 2),
        volume_ml=show(step.volume_ml, 2),
        cumulative_ml=show(step.cumulative_ml, 2),
    )


def _clock_span(step: RateStep, starts_at: datetime | None) -> str:
    if starts_at is None:
        return BLANK_CLOCK
    minutes = (step.starts_after_min, step.starts_after_min + step.minutes)
    start, end = (starts_at + timedelta(minutes=int(round_up(after, Decimal(1)))) for after in minutes)
    return f"{clock(start)} – {clock(end)}"
