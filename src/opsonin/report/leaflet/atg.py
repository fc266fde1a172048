"""What does the leaflet on antithymocyte globulin say? Its sections, in the order in which a ward hands them over."""

from __future__ import annotations

from datetime import date

from opsonin.knowledge import Fact, Knowledge
from opsonin.planning.atg_plan import AtgPlan, PlannedCourse
from opsonin.quantities import show
from opsonin.regimen import GlobulinInfusion
from opsonin.report.atg_words import stamp_line, use_in_words
from opsonin.report.leaflet import frame, pictures
from opsonin.report.leaflet.leaflet import (
    PLAN,
    Block,
    Bullets,
    Dates,
    Gallery,
    Leaflet,
    Paragraph,
    Picture,
    Section,
    Sentence,
)
from opsonin.report.leaflet.teller import Teller, clock

_T, _A, _F = "texts/atg", "source_facts/A", "leaflet/frequencies"
HORSE = "atgam"


def atg_leaflet(plan: AtgPlan, planned: PlannedCourse, knowledge: Knowledge, tell: Teller) -> Leaflet:
    """The leaflet for the one course that the case names."""
    team = plan.circumstances.team
    sections = (
        _what(planned, tell),
        _why(plan, planned, tell),
        _how(plan, tell),
        _before(plan, planned, tell),
        _day(plan, planned, tell),
        _feel(plan, planned, tell),
        frame.help_section(tell, ("atg_signs",), team),
        _blood(plan, planned, tell),
        _after(planned, tell),
        _ask(plan, planned, tell),
        _safe(planned, tell),
        _check(tell),
        _key(tell),
    )
    return frame.finished(
        tell,
        knowledge,
        sections,
        therapy="atg",
        case=plan.recipient.id,
        team=team,
        made_on=plan.stamp.as_of,
        stamp=stamp_line(plan.stamp),
        subtitle=tell.text("subtitle.atg", brand=planned.course.product.brand),
    )


def _animal(planned: PlannedCourse) -> str:
    return "horse" if planned.course.product.id == HORSE else "rabbit"


def _grown(tell: Teller, *sentences: Sentence) -> tuple[Sentence, ...]:
    return () if tell.for_child else sentences


def _what(planned: PlannedCourse, tell: Teller) -> Section:
    made = f"{_T}/what_it_is"
    return tell.section(
        "what-atg",
        Paragraph(
            (
                tell.say("atg.antibodies", made, f"{_A}11"),
                tell.say(f"atg.{_animal(planned)}", made, brand=planned.course.product.brand),
                tell.say("atg.t-cells", made),
                tell.say("atg.vein", f"{_T}/how_it_is_given", f"{_A}5"),
                *_grown(
                    tell,
                    tell.say("atg.uses", f"{_T}/what_it_is_for", f"{_A}1"),
                    tell.say("atg.other-uses", f"{_T}/other_uses", f"{_A}2"),
                    tell.say("atg.brands", f"{_T}/key_point_products", f"{_A}4"),
                ),
            )
        ),
    )


def _why(plan: AtgPlan, planned: PlannedCourse, tell: Teller) -> Section:
    indication = plan.request.indication
    organ, _, purpose = indication.partition("-")
    id = next((id for id in (f"why.{indication}", f"why.{purpose}") if tell.has(id)), "why.other")
    use = use_in_words(indication)
    return tell.section(
        "why-atg",
        Paragraph(
            (
                tell.say(id, planned.course.protocol.fact, f"{_A}1", f"{_A}2", organ=organ, use=use),
                tell.say("why.weaker", f"{_A}3", f"{_T}/how_it_works"),
            )
        ),
    )


def _how(plan: AtgPlan, tell: Teller) -> Section:
    facts = (f"{_T}/how_it_works", f"{_A}11", f"{_A}3")
    told = tuple(tell.say(f"how.atg.{step}", *facts) for step in ("guards", "attack", "bind", "fewer"))
    fields = pictures.MechanismWords.__dataclass_fields__
    said = {name: tell.text(f"picture.atg.{name.replace('_', '-')}") for name in fields if name != "guard"}
    own = f"picture.atg.guard.{plan.request.indication.partition('-')[0]}"
    words = pictures.MechanismWords(guard=tell.text(own if tell.has(own) else "picture.atg.guard"), **said)
    later = tell.say("how.atg.slow", f"{_T}/how_fast", f"{_A}16")
    return tell.section("how-atg", Paragraph((*told, later)), Picture(pictures.mechanism_atg(words), ()))


def _before(plan: AtgPlan, planned: PlannedCourse, tell: Teller) -> Section:
    label = planned.course.product.labels.get("us")
    fact = label.facts.get("premedication") if label else None
    first = tell.say("before.atg-medicines", fact) if fact and fact.found else tell.point("before.atg-some-medicines")
    skin = [tell.say("before.skin", "policies/atg_calendar/skin_test")] if planned.course.product.id == HORSE else []
    return tell.section(
        "before",
        Paragraph(
            (
                first,
                tell.say("before.list", f"{_T}/other_medicines", f"{_A}13"),
                *_grown(
                    tell,
                    tell.say(
                        "before.allergy",
                        f"{_T}/who_must_not",
                        f"{_A}12",
                        animal=tell.text(f"animal.{_animal(planned)}"),
                    ),
                ),
                *skin,
            )
        ),
        *(() if tell.for_child else frame.medicines(tell, plan.circumstances.team)),
    )


def _day(plan: AtgPlan, planned: PlannedCourse, tell: Teller) -> Section:
    infusions = planned.course.infusions
    longest = max(infusion.hours for infusion in infusions)
    checks = [
        fact
        for day in planned.days
        for entry in day.entries
        for fact in entry.facts
        if fact.id.endswith("/vital_signs")
    ]
    watched = [
        fact for day in planned.days for entry in day.entries for fact in entry.facts if fact.id.endswith("/observe")
    ]
    return tell.section(
        "day-atg",
        frame.team_words(tell, plan.circumstances.team),
        Paragraph(
            (
                tell.say("day.atg-many", planned.course.protocol.fact, because=PLAN, n=str(len(infusions))),
                tell.say("day.hours", because=PLAN, hours=tell.hours(longest * 60)),
                *_grown(tell, tell.say("day.atg-doctor", f"{_T}/how_it_is_given", f"{_A}4", f"{_A}5")),
                *((tell.say("day.atg-child", f"{_T}/children", f"{_A}6"),) if tell.is_child else ()),
                tell.say("day.atg-checks", *checks[:1], f"{_A}15", f"{_A}5"),
                tell.say("day.tell", f"{_A}10"),
                *((tell.say("day.atg-observe", watched[0]),) if watched else ()),
            )
        ),
        _doses(infusions, tell),
    )  # fmt: skip


def _doses(infusions: tuple[GlobulinInfusion, ...], tell: Teller) -> Block:
    """Each day with its clock times; runs of days that go alike stand in one row."""
    runs: list[list[GlobulinInfusion]] = []
    for infusion in infusions:
        if runs and _alike(runs[-1][-1], infusion):
            runs[-1].append(infusion)
        else:
            runs.append([infusion])
    rows = tuple((_when(run, tell), _drip(run[0], tell)) for run in runs)
    return Dates(tell.text("doses.caption"), (tell.text("dates.when"), tell.text("dates.what")), rows)


def _alike(one: GlobulinInfusion, other: GlobulinInfusion) -> bool:
    def same(infusion: GlobulinInfusion) -> tuple[object, ...]:
        at = infusion.starts_at
        return (infusion.mg, infusion.hours, clock(at) if at else "", infusion.premedication_at is None)

    return same(one) == same(other) and other.day == one.day + 1


def _when(run: list[GlobulinInfusion], tell: Teller) -> str:
    first, last = run[0], run[-1]
    if first.on is None or last.on is None:
        return tell.text("timeline.day", day=str(first.number)) if first is last else tell.text(
            "timeline.days", first=str(first.number), last=str(last.number)
        )  # fmt: skip
    return tell.span(first.on, last.on)


def _drip(infusion: GlobulinInfusion, tell: Teller) -> Sentence:
    mg = show(infusion.mg, 1)
    if infusion.starts_at is None or infusion.ends_at is None:
        return tell.say("dose.long", because=PLAN, mg=mg, hours=tell.hours(infusion.hours * 60))
    start, end = clock(infusion.starts_at), clock(infusion.ends_at)
    if infusion.premedication_at is not None:
        return tell.say(
            "dose.premedicated", because=PLAN, mg=mg, start=start, end=end, before=clock(infusion.premedication_at)
        )
    return tell.say("dose.clock", because=PLAN, mg=mg, start=start, end=end)


def _feel(plan: AtgPlan, planned: PlannedCourse, tell: Teller) -> Section:
    common = ("fever", "sick", "headache", "rash", "needle")
    blocks: list[Block] = [
        Bullets(
            tell.say("feel.atg-common", f"{_A}7", f"{_T}/common_effects"),
            tuple(tell.say(f"feel.atg.{id}", f"{_A}7") for id in common),
        ),
        Bullets(
            tell.say("feel.atg-later", f"{_T}/serum_sickness"),
            (tell.say("feel.atg.serum", f"{_T}/serum_sickness", "policies/atg_calendar/serum_sickness"),),
        ),
    ]
    if tell.for_child:
        return tell.section("feel", *blocks, Paragraph((tell.say("feel.atg-child", f"{_A}8"),)))
    serious = ("infection", "cells", "allergy", "water", "pressure", "liver")
    drawn = [_often(f"{_F}/atg_serum_sickness", tell), _often(f"{_F}/atg_clots", tell)]
    if _animal(planned) == "rabbit":
        drawn = [_often(f"{_F}/atg_chills", tell), _often(f"{_F}/atg_few_white_cells", tell), *drawn]
    cancer = _cancer(plan, planned, tell)
    return tell.section(
        "feel",
        *blocks,
        Gallery(tuple(drawn)),
        Bullets(
            tell.say("feel.atg-serious", f"{_A}8", f"{_T}/serious_effects"),
            (
                *(tell.say(f"feel.atg.{id}", f"{_A}8") for id in serious),
                *cancer,
                tell.say("feel.atg.rare", f"{_A}9", f"{_T}/rare_effects"),
            ),
        ),
        Paragraph((tell.say("feel.atg-numbers", f"{_F}/atg_chills"), tell.point("feel.atg-no-numbers"))),
    )  # fmt: skip


def _cancer(plan: AtgPlan, planned: PlannedCourse, tell: Teller) -> tuple[Sentence, ...]:
    """Cancer of white cells: counted by who had Epstein–Barr virus, or named without a number."""
    if any(window.fact.id.endswith("/ebv_load") for window in planned.windows):
        status = plan.recipient.ebv
        mismatched = status is not None and status.donor is True and status.recipient is False
        fact = tell.knowledge.fact(f"{_F}/atg_lymphoma" + ("_virus_from_donor" if mismatched else ""))
        return (tell.say("feel.atg.lymphoma", fact, n=str(_whole(fact))),)
    if _animal(planned) == "rabbit":
        return (tell.say("feel.atg.cancer", "leaflet/living/atg_cancer"),)
    return ()


def _often(id: str, tell: Teller) -> Picture:
    """A frequency of the shelf as a picture of a hundred people, both ways round."""
    fact = tell.knowledge.fact(id)
    number = _whole(fact)
    name = id.rpartition("/")[2].removeprefix("atg_").replace("_", "-")
    both = tell.say(f"often.{name}", fact, n=str(number), rest=str(100 - number))
    title = tell.text("icons.title", name=tell.text(f"often.{name}.name"))
    description = tell.text("icons.description", n=str(number), rest=str(100 - number))
    return Picture(pictures.icon_array(f"people-{name}", number, title, description), (both,), narrow=True)


def _whole(fact: Fact) -> int:
    """A percentage of the shelf as people of a hundred; halves go up.

    >>> from opsonin.knowledge import load_knowledge
    >>> _whole(load_knowledge().fact("leaflet/frequencies/atg_serum_sickness"))
    8
    """
    return int(show(fact.number(), 0))


def _blood(plan: AtgPlan, planned: PlannedCourse, tell: Teller) -> Section:
    fall = [window.fact for window in planned.windows if window.fact.id.endswith("/lymphocytes_fall")]
    back = [window.fact for window in planned.windows if window.fact.id.endswith("/recovery")]
    anaemia = plan.request.indication == "aplastic-anaemia"
    told = (
        tell.say("blood.tests", f"{_A}15", f"{_T}/monitoring"),
        *((tell.say("blood.fall", *fall),) if fall else ()),
        tell.say("blood.months", f"{_T}/how_fast", f"{_A}16"),
        *(
            (tell.say("blood.anaemia", "leaflet/living/atg_horse_months", "policies/atg_calendar/aa_response"),)
            if anaemia
            else ()
        ),
        tell.point("blood.cannot"),
    )
    picture = (
        f"{_F}/atg_horse_response" if anaemia and _animal(planned) == "horse" else f"{_F}/atg_recovery" if back else ""
    )
    drawn = _often(picture, tell) if picture else None
    return tell.section("blood", Paragraph(told), drawn)


def _after(planned: PlannedCourse, tell: Teller) -> Section:
    rows = []
    for window in planned.windows:
        id = f"window.{window.fact.id.rpartition('/')[2].replace('_', '-')}"
        if tell.for_this_reader(id) and window.from_day is not None and window.to_day is not None:
            rows.append((_span(window.from_day, window.to_day, tell), tell.say(id, window.fact)))
    heads = (tell.text("dates.when"), tell.text("dates.what"))
    return tell.section(
        "after",
        Paragraph(
            (
                tell.say("after.guard", f"{_A}15", f"{_T}/how_fast"),
                tell.say("vaccine.atg", "leaflet/living/atg_vaccines"),
            )
        ),
        Dates(tell.text("dates.caption"), heads, tuple(rows)) if rows else None,
    )


def _span(first: date, last: date, tell: Teller) -> str:
    return tell.span(first, last)


def _ask(plan: AtgPlan, planned: PlannedCourse, tell: Teller) -> Section:
    if tell.for_child:
        return tell.section("ask")
    storage = planned.course.product.facts.get("storage")
    others = tell.say("ask.others.atg", f"{_T}/alternatives", f"{_A}19")
    pairs = [
        ("ask.when", (tell.say("ask.when.atg", f"{_T}/how_fast", f"{_A}16"),)),
        ("ask.medicines", (tell.say("ask.medicines.atg", f"{_T}/other_medicines", f"{_A}13"),)),
        ("ask.missed", (tell.point("ask.missed.call"), tell.say("ask.missed.never", f"{_T}/missed_dose", f"{_A}18"))),
        ("ask.storage.atg-question", (tell.say("ask.storage.atg", f"{_A}17", *([storage] if storage else [])),)),
        ("ask.others", (others, *_named(plan, tell), tell.point("ask.others.talk"))),
        ("ask.baby", (tell.say("ask.baby.answer", f"{_T}/pregnancy", f"{_A}14"),)),
    ]  # fmt: skip
    return tell.section("ask", tell.questions(*pairs))


def _named(plan: AtgPlan, tell: Teller) -> list[Sentence]:
    named = [fact for fact in plan.alternatives if tell.has(_alternative(fact))]
    return [tell.say(_alternative(fact), fact) for fact in named]


def _alternative(fact: Fact) -> str:
    return f"alternative.{fact.id.rpartition('/')[2].replace('_', '-')}"


def _safe(planned: PlannedCourse, tell: Teller) -> Section:
    animal = tell.text(f"animal.{_animal(planned)}")
    told = [tell.say("safe.animal", f"{_T}/what_it_is", animal=animal)]
    if planned.course.product.id == HORSE:
        told.append(tell.say("safe.human", "leaflet/living/atg_human_blood_risk"))
    told.append(tell.say("safe.reaction", f"{_T}/serum_sickness", f"{_A}8"))
    return tell.section("safe-atg", Paragraph(tuple(told)))


def _check(tell: Teller) -> Section:
    pairs = [
        ("check.breath", (tell.say("check.breath.answer", f"{_A}10", "leaflet/atg_signs/allergy"),)),
        ("check.fever", (tell.say("check.fever.answer", "leaflet/atg_signs/infection", f"{_A}10"),)),
        (
            "check.joints",
            (tell.say("check.joints.answer", f"{_T}/serum_sickness", "leaflet/atg_signs/serum_sickness"),),
        ),
    ]
    if not tell.for_child:
        pairs += [
            ("check.atg-jab", (tell.say("check.atg-jab.answer", "leaflet/living/atg_vaccines"),)),
            ("check.change", (tell.say("check.change.answer", f"{_A}18"),)),
        ]
    return tell.section("check", Paragraph((tell.point("check.why"),)), tell.questions(*pairs))


def _key(tell: Teller) -> Section:
    items = (
        tell.say("key.atg.weak", f"{_A}3", f"{_T}/how_fast"),
        tell.say("key.atg.watch", f"{_T}/key_point_watch", f"{_A}10", f"{_A}15"),
        tell.say("key.atg.alone", f"{_A}18", f"{_A}20", f"{_T}/key_point_not_advice"),
    )
    return tell.section("key", Bullets(None, items))
