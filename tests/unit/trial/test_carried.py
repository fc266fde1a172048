"""Predictors in a virtual population: the published odds ratio, or refused where nothing honest stands for them."""

import math
from pathlib import Path

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.trial import read_trial, run_trial
from opsonin.trial.carried import STUDIES, named_in, odds_ratio, study_of
from opsonin.trial.declaration import Carried
from opsonin.trial.people import AS_ON_THE_SHELF, enrolled
from opsonin.trial.read import ARMS, declared_trials, read_trials
from opsonin.trial.say import outcome_to_dict
from opsonin.trial.say_predictors import predictor_lines
from opsonin.trial.tables import people_tables

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "trials" / "with-and-without-antibody.yaml"
PENG = "anti_gpib_ix_peng_2014"
DRAFT = (AS_ON_THE_SHELF,)


def carrying(trial, *carried):
    """The trial with these predictors in everybody's population."""
    populations = {arm.id: trial.people_of(arm).model_copy(update={"predictors": carried}) for arm in trial.arms}
    arms = tuple(arm.model_copy(update={"population": populations[arm.id]}) for arm in trial.arms)
    return trial.model_copy(update={"arms": arms})


def one(predictor, percent=50, effect=None):
    return Carried(predictor=predictor, percent=percent, effect=effect, says="for the test")


@pytest.fixture(scope="module")
def outcome(known):
    return run_trial(read_trial(EXAMPLE), knowledge=known, people=400, seed=5)


def test_the_simulated_odds_ratio_is_the_published_one_in_other_people_too(known, outcome):
    named = outcome.arms[0].predictors[0]
    published = named.effect.odds_ratio
    assert named.simulated_odds_ratio == pytest.approx(published.value, rel=0.03)
    study = study_of(named.effect)
    others = odds_ratio(named.carriers, study, knowledge=known, parameters=DRAFT, seed=77, people=16_000)
    chance = 0.05  # standard error of the logarithm: 8,000 people found the shift, 16,000 check it
    assert math.log(others) == pytest.approx(math.log(published.value), abs=3 * chance)
    assert named.carriers.shift > 0, "less sensitive to immunoglobulin"


def test_the_ends_of_the_interval_can_be_asked_for(known, outcome):
    trial = read_trial(ARMS / "robak_2009.yaml")
    ratio = outcome.arms[0].predictors[0].effect.odds_ratio
    for which, aim in (("low", ratio.low), ("high", ratio.high)):
        asked = one("anti_gpib_ix", effect=PENG).model_copy(update={"odds_ratio": which})
        named = named_in(carrying(trial, asked), knowledge=known, parameters=DRAFT, seed=5)[trial.arms[0].id][0]
        assert named.simulated_odds_ratio == pytest.approx(aim, rel=0.04)


def test_carriers_respond_less_at_every_dose(outcome):
    rates = {arm.arm.id: arm.endpoints[0].prediction.typical for arm in outcome.arms}
    assert rates["everybody_one_day"] < rates["nobody_one_day"] - 15
    assert rates["everybody_two_days"] < rates["nobody_two_days"] - 5
    assert rates["everybody_one_day"] < rates["everybody_two_days"]


def test_who_carries_it_is_in_the_tables(outcome):
    tables = people_tables(outcome)
    assert tables["everybody_one_day"]["carries_anti_gpib_ix"].all()
    assert not tables["nobody_one_day"]["carries_anti_gpib_ix"].any()


def test_what_was_used_is_told_with_its_source(known, outcome):
    said = "\n".join(predictor_lines(outcome, known))
    assert "24 of 66 with it, 72 of 90 without, odds ratio 0.14 (0.07 to 0.29)" in said
    assert "Peng and colleagues" in said and "not used unasked: Studies disagree" in said
    assert "everybody_one_day: 100 % (chosen by a test)" in said
    found = outcome_to_dict(outcome)["predictors"]
    assert [each["effect"] for each in found] == [PENG]
    assert found[0]["source"] == "peng_2014" and found[0]["status"] == "disputed"


def test_nothing_changes_where_nobody_is_named(known):
    population = read_trial(ARMS / "godeau_1999.yaml").population
    plain = enrolled(population, knowledge=known, n=200, seed=5)
    named = enrolled(population, knowledge=known, n=200, seed=5, carried=())
    assert all((plain.cohort.parameters[s] == named.cohort.parameters[s]).all() for s in plain.cohort.parameters)
    quiet = run_trial(read_trial(ARMS / "robak_2009.yaml"), knowledge=known, people=100, seed=5)
    assert list(predictor_lines(quiet, known)) == [] and outcome_to_dict(quiet)["predictors"] == []


def test_only_what_it_moves_differs_between_carriers_and_others(known, outcome):
    population = read_trial(ARMS / "godeau_1999.yaml").population
    carriers = outcome.arms[-1].predictors[0].carriers
    plain = enrolled(population, knowledge=known, n=200, seed=5).cohort.parameters
    moved = enrolled(population, knowledge=known, n=200, seed=5, carried=(carriers,)).cohort.parameters
    assert [symbol for symbol in plain if not np.array_equal(plain[symbol], moved[symbol])] == ["IC50"]


@pytest.mark.parametrize(
    ("study", "carried", "words"),
    [
        ("robak_2009", one("anti_gpib"), 'Did you mean "anti_gpib_ix"?'),
        ("robak_2009", one("anti_gpib_ix"), f"Studies disagree .* name it as 'effect': {PENG}"),
        ("robak_2009", one("anti_gpib_ix", effect="made_up"), "is no published effect of it"),
        ("robak_2009", one("anti_gpib_ix", effect="anti_gpib_ix_rogier_2020"), "Dose, days and definition"),
        ("robak_2009", one("age_over_60"), "Group sizes.* It can be read, not simulated"),
        ("robak_2009", one("preceding_infection"), "is known of children only"),
        ("tiki_2018", one("anti_gpib_ix", effect=PENG), "is known of adults only"),
        ("blanchette_1993", one("preceding_infection"), "more than these parameters can hold"),
    ],
    ids=lambda value: value.effect or value.predictor if isinstance(value, Carried) else "",
)
def test_what_cannot_be_used_is_refused_in_words(known, study, carried, words):
    trial = carrying(next(trial for trial in declared_trials() if trial.id == study), carried)
    with pytest.raises(InputRefused, match=words):
        named_in(trial, knowledge=known, parameters=DRAFT, seed=5)


def test_a_predictor_of_recovery_is_refused_where_nobody_recovers(known):
    trial = read_trial(ARMS / "tiki_2018.yaml")
    whose = trial.population.model_copy(update={"may_recover": False, "predictors": (one("preceding_infection"),)})
    with pytest.raises(InputRefused, match="natural recovery, which this population has not"):
        named_in(trial.model_copy(update={"population": whose}), knowledge=known, parameters=DRAFT, seed=5)


def test_every_problem_is_said_at_once(known):
    trial = carrying(read_trial(ARMS / "robak_2009.yaml"), one("luck"), one("luck"), one("age_over_60"))
    with pytest.raises(InputRefused) as caught:
        named_in(trial, knowledge=known, parameters=DRAFT, seed=5)
    assert "4 problems" in str(caught.value) and "stands twice" in str(caught.value)


def test_every_usable_effect_has_its_study_and_no_study_is_a_trial_of_the_validation(known):
    for effect in known.predictors:
        if effect.use != "none":
            assert study_of(effect).endpoint.kind == "rate", effect.id
    assert not {trial.id for trial in read_trials(STUDIES)} & {trial.id for trial in declared_trials()}
