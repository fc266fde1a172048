"""Which vials make up a day's dose?"""

from dataclasses import replace
from decimal import Decimal
from itertools import product as all_of

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.errors import InputRefused
from opsonin.knowledge import load_knowledge
from opsonin.regimen import daily_dose

RULE = load_knowledge().pack("us").rounding
assert RULE is not None
TEN_PERCENT = replace(RULE, tolerance_percent=Decimal(10), direction="nearest")


def dose(weight, per_kg="1", sizes=("5", "10", "20"), rule=TEN_PERCENT):
    return daily_dose(
        1,
        weight_kg=Decimal(weight),
        g_per_kg=Decimal(per_kg),
        vial_sizes_g=tuple(Decimal(s) for s in sizes),
        concentration_mg_per_ml=Decimal(100),
        rounding=rule,
    )


def counts(found):
    return {str(v.size_g): v.count for v in found.vials}


@pytest.mark.parametrize(
    ("weight", "per_kg", "sizes", "grams", "vials"),
    [  # each worked by hand
        ("72", "1", ("5", "10", "20"), "70", {"20": 3, "10": 1}),  # 72 → 70 is 2.8 % down
        ("73", "1", ("5", "10", "20"), "75", {"20": 3, "10": 1, "5": 1}),  # 73 → 75 is 2.7 % up
        ("72.5", "1", ("5", "10", "20"), "75", {"20": 3, "10": 1, "5": 1}),  # halfway goes up
        ("18", "0.8", ("1", "2.5", "5", "10"), "14.5", {"10": 1, "2.5": 1, "1": 2}),  # 14.4 → 14.5
        ("70", "0.4", ("10", "20"), "30", {"20": 1, "10": 1}),  # 28 → 30 is 7.1 % up
    ],
)
def test_whole_vials(weight, per_kg, sizes, grams, vials):
    found = dose(weight, per_kg, sizes)
    assert found.grams == Decimal(grams)
    assert counts(found) == vials
    assert found.discarded_g == 0
    assert found.volume_ml == Decimal(grams) * 10


def test_out_of_tolerance_keeps_the_calculated_dose_and_states_the_remainder():
    """7 g from 5 and 10 g vials: 5 is 29 % down, 10 is 43 % up; so 7 g, from one 10 g vial, 3 g discarded."""
    found = dose("7")
    assert (found.grams, counts(found), found.discarded_g) == (Decimal(7), {"10": 1}, Decimal(3))
    assert "3 g discarded" in found.rounding


def test_a_silent_pack_keeps_the_calculated_dose():
    found = dose("72.3", rule=None)
    assert found.grams == Decimal("72.3") and "no rule on rounding" in found.rounding


def test_no_vial_at_hand_is_refused():
    with pytest.raises(InputRefused, match="no vial size"):
        dose("70", sizes=())


def brute_force_fewest(grams, sizes):
    most = int(grams / min(sizes)) + 1
    fits = [
        c
        for c in all_of(range(most + 1), repeat=len(sizes))
        if sum(n * s for n, s in zip(c, sizes, strict=True)) == grams
    ]
    return min(sum(c) for c in fits)


@given(st.integers(min_value=5, max_value=45))
def test_the_fewest_vials_are_used_by_exhaustive_search(grams):
    sizes = (Decimal("2.5"), Decimal(5), Decimal(10))
    found = dose(str(grams), sizes=("2.5", "5", "10"))
    assert sum(v.count for v in found.vials) == brute_force_fewest(found.grams + found.discarded_g, sizes)


kilograms = st.decimals(min_value="2", max_value="150", places=1)
per_kg = st.sampled_from(["0.4", "0.8", "1"])
sizes = st.sampled_from([("5", "10", "20", "40"), ("1", "2.5", "5", "10", "20"), ("2", "5", "10", "20", "30"), ("10",)])


@given(kilograms, per_kg, sizes, st.sampled_from([TEN_PERCENT, None]))
def test_vials_are_dose_plus_remainder_and_rounding_stays_in_tolerance(kg, gkg, vial_sizes, rule):
    found = dose(kg, gkg, vial_sizes, rule)
    in_vials = sum(v.size_g * v.count for v in found.vials)
    assert in_vials == found.grams + found.discarded_g
    assert found.discarded_g >= 0
    assert found.volume_ml * 100 == found.grams * 1000
    if found.discarded_g == 0 and rule is not None:
        assert abs(found.rounding_percent) <= 10
    else:
        assert abs(found.grams - found.calculated_g) <= Decimal("0.05")


@given(
    kilograms,
    st.decimals(min_value="0.1", max_value="30", places=1),
    per_kg,
    sizes,
    st.sampled_from([TEN_PERCENT, None]),
)
def test_a_heavier_person_never_gets_less(kg, more, gkg, vial_sizes, rule):
    assert dose(kg + more, gkg, vial_sizes, rule).grams >= dose(kg, gkg, vial_sizes, rule).grams
