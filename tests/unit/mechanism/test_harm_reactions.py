"""Reactions that begin during an infusion: chances come out as published, whatever the steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsonin.case import read_case
from opsonin.knowledge import load_knowledge
from opsonin.mechanism.harm import ReactionHazard, reaction_hazards, reactions
from opsonin.mechanism.harm.reactions import thresholds

KNOWN = load_knowledge()
PERSON = read_case("examples/adult-before-surgery.yaml").patient
HAZARDS = reaction_hazards(PERSON, KNOWN)
STEPS = [(30, 0.5), (30, 1.0), (30, 2.0), (223.75, 4.0)]  # 1000 mg/kg in all


def hazard(whole, power=1.0):
    return ReactionHazard("reaction", whole, power, 4.0, (("fever", 1.0),), (("mild", 1.0),), (), ())


def test_as_many_infusions_have_a_reaction_as_were_counted():
    counted = 1 - np.exp(-HAZARDS[0].whole_infusion)
    begun = [bool(reactions(HAZARDS[:1], STEPS, dose_mg_per_kg=1000, seed=s)) for s in range(6000)]
    assert np.mean(begun) == pytest.approx(counted, abs=3.5 * np.sqrt(counted * (1 - counted) / 6000))


def test_the_same_seed_gives_the_same_reactions_and_another_infusion_others():
    drawn = thresholds(HAZARDS, seed=7)
    assert drawn == thresholds(HAZARDS, seed=7)
    assert drawn != thresholds(HAZARDS, seed=7, infusion=2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 8), st.floats(0.2, 8))
def test_with_a_power_of_one_the_rate_moves_the_minute_but_not_the_gram(seed, slow, fast):
    one, other = (
        reactions([hazard(3.0)], [(1000 / rate, rate)], dose_mg_per_kg=1000, seed=seed) for rate in (slow, fast)
    )
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert a.share_of_dose == pytest.approx(b.share_of_dose, rel=1e-6)
        assert a.minute * slow == pytest.approx(b.minute * fast, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 60), st.floats(0, 8)), min_size=1, max_size=8), st.integers(0, 500))
def test_nothing_begins_in_a_pause_or_after_the_end(steps, seed):
    for one in reactions([hazard(20.0)], steps, dose_mg_per_kg=1000, seed=seed):
        assert 0 <= one.minute <= sum(minutes for minutes, _ in steps)
        at = np.searchsorted(np.cumsum([minutes for minutes, _ in steps]), one.minute)
        assert steps[min(int(at), len(steps) - 1)][1] > 0


def test_a_stronger_rate_effect_begins_earlier_in_the_dose_at_high_rates():
    weak, strong = (
        reactions([hazard(3.0, power)], [(125, 8.0)], dose_mg_per_kg=1000, seed=1)[0] for power in (1.0, 1.5)
    )
    assert strong.share_of_dose < weak.share_of_dose


def test_for_teaching_a_reaction_can_be_made_certain():
    assert all(reactions(HAZARDS, STEPS, dose_mg_per_kg=1000, seed=s, certain=True) for s in range(200))


def test_what_is_known_of_the_person_raises_or_lowers_it_and_says_so():
    from dataclasses import replace

    first = reaction_hazards(replace(PERSON, tolerated=(), given=(), treatments=()), KNOWN)
    later_with_steroid = reaction_hazards(replace(PERSON, corticosteroids="current"), KNOWN)
    assert first[0].whole_infusion == pytest.approx(1.53 * HAZARDS[0].whole_infusion)
    assert later_with_steroid[0].whole_infusion == pytest.approx(0.43 * HAZARDS[0].whole_infusion)
    assert "first infusion" in first[0].because[0] and "0.43" in later_with_steroid[0].because[0]
    assert first[1].whole_infusion > 5 * HAZARDS[1].whole_infusion  # 22.9 against 3.9 per 10,000
