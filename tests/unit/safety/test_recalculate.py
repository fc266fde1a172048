"""The second calculation must catch every figure that is changed after the first."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from opsonin.errors import CheckFailed
from opsonin.planning import candidates
from opsonin.regimen import Vials
from opsonin.safety import offers, recalculate


@pytest.fixture
def regimen(known, person, setting):
    offered = offers(person(), setting(), known)
    return next(r for r, _ in candidates(person(), setting(), offered, known) if r.id == "octagam_10:1x2")


def check(known, person, regimen, cap="7.2"):
    rounding = known.pack("us").rounding
    recalculate(person(), regimen, rounding=rounding, cap_ml_per_kg_per_h=Fraction(cap))


def with_dose(regimen, **changes):
    first = regimen.infusions[0]
    return replace(regimen, infusions=(replace(first, dose=replace(first.dose, **changes)), *regimen.infusions[1:]))


def with_step(regimen, index, **changes):
    first = regimen.infusions[0]
    steps = list(first.ladder.steps)
    steps[index] = replace(steps[index], **changes)
    return replace(
        regimen,
        infusions=(replace(first, ladder=replace(first.ladder, steps=tuple(steps))), *regimen.infusions[1:]),
    )


def test_an_honest_regimen_passes(known, person, regimen):
    check(known, person, regimen)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda r: with_dose(r, grams=Decimal(100), volume_ml=Decimal(1000)), "more than"),
        (lambda r: with_dose(r, calculated_g=Decimal(700)), "calculated dose"),
        (lambda r: with_dose(r, volume_ml=Decimal(1400)), "do not hold"),
        (lambda r: with_dose(r, vials=(Vials(Decimal(10), 8),)), "vials hold"),
        (lambda r: with_dose(r, vials=(Vials(Decimal(7), 10),)), "does not exist"),
        (lambda r: with_step(r, 4, ml_per_h=Decimal(505)), "above"),
        (lambda r: with_step(r, 1, volume_ml=Decimal(43)), "rate × time"),
        (lambda r: with_step(r, 1, starts_after_min=Decimal(31)), "does not start"),
        (lambda r: with_step(r, 2, cumulative_ml=Decimal(1)), "cumulative"),
        (lambda r: with_step(r, 0, ml_per_h=Decimal(400), minutes=Decimal("3.15")), "goes down"),
        (lambda r: replace(r, infusions=r.infusions[:1]), "consecutive days"),
        (lambda r: replace(r, weight=replace(r.weight, kg=Decimal(154))), "not the actual"),
    ],
)
def test_every_spoilt_figure_is_caught(known, person, regimen, spoil, says):
    with pytest.raises(CheckFailed, match=says):
        check(known, person, spoil(regimen))


def test_a_lower_cap_than_the_ladder_was_built_for_is_caught(known, person, regimen):
    with pytest.raises(CheckFailed, match="above"):
        check(known, person, regimen, cap="1.98")
