"""Does the shelf know what the case names? Products, their vials, and the policy pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from opsonin.case.case import Case
from opsonin.case.document import Place, dotted
from opsonin.case.fields import CaseFile
from opsonin.case.sight import Sight
from opsonin.errors import Problem, did_you_mean
from opsonin.quantities import show

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge

Found = tuple[Place, str, str, str]  # place, value, why, remedy


@dataclass(frozen=True)
class Named:
    """Everything a case names that a shelf must hold, each with its place in the file."""

    pack: str | None
    products: tuple[tuple[Place, str | None], ...]
    vials: tuple[tuple[Place, str | None, Decimal], ...]


def check_case(case: Case, knowledge: Knowledge) -> tuple[Problem, ...]:
    """Every product, vial and pack the case names and the shelf does not hold; empty when all are known."""
    return tuple(
        Problem(dotted(place), value, why, remedy) for place, value, why, remedy in _missing(_in_case(case), knowledge)
    )


def check_shelf(sight: Sight, knowledge: Knowledge) -> None:
    """The same for a case that is being read, so that all its problems are told together."""
    for place, value, why, remedy in _missing(_in_file(sight.file), knowledge):
        if not sight.notes.touched(place):
            sight.notes.add(place, why, remedy, value)


def _in_case(case: Case) -> Named:
    patient, around = case.patient, case.circumstances
    lists = {"given": patient.given, "tolerated": patient.tolerated, "stock": around.stock}
    treatments = ((("diagnosis", "earlier_treatments", i, "product"), t) for i, t in enumerate(patient.treatments))
    entries = [
        *treatments,
        *(((name, i, "product"), one) for name, ones in lists.items() for i, one in enumerate(ones or ())),
    ]
    vials = tuple(
        (("stock", i, "vials", n), item.product, grams)
        for i, item in enumerate(around.stock or ())
        for n, grams in enumerate(item.vials_g or ())
    )
    prices = ((("prices", product), product) for product in around.prices_per_g)
    return Named(around.pack, (*((place, getattr(one, "product", None)) for place, one in entries), *prices), vials)


def _in_file(file: CaseFile) -> Named:
    treatments = file.diagnosis.earlier_treatments if file.diagnosis else None
    lists: dict[Place, list[object]] = {
        ("diagnosis", "earlier_treatments"): list(treatments or []),
        ("given",): list(file.given or []),
        ("tolerated",): list(file.tolerated or []),
        ("stock",): list(file.stock or []),
    }
    products = tuple(
        ((*place, i, "product"), getattr(one, "product", None))
        for place, ones in lists.items()
        for i, one in enumerate(ones)
    )
    vials = tuple(
        (("stock", i, "vials", n), item.product, vial.amount)
        for i, item in enumerate(file.stock or [])
        for n, vial in enumerate(item.vials or [])
        if vial is not None
    )
    prices = tuple((("prices", name), name.lower().replace("-", "_")) for name in file.prices or {})
    return Named(file.pack, (*products, *prices), vials)


def _missing(named: Named, knowledge: Knowledge) -> Iterator[Found]:
    if named.pack is not None and named.pack not in knowledge.packs:
        yield _unknown(("pack",), named.pack, list(knowledge.packs), "policy pack")
    products = knowledge.of_family("ivig")
    for place, product in named.products:
        if product is not None and product not in products:
            yield _unknown(place, product, list(products), "immunoglobulin")
    for place, product, grams in named.vials:
        known = products.get(product) if product else None
        if known is not None and known.vials_g and grams not in known.vials_g:
            sizes = ", ".join(f"{show(size)} g" for size in sorted(known.vials_g))
            why = f"is not a vial of {product} on the shelf."
            yield place, f"{show(grams)} g", why, f"Known sizes: {sizes}."


def _unknown(place: Place, word: str, known: list[str], kind: str) -> Found:
    return (
        place,
        word,
        f"is not a {kind} on the shelf.",
        f"{did_you_mean(word, known)}Known: {', '.join(sorted(known))}.",
    )
