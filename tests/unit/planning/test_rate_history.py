"""Earlier infusions: stated with the ladder, and why the steps start at the first all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from opsonin.patient import ToleratedInfusion
from opsonin.planning.candidates import candidates, plan_statements
from opsonin.safety import offers

BEFORE = ToleratedInfusion("octagam_10", date(2026, 11, 1), Decimal("4.80"), "none")


def ladder(person, setting, known, product="octagam_10"):
    built = candidates(person, setting, offers(person, setting, known), known)
    return next(regimen for regimen, _ in built if regimen.product.id == product).infusions[0].ladder


def said(person, setting, known, product="octagam_10"):
    return ladder(person, setting, known, product).reasons[-1]


def test_the_rate_that_was_tolerated_stands_with_the_steps(known, person, setting):
    words = said(replace(person(), tolerated=(BEFORE,)), setting(), known)
    assert words.startswith("Octagam 10 % on 2026-11-01, tolerated up to 4.8 mL/kg/h, reaction: none: ")
    assert "no source on the shelf starts a later infusion higher" in words


def test_history_changes_no_step(known, person, setting):
    alone = ladder(replace(person(), tolerated=()), setting(), known)
    assert ladder(replace(person(), tolerated=(BEFORE,)), setting(), known).steps == alone.steps


def test_another_product_counts_as_none_of_this_one(known, person, setting):
    words = said(replace(person(), tolerated=(BEFORE,)), setting(), known, "privigen")
    assert words.startswith("no earlier infusion of this product is stated (Octagam 10 % on 2026-11-01")


def test_nothing_stated_is_not_said_twice(known, person, setting):
    reasons = ladder(replace(person(), tolerated=None), setting(), known).reasons
    assert not any("earlier infusion" in reason for reason in reasons)


def test_a_gap_the_pack_counts_is_named(known, person, setting):
    packs = [pack for pack in known.packs.values() if pack.restart_after_weeks is not None]
    old = replace(BEFORE, product="privigen", given_on=date(2025, 1, 1))
    for pack in packs:
        here = setting(pack=pack.id)
        someone = replace(person(), tolerated=(old,))
        built = [r for r, _ in candidates(someone, here, offers(someone, here, known), known)]
        for regimen in built:
            if regimen.product.id == "privigen":
                assert f"the pack “{pack.id}” counts as a first infusion" in regimen.infusions[0].ladder.reasons[-1]


def test_on_the_eighteenth_birthday_only_statements_for_adults_remain(known, person):
    pack = next(p for p in known.packs.values() if any(bounded(f) for fs in p.statements.values() for f in fs))
    ids = [{f.id for fs in plan_statements(someone, pack).values() for f in fs if bounded(f)} for someone in (
        replace(person(), age_years=Decimal("17.99")), replace(person(), age_years=Decimal(18))
    )]  # fmt: skip
    assert ids[0] and not ids[0] & ids[1]


def bounded(fact):
    return fact.holds_for.get("hard", {}).get("age_years") in ((0, 18), [0, 18], (18, None), [18, None])
