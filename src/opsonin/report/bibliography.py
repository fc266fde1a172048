"""Which sources does this plan rest on, and where does each of its numbers come from?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Fact, Knowledge, Product, PublishedArm
from opsonin.planning.plan import Forecast, Plan
from opsonin.quantities import show
from opsonin.report.wording import cite, mark_of
from opsonin.safety.finding import Offer
from opsonin.sources import Citation, Source

# A product carries its whole shelf. Of that, a plan uses what its regimens, standings and findings cite, and, of the
# products it has a regimen for, these.
PRODUCT_FACTS_PRINTED = ("concentration", "strength", "vial")


@dataclass(frozen=True)
class Reference:
    """A work this plan cites, with its number in the bibliography and the places read in it."""

    number: int
    source: Source
    locators: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.source.reference()


@dataclass(frozen=True)
class WorkingLine:
    """One fact behind the plan: what it is, its value, where it stands, how well it is known."""

    id: str
    shelf: str  # first part of the id: products, packs, models, …
    says: str
    value: str
    unit: str
    places: tuple[tuple[int, str], ...]  # reference number, place in that work
    obtained: str
    status: str
    mark: str
    note: str


class References:
    """The numbers of the bibliography, to cite with."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self.all = tuple(references)
        self._numbers = {reference.source.key: reference.number for reference in self.all}

    def number(self, citation: Citation) -> int:
        return self._numbers[citation.source]

    def numbers(self, facts: Iterable[Fact]) -> tuple[int, ...]:
        """The reference numbers behind these facts, ascending, each once."""
        return tuple(sorted({self.number(citation) for fact in facts for citation in fact.citations}))

    def after(self, text: str, facts: Sequence[Fact]) -> str:
        """The text with the mark of the least certain of these facts, and their reference numbers."""
        return f"{text}{mark_of(facts)} {cite(self.numbers(facts))}".rstrip()


def facts_used(plan: Plan, knowledge: Knowledge) -> tuple[Fact, ...]:
    """Every fact the plan rests on, each once, in the order the plan meets them."""
    found: dict[str, Fact] = {}
    for value in _walk(_everything(plan, knowledge), knowledge, set()):
        if isinstance(value, Fact):
            found.setdefault(value.id, value)
    return tuple(found.values())


def bibliography(plan: Plan, knowledge: Knowledge) -> tuple[Reference, ...]:
    """The works this plan cites, numbered in the order it meets them."""
    places: dict[str, dict[str, None]] = {}
    for value in _walk(_everything(plan, knowledge), knowledge, set()):
        citations = value.citations if isinstance(value, Fact) else (value.citation,)
        for citation in citations:
            places.setdefault(citation.source, {}).setdefault(citation.locator)
    return tuple(
        Reference(number, knowledge.sources[key], tuple(locator for locator in locators if locator))
        for number, (key, locators) in enumerate(places.items(), start=1)
    )


def working(plan: Plan, knowledge: Knowledge) -> tuple[WorkingLine, ...]:
    """Every fact behind the plan with its value, unit, source and place, and how well it is known."""
    references = References(bibliography(plan, knowledge))
    return tuple(_line(fact, references) for fact in facts_used(plan, knowledge))


def printed_facts(product: Product) -> tuple[Fact, ...]:
    """The facts behind what is printed of every product: its concentration and its vial sizes."""
    return tuple(fact for name, fact in product.facts.items() if name.startswith(PRODUCT_FACTS_PRINTED))


def show_value(value: Any) -> str:
    """A fact's value in print; what the shelf leaves blank is 'not found'."""
    if value is None:
        return "not found"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (Decimal, int)):
        return show(Decimal(value))
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')}: {show_value(item)}" for key, item in value.items())
    if isinstance(value, (tuple, list)):
        return ", ".join(show_value(item) for item in value)
    return str(value)


def _line(fact: Fact, references: References) -> WorkingLine:
    return WorkingLine(
        id=fact.id,
        shelf=fact.id.partition("/")[0],
        says=fact.says,
        value=show_value(fact.value) if fact.value != fact.says else "as stated",
        unit=fact.unit if fact.found else "",
        places=tuple((references.number(citation), citation.locator) for citation in fact.citations),
        obtained=str(fact.obtained),
        status=str(fact.status),
        mark=mark_of([fact]),
        note=fact.note,
    )


def _everything(plan: Plan, knowledge: Knowledge) -> tuple[Any, ...]:
    """The plan, and the rules behind it that it does not carry itself."""
    pack = knowledge.packs.get(plan.stamp.pack)
    rules = [pack.rounding.fact] if pack is not None and pack.rounding is not None else []
    if any(candidate.rank is not None for candidate in plan.candidates):
        rules.append(knowledge.ranking.fact)
    return (plan, *rules)


def _walk(value: Any, knowledge: Knowledge, seen: set[int]) -> Iterator[Fact | PublishedArm]:
    """Every fact and published arm inside a value, however deep; parameters of a forecast are looked up by id."""
    if isinstance(value, (Fact, PublishedArm)):
        yield value
        return
    if id(value) in seen:
        return
    for part in _parts(value, knowledge):
        yield from _walk(part, knowledge, seen)
    if is_dataclass(value):
        seen.add(id(value))


def _parts(value: Any, knowledge: Knowledge) -> Iterable[Any]:
    if isinstance(value, Offer):
        return (value.standing, value.findings)
    if isinstance(value, Product):
        return (value.discontinued, *printed_facts(value))
    if isinstance(value, Forecast):
        return [knowledge.fact(id) for id in value.fact_ids]
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, (tuple, list)):
        return value
    return ()
