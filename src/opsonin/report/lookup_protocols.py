"""How does this label or study give antithymocyte globulin? One protocol with its limits, and the list of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Fact, Knowledge, Product, Protocol
from opsonin.knowledge.protocol import Phase
from opsonin.planning.atg_build import schedule
from opsonin.quantities import show
from opsonin.report.atg_words import use_in_words
from opsonin.report.lookup_facts import REGION_WORDS, Works, about, fact_row, span
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_print import FACT_HEADS, FACT_RATIOS, Pages
from opsonin.report.wording import joined

KIND_WORDS = {"label": "label", "handbook": "drug handbook", "published": "published study"}
COUNTED_WORDS = {
    "first-dose": "the day of the first dose is day 1",
    "transplant": "the day of transplantation is day 0",
}
_HOURS = ("infusion_hours_first", "infusion_hours_later")
_NOT_STATED = "its source states none"
_WEIGHT_FACTS = ("policies/atg_dosing_weight/obese_from", "policies/atg_dosing_weight/ideal_weight")


def list_protocols(pages: Pages, knowledge: Knowledge) -> None:
    """Print every protocol: id, product, what for, how much, on which days."""
    pages.title(f"Protocols of antithymocyte globulin ({len(knowledge.protocols)})")
    rows = [
        [
            item.id,
            knowledge.product(item.product).brand,
            ", ".join(use_in_words(indication) for indication in item.indications),
            "; then ".join(_in_a_list(phase) for phase in item.phases) + item.fact.mark,
        ]
        for item in knowledge.protocols.values()
    ]
    pages.table(("Id", "Product", "For", "Doses"), rows, ratios=(0, 0, 22, 26))
    pages.say("No protocol is offered for severe ITP: opsonin explain atg. More: opsonin protocol ID", "dim")
    pages.close()


def protocols_to_dict(knowledge: Knowledge, *, on: date | None) -> dict[str, Any]:
    """The list of protocols as JSON."""
    facts = [item.fact for item in knowledge.protocols.values()]
    entries = [written(item) for item in knowledge.protocols.values()]
    return answer("protocols", {"protocols": entries}, knowledge, on=on, facts=facts)


def show_protocol(pages: Pages, knowledge: Knowledge, item: Protocol) -> None:
    """Print one protocol: what it says, its doses and days, its limits, on which weight, and who says so."""
    works, product = Works(knowledge.sources), knowledge.product(item.product)
    mark = item.fact.mark
    pages.title(f"Protocol {item.id}")
    pages.pairs(
        [
            ("Says", item.says + mark),
            ("Product", f"{product.brand} ({product.id}); no dose of it holds for another brand"),
            ("Whose", f"{item.name} ({KIND_WORDS[item.kind]})"),
            ("Where", joined([REGION_WORDS[place] for place in item.where]) or "no country in particular"),
            ("For", joined([use_in_words(indication) for indication in item.indications])),
            ("How known", "\n".join([f"{item.fact.obtained}, {item.fact.status}", *about(item.fact)])),
            ("Source and place", works.places(item.fact)),
        ]
    )
    pages.heading(f"Doses and days ({COUNTED_WORDS[item.counted_from]}){mark}")
    rows = [
        [_dose(phase), _how_many(phase), _how_often(phase), _days(item, index)]
        for index, phase in enumerate(item.phases)
    ]
    pages.table(("Dose", "Doses", "How often", "Days"), rows, ratios=(25, 20, 20, 35))
    pages.heading("Limits and weight")
    pages.pairs(_limits(item, mark))
    pages.heading("What the texts of the product say of time and concentration")
    pages.table(FACT_HEADS, [_beside(fact, works) for fact in infusion_facts(item, product)], ratios=FACT_RATIOS)
    pages.facts("Ideal weight", weight_facts(knowledge, item), works)
    pages.console.print()
    pages.say(f"Plan it: protocol: {item.id} in the case, then opsonin plan CASE", "dim")
    pages.close(works)


def protocol_to_dict(knowledge: Knowledge, item: Protocol, *, on: date | None) -> dict[str, Any]:
    """One protocol as JSON, with what its doses add up to and the facts that limit an infusion."""
    beside = infusion_facts(item, knowledge.product(item.product))
    weight = weight_facts(knowledge, item)
    content = {
        **written(item),
        "days": [_days(item, at) for at in range(len(item.phases))],
        "adds_up_to_mg_per_kg": written(adds_up_to(item)),
        "infusion_facts": [fact.id for fact in beside],
        "weight_facts": [fact.id for fact in weight.values()],
    }
    facts = [item.fact, *beside, *weight.values()]
    return answer("protocol", {"protocol": content}, knowledge, on=on, facts=facts)


def adds_up_to(item: Protocol) -> tuple[Decimal, Decimal]:
    """What the smallest and the largest course of the protocol come to, mg/kg, by its doses alone."""
    smallest, largest = (sum((dose for _, dose in schedule(item, end)), Decimal(0)) for end in ("smallest", "largest"))
    return smallest, largest


def infusion_facts(item: Protocol, product: Product) -> tuple[Fact, ...]:
    """The label facts that limit an infusion: those of the protocol's own regions, or of all."""
    regions = [region for region in item.where if region in product.labels] or list(product.labels)
    hours = [product.labels[region].facts.get(name) for region in regions for name in _HOURS]
    return tuple(fact for fact in (*hours, product.facts.get("concentration_maximum")) if fact is not None)


def weight_facts(knowledge: Knowledge, item: Protocol) -> dict[str, Fact]:
    """How an ideal weight is calculated, where the protocol asks for one."""
    if item.dosing_weight != "ideal-when-obese":
        return {}
    return {id.rpartition("/")[2]: knowledge.fact(id) for id in _WEIGHT_FACTS}


def _limits(item: Protocol, mark: str) -> list[tuple[str, str]]:
    low, high = adds_up_to(item)
    stated, hours = item.cumulative_mg_per_kg, item.minimum_hours
    weight = "ideal weight in obesity, else actual" + mark
    pairs = [
        ("Cumulative dose", f"{span(*stated)} mg/kg{mark}" if stated else _NOT_STATED),
        ("Its doses add up to", f"{_range(low, high)} mg/kg{mark}"),
        (
            "Shortest infusion",
            f"{show(hours[0])} h for the first dose, {show(hours[1])} h for later ones{mark}"
            if hours
            else "its own text gives none; those of the product's texts stand below",
        ),
        ("Dosing weight", weight if item.dosing_weight else "its source states no rule: actual weight is used"),
    ]
    if item.most_doses is not None:
        pairs.append(("Most doses", f"{item.most_doses}{mark}"))
    if item.advised_hours is not None:
        pairs.append(("Advised", f"{show(item.advised_hours)} h an infusion{mark}"))
    if item.cytopenia_is_the_disease:
        pairs.append(("Low counts", "are the disease treated: the halving rule is not applied"))
    return pairs


def _beside(fact: Fact, works: Works) -> list[str]:
    """A row of a label fact, with the region whose text it is."""
    what, *rest = fact_row(fact.id.rpartition("/")[2], fact, works)
    region = fact.id.partition("/labels/")[2].partition("/")[0]
    return [f"{REGION_WORDS[region]}: {what}" if region else what, *rest]


def _in_a_list(phase: Phase) -> str:
    doses = "" if phase.doses[1] == 1 else f", {_how_many(phase)}"
    return f"{_dose(phase)}{doses} {_how_often(phase)}"


def _dose(phase: Phase) -> str:
    return f"{_range(*phase.dose_mg_per_kg)} mg/kg"


def _how_many(phase: Phase) -> str:
    return f"{_range(*map(Decimal, phase.doses))} dose{'s' if phase.doses[1] > 1 else ''}"


def _how_often(phase: Phase) -> str:
    if phase.doses[1] == 1:
        return "once"
    return {1: "daily", 2: "on alternate days"}.get(phase.every_days, f"every {phase.every_days} days")


def _days(item: Protocol, at: int) -> str:
    """'1 to 4, at most to 7'; a phase after an open number of doses says how it follows."""
    phase, first = item.phases[at], _first_day(item, at)
    if first is None:
        return f"{phase.every_days} day{'s' if phase.every_days > 1 else ''} after the last dose before"
    fewest, most = (first + phase.every_days * (count - 1) for count in phase.doses)
    if phase.doses[0] == 0:
        return f"none, or {first} to at most {most}".replace("-", "−")
    shortest = f"{first}" if fewest == first else f"{first} to {fewest}"
    return (shortest if most == fewest else f"{shortest}, at most to {most}").replace("-", "−")


def _first_day(item: Protocol, at: int) -> int | None:
    """The day on which a phase begins; None where that depends on how many doses were given before."""
    phase = item.phases[at]
    if phase.first_day is not None:
        return phase.first_day
    before, began = item.phases[at - 1], _first_day(item, at - 1)
    if began is None or before.doses[0] != before.doses[1]:
        return None
    return began + before.every_days * (before.doses[0] - 1) + phase.every_days


def _range(low: Decimal, high: Decimal) -> str:
    return show(low) if low == high else f"{show(low)} to {show(high)}"
