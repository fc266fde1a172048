"""Does the shelf know what the case names? Products, their vials, and the policy pack."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from opsonin.case.case import Case
from opsonin.case.readers import nearest
from opsonin.errors import Problem
from opsonin.quantities import show

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge


def check_case(case: Case, knowledge: Knowledge) -> tuple[Problem, ...]:
    """Every product, vial and pack the case names and the shelf does not hold; empty when all are known."""
    problems = list(_pack(case, knowledge))
    for place, product in _products(case):
        if product not in knowledge.products:
            problems.append(_unknown(place, product, list(knowledge.products), "product"))
    problems.extend(_vials(case, knowledge))
    return tuple(problems)


def _unknown(place: str, word: str, known: list[str], kind: str) -> Problem:
    listed = ", ".join(sorted(known))
    return Problem(place, word, f"is not a {kind} on the shelf.", f"{nearest(word, known)}Known: {listed}.")


def _pack(case: Case, knowledge: Knowledge) -> Iterator[Problem]:
    pack = case.circumstances.pack
    if pack not in knowledge.packs:
        yield _unknown("pack", pack, list(knowledge.packs), "policy pack")


def _products(case: Case) -> Iterator[tuple[str, str]]:
    """Every product id the case names, with its place in the file."""
    for index, treatment in enumerate(case.patient.treatments):
        if treatment.product:
            yield f"diagnosis.earlier_treatments[{index}].product", treatment.product
    for index, dose in enumerate(case.patient.given or ()):
        yield f"given[{index}].product", dose.product
    for index, infusion in enumerate(case.patient.tolerated or ()):
        yield f"tolerated[{index}].product", infusion.product
    for index, item in enumerate(case.circumstances.stock or ()):
        yield f"stock[{index}].product", item.product
    for product in case.circumstances.prices_per_g:
        yield f"prices.{product}", product


def _vials(case: Case, knowledge: Knowledge) -> Iterator[Problem]:
    for index, item in enumerate(case.circumstances.stock or ()):
        product = knowledge.products.get(item.product)
        sold: tuple[Decimal, ...] = product.vials_g if product else ()
        for number, vial in enumerate(item.vials_g or ()):
            if sold and vial not in sold:
                sizes = ", ".join(f"{show(size)} g" for size in sorted(sold))
                why = f"is not a vial of {item.product} on the shelf."
                place = f"stock[{index}].vials[{number}]"
                yield Problem(place, f"{show(vial)} g", why, f"Known sizes: {sizes}.")
