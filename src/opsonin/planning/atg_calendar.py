"""Which test, protection, effect or harm falls on which day of a course of antithymocyte globulin?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from opsonin.knowledge import Fact, Knowledge
from opsonin.patient import Recipient, Request, Serostatus
from opsonin.planning.atg_plan import CourseDay, DayEntry, Window
from opsonin.quantities import show
from opsonin.regimen import GlobulinCourse, GlobulinInfusion

_SHELF = "policies/atg_calendar"
_CHILDBEARING = (12, 55)  # years; an assumption, as in safety/atg_check.py


def course_days(
    course: GlobulinCourse, recipient: Recipient, request: Request, known: Knowledge
) -> tuple[CourseDay, ...]:
    """Every day from the first to the last dose, days without a dose included."""
    facts = _that_apply(course, recipient, request, known)
    doses = {infusion.day: infusion for infusion in course.infusions}
    first, last = course.infusions[0], course.infusions[-1]
    found = []
    for day in range(first.day, last.day + 1):
        entries = []
        if day in doses:
            entries.append(DayEntry("dose", _dose(doses[day]), (course.protocol.fact,)))
        for fact in facts:
            low, high = _offsets(fact.value)
            anchors = {"each-dose": list(doses), "first-dose": [first.day], "last-dose": [last.day]}[fact.value["from"]]
            is_long = high - low > _LONG
            if not is_long and any(anchor + low <= day <= anchor + high for anchor in anchors):
                entries.append(DayEntry(fact.value["kind"], fact.says, (fact,)))
        on = first.on + timedelta(days=day - first.day) if first.on else None
        found.append(CourseDay(day, on, tuple(entries)))
    return tuple(found)


_LONG = 20  # days; what lasts longer stands among the windows, not on each day


def windows(course: GlobulinCourse, recipient: Recipient, request: Request, known: Knowledge) -> tuple[Window, ...]:
    """Everything that spans days, counted from the first dose; what comes with each dose stands on its day."""
    first, last = course.infusions[0], course.infusions[-1]
    found = []
    for fact in _that_apply(course, recipient, request, known):
        if fact.value["from"] == "each-dose":
            continue
        low, high = _offsets(fact.value)
        shift = last.day - first.day if fact.value["from"] == "last-dose" else 0
        found.append(
            Window(
                fact.value["kind"], low + shift, high + shift, _later(first.on, low + shift),
                _later(first.on, high + shift), fact.says, fact,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda window: (window.first, window.last)))


def _later(on: date | None, days: int) -> date | None:
    return on + timedelta(days=days) if on is not None else None


def _offsets(value: Mapping[str, Any]) -> tuple[int, int]:
    return int(value["days"][0]), int(value["days"][1])


def _dose(infusion: GlobulinInfusion) -> str:
    return f"{infusion.number}, {show(infusion.mg, 1)} mg ({show(infusion.mg_per_kg)} mg/kg)"


def _that_apply(course: GlobulinCourse, recipient: Recipient, request: Request, known: Knowledge) -> tuple[Fact, ...]:
    found = []
    for fact in known.facts_under(_SHELF):
        products, indications = fact.value.get("products", ()), fact.value.get("indications", ())
        if products and course.product.id not in products:
            continue
        if indications and request.indication not in indications:
            continue
        if _holds(fact.value.get("when", ""), recipient, request):
            found.append(fact)
    return tuple(found)


def _holds(word: str, recipient: Recipient, request: Request) -> bool:
    cmv: Serostatus | None = recipient.cmv
    low, high = _CHILDBEARING
    vaccines = recipient.vaccines or ()
    conditions = {
        "": True,
        "redosing": request.redosing is not None,
        "cmv": cmv is not None and (cmv.recipient is True or (cmv.donor is True and cmv.recipient is False)),
        "ebv": recipient.ebv is not None and not (recipient.ebv.donor is False and recipient.ebv.recipient is False),
        "inactivated-vaccine": any(vaccine.live is False for vaccine in vaccines),
        "may-become-pregnant": recipient.sex == "female" and low <= recipient.age_years <= high,
    }
    return conditions[word]
