"""What does the answer of the morning say, part by part?"""

from __future__ import annotations

from opsonin.knowledge import Knowledge
from opsonin.planning.atg_next import NextDose
from opsonin.quantities import show, unit_in_words
from opsonin.report import atg_words as words
from opsonin.report.atg_words import Part, Table
from opsonin.report.lookup_facts import Works
from opsonin.report.wording import a_day

_ZONES = {
    "full": "above the ranges", "half": "half the dose", "stop": "consider stopping", "give": "next dose",
    "hold": "hold", "": "not read by a rule",
}  # fmt: skip


def next_parts(found: NextDose, knowledge: Knowledge, works: Works) -> tuple[Part, ...]:
    """Every part of the answer; those with nothing to say are left out."""
    parts = [
        Part("Why", (), tuple(found.why), ()),
        _dose(found),
        _counts(found),
        _so_far(found, knowledge, works),
        Part("What would change the answer", (), found.would_change),
        Part("What the rules say", (), tuple(words.with_source(_rule(fact), (fact,), works) for fact in found.rules)),
    ]
    return tuple(part for part in parts if part.says or part.lines or any(table.rows for table in part.tables))


def _rule(fact: object) -> str:
    says, note = getattr(fact, "says", ""), getattr(fact, "note", "")
    return f"{says} {note}".strip()


def _dose(found: NextDose) -> Part:
    if found.infusion is None:
        return Part("Today's dose")
    scheduled = found.scheduled
    says: tuple[str, ...] = (words.NO_ROUNDING,)
    if found.verdict == "half" and scheduled is not None:
        says = (f"Half of the scheduled {show(scheduled.mg, 1)} mg, exactly.", *says)
    return Part("Today's dose", says, (), (words.dose_table([found.infusion], "Prepared for today"),))


def _counts(found: NextDose) -> Part:
    rows = []
    for count in found.counts:
        latest = count.latest
        value = f"{show(latest.value)} {unit_in_words(latest.unit)}" if latest is not None else "none"
        when = a_day(latest.taken_on) if latest is not None else "–"
        state = _ZONES[count.zone] if count.is_todays else "not today's: not used"
        rows.append((count.what.replace("-", " "), value, when, state, count.trend))
    heads = ("Count", "Latest", "Taken on", "Where it lies", "Trend")
    return Part("Today's counts", (), (), (Table("Counts", heads, tuple(rows)),))


def _so_far(found: NextDose, knowledge: Knowledge, works: Works) -> Part:
    given = len(found.recipient.given or ())
    per_kg = f" ({show(found.given_mg_per_kg, 2)} mg/kg)" if found.given_mg_per_kg is not None else ""
    lines = [f"Given so far: {given} doses, {show(found.given_mg, 1)} mg{per_kg}."]
    if found.planned is not None:
        limit = found.limit_mg_per_kg
        course = found.planned.course
        lines.append(
            f"The protocol ends at {show(limit)} mg/kg."
            if limit is not None
            else f"The protocol's source states no cumulative limit; it ends with dose {len(course.infusions)}."
        )
    if found.recipient.given is None:
        lines.append("The case does not say what was given; nothing is taken to have been given.")
    if found.missed:
        days = ", ".join(a_day(day) for day in found.missed)
        missed = knowledge.fact("policies/atg_counts/missed")
        lines.append(
            f"Scheduled without a dose in the case: {days}. It may have been held, halved to nothing or missed."
        )
        lines.append(words.with_source(missed.says, (missed,), works))
        lines.append("Whether it is made up, or the schedule moves, the clinician decides; nothing is moved here.")
    return Part("The course so far", (), tuple(lines))
