"""How would this trial have gone? Virtual patients in every arm, and its endpoints as it would have published them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism import MODEL
from opsonin.population.draws import Floats
from opsonin.trial.carried import Named, named_in
from opsonin.trial.chance import Prediction, predict
from opsonin.trial.courses import Given, observe
from opsonin.trial.declaration import Arm, Endpoint, Trial
from opsonin.trial.endpoints import Observed, values_of
from opsonin.trial.likelihood import DIRECTION
from opsonin.trial.people import AS_ON_THE_SHELF, ParameterSet, enrolled

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EndpointOutcome:
    """One endpoint as predicted, beside what is declared of it."""

    endpoint: Endpoint
    prediction: Prediction


@dataclass(frozen=True)
class ArmOutcome:
    """One arm: what a clinic would have seen of its virtual patients, what they were given, and its endpoints.

    With several parameter sets the same people stand there once under each, one set after the other.
    """

    arm: Arm
    parameter_sets: int
    seen: Observed
    given: Given
    weight_kg: Floats
    endpoints: tuple[EndpointOutcome, ...]
    predictors: tuple[Named, ...] = ()
    carries: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)  # predictor → who carries it, (people,)


@dataclass(frozen=True)
class Outcome:
    """How the trial would have gone."""

    trial: Trial
    model: str
    knowledge_version: str
    people: int
    seed: int
    parameter_sets: int
    arms: tuple[ArmOutcome, ...]

    @property
    def trials_differ(self) -> bool:
        """Whether the sets say that trials differ by more than chance."""
        return any(found.prediction.by_chance_low is not None for arm in self.arms for found in arm.endpoints)


def run_trial(
    trial: Trial,
    *,
    knowledge: Knowledge,
    people: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    parameters: tuple[ParameterSet, ...] = (AS_ON_THE_SHELF,),
) -> Outcome:
    """The trial with so many virtual patients per arm. Progress is told (arms done, arms in all).

    Predictive intervals are those of a trial of the declared size. With several parameter sets there are so many
    virtual patients under each.
    """
    if people < 1:
        raise InputRefused([Problem("people", str(people), "cannot be simulated.", "Ask for 1 or more.")])
    named = named_in(trial, knowledge=knowledge, parameters=parameters, seed=seed, threads=threads)
    arms = []
    for number, arm in enumerate(trial.arms):
        if progress is not None:
            progress(number, len(trial.arms))
        arms.append(_arm(trial, arm, knowledge, people, seed, threads, parameters, named[arm.id]))
    if progress is not None:
        progress(len(trial.arms), len(trial.arms))
    return Outcome(trial, MODEL.name, knowledge.version, people, seed, len(parameters), tuple(arms))


def _arm(
    trial: Trial,
    arm: Arm,
    knowledge: Knowledge,
    people: int,
    seed: int,
    threads: int | None,
    parameters: tuple[ParameterSet, ...],
    named: tuple[Named, ...],
) -> ArmOutcome:
    runs, carried = [], tuple(one.carriers for one in named)
    for changed in parameters:
        whose = trial.people_of(arm)
        who = enrolled(whose, knowledge=knowledge, n=people, seed=seed, parameters=changed, carried=carried)
        runs.append((who, *observe(who, arm.regimen, trial.visits_of(arm), knowledge=knowledge, threads=threads)))
    every = tuple(seen for _, seen, _ in runs)
    seen = Observed(np.vstack([s.counts for s in every]), np.vstack([s.igg for s in every]), every[0].days)
    given = Given(runs[0][2].days, np.vstack([g.grams for _, _, g in runs]))
    weights = np.concatenate([who.weight_kg for who, _, _ in runs])
    endpoints = tuple(
        _predicted(trial, arm, endpoint, every, parameters, seed) for endpoint in arm.endpoints if not endpoint.unused
    )
    carries = {name: np.tile(whom, len(parameters)) for name, whom in runs[0][0].carries.items()}
    return ArmOutcome(arm, len(parameters), seen, given, weights, endpoints, named, carries)


def _predicted(
    trial: Trial,
    arm: Arm,
    endpoint: Endpoint,
    runs: tuple[Observed, ...],
    parameters: tuple[ParameterSet, ...],
    seed: int,
) -> EndpointOutcome:
    assert endpoint.statistic is not None
    values = [np.asarray(values_of(endpoint, seen)) for seen in runs]
    purpose = f"{trial.id}/{arm.id}/{endpoint.id}"
    assert endpoint.kind is not None
    sds = [DIRECTION[endpoint.kind] * one.trial_sd for one in parameters]
    made = predict(values, endpoint.statistic, n=arm.n, seed=seed, purpose=purpose, trial_sds=sds)
    return EndpointOutcome(endpoint, made)
