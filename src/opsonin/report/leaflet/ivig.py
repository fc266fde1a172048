"""What does the leaflet on immunoglobulin say? Its sections, in the order in which a ward hands them over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from opsonin.knowledge import Fact, Knowledge
from opsonin.planning.plan import Candidate, Plan
from opsonin.quantities import show
from opsonin.regimen import Infusion
from opsonin.report.leaflet import frame, pictures
from opsonin.report.leaflet.ivig_numbers import count_section, feel_section
from opsonin.report.leaflet.leaflet import (
    PLAN,
    Block,
    Bullets,
    Dates,
    Leaflet,
    Paragraph,
    Picture,
    Section,
    Sentence,
)
from opsonin.report.leaflet.teller import Teller, clock
from opsonin.report.leaflet.vaccines import vaccine_sentences
from opsonin.report.page import stamp_line
from opsonin.report.wording import joined

_T, _B, _C = "texts/ivig", "source_facts/B", "source_facts/C"
_AFTER = ("observation", "vital_signs")  # what a pack says of the time after the drip


def ivig_leaflet(plan: Plan, candidate: Candidate, knowledge: Knowledge, tell: Teller) -> Leaflet:
    """The leaflet for one course of one plan."""
    team = plan.circumstances.team
    waits = vaccine_sentences(plan, candidate, knowledge, tell)
    sections = (
        _what(plan, candidate, tell),
        _why(plan, tell),
        _how(tell),
        _before(plan, tell),
        _day(plan, candidate, tell),
        feel_section(candidate, tell),
        frame.help_section(tell, ("ivig_signs", "itp_signs"), team, _painkillers(tell)),
        count_section(plan, candidate, tell),
        _after(plan, candidate, tell, waits),
        _ask(plan, tell),
        _safe(tell),
        _check(tell, has_dates=bool(candidate.calendar)),
        _key(tell),
    )
    return frame.finished(
        tell,
        knowledge,
        sections,
        therapy="ivig-itp",
        case=plan.patient.id,
        team=team,
        made_on=plan.circumstances.as_of,
        stamp=stamp_line(plan),
        subtitle=tell.text("subtitle.ivig", brand=candidate.regimen.product.brand),
    )


def _what(plan: Plan, candidate: Candidate, tell: Teller) -> Section:
    return tell.section(
        "what-ivig",
        Paragraph(
            (
                tell.say("ivig.clear", f"{_T}/what_it_is", f"{_C}1"),
                tell.say("ivig.helpers", f"{_T}/what_it_is", f"{_C}1"),
                tell.say("ivig.given-blood", f"{_T}/what_it_is", f"{_C}1"),
                tell.say("ivig.donors", f"{_T}/where_it_comes_from", f"{_B}3"),
                tell.say("ivig.vein", f"{_T}/what_it_is", f"{_B}1"),
                *_grown(
                    tell,
                    tell.say("ivig.years", f"{_T}/how_long_it_is_known", f"{_B}1"),
                    tell.say("ivig.brand", f"{_B}8", brand=candidate.regimen.product.brand),
                ),
            )
        ),
    )


def _grown(tell: Teller, *sentences: Sentence) -> tuple[Sentence, ...]:
    """Sentences that a child's version leaves out."""
    return () if tell.for_child else sentences


def _why(plan: Plan, tell: Teller) -> Section:
    goal, count = plan.goal, plan.patient.latest("platelets")
    procedure = (goal.procedure or tell.text("why.procedure")).replace("-", " ")
    known = (
        tell.say("why.count", because=PLAN, count=show(count.value), day=tell.short_day(count.taken_on)),
    ) if count is not None else ()  # fmt: skip
    return tell.section(
        "why-ivig",
        Paragraph(
            (
                tell.say("itp.mistake", "texts/itp/what_it_is", f"{_B}2"),
                tell.say("itp.eaten", "texts/itp/what_it_is", f"{_B}2", f"{_C}3"),
                tell.say("itp.bleed", "texts/itp/what_it_is", f"{_B}2"),
                *known,
                tell.say(f"why.{goal.kind}", f"{_T}/whom_it_helps", f"{_B}6", f"{_C}2", procedure=procedure),
                tell.say("why.fast", f"{_T}/whom_it_helps", f"{_B}5"),
                *_grown(
                    tell,
                    tell.say("why.others", f"{_B}6"),
                    tell.say("why.same", f"{_T}/what_to_expect", f"{_B}7"),
                ),
            )
        ),
    )


def _how(tell: Teller) -> Section:
    facts = (f"{_T}/how_it_works", f"{_B}4", f"{_C}3")
    told = tuple(tell.say(f"how.{step}", *facts) for step in ("filter", "grab", "fill", "busy", "unsure"))
    words = pictures.MechanismWords(
        **{
            name: tell.text(f"picture.ivig.{name.replace('_', '-')}")
            for name in pictures.MechanismWords.__dataclass_fields__
        }
    )
    return tell.section("how", Paragraph(told), Picture(pictures.mechanism_ivig(words), ()))


def _before(plan: Plan, tell: Teller) -> Section:
    facts = [f"{_B}14", f"{_C}7"]
    return tell.section(
        "before",
        Paragraph(
            (
                tell.say("before.medicines", f"{_C}7", f"{_B}14"),
                *_grown(tell, tell.say("before.not-all", *facts, *plan.statements.get("premedication", ())[:1])),
                _drink(plan, tell),
                *_grown(
                    tell,
                    tell.say("before.tell", "packs/us/statements/before/history"),
                    tell.say("before.consent", "leaflet/living/consent"),
                ),
            )
        ),
        *(() if tell.for_child else frame.medicines(tell, plan.circumstances.team)),
    )


def _drink(plan: Plan, tell: Teller) -> Sentence:
    """To drink plenty is not for everyone: with heart or kidney disease the team says how much."""
    if plan.patient.has("cardiac") or plan.patient.has("renal"):
        return tell.point("before.drink-ask")
    return tell.say("before.drink", f"{_B}14", *plan.statements.get("hydration", ()))


def _day(plan: Plan, candidate: Candidate, tell: Teller) -> Section:
    infusions = candidate.regimen.infusions
    fact = candidate.regimen.schedule.fact
    minutes = max(infusion.ladder.minutes for infusion in infusions)
    after = [f for f in plan.statements.get("after", ()) if f.id.rpartition("/")[2] in _AFTER]
    blocks: list[Block | None] = [
        frame.team_words(tell, plan.circumstances.team),
        Paragraph(
            (
                tell.say("day.nurse", f"{_T}/how_it_is_given", f"{_B}9", f"{_C}4"),
                _the_days(plan, candidate, tell, fact),
                tell.say("day.hours", because=PLAN, hours=tell.hours(minutes)),
                tell.say("day.slow" if _rises(infusions) else "day.steady", f"{_T}/how_it_is_given", f"{_C}4"),
                tell.say("day.slower", f"{_T}/how_it_is_given", f"{_C}4", f"{_B}14"),
            )
        ),
        *_timelines(infusions, tell),
        Paragraph(
            (
                tell.say("day.checks", "leaflet/living/nurse_checks", f"{_B}15", *_vital_signs(plan)),
                tell.say("day.tell", f"{_B}15", f"{_C}8"),
                *(tell.say(f"day.after.{f.id.rpartition('/')[2].replace('_', '-')}", f) for f in after),
                *_grown(tell, tell.say("day.courses", f"{_T}/how_it_is_given", f"{_B}10")),
            )
        ),
    ]
    return tell.section("day", *blocks)


def _rises(infusions: tuple[Infusion, ...]) -> bool:
    """Whether the plan makes the drip faster, or leaves it at its first speed all the way."""
    return any(len(infusion.ladder.steps) > 1 for infusion in infusions)


def _vital_signs(plan: Plan) -> list[Fact]:
    return [f for f in plan.statements.get("during", ()) if f.id.endswith("/vital_signs")]


def _the_days(plan: Plan, candidate: Candidate, tell: Teller, fact: Fact) -> Sentence:
    infusions = candidate.regimen.infusions
    amount = joined(list(dict.fromkeys(f"{show(infusion.dose.grams)} g" for infusion in infusions)), "or")
    dated = _days(infusions)
    if dated:
        when = tell.day(dated[0]) if len(dated) == 1 else tell.span(dated[0], dated[-1])
        return tell.say(
            f"day.{_many(infusions)}-dated", fact, because=PLAN, n=str(len(infusions)), when=when, amount=amount
        )
    return tell.say(f"day.{_many(infusions)}", fact, because=PLAN, n=str(len(infusions)), amount=amount)


def _many(infusions: tuple[Infusion, ...]) -> str:
    return "one" if len(infusions) == 1 else "many"


def _days(infusions: tuple[Infusion, ...]) -> list[date]:
    return [infusion.starts_at.date() for infusion in infusions if infusion.starts_at is not None]


def _timelines(infusions: tuple[Infusion, ...], tell: Teller) -> Iterator[Picture]:
    """One picture for each run of days that go alike."""
    runs: list[list[Infusion]] = []
    for infusion in infusions:
        if runs and runs[-1][-1].ladder.steps == infusion.ladder.steps:
            runs[-1].append(infusion)
        else:
            runs.append([infusion])
    for number, run in enumerate(runs, start=1):
        yield _timeline(f"day-{number}", run, tell)


def _timeline(id: str, run: list[Infusion], tell: Teller) -> Picture:
    first, steps = run[0], run[0].ladder.steps
    dated = _days(tuple(run))
    label = tell.text("timeline.day", day=str(first.dose.day))
    if len(run) > 1:
        two = "timeline.two-days" if len(run) == 2 else "timeline.days"
        label = tell.text(two, first=str(first.dose.day), last=str(run[-1].dose.day))
    if dated:
        label = f"{label}: {tell.span(dated[0], dated[-1])}"
    begin, end = first.starts_at, first.ends_at
    pace = tell.text("timeline.steps", n=str(len(steps))) if len(steps) > 1 else tell.text("timeline.one-speed")
    if begin is not None and end is not None:
        said = tell.say("timeline.clock", because=PLAN, label=label, start=clock(begin), end=clock(end), pace=pace)
        ends = tell.text("timeline.ends", end=clock(end))
    else:
        said = tell.say("timeline.long", because=PLAN, label=label, hours=tell.hours(first.ladder.minutes), pace=pace)
        ends = tell.text("timeline.ends", end=tell.hours(first.ladder.minutes))
    drawn = pictures.timeline(
        id,
        [
            pictures.TimelineStep(float(step.minutes), float(step.ml_per_h), _at(first, step.starts_after_min, tell))
            for step in steps
        ],
        ends,
        (
            tell.text("timeline.title", label=label),
            said.text,
            tell.text("timeline.slow") if len(steps) > 1 else "",
            tell.text("timeline.fast") if len(steps) > 1 else "",
        ),
    )
    return Picture(drawn, (said,))


def _at(infusion: Infusion, minutes: Decimal, tell: Teller) -> str:
    from datetime import timedelta

    if infusion.starts_at is not None:
        return clock(infusion.starts_at + timedelta(minutes=float(minutes)))
    whole, rest = divmod(int(minutes), 60)
    return tell.text("timeline.after", time=f"{whole}:{rest:02d}")


def _painkillers(tell: Teller) -> Block:
    """The one rule on painkillers that a source gives is for children; others ask first."""
    if tell.is_child:
        return Paragraph((tell.say("help.painkillers", "leaflet/living/painkillers_child"),))
    return Paragraph((tell.point("help.painkillers-ask"),))


def _after(plan: Plan, candidate: Candidate, tell: Teller, waits: tuple[Sentence, ...]) -> Section:
    second = [fact for fact in (candidate.regimen.schedule.fact,) if candidate.regimen.schedule.says]
    named = {appointment.fact.id.rpartition("/")[2] for appointment in candidate.calendar}
    rows = tuple(
        (tell.span(one.from_day, one.to_day), tell.say(_calendar_id(one.fact), one.fact))
        for one in candidate.calendar
        if tell.has(_calendar_id(one.fact))
    )
    heads = (tell.text("dates.when"), tell.text("dates.what"))
    return tell.section(
        "after",
        Paragraph(
            (
                tell.say("after.wanes", f"{_T}/what_to_expect", f"{_B}12"),
                tell.say("after.again", f"{_B}12"),
                *(
                    (tell.say("after.second", "policies/calendar/count_24_hours", *second),)
                    if "count_24_hours" in named
                    else ()
                ),
                *waits,
            )
        ),
        Dates(tell.text("dates.caption"), heads, rows) if rows else None,
    )


def _calendar_id(fact: Fact) -> str:
    return f"calendar.{fact.id.rpartition('/')[2].replace('_', '-')}"


def _ask(plan: Plan, tell: Teller) -> Section:
    if tell.for_child:
        return tell.section("ask")
    serology = tell.say("ask.medicines.serology", "classes/ivig/laboratory_serology")
    others = [alternative for alternative in plan.alternatives if tell.has(f"alternative.{alternative.id}")]
    return tell.section(
        "ask",
        tell.questions(
            ("ask.when", (tell.say("ask.when.days", f"{_T}/what_to_expect", f"{_B}11"), tell.point("ask.when.count"))),
            ("ask.medicines", (tell.point("ask.medicines.tell"), serology)),
            ("ask.missed", (tell.point("ask.missed.call"), tell.point("ask.missed.never"))),
            ("ask.storage", (tell.say("ask.storage.ward", f"{_B}9"),)),
            (
                "ask.others",
                (
                    tell.say("ask.others.some", f"{_B}6"),
                    *(tell.say(f"alternative.{one.id}", *_onset(one.facts)) for one in others),
                    tell.point("ask.others.talk"),
                ),
            ),
        ),
    )  # fmt: skip


def _onset(facts: tuple[Fact, ...]) -> list[Fact]:
    return [fact for fact in facts if "onset" in fact.id]


def _safe(tell: Teller) -> Section:
    facts = ("leaflet/living/ivig_infection_risk", f"{_B}3")
    ids = (
        ("safe.blood", "safe.tested")
        if tell.for_child
        else ("safe.blood", "safe.tested", "safe.not-nil", "safe.no-number")
    )
    return tell.section("safe", Paragraph(tuple(tell.say(id, *facts) for id in ids)))


def _check(tell: Teller, *, has_dates: bool) -> Section:
    pairs = [
        ("check.rash", (tell.say("check.rash.answer", f"{_C}4", f"{_C}5"),)),
        ("check.head", (tell.say("check.head.answer", *_head(tell)),)),
        ("check.later", (tell.say("check.later.answer", f"{_C}6", f"{_C}8"),)),
        ("check.fall", (tell.say("check.fall.answer", f"{_B}12"),)),
    ]
    if not tell.for_child:
        pairs.append(("check.change", (tell.point("check.change.answer"),)))
    return tell.section("check", Paragraph((tell.point("check.why"),)), tell.questions(*pairs))


def _head(tell: Teller) -> tuple[str, ...]:
    who = "child" if tell.is_child else "adult"
    return (f"leaflet/itp_signs/head_blow_{who}", f"bleeding_risk/severe_{who}")


def _key(tell: Teller) -> Section:
    items = (
        tell.say("key.antibodies", f"{_T}/key_point_antibodies", f"{_C}9"),
        tell.say("key.fast", f"{_T}/key_point_fast", f"{_C}9"),
        tell.say("key.tell", f"{_T}/key_point_tell", f"{_C}8"),
        tell.point("key.alone"),
    )
    return tell.section("key", Bullets(None, items))
