"""Whether and how much to give today: the schedule, the counts, the rule that fired, what would change the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from opsonin.knowledge import Fact, Knowledge
from opsonin.patient import Circumstances, Measurement, Recipient, Request
from opsonin.planning import atg_courses
from opsonin.planning.atg_build import half_of
from opsonin.planning.atg_plan import AtgStamp, PlannedCourse
from opsonin.quantities import show, unit_in_words
from opsonin.regimen import GlobulinInfusion
from opsonin.safety import Finding
from opsonin.safety.atg_recalculate import confirm_share

COUNTS = {"white_cells": "white-cells", "platelets": "platelets"}  # name in the rule → name of the measurement
_FULL, _HALF, _STOP = Decimal(1), Decimal("0.5"), Decimal(0)
_PER_UL = {"10^9/L": Decimal(1000), "/uL": Decimal(1)}  # a redosing pack counts cells per microlitre
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
class CountToday:
    """One count that the answer looks at: today's value, where it lies, and how it has moved."""

    what: str
    latest: Measurement | None
    is_todays: bool
    zone: str  # "full" | "half" | "stop" | "give" | "hold" | "" (no rule reads it, or it is not today's)
    trend: str


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


@dataclass(frozen=True)
class _Answer:
    verdict: str
    why: tuple[str, ...]
    facts: tuple[Fact, ...] = ()


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
    counts = _counts(recipient, today, rule, redosing)
    given = sum((dose.mg for dose in recipient.given or ()), Decimal(0))
    answer = refusal or _judge(recipient, request, course, scheduled, counts, rule, redosing, today, known)
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
        would_change=_would_change(answer.verdict, counts, rule, redosing, course, today),
        findings=tuple(f for f in course.findings if f.severity == "absolute") if course else (),
        rules=tuple(dict.fromkeys((*answer.facts, *((rule,) if rule else ()), *((redosing,) if redosing else ())))),
        stamp=stamp,
        safety_frame=safety_frame,
    )


def _course(
    recipient: Recipient, request: Request, circumstances: Circumstances, known: Knowledge
) -> tuple[PlannedCourse | None, _Answer | None]:
    """The course to go by: as named, or the longest the protocol allows where only the number of doses is open."""
    if request.protocol is None:
        why = "The case names no protocol, so there is no schedule to go by."
        return None, _Answer("withheld", (why, "Name it: `opsonin plan CASE` shows those that fit."))
    protocol = known.protocols[request.protocol]
    if protocol.needs_dose() and request.dose_mg_per_kg is None:
        return None, _Answer(
            "withheld", (f"{protocol.name} leaves the dose to the clinician, and the case names none.",)
        )
    planned = atg_courses.planned(recipient, request, circumstances, (protocol,), known)
    course = planned[-1]
    if course.course.infusions[0].on is None:
        why = "Neither a first dose, a start nor the day of transplantation is known, so no day of the course is."
        return course, _Answer("withheld", (why,))
    return course, None


def _due(course: PlannedCourse, today: date) -> GlobulinInfusion | None:
    return next((infusion for infusion in course.course.infusions if infusion.on == today), None)


def _missed(recipient: Recipient, course: PlannedCourse | None, today: date) -> tuple[date, ...]:
    if course is None:
        return ()
    given = {dose.given_on for dose in recipient.given or ()}
    days = [infusion.on for infusion in course.course.infusions if infusion.on is not None]
    return tuple(day for day in days if day < today and day not in given)


def _counts(recipient: Recipient, today: date, rule: Fact | None, redosing: Fact | None) -> tuple[CountToday, ...]:
    names = list(COUNTS.values())
    if redosing is not None and redosing.value["count"] not in names:
        names.append(redosing.value["count"])
    found = []
    for what in names:
        series = recipient.series(what)
        latest = series[-1] if series else None
        fresh = latest is not None and latest.taken_on == today
        zone = _zone(what, latest, rule, redosing) if fresh and latest is not None else ""
        found.append(CountToday(what, latest, fresh, zone, _trend(series)))
    return tuple(found)


def _zone(what: str, latest: Measurement, rule: Fact | None, redosing: Fact | None) -> str:
    if redosing is not None and redosing.value["count"] == what:
        return _redosing_zone(latest.value * _PER_UL[latest.unit], redosing.value)
    name = next((name for name, measured in COUNTS.items() if measured == what), None)
    if rule is None or name is None:
        return ""
    limits = rule.value[name]
    if latest.value < Decimal(limits["stop_below"]):
        return "stop"
    return "half" if latest.value <= Decimal(limits["halve_up_to"]) else "full"


def _redosing_zone(value: Decimal, pack: Any) -> str:
    if "give_above" in pack:
        return "give" if value > Decimal(pack["give_above"]) else "hold"
    if "give_from" in pack:
        return "give" if value >= Decimal(pack["give_from"]) else "hold"
    return "hold" if value <= Decimal(pack["hold_at_or_below"]) else ""


def _trend(series: tuple[Measurement, ...]) -> str:
    if not series:
        return "not measured"
    parts = [f"{show(one.value)} on {one.taken_on.isoformat()}" for one in series[-4:]]
    if len(series) == 1:
        return parts[0]
    before, now = series[-2].value, series[-1].value
    change = now - before
    percent = f" ({'+' if change > 0 else ''}{show(change / before * 100, 0)} %)" if before else ""
    return f"{' → '.join(parts)}; {'+' if change > 0 else ''}{show(change)}{percent} since the value before"


def _judge(
    recipient: Recipient, request: Request, course: PlannedCourse | None, scheduled: GlobulinInfusion | None,
    counts: tuple[CountToday, ...], rule: Fact | None, redosing: Fact | None, today: date, known: Knowledge,
) -> _Answer:  # fmt: skip
    assert course is not None
    early = _not_today(recipient, course, scheduled, today)
    if early is not None:
        return early
    absolute = [finding for finding in course.findings if finding.severity == "absolute"]
    if absolute:
        reasons = tuple(f"{finding.message} {finding.reason}" for finding in absolute)
        return _Answer("withheld", reasons, tuple(fact for finding in absolute for fact in finding.facts))
    protocol = course.course.protocol
    disease, fresh = known.fact("policies/atg_counts/disease"), known.fact("policies/atg_counts/fresh")
    reads_counts = rule is not None and not protocol.cytopenia_is_the_disease
    wanted = [count for count in counts if reads_counts and count.what in COUNTS.values()]
    first = not recipient.given
    if redosing is not None and not first:
        wanted += [count for count in counts if count.what == redosing.value["count"] and count not in wanted]
    stops = any(count.zone == "stop" for count in wanted)
    stale = tuple(_stale(count, today) for count in wanted if not count.is_todays)
    if stale and not stops:
        return _Answer("withheld", stale, (fresh,))
    whys: list[str] = []
    facts: list[Fact] = []
    if protocol.cytopenia_is_the_disease:
        whys.append("Low counts are the disease treated, so the halving rule is not applied; cells are transfused.")
        facts.append(disease)
    elif rule is None:
        brand = course.course.product.brand
        whys.append(f"No rule that links blood counts to the dose was found for {brand}: the clinician judges them.")
    zones = {count.what: count.zone for count in counts if reads_counts and count.what in COUNTS.values()}
    if redosing is not None and first:
        whys.append("The redosing pack speaks of doses after the first; this is the first.")
    held = (
        redosing is not None
        and not first
        and any(c.zone == "hold" for c in counts if c.what == redosing.value["count"])
    )
    return _by_zone(zones, counts, held, redosing, whys, facts, rule)


def _by_zone(
    zones: dict[str, str], counts: tuple[CountToday, ...], held: bool, redosing: Fact | None, whys: list[str],
    facts: list[Fact], rule: Fact | None,
) -> _Answer:  # fmt: skip
    """The most cautious of what the counts say."""
    by_what = {count.what: count for count in counts}
    for zone, words in (("stop", "below the limit for stopping"), ("half", "in the range for half the dose")):
        hit = [what for what, found in zones.items() if found == zone]
        whys += [f"{_named(by_what[what])} {words}.{_at_the_end(by_what[what], rule)}" for what in hit]
        if hit and rule is not None:
            facts.append(rule)
    if held and redosing is not None:
        whys.append(f"{_named(by_what[redosing.value['count']])} {redosing.says}")
        facts.append(redosing)
    if "stop" in zones.values():
        return _Answer("consider-stopping", tuple(whys), tuple(facts))
    if held:
        return _Answer("hold", tuple(whys), tuple(facts))
    if "half" in zones.values():
        return _Answer("half", tuple(whys), tuple(facts))
    if zones:
        whys.append("White cells and platelets are above the ranges in which the dose is halved or stopped.")
    return _Answer("full", tuple(whys), tuple(facts))


def _not_today(
    recipient: Recipient, course: PlannedCourse, scheduled: GlobulinInfusion | None, today: date
) -> _Answer | None:
    given = recipient.given or ()
    infusions = course.course.infusions
    if any(dose.given_on == today for dose in given):
        return _Answer("not-due", ("A dose was given today.",))
    if len(given) >= len(infusions) or (infusions[-1].on is not None and infusions[-1].on < today):
        return _Answer("complete", (f"{len(given)} doses were given; the protocol ends with dose {len(infusions)}.",))
    if scheduled is None:
        coming = next((infusion for infusion in infusions if infusion.on is not None and infusion.on > today), None)
        when = f" The next is due on {coming.on.isoformat()}." if coming is not None and coming.on is not None else ""
        return _Answer("not-due", (f"The protocol has no dose today.{when}",))
    return None


def _stale(count: CountToday, today: date) -> str:
    if count.latest is None:
        return f"{_plain(count.what)}: no count."
    return (
        f"{_plain(count.what)}: the last count is of {count.latest.taken_on.isoformat()}, not of {today.isoformat()}."
    )


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
    answer: _Answer, course: PlannedCourse | None, infusion: GlobulinInfusion | None, given: Decimal
) -> _Answer:
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


def _would_change(
    verdict: str, counts: tuple[CountToday, ...], rule: Fact | None, redosing: Fact | None,
    course: PlannedCourse | None, today: date,
) -> tuple[str, ...]:  # fmt: skip
    """For each count: at which value the answer would be another."""
    if verdict in ("complete", "not-due") or course is None:
        return ()
    found = []
    applies = rule is not None and not course.course.protocol.cytopenia_is_the_disease
    for count in counts:
        name = next((name for name, what in COUNTS.items() if what == count.what), None)
        if applies and rule is not None and name is not None:
            low, high = show(Decimal(rule.value[name]["stop_below"])), show(Decimal(rule.value[name]["halve_up_to"]))
            here = f"{show(count.latest.value)} today" if count.latest and count.is_todays else "not known today"
            found.append(
                f"{_plain(count.what)} ({here}): above {high} ×10⁹/L the full dose, {low} to {high} half, "
                f"below {low} consider stopping."
            )
        elif redosing is not None and count.what == redosing.value["count"]:
            here = f"{show(count.latest.value)} today" if count.latest and count.is_todays else "not known today"
            found.append(f"{_plain(count.what)} ({here}): {redosing.says}")
    if redosing is None:
        found.append("A redosing pack: none is named, so no T-cell count is used.")
    return tuple(found)


def _at_the_end(count: CountToday, rule: Fact | None) -> str:
    """That the upper end of a range belongs to halving is our reading, and is said where it decides."""
    name = next((name for name, what in COUNTS.items() if what == count.what), None)
    if rule is None or name is None or count.latest is None:
        return ""
    at_end = count.latest.value == Decimal(rule.value[name]["halve_up_to"])
    return " Exactly the upper end: that it belongs to halving is an assumption." if at_end else ""


def _named(count: CountToday) -> str:
    assert count.latest is not None
    unit = unit_in_words(count.latest.unit).replace("x10^9/L", "×10⁹/L")
    return f"{_plain(count.what)} {show(count.latest.value)} {unit}:"


_WORDS = {
    "white-cells": "White cells", "platelets": "Platelets", "lymphocytes": "Lymphocytes", "cd3": "CD3", "cd2": "CD2",
}  # fmt: skip


def _plain(what: str) -> str:
    return _WORDS.get(what, what)


def _sentence(verdict: str, today: date, infusion: GlobulinInfusion | None) -> str:
    words = VERDICTS[verdict]
    dose = f", {show(infusion.mg, 1)} mg ({show(infusion.mg_per_kg)} mg/kg)" if infusion is not None else ""
    return f"{today.isoformat()}: {words}{dose}."
