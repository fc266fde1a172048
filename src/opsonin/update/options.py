"""What could be done next? Wait, repeat now or in some days, or give the second dose of the course.

An option repeats grams that were given before; `opsonin plan` builds and checks a regimen. All options meet the same
people with the same reporting errors, so they differ only by what is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from opsonin.quantities import show
from opsonin.update.history import History, Infused, Segment

LATER_DAYS = (3, 7)
COURSE_DAYS = 5  # infusions closer than this belong to one course, as on the shelf
MOST_PER_KG = Decimal(2)  # g/kg of one course, as on the shelf


@dataclass(frozen=True)
class Choice:
    """An option before it is simulated: what it adds to what was given."""

    id: str
    says: str
    added: tuple[Segment, ...]
    courses: tuple[tuple[Decimal, int], ...]  # grams and days of every course there would then be
    exploratory: bool

    @property
    def grams(self) -> float:
        return sum(grams for _, _, grams in self.added)


def courses_of(history: History) -> list[list[Infused]]:
    """The infusions given, course by course."""
    courses: list[list[Infused]] = []
    for one in history.infused:
        if courses and history.day(one.at) - history.day(courses[-1][0].at) < COURSE_DAYS:
            courses[-1].append(one)
        else:
            courses.append([one])
    return courses


def course_sizes(courses: Sequence[Sequence[Infused]]) -> tuple[tuple[Decimal, int], ...]:
    """Grams and days, from the first infusion to the last, of each course."""
    return tuple((sum((i.grams for i in one), Decimal(0)), _days(one)) for one in courses)


def _days(course: Sequence[Infused]) -> int:
    return (course[-1].at.date() - course[0].at.date()).days + 1


def choices(history: History, weight_kg: Decimal, length_days: float) -> tuple[Choice, ...]:
    """Everything that is compared, waiting first."""
    courses = courses_of(history)
    sizes = course_sizes(courses)
    again = len(courses) > 1
    found = [Choice("wait", "Wait: nothing more is given", (), sizes, again)]
    first_of_course = courses[-1][0]
    grams, days = sizes[-1]
    now = _from_now(history)
    if now < history.day(first_of_course.at) + COURSE_DAYS - 1:
        dose = courses[-1][-1].grams
        if (grams + dose) / weight_kg <= MOST_PER_KG:
            span = max(days, int(now - history.day(first_of_course.at)) + 1)
            together = (*sizes[:-1], (grams + dose, span))
            added = ((now, length_days, float(dose)),)
            says = f"One more infusion of {show(dose, 2)} g in this course, now"
            found.append(Choice("second-dose", says, added, together, again))
        return tuple(found)
    for wait in (0, *LATER_DAYS):
        name = "repeat-now" if wait == 0 else f"repeat-day-{wait}"
        when = "now" if wait == 0 else f"in {wait} days"
        says = f"Repeat the last course ({show(grams, 2)} g) {when}"
        found.append(Choice(name, says, _repeated(history, courses[-1], now + wait), (*sizes, sizes[-1]), True))
    return tuple(found)


def _from_now(history: History) -> float:
    """Today, or the end of the last infusion if that is later."""
    return max(history.today, max(start + length for start, length, _ in history.segments))


def _repeated(history: History, course: Sequence[Infused], start: float) -> tuple[Segment, ...]:
    begun = history.day(course[0].at)
    return tuple((start + day - begun, length, grams) for one in course for day, length, grams in one.segments)
