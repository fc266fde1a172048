"""How often, and how high? The harms of this course and the count to come, of a hundred people each."""

from __future__ import annotations

from datetime import timedelta

from opsonin.knowledge import Fact
from opsonin.mechanism import domain_fact
from opsonin.mechanism.harm import HarmChance
from opsonin.planning.plan import Candidate, Forecast, Plan
from opsonin.quantities import show
from opsonin.report.leaflet import pictures
from opsonin.report.leaflet.leaflet import Block, Bullets, Gallery, Paragraph, Picture, Section, Sentence
from opsonin.report.leaflet.teller import Teller

_B, _C = "source_facts/B", "source_facts/C"
RESPONSE = "leaflet/frequencies/ivig_response"
SERIOUS = ("anaphylaxis", "aseptic_meningitis", "haemolysis", "thrombosis", "renal_impairment")
COMMON = ("headache", "infusion_reaction", "neutropenia")
_DRAWN_FROM = 0.01  # below this no whole person of a hundred can be drawn


def feel_section(candidate: Candidate, tell: Teller) -> Section:
    """What the person may feel: during the drip, later, and the serious things; each with how often, where known."""
    chances = {chance.harm: chance for chance in candidate.harms}
    during = ("fever", "sick", "headache", "rash", "pain", "pressure")
    blocks: list[Block] = [
        Paragraph((tell.say("feel.mild", f"{_B}14", "texts/ivig/side_effects"),)),
        Bullets(
            tell.say("feel.during", f"{_C}5", f"{_B}13"),
            tuple(tell.say(f"feel.during.{id}", f"{_C}5", f"{_B}13") for id in during),
        ),
        Bullets(
            tell.say("feel.later", f"{_C}6"),
            tuple(tell.say(f"feel.later.{id}", f"{_C}6") for id in ("muscles", "sick", "rash")),
        ),
    ]
    if tell.for_child:
        return tell.section("feel", *blocks, Paragraph((tell.say("feel.rare-child", f"{_B}15"),)))
    drawn = [chances[id] for id in COMMON if id in chances and _drawn(chances[id])]
    serious = [chances[id] for id in SERIOUS if id in chances]
    rarer = [_serious(chance, tell) for chance in serious if not _drawn(chance)]
    return tell.section(
        "feel",
        *blocks,
        Gallery(tuple(_often(chance, tell) for chance in drawn)),
        Bullets(tell.say("feel.serious", f"{_B}15", "texts/ivig/side_effects"), tuple(rarer)),
        Gallery(tuple(_often(chance, tell) for chance in serious if _drawn(chance))),
        Paragraph((tell.say("feel.numbers", "harms/method/pooling"),)),
    )


def _drawn(chance: HarmChance) -> bool:
    return chance.probability is not None and chance.probability >= _DRAWN_FROM


def _harm_id(chance: HarmChance, tell: Teller) -> str:
    """Children and adults were counted apart for some harms; the text says whom the number is of."""
    own = f"harm.{chance.harm.replace('_', '-')}.often"
    return f"{own}.child" if tell.is_child and tell.has(f"{own}.child") else own


def _often(chance: HarmChance, tell: Teller) -> Picture:
    """How often, both ways round, with how unsure the number is, as a picture of a hundred people."""
    assert chance.probability is not None and chance.low_95 is not None and chance.high_95 is not None
    both = tell.say(_harm_id(chance, tell), *chance.facts, **tell.both_of_100(chance.probability))
    unsure = tell.say("harm.between", *chance.facts, low=tell.of_100(chance.low_95), high=tell.of_100(chance.high_95))
    name = tell.text(f"harm.{chance.harm.replace('_', '-')}.name")
    filled = round(100 * chance.probability)
    description = tell.text("icons.description", n=str(filled), rest=str(100 - filled))
    title = tell.text("icons.title", name=name)
    drawn = pictures.icon_array(f"people-{chance.harm}", filled, title, description)
    return Picture(drawn, (both, unsure), narrow=True)


def _serious(chance: HarmChance, tell: Teller) -> Sentence:
    """What it is and how often, of a hundred."""
    own = f"harm.{chance.harm.replace('_', '-')}"
    if chance.probability is None:
        unlikely = "not expected" in chance.says
        return tell.say(
            f"{own}.{'unlikely' if unlikely and tell.has(f'{own}.unlikely') else 'unknown'}", *_facts(chance)
        )
    return tell.say(own, *chance.facts, n=tell.of_100(chance.probability))


def _facts(chance: HarmChance) -> tuple[Fact | str, ...]:
    return chance.facts or (f"{_B}15",)


def count_section(plan: Plan, candidate: Candidate, tell: Teller) -> Section:
    """What happens to the count: studies first, then what the model expects of people like this one, and its limits."""
    low, high = tell.knowledge.fact(RESPONSE).value
    studies = tell.say("count.studies", RESPONSE, f"{_B}11", low=show(low), high=show(high))
    rest = tell.say("count.studies-rest", RESPONSE, f"{_B}11", low=show(100 - high), high=show(100 - low))
    wanes = tell.say("count.wanes", f"{_B}12")
    if not isinstance(candidate.forecast, Forecast):
        told = (studies, rest, wanes, tell.point("count.no-forecast"))
        return tell.section("count", Paragraph(told), _responders(tell))
    if tell.for_child:
        return tell.section("count", Paragraph((studies, rest, wanes)), _responders(tell))
    return tell.section("count", Paragraph((studies, rest)), *_forecast(plan, candidate, candidate.forecast, tell))


def _responders(tell: Teller) -> Picture:
    """The studies' range, drawn at its lower end."""
    fact = tell.knowledge.fact(RESPONSE)
    low, high = (show(number) for number in fact.value)
    said = tell.say("count.people", fact, low=low, high=high)
    title, description = (
        tell.text("count.people.title"),
        tell.text("icons.description", n=low, rest=str(100 - int(low))),
    )
    return Picture(pictures.icon_array("people-count", int(low), title, description), (said,), narrow=True)


def _forecast(plan: Plan, candidate: Candidate, forecast: Forecast, tell: Teller) -> tuple[Block, ...]:
    goal = plan.goal
    count = show(goal.count_10e9_per_l) if goal.count_10e9_per_l is not None else "50"
    facts = _model(plan, tell)
    guess = _guess(plan, candidate, forecast, tell, count)
    told = (
        tell.point("count.computer"),
        guess,
        tell.say("count.wanes", f"{_B}12"),
        tell.say("count.cannot", *facts),
        *((tell.say("count.too-high", *facts),) if "children" in forecast.model_status else ()),
    )
    words = pictures.CountWords(
        title=tell.text("count.picture.title"),
        description=tell.text("count.picture.description", count=count),
        middle=tell.text("count.picture.middle"),
        half=tell.text("count.picture.half"),
        goal=tell.text("count.picture.goal", count=count),
        days=tell.text("count.picture.days"),
        start=tell.text("count.picture.start"),
    )
    band = forecast.platelets
    drawn = pictures.count_picture(band.days, band.median, band.low_50, band.high_50, float(count), words)
    return Paragraph(told), Picture(drawn, ())


def _model(plan: Plan, tell: Teller) -> tuple[Fact, ...]:
    """The fact on how far the model can be trusted for this person; the clinician's report names every parameter."""
    return (tell.knowledge.fact(domain_fact(plan.patient)),)


def _guess(plan: Plan, candidate: Candidate, forecast: Forecast, tell: Teller, count: str) -> Sentence:
    """The chance of the count that is wanted, both ways round, on or by the day it is wanted."""
    goal, timing = plan.goal, candidate.timing
    facts = _model(plan, tell)
    share = tell.both_of_100(forecast.goal_probability)
    if goal.by is None or timing is None:
        return tell.say("count.guess.in-week", *facts, count=count, **share)
    if goal.by <= timing.starts_on:
        return tell.point("count.same-day")
    day = min(goal.by, timing.starts_on + timedelta(days=forecast.horizon_days))
    kind = "on-day" if goal.kind == "before-procedure" else "by-day"
    return tell.say(f"count.guess.{kind}", *facts, count=count, day=tell.short_day(day), **share)
