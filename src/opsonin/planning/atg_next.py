"""Whether and how much to give today: the schedule, the counts, the rule that fired, what would change the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from opsonin.knowledge import Fact, Knowledge
from opsonin.patient import Circumstances, Recipient, Request
from opsonin.planning import atg_courses
from opsonin.planning.atg_build import half_of
from opsonin.planning.atg_counts import COUNTS, CountToday, counts_today
from opsonin.planning.atg_judge import Answer, judge, would_change
from opsonin.planning.atg_plan import AtgStamp, PlannedCourse
from opsonin.quantities import show
from opsonin.regimen import GlobulinInfusion
from opsonin.safety import Finding
from opsonin.safety.atg_recalculate import confirm_share

_FULL, _HALF = Decimal(1), Decimal("0.5")
VERDICTS = {
    "full": "the scheduled dose",
    "half": "half the scheduled dose",
    "consider-stopping": "no dose is proposed: consider stopping",
    "hold": "no dose is proposed: the redosing pack holds it",
    "withheld": "no answer: withheld",
    "not-due": "no dose is due today",
    "complete": "the course is complete",
}


@dataclass(frozen=True)
class NextDose:
    """The answer of the morning. The clinician decides."""

    schema: str  # "opsonin-next-dose/1"
    recipient: Recipient
    request: Request
    circumstances: Circumstances
    verdict: str  # one of VERDICTS
    says: str
    why: tuple[str, ...]  # the rule that fired, and what it rests on
    planned: PlannedCourse | None
    scheduled: GlobulinInfusion | None  # what the protocol has for today
    infusion: GlobulinInfusion | None  # what the answer proposes; None when nothing is
    counts: tuple[CountToday, ...]
    given_mg: Decimal
    given_mg_per_kg: Decimal | None
    limit_mg_per_kg: Decimal | None
    missed: tuple[date, ...]  # scheduled days behind today without a dose in the case
    would_change: tuple[str, ...]
    findings: tuple[Finding, ...]  # absolute ones, which withhold
    rules: tuple[Fact, ...]  # what the answer rests on
    stamp: AtgStamp
    safety_frame: str


def next_answer(
    recipient: Recipient,
    request: Request,
    circumstances: Circumstances,
    known: Knowledge,
    *,
    schema: str,
    stamp: AtgStamp,
    safety_frame: str,
) -> NextDose:
    """The answer for the day in `circumstances`."""
    today = circumstances.as_of
    course, refusal = _course(recipient, request, circumstances, known)
    scheduled = _due(course, today) if course else None
    rule = known.facts.get(f"policies/atg_counts/{course.course.product.id}") if course else None
    redosing = known.facts.get(f"policies/atg_redosing/{request.redosing}") if request.redosing else None
    counts = counts_today(recipient, today, rule, redosing)
    given = sum((dose.mg for dose in recipient.given or ()), Decimal(0))
    answer = refusal or judge(recipient, course, scheduled, counts, rule, redosing, today, known)
    infusion = _proposed(answer.verdict, course, scheduled, request, recipient, circumstances, known)
    answer = _within_limit(answer, course, infusion, given)
    infusion = infusion if answer.verdict in ("full", "half") else None
    _confirm(answer.verdict, scheduled, infusion, counts, rule, course)
    kg = course.course.weight.kg if course else None
    return NextDose(
        schema=schema,
        recipient=recipient,
        request=request,
        circumstances=circumstances,
        verdict=answer.verdict,
        says=_sentence(answer.verdict, today, infusion),
        why=answer.why,
        planned=course,
        scheduled=scheduled,
        infusion=infusion,
        counts=counts,
        given_mg=given,
        given_mg_per_kg=given / kg if kg else None,
        limit_mg_per_kg=course.limit_mg_per_kg if course else None,
        missed=_missed(recipient, course, today),
        would_change=would_change(answer.verdict, counts, rule, redosing, course, today),
        findings=tuple(f for f in course.findings if f.severity == "absolute") if course else (),
        rules=tuple(dict.fromkeys((*answer.facts, *((rule,) if rule else ()), *((redosing,) if redosing else ())))),
        stamp=stamp,
        safety_frame=safety_frame,
    )


def _course(
    recipient: Recipient, request: Request, circumstances: Circumstances, known: Knowledge
) -> tuple[PlannedCourse | None, Answer | None]:
    """The course to go by: as named, or the longest the protocol allows where only the number of doses is open."""
    if request.protocol is None:
        why = "The case names no protocol, so there is no schedule to go by."
        return None, Answer("withheld", (why, "Name it: `opsonin plan CASE` shows those that fit."))
    protocol = known.protocols[request.protocol]
    if protocol.needs_dose() and request.dose_mg_per_kg is None:
        return None, Answer(
            "withheld", (f"{protocol.name} leaves the dose to the clinician, and the case names none.",)
        )
    planned = atg_courses.planned(recipient, request, circumstances, (protocol,), known)
    course = planned[-1]
    if course.course.infusions[0].on is None:
        why = "Neither a first dose, a start nor the day of transplantation is known, so no day of the course is."
        return course, Answer("withheld", (why,))
    return course, None


def _due(course: PlannedCourse, today: date) -> GlobulinInfusion | None:
    return next((infusion for infusion in course.course.infusions if infusion.on == today), None)


def _missed(recipient: Recipient, course: PlannedCourse | None, today: date) -> tuple[date, ...]:
    if course is None:
        return ()
    given = {dose.given_on for dose in recipient.given or ()}
    days = [infusion.on for infusion in course.course.infusions if infusion.on is not None]
    return tuple(day for day in days if day < today and day not in given)


def _proposed(
    verdict: str, course: PlannedCourse | None, scheduled: GlobulinInfusion | None, request: Request,
    recipient: Recipient, circumstances: Circumstances, known: Knowledge,
) -> GlobulinInfusion | None:  # fmt: skip
    if course is None or scheduled is None or verdict not in ("full", "half"):
        return None
    if verdict == "full":
        return scheduled
    return half_of(scheduled, course.course, request, atg_courses.pump_resolution(recipient, circumstances, known))


def _within_limit(
    answer: Answer, course: PlannedCourse | None, infusion: GlobulinInfusion | None, given: Decimal
) -> Answer:
    """Withheld where today's dose would pass the cumulative dose of the protocol."""
    if course is None or infusion is None or course.limit_mg_per_kg is None:
        return answer
    kg = course.course.weight.kg
    if given + infusion.mg <= course.limit_mg_per_kg * kg:
        return answer
    why = (
        f"{show(given, 1)} mg were given; with {show(infusion.mg, 1)} mg the course would pass the protocol's "
        f"{show(course.limit_mg_per_kg)} mg/kg ({show(course.limit_mg_per_kg * kg, 1)} mg)."
    )
    return replace(
        answer, verdict="withheld", why=(why, *answer.why), facts=(course.course.protocol.fact, *answer.facts)
    )


def _confirm(
    verdict: str, scheduled: GlobulinInfusion | None, infusion: GlobulinInfusion | None,
    counts: tuple[CountToday, ...], rule: Fact | None, course: PlannedCourse | None,
) -> None:  # fmt: skip
    if course is None or scheduled is None or infusion is None:
        return
    reads = rule is not None and not course.course.protocol.cytopenia_is_the_disease
    by_what = {count.what: count.latest for count in counts}
    values = {
        name: Fraction(latest.value) for name, what in COUNTS.items() if reads and (latest := by_what[what]) is not None
    }
    share = Fraction(_HALF if verdict == "half" else _FULL)
    confirm_share(share, Fraction(scheduled.mg), Fraction(infusion.mg), values, rule.value if rule is not None else {})


def _sentence(verdict: str, today: date, infusion: GlobulinInfusion | None) -> str:
    words = VERDICTS[verdict]
    dose = f", {show(infusion.mg, 1)} mg ({show(infusion.mg_per_kg)} mg/kg)" if infusion is not None else ""
    return f"{today.isoformat()}: {words}{dose}."
