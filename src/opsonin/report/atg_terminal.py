"""How does an answer on antithymocyte globulin stand in a terminal?"""

from __future__ import annotations

from opsonin.knowledge import Knowledge
from opsonin.planning.atg_next import NextDose
from opsonin.planning.atg_plan import AtgPlan
from opsonin.report import atg_words as words
from opsonin.report.atg_next_parts import next_parts
from opsonin.report.atg_parts import plan_parts
from opsonin.report.atg_words import Part
from opsonin.report.lookup_facts import Works
from opsonin.report.lookup_print import Pages
from opsonin.report.wording import a_day

_TALL = 8  # heads from which a table stands one row a block


def print_atg_plan(plan: AtgPlan, knowledge: Knowledge, pages: Pages) -> None:
    """Print the plan."""
    works = Works(knowledge.sources)
    pages.title(f"Antithymocyte globulin: plan for {plan.recipient.id}, {a_day(plan.stamp.as_of)}")
    for line in (plan.says, plan.nothing_planned, plan.replaces):
        if line:
            pages.say(line)
    pages.say(plan.safety_frame, "bold")
    pages.heading("Who and what for")
    pages.pairs(words.who(plan.recipient, plan.request, plan.circumstances))
    for part in plan_parts(plan, knowledge, works):
        _print(part, pages)
    pages.console.print()
    pages.say(words.stamp_line(plan.stamp), "dim")
    pages.close(works)


def print_next_dose(found: NextDose, knowledge: Knowledge, pages: Pages) -> None:
    """Print the answer of the morning."""
    works = Works(knowledge.sources)
    pages.title(f"Antithymocyte globulin: next dose for {found.recipient.id}")
    pages.say(found.says, "bold")
    pages.say(found.safety_frame)
    for part in next_parts(found, knowledge, works):
        _print(part, pages)
    pages.console.print()
    pages.say(words.stamp_line(found.stamp), "dim")
    pages.close(works)


def _print(part: Part, pages: Pages) -> None:
    pages.heading(part.title)
    for line in part.says:
        pages.say(line)
    pages.items(part.lines)
    for table in part.tables:
        if len(table.heads) > _TALL:
            for row in table.rows:
                pages.console.print()
                pages.pairs(tuple(zip(table.heads, row, strict=True)))
            continue
        columns = [[row[index] for row in (table.heads, *table.rows)] for index in range(len(table.heads))]
        ratios = [max(12, min(40, max(len(cell) for cell in column))) for column in columns]
        pages.table(table.heads, table.rows, ratios=ratios)
