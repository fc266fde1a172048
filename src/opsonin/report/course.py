"""What belongs to the course besides dose and rate? Timing, loads, tests by day, other treatments, another pack."""

from __future__ import annotations

from datetime import date

from opsonin.knowledge import Fact
from opsonin.planning.plan import Candidate, PackComparison, Plan
from opsonin.report.bibliography import References
from opsonin.report.orders import StatementGroup
from opsonin.report.wording import sentence, weekday


def course_groups(plan: Plan, shown: Candidate | None, references: References) -> list[StatementGroup]:
    """Everything around the course shown, in reading order; groups without a line are left out."""
    groups = [
        *(_about_course(shown, references) if shown is not None else ()),
        StatementGroup("kidney", "Kidney function", _kidney(plan, references)),
        StatementGroup("bleeding", "Bleeding, in groups of such people", _facts(plan.bleeding_risk, references)),
        StatementGroup(
            "alternatives", "Other ways to raise platelets (not dosed here)", _alternatives(plan, references)
        ),
        *(_compared(plan.compared, references) if plan.compared is not None else ()),
    ]
    return [group for group in groups if group.lines]


def _about_course(shown: Candidate, references: References) -> list[StatementGroup]:
    timing = (sentence(shown.timing.says),) if shown.timing is not None else ()
    notes = tuple(references.after(sentence(note), [shown.regimen.schedule.fact]) for note in shown.notes)
    carried = tuple(references.after(sentence(load.says), load.facts) for load in shown.loads)
    due = tuple(
        references.after(f"{_span(item.from_day, item.to_day)}: {sentence(item.says)}", [item.fact])
        for item in shown.calendar
    )
    return [
        StatementGroup("timing", "When, and what the schedule asks", (*timing, *notes)),
        StatementGroup("loads", "What one day brings, for each kilogram of actual weight", carried),
        StatementGroup("calendar", "Tests and looks, by day", due),
    ]


def _span(first: date, last: date) -> str:
    return weekday(first) if first == last else f"{weekday(first)} to {weekday(last)}"


def _kidney(plan: Plan, references: References) -> tuple[str, ...]:
    return (references.after(plan.kidney.says, plan.kidney.facts),) if plan.kidney is not None else ()


def _alternatives(plan: Plan, references: References) -> tuple[str, ...]:
    return tuple(line for other in plan.alternatives for line in _facts(other.facts, references))


def _facts(facts: tuple[Fact, ...], references: References) -> tuple[str, ...]:
    return tuple(references.after(sentence(fact.says), [fact]) for fact in facts)


def _compared(compared: PackComparison, references: References) -> list[StatementGroup]:
    lines = [compared.says]
    for item in compared.differences:
        here = references.after(item.here.rstrip("."), item.facts_here)
        there = references.after(item.there.rstrip("."), item.facts_there)
        lines.append(f"{sentence(item.topic).rstrip('.')}: here {here}; under “{compared.pack}” {there}.")
    if compared.same:
        lines.append(f"The same: {', '.join(compared.same)}.")
    return [StatementGroup("compared", f"Under the pack “{compared.pack}”: {compared.name}", tuple(lines))]
