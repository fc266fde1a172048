"""What does the plan of antithymocyte globulin say, part by part, in reading order? Words and tables only."""

from __future__ import annotations

from opsonin.knowledge import Knowledge
from opsonin.planning.atg_plan import AtgPlan, PlannedCourse
from opsonin.quantities import show
from opsonin.report import atg_words as words
from opsonin.report.atg_words import Part, Table
from opsonin.report.lookup_facts import Works
from opsonin.report.lookup_outcomes import INDICATION_WORDS, design_of, find_outcomes
from opsonin.report.wording import a_day, weekday
from opsonin.sources import mark

_IN_FULL = 2  # courses shown with their calendar; more are listed side by side
_KINDS = {"dose": "Dose", "test": "Test", "prophylaxis": "Protect", "effect": "Expect", "harm": "Watch for"}


def plan_parts(plan: AtgPlan, knowledge: Knowledge, works: Works) -> tuple[Part, ...]:
    """Every part of the plan; those with nothing to say are left out."""
    in_full = len(plan.courses) <= _IN_FULL
    parts = [
        *([_course_part(planned, works) for planned in plan.courses] if in_full else [_side_by_side(plan)]),
        _findings(plan, works),
        *([_calendar(planned, works) for planned in plan.courses[-1:]] if in_full else []),
        *([_windows(planned, works) for planned in plan.courses[-1:]] if in_full else []),
        _assessed(plan, works),
        *_statements(plan, works),
        _alternatives(plan, works),
        _published(plan, knowledge, works),
        _protocols(plan, works),
        _not_known(plan),
    ]
    return tuple(part for part in parts if part.says or part.lines or any(table.rows for table in part.tables))


def _course_part(planned: PlannedCourse, works: Works) -> Part:
    table = words.dose_table(planned.course.infusions, "Each dose; days as the protocol counts them")
    return Part(words.course_title(planned), (*words.course_says(planned, works), words.NO_ROUNDING), (), (table,))


def _side_by_side(plan: AtgPlan) -> Part:
    any_price = any(planned.price is not None for planned in plan.courses)
    heads = (
        *("Protocol", "Product", "End", "Doses", "Single dose", "In all", "Volume", "Shortest infusion"),
        *(("Price of the vials",) if any_price else ()),
    )
    rows = []
    for planned in plan.courses:
        course = planned.course
        first = course.infusions[0]
        singles = sorted({infusion.mg for infusion in course.infusions})
        volume = f"{show(first.final_volume_ml, 1)} mL" if first.final_volume_ml is not None else "not known"
        rows.append(
            (
                course.protocol.id,
                course.product.brand + (", not in stock" if planned.in_stock is False else ""),
                course.end.replace("-", " "),
                str(len(course.infusions)),
                " to ".join(f"{show(mg, 1)} mg" for mg in dict.fromkeys((singles[0], singles[-1]))),
                f"{show(course.total_mg, 1)} mg ({show(course.total_mg_per_kg)} mg/kg)",
                volume,
                f"{show(first.minimum_hours)} h, then {show(course.infusions[-1].minimum_hours)} h",
                *((f"{show(planned.price, 2)}" if planned.price is not None else "–",) if any_price else ()),
            )
        )
    says = ("Name one with `protocol:` for its calendar, clock times and orders sheet.", words.NO_ROUNDING)
    return Part("Courses that fit, none chosen", says, (), (Table("Both ends of each protocol", heads, tuple(rows)),))


def _findings(plan: AtgPlan, works: Works) -> Part:
    return Part("Findings", (), (), (words.finding_table(plan.courses, works),))


def _calendar(planned: PlannedCourse, works: Works) -> Part:
    rows = []
    for day in planned.days:
        texts = [f"{_KINDS[entry.kind]}: {words.with_source(entry.says, entry.facts, works)}" for entry in day.entries]
        rows.append((str(day.day), weekday(day.on) if day.on else "not known", "\n".join(texts) or "–"))
    title = "Day by day" + (f", {words.END_WORDS[planned.course.end]}" if planned.course.end != "as-named" else "")
    return Part(title, (), (), (Table("From the first to the last dose", ("Day", "Date", "What"), tuple(rows)),))


def _windows(planned: PlannedCourse, works: Works) -> Part:
    rows = tuple(
        (
            f"{window.first} to {window.last}" if window.first != window.last else str(window.first),
            f"{a_day(window.from_day)} to {a_day(window.to_day)}" if window.from_day and window.to_day else "not known",
            _KINDS[window.kind],
            words.with_source(window.says, (window.fact,), works),
        )
        for window in planned.windows
    )
    heads = ("Days after the first dose", "Dates", "Kind", "What")
    return Part("Before, after and in between", (), (), (Table("Spans of days", heads, rows),))


def _assessed(plan: AtgPlan, works: Works) -> Part:
    rows = tuple(
        (one.what, one.state, words.with_source(one.says, one.facts, works) if one.says else "–")
        for one in plan.assessed
    )
    heads = ("What", "State", "What the shelf knows of it")
    says: tuple[str, ...] = ("Age, general health and every other medicine, each as assessed.",)
    if plan.recipient.medicines is None:
        says += ("The case does not say which other medicines are taken: interactions could not be checked.",)
    return Part("What was assessed", says, (), (Table("Assessed", heads, rows),))


def _statements(plan: AtgPlan, works: Works) -> list[Part]:
    return [
        Part(title, (), tuple(words.fact_line(fact, works) for fact in facts))
        for title, facts in plan.statements.items()
    ]


def _alternatives(plan: AtgPlan, works: Works) -> Part:
    lines = tuple(words.with_source(fact.says, (fact,), works) for fact in plan.alternatives)
    return Part("Alternatives, named and not dosed", (), lines)


def _protocols(plan: AtgPlan, works: Works) -> Part:
    rows = tuple(
        (protocol.id, protocol.name, words.with_source(protocol.says, (protocol.fact,), works))
        for protocol in plan.protocols
    )
    return Part("Protocols on the shelf for this use", (), (), (Table("Protocols", ("Id", "Whose", "Says"), rows),))


def _published(plan: AtgPlan, knowledge: Knowledge, works: Works) -> Part:
    """Results of the studies this plan names for the use; the whole look-up is one command away."""
    topic = plan.request.indication.removesuffix("-prophylaxis").removesuffix("-rejection").removesuffix("-treatment")
    every = find_outcomes(knowledge, (topic,)) if topic in INDICATION_WORDS else ()
    facts = [*(protocol.fact for protocol in plan.protocols), *plan.alternatives]
    named = {citation.source for fact in facts for citation in fact.citations}
    found = [outcome for outcome in every if outcome.citation.source in named]
    rows = tuple(
        (
            f"{one.study}\n{design_of(one)}",
            "\n".join(part for part in (one.arm, one.regimen, f"n: {one.size}") if part),
            one.endpoint,
            f"{one.result}{mark(one.obtained, one.status)}",
            works.place(one.citation),
        )
        for one in found
    )
    shown = f"Shown, not predicted: {len(found)} of {len(every)} published results, those of the studies named here."
    says = (shown, f"All of them: opsonin evidence {topic}.")
    heads = ("Study, design", "Arm", "Endpoint", "Result", "Source and place")
    return Part("Published results", says, (), (Table("Results", heads, rows),)) if every else Part("Published results")


def _not_known(plan: AtgPlan) -> Part:
    rows = tuple((item.field, item.therefore) for item in plan.not_known)
    return Part("Not known, therefore", (), (), (Table("Not known", ("Not known", "Therefore"), rows),))
