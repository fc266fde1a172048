"""What the case names is looked for on the shelf."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from opsonin.case import check_case, read_case
from opsonin.errors import InputRefused

CASE = """\
schema: opsonin-case/1
id: shelf
therapy: ivig-itp
as_of: 2026-11-20
pack: us
patient: {age: 47 years}
weights: [{value: 72 kg, date: 2026-11-19}]
diagnosis:
  name: primary-itp
  earlier_treatments: [{treatment: immunoglobulin, product: gamunex-c}]
goal: {kind: raise-low-count}
measured: [{what: platelets, value: 14 G/L, date: 2026-11-19}]
given: [{what: immunoglobulin, product: gamunex-c, grams: 70 g, date: 2026-10-01}]
tolerated: [{product: gamunex-c, date: 2026-10-01}]
stock: [{product: gamunex-c, vials: [5 g, 10 g]}]
prices: {gamunex-c: 100}
"""


def shelf(*products: str, packs: tuple[str, ...] = ("us", "eu")) -> Any:
    vials = (Decimal(5), Decimal(10))
    known = {name: SimpleNamespace(vials_g=vials) for name in products}
    return SimpleNamespace(of_family=lambda family: known, packs=dict.fromkeys(packs))


def test_a_case_of_known_products_has_no_problem() -> None:
    assert check_case(read_case(CASE), shelf("gamunex_c")) == ()


def test_an_unknown_product_is_named_wherever_it_stands() -> None:
    problems = check_case(read_case(CASE), shelf("gamunex_d", "privigen"))
    assert [problem.field for problem in problems] == [
        "diagnosis.earlier_treatments[0].product", "given[0].product", "tolerated[0].product", "stock[0].product",
        "prices.gamunex_c",
    ]  # fmt: skip
    assert 'Did you mean "gamunex_d"?' in problems[0].remedy


def test_an_unknown_pack_is_named_with_the_known_ones() -> None:
    problems = check_case(read_case(CASE, pack="us-north"), shelf("gamunex_c"))
    assert [(problem.field, problem.value) for problem in problems] == [("pack", "us-north")]
    assert "Known: eu, us." in problems[0].remedy


def test_a_vial_that_is_not_sold_is_named_with_the_known_sizes() -> None:
    case = read_case(CASE.replace("[5 g, 10 g]", "[5 g, 50 g]"))
    problems = check_case(case, shelf("gamunex_c"))
    assert [(problem.field, problem.value) for problem in problems] == [("stock[0].vials[1]", "50 g")]
    assert "5 g, 10 g" in problems[0].remedy


def test_reading_with_the_shelf_tells_everything_at_once() -> None:
    text = CASE.replace("72 kg", "72").replace("[5 g, 10 g]", "[5 g, 50 g]").replace("pack: us", "pack: mars")
    with pytest.raises(InputRefused) as refused:
        read_case(text, shelf=lambda day: shelf("gamunex_c"))
    assert [problem.field for problem in refused.value.problems] == ["pack", "weights[0].value", "stock[0].vials[1]"]
    with pytest.raises(InputRefused) as refused:
        read_case(CASE, shelf=lambda day: shelf("privigen"))
    assert [problem.field for problem in refused.value.problems] == [
        "diagnosis.earlier_treatments[0].product", "given[0].product", "tolerated[0].product", "stock[0].product",
        "prices.gamunex-c",
    ]  # fmt: skip
    assert read_case(CASE, shelf=lambda day: shelf("gamunex_c")) == read_case(CASE)


def test_a_product_that_is_no_id_is_blamed_once() -> None:
    with pytest.raises(InputRefused) as refused:
        read_case(
            CASE.replace("stock: [{product: gamunex-c", "stock: [{product: Gamunex C"),
            shelf=lambda day: shelf("gamunex_c"),
        )
    assert [problem.field for problem in refused.value.problems] == ["stock[0].product"]
