"""What might each planned course do? The exploratory outlook beside a plan; nothing in the plan is taken from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_domain import COUNTED, PER_UL, setting_of
from opsonin.mechanism.atg_parameters import shelf_parameters
from opsonin.patient import Recipient
from opsonin.planning.atg_outlook import AtgOutlook, Progress, atg_outlook
from opsonin.planning.atg_plan import AtgPlan, PlannedCourse
from opsonin.population.atg_courses import AtgDose

MOST_COURSES = 2  # drawn: the course, or both ends of one protocol
VIRTUAL_PEOPLE = 2000


@dataclass(frozen=True)
class CourseOutlook:
    """A planned course and what it might do."""

    planned: PlannedCourse
    outlook: AtgOutlook


def plan_outlooks(
    plan: AtgPlan,
    knowledge: Knowledge,
    *,
    virtual_people: int = VIRTUAL_PEOPLE,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[CourseOutlook, ...]:
    """The outlook of each course as planned; none where the plan shows many side by side."""
    if len(plan.courses) > MOST_COURSES:
        return ()
    setting = setting_of(plan.request.indication)
    return tuple(
        CourseOutlook(
            planned,
            atg_outlook(
                doses_of(planned),
                numbers=shelf_parameters(knowledge, planned.course.product.id),
                setting=setting,
                weight_kg=float(plan.recipient.weight.kg),
                age_years=plan.recipient.age_years,
                knowledge=knowledge,
                counts=dict(_counts_before(plan.recipient, planned.course.infusions[0].on)),
                graft_day=_graft_day(plan, planned) if setting == "gvhd" else None,
                virtual_people=virtual_people,
                seed=seed,
                threads=threads,
                progress=progress,
            ),
        )
        for planned in plan.courses
    )


def doses_of(planned: PlannedCourse) -> tuple[AtgDose, ...]:
    """The infusions of the course, in days after the first."""
    infusions = planned.course.infusions
    return tuple(AtgDose(float(one.day - infusions[0].day), float(one.hours), float(one.mg)) for one in infusions)


def _counts_before(recipient: Recipient, first: date | None) -> Iterator[tuple[str, float]]:
    """The last count of each kind from a day before the first infusion; with no day of it, of before any dose."""
    for measured, followed in COUNTED.items():
        before = [
            one
            for one in recipient.series(measured)
            if (one.taken_on < first if first is not None else not recipient.given)
        ]
        if before and before[-1].value > 0:
            yield followed, float(before[-1].value) * PER_UL[before[-1].unit]


def _graft_day(plan: AtgPlan, planned: PlannedCourse) -> float | None:
    """Days from the first infusion to the graft; None while either is not known, or the graft came first."""
    first, request = planned.course.infusions[0], plan.request
    if request.transplant_on is None or first.on is None:
        return None
    if request.transplant_at is not None and first.starts_at is not None:
        days = (request.transplant_at - first.starts_at).total_seconds() / 86400
    else:
        days = float((request.transplant_on - first.on).days)
    return days if days >= 0 else None
