"""How far does a predictor move those who carry it? As far as makes the simulated odds ratio the published one.

A trial file names predictors and how many carry each. What was published stands on the shelf `predictors`, with the
study it is from. That study is simulated with everybody carrying the predictor and with nobody, the same people twice,
and the shift (`population.carriers`) is found at which the odds ratio of the study's own endpoint is the published
one. Nothing else is fitted, and what a trial predicts without a predictor does not change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

from opsonin.errors import InputRefused, KnowledgeError, Problem, did_you_mean
from opsonin.knowledge import Knowledge, PredictorEffect
from opsonin.population.carriers import Carriers, largest_shift
from opsonin.population.parameter_sets import RECOVERY, ParameterSet
from opsonin.trial.courses import observe
from opsonin.trial.declaration import Arm, Carried, Endpoint, Population, Trial
from opsonin.trial.endpoints import values_of
from opsonin.trial.people import enrolled
from opsonin.trial.read import declared_trials, read_trials

STUDIES = Path(__file__).parent / "predictors"
MOVES = {"blockade_half": "IC50", "natural_recovery": RECOVERY}
PEOPLE = 8000  # virtual people on whom a shift is found: the odds ratio is then known to about 4 %
ALMOST_ALL = 0.99  # of what a shift may account for at most
PRECISION = 0.005  # of the shift, standard deviations


@dataclass(frozen=True)
class Named:
    """A predictor as an arm uses it: how many carry it, the published effect, and the shift that reproduces it."""

    carried: Carried
    effect: PredictorEffect
    carriers: Carriers
    simulated_odds_ratio: float  # of the study's endpoint, with this shift


@dataclass(frozen=True)
class Study:
    """The declared arm and endpoint on which an effect's size is found."""

    trial: Trial
    arm: Arm
    endpoint: Endpoint


def named_in(
    trial: Trial,
    *,
    knowledge: Knowledge,
    parameters: tuple[ParameterSet, ...],
    seed: int,
    threads: int | None = None,
) -> dict[str, tuple[Named, ...]]:
    """The predictors of each arm by its id, with the shift of each; InputRefused names all that cannot be used."""
    wanted = {arm.id: trial.people_of(arm).predictors for arm in trial.arms}
    problems = [p for arm in trial.arms for p in _problems(arm.id, trial.people_of(arm), trial, knowledge)]
    if problems:
        raise InputRefused(problems)
    asked = {arm: [(one, _effect(one, knowledge)) for one in carried] for arm, carried in wanted.items()}
    each = dict.fromkeys((effect, one.odds_ratio) for pairs in asked.values() for one, effect in pairs if effect)
    found = {key: _shift(*key, knowledge, parameters, seed, threads) for key in each}
    made = {
        arm: tuple(_named(one, e, *found[e, one.odds_ratio]) for one, e in pairs if e) for arm, pairs in asked.items()
    }
    too_much = [problem for arm, named in made.items() for problem in _too_much(arm, named)]
    if too_much:
        raise InputRefused(too_much)
    return made


def _effect(one: Carried, knowledge: Knowledge) -> PredictorEffect | None:
    """The published effect that this name stands for, or the one that is asked for by its own name."""
    usable = [e for e in knowledge.predictors if e.predictor == one.predictor and e.use != "none"]
    named = [e for e in usable if (e.use == "named" if one.effect is None else e.id == one.effect)]
    return named[0] if named else None


def _problems(arm: str, population: Population, trial: Trial, knowledge: Knowledge) -> Iterator[Problem]:
    carried, may_recover = population.predictors, population.may_recover
    for name, times in Counter(one.predictor for one in carried).items():
        if times > 1:
            yield Problem(f"arms.{arm}.population.predictors", name, "stands twice.", "Name each predictor once.")
    for one in carried:
        where = f"arms.{arm}.population.predictors.{one.predictor}"
        known = [effect for effect in knowledge.predictors if effect.predictor == one.predictor]
        if not known:
            every = dict.fromkeys(e.predictor for e in knowledge.predictors if e.use != "none")
            remedy = f"{did_you_mean(one.predictor, every)}Those that can be simulated: {', '.join(every)}."
            yield Problem(where, "", "is not on the shelf.", remedy)
            continue
        effect = _effect(one, knowledge)
        if effect is None:
            yield _not_usable(where, one, known)
        elif (effect.age_group == "child") != (trial.age_group == "child"):
            who = "children" if effect.age_group == "child" else "adults"
            yield Problem(where, effect.id, f"is known of {who} only.", "Leave it out of this trial.")
        elif effect.acts_on == "natural_recovery" and not may_recover:
            why = "acts on natural recovery, which this population has not."
            yield Problem(where, effect.id, why, "Write may_recover: true, or leave it out.")


def _not_usable(where: str, one: Carried, known: list[PredictorEffect]) -> Problem:
    ids = ", ".join(effect.id for effect in known if effect.use != "none")
    asked = [effect for effect in known if effect.id == one.effect]
    if one.effect is not None and not asked:
        every = ", ".join(effect.id for effect in known)
        return Problem(f"{where}.effect", one.effect, "is no published effect of it.", f"Published: {every}.")
    remedy = f"To use one all the same, name it as 'effect': {ids}." if ids else "It can be read, not simulated."
    return Problem(where, one.effect or "", f"is not used. {(asked or known)[0].why}", remedy)


def _named(one: Carried, effect: PredictorEffect, carriers: Carriers, simulated: float) -> Named:
    return Named(one, effect, replace(carriers, share=one.percent / 100), simulated)


def _too_much(arm: str, named: tuple[Named, ...]) -> Iterator[Problem]:
    for symbol in dict.fromkeys(one.carriers.moves for one in named):
        mine = [one for one in named if one.carriers.moves == symbol]
        if sum(one.carriers.explains for one in mine) >= 1:
            names = ", ".join(one.effect.predictor for one in mine)
            why = "together account for more than all of how people differ."
            yield Problem(f"arms.{arm}.population.predictors", names, why, "Name fewer of them.")


def _shift(
    effect: PredictorEffect,
    which: str,
    knowledge: Knowledge,
    parameters: tuple[ParameterSet, ...],
    seed: int,
    threads: int | None,
) -> tuple[Carriers, float]:
    """The carriers with the shift at which the study's odds ratio is the published one, and the ratio it makes."""
    aim, share = aim_of(effect, which), effect.share_with
    assert share is not None  # the shelf refuses a usable effect without counts
    study, wanted = study_of(effect), log(aim)
    start = Carriers(effect.predictor, MOVES[effect.acts_on], 0.0, 0.0, share)

    def missed(shift: float) -> float:
        if shift == 0:
            return -wanted
        moved = replace(start, shift=shift)
        made = odds_ratio(moved, study, knowledge=knowledge, parameters=parameters, seed=seed, threads=threads)
        return log(made) - wanted

    # fewer respond who need more immunoglobulin, or whose disease goes later
    far = -float(np.sign(wanted)) * ALMOST_ALL * largest_shift(share)
    if missed(far) * wanted < 0:
        why = f"has an odds ratio of {aim:.2g}, more than these parameters can hold."
        raise InputRefused([Problem("predictors", effect.id, why, "Use the calibrated parameters, or leave it out.")])
    shift = float(brentq(missed, 0.0, far, xtol=PRECISION))
    return replace(start, shift=shift), exp(missed(shift) + wanted)


def aim_of(effect: PredictorEffect, which: str) -> float:
    """The odds ratio to reproduce: "published", or "low" or "high" for an end of its 95 % interval."""
    ratio = effect.odds_ratio
    assert ratio is not None  # the shelf refuses a usable effect without counts
    return {"published": ratio.value, "low": ratio.low, "high": ratio.high}[which]


def odds_ratio(
    carriers: Carriers,
    study: Study,
    *,
    knowledge: Knowledge,
    parameters: tuple[ParameterSet, ...],
    seed: int,
    people: int = PEOPLE,
    threads: int | None = None,
) -> float:
    """Odds of the study's endpoint if everybody were a carrier over those if nobody were, the same people twice."""
    whose, visits = study.trial.people_of(study.arm), study.trial.visits_of(study.arm)
    odds = []
    for share in (1.0, 0.0):
        carried = (replace(carriers, share=share),)
        who = enrolled(whose, knowledge=knowledge, n=people, seed=seed, parameters=parameters, carried=carried)
        seen, _ = observe(who, study.arm.regimen, visits, knowledge=knowledge, threads=threads)
        yes = float(values_of(study.endpoint, seen).sum()) + 0.5  # half a person more on either side: never 0 or all
        odds.append(yes / (people + 1 - yes))
    return odds[0] / odds[1]


def study_of(effect: PredictorEffect) -> Study:
    """The declared study that the effect names; KnowledgeError when there is none."""
    for trial in _studies():
        for arm in trial.arms:
            for endpoint in arm.endpoints:
                if effect.studied_in == f"{trial.id}/{arm.id}/{endpoint.id}":
                    return Study(trial, arm, endpoint)
    raise KnowledgeError(f"predictors/{effect.id}: no declared study {effect.studied_in!r}. Write study/arm/endpoint.")


@lru_cache(maxsize=1)
def _studies() -> tuple[Trial, ...]:
    return (*read_trials(STUDIES), *declared_trials())
