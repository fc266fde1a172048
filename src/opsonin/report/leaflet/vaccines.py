"""Until when do live vaccines wait after this course? By the pack's source; no wait where none is tabled."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

from opsonin.knowledge import Fact, Knowledge
from opsonin.planning.plan import Candidate, Plan
from opsonin.quantities import show
from opsonin.report.leaflet.leaflet import Sentence
from opsonin.report.leaflet.teller import Teller

_SHELF = "leaflet/vaccine_waits"


def vaccine_sentences(plan: Plan, candidate: Candidate, knowledge: Knowledge, tell: Teller) -> tuple[Sentence, ...]:
    """The wait with its date, then every live vaccine of the case that comes too soon."""
    fact = next((f for f in knowledge.facts_under(_SHELF) if plan.circumstances.pack in f.value["packs"]), None)
    if fact is None or candidate.timing is None:
        return (tell.point("vaccine.ask"),)
    months = _months(fact, candidate)
    if months is None:
        return (tell.say("vaccine.some", fact),)
    until = months_later(candidate.timing.ends_on, int(months))
    kind = "at-least" if fact.value["at_least"] else "until"
    told = [tell.say(f"vaccine.{kind}", fact, _not_live(fact), months=show(months), day=tell.short_day(until))]
    for vaccine in () if tell.for_child else plan.patient.vaccines or ():
        if vaccine.live and vaccine.planned_on is not None and vaccine.planned_on < until:
            planned = tell.short_day(vaccine.planned_on)
            told.append(tell.say("vaccine.too-soon", fact, name=vaccine.name, day=planned))
    return tuple(told)


def _months(fact: Fact, candidate: Candidate) -> Decimal | None:
    schedule = candidate.regimen.schedule
    total = schedule.g_per_kg_per_day * schedule.days
    return next((months for low, high, months in fact.value["months"] if low <= total <= high), None)


def months_later(on: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month.

    >>> months_later(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(on.month - 1 + months, 12)
    year = on.year + years
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def _not_live(fact: Fact) -> str:
    """The rule of the same source, which says that other vaccines are not affected."""
    return f"rules/class/live_vaccine_{fact.id.rpartition('/')[2]}"
