"""Virtual arms: who is enrolled, what is given, what is seen, and that chance is under control."""

from pathlib import Path

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.trial import read_trial, run_trial
from opsonin.trial.people import ParameterSet, enrolled
from opsonin.trial.read import ARMS

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = 400


def outcome_of(known, study, **changes):
    return run_trial(read_trial(ARMS / f"{study}.yaml"), knowledge=known, people=PEOPLE, seed=5, threads=2, **changes)


@pytest.fixture(scope="module")
def godeau(known):
    return outcome_of(known, "godeau_1999")


def arm(outcome, id):
    return next(found for found in outcome.arms if found.arm.id == id)


def without_rescue(arm):
    """The same arm with its first dose only."""
    schedules = tuple(s.model_copy(update={"doses": s.doses[:1]}) for s in arm.regimen.schedules)
    return arm.model_copy(update={"regimen": arm.regimen.model_copy(update={"schedules": schedules})})


def test_people_are_as_declared(known):
    trial = read_trial(ARMS / "godeau_1999.yaml")
    who = enrolled(trial.population, knowledge=known, n=PEOPLE, seed=5)
    counts = who.cohort.parameters["P0"]
    assert 3 <= counts.min() < counts.max() <= 50
    assert 45 <= who.weight_kg.min() < who.weight_kg.max() <= 120
    per_kg = who.cohort.parameters["V1"] / who.weight_kg
    assert abs(np.corrcoef(per_kg, who.weight_kg)[0, 1]) < 0.15, "volume scales with weight, so per kg it does not"


def test_the_first_dose_is_per_kilogram(godeau):
    half, one = arm(godeau, "half"), arm(godeau, "one")
    assert half.given.grams[:, 0] == pytest.approx(0.5 * half.weight_kg)
    assert one.given.grams[:, 0] == pytest.approx(1.0 * one.weight_kg)


def test_further_doses_go_exactly_to_those_who_did_not_respond(godeau):
    half = arm(godeau, "half")
    seen = half.seen
    day_4 = seen.counts[:, 4]
    responded = (day_4 > 80) & (day_4 >= 2 * seen.baseline)
    assert 0 < responded.sum() < PEOPLE
    assert (half.given.grams[responded, 1:] == 0).all()
    assert half.given.grams[~responded, 1] == pytest.approx(1.0 * half.weight_kg[~responded])
    assert half.given.grams[~responded, 2] == pytest.approx(0.5 * half.weight_kg[~responded])


def test_the_decision_does_not_change_what_was_seen_before_it(known, godeau):
    trial = read_trial(ARMS / "godeau_1999.yaml")
    bare = trial.model_copy(update={"arms": tuple(without_rescue(a) for a in trial.arms)})
    alone = run_trial(bare, knowledge=known, people=PEOPLE, seed=5, threads=2)
    for found, other in zip(godeau.arms, alone.arms, strict=True):
        assert found.seen.counts[:, :5] == pytest.approx(other.seen.counts[:, :5], rel=1e-4)
        rescued = found.given.grams[:, found.given.days >= 4].sum(axis=1) > 0
        assert (found.seen.counts[rescued, 8] > other.seen.counts[rescued, 8]).mean() > 0.9


def test_people_are_shared_over_schedules_as_declared(godeau):
    both = arm(godeau, "both")
    first = both.given.grams[:, both.given.days == 0] / both.weight_kg[:, None]
    share = (first.max(axis=1) < 0.75).mean()
    assert share == pytest.approx(19 / 37, abs=0.08)


def test_a_day_by_day_course_stops_at_the_count_it_was_for(known):
    found = outcome_of(known, "lee_2006").arms[0]
    given = found.given.grams > 0
    above = found.seen.counts[:, 1:7] > 50
    for person in range(PEOPLE):
        reached_on = np.flatnonzero(above[person])
        doses = given[person].sum()
        assert doses == (reached_on[0] + 1 if reached_on.size else 7)


def test_without_treatment_the_model_does_not_move(known):
    found = arm(outcome_of(known, "tiki_2018"), "observation")
    assert found.given.grams.shape == (PEOPLE, 0)
    assert np.median(found.seen.counts[:, -1]) == pytest.approx(np.median(found.seen.counts[:, 0]), rel=0.2)


def test_an_fcrn_blocker_lowers_igg_and_lets_it_recover(known):
    found = outcome_of(known, "robak_2020_rozanolixizumab").arms[0]
    igg = np.median(found.seen.igg, axis=0)
    day_7, last = int(np.flatnonzero(found.seen.days == 7)[0]), -1
    assert igg[day_7] < 0.55 * igg[0]
    assert igg[last] > 1.5 * igg[day_7]


def test_the_same_seed_gives_the_same_and_another_does_not(known, godeau):
    again = outcome_of(known, "godeau_1999")
    other = run_trial(read_trial(ARMS / "godeau_1999.yaml"), knowledge=known, people=PEOPLE, seed=6, threads=1)
    assert (again.arms[0].seen.counts == godeau.arms[0].seen.counts).all()
    assert (other.arms[0].seen.counts != godeau.arms[0].seen.counts).any()
    assert [e.prediction for e in again.arms[0].endpoints] == [e.prediction for e in godeau.arms[0].endpoints]


def test_more_people_change_nothing_for_those_already_there(known):
    trial = read_trial(ARMS / "blanchette_1994.yaml")
    few, many = (run_trial(trial, knowledge=known, people=n, seed=5, threads=2) for n in (100, 200))
    # the people are the same; the engine's answer may depend on their company within its tolerance
    assert (many.arms[0].weight_kg[:100] == few.arms[0].weight_kg).all()
    assert many.arms[0].seen.counts[:100] == pytest.approx(few.arms[0].seen.counts, rel=1e-4)


def test_a_parameter_set_moves_the_middle_and_the_width(known):
    trial = read_trial(ARMS / "godeau_1999.yaml")
    shelf = enrolled(trial.population, knowledge=known, n=PEOPLE, seed=5).cohort.parameters["IC50"]
    wanted = ParameterSet(values={"IC50": 17.0}, cvs={"IC50": 0.5})
    moved = enrolled(trial.population, knowledge=known, n=PEOPLE, seed=5, parameters=wanted).cohort.parameters["IC50"]
    assert np.log(moved).mean() == pytest.approx(np.log(shelf).mean() + np.log(2), abs=0.1)
    assert np.log(moved).std() / np.log(shelf).std() == pytest.approx(
        np.sqrt(np.log1p(0.25) / np.log1p(1.03**2)), rel=1e-6
    )
    assert (np.argsort(moved) == np.argsort(shelf)).all()


def test_half_the_dose_does_less(godeau):
    by_id = {found.arm.id: {e.endpoint.id: e.prediction.typical for e in found.endpoints} for found in godeau.arms}
    for endpoint in ("response_day_4", "mean_change_day_3", "mean_change_day_4"):
        assert by_id["half"][endpoint] < 0.75 * by_id["one"][endpoint]


def test_nobody_cannot_be_simulated(known):
    with pytest.raises(InputRefused, match="cannot be simulated"):
        run_trial(read_trial(ARMS / "godeau_1999.yaml"), knowledge=known, people=0)


def test_children_who_may_recover_do_so_on_their_own_day_and_others_do_not(known):
    trial = read_trial(ARMS / "blanchette_1993.yaml")
    recovering = ParameterSet(recovery_days=(10.0, 1.0))
    outcome = run_trial(trial, knowledge=known, people=PEOPLE, seed=5, threads=2, parameters=(recovering,))
    found = arm(outcome, "none")
    day = enrolled(trial.population, knowledge=known, n=PEOPLE, seed=5, parameters=recovering).recovery.day
    at_28 = found.seen.counts[:, int(np.flatnonzero(found.seen.days == 28)[0])]
    last = found.seen.counts[:, -1]
    assert np.median(at_28[day > 30]) == pytest.approx(np.median(found.seen.baseline[day > 30]), rel=0.3)
    assert np.median(last[day < 60]) == pytest.approx(237, rel=0.1), "the count of healthy people"
    adults = read_trial(ARMS / "julia_2009.yaml").population
    assert enrolled(adults, knowledge=known, n=10, seed=5, parameters=recovering).recovery is None


def test_a_gradual_recovery_reaches_20_long_before_50(known):
    trial = read_trial(ARMS / "blanchette_1993.yaml")
    middle = {}
    for steps in (1, 8):
        recovering = ParameterSet(recovery_days=(20.0, 1.0), recovery_steps=steps)
        outcome = run_trial(trial, knowledge=known, people=PEOPLE, seed=5, threads=2, parameters=(recovering,))
        counts, days = arm(outcome, "none").seen.counts, arm(outcome, "none").seen.days
        middle[steps] = [float(np.median(days[(counts > limit).argmax(axis=1)])) for limit in (20, 50)]
    assert middle[8][0] < 0.6 * middle[8][1] and middle[8][1] <= middle[1][1]
    assert middle[1][0] > 0.7 * middle[1][1], "a sudden one reaches both together"


def test_treatment_and_recovery_add_up(known):
    trial = read_trial(ARMS / "tiki_2018.yaml")
    recovering = ParameterSet(values={"IC50": 4.0}, recovery_days=(12.0, 1.5))
    outcome = run_trial(trial, knowledge=known, people=PEOPLE, seed=5, threads=2, parameters=(recovering,))
    typical = {found.arm.id: found.endpoints[0].prediction.typical for found in outcome.arms}
    assert 5 < typical["observation"] < 40
    assert typical["ivig"] > typical["observation"] + 15


def test_several_parameter_sets_stand_one_after_the_other(known):
    trial = read_trial(ARMS / "blanchette_1994.yaml")
    sets = (ParameterSet(), ParameterSet(values={"IC50": 3.0}))
    found = run_trial(trial, knowledge=known, people=100, seed=5, threads=2, parameters=sets).arms[1]
    assert found.seen.counts.shape[0] == found.weight_kg.size == 200
    assert (found.weight_kg[:100] == found.weight_kg[100:]).all()
    assert np.median(found.seen.counts[100:, 3]) > 1.3 * np.median(found.seen.counts[:100, 3])
    prediction = found.endpoints[0].prediction
    assert prediction.high - prediction.low > 25, "two sets far apart make one wide interval"
