"""Fitting the model to the calibration arms: adults, then children with the shape they share with adults.

Adults: production and its spread, half-blocking concentration and its spread, steepness, offset. Children: their own
production, half-blocking concentration with its spread, onset of the blockade, and how the disease goes by itself, step
by step; steepness, offset and the spread of production are the adults', as uncertain as their fit leaves them, and the
half-blocking concentration is theirs give or take. Both: how much trials differ beyond chance. Only arms of the
declared calibration split are looked at.
Every evaluation is written to a file as it is made, so an interrupted calibration goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from opsonin.errors import SimulationFailed
from opsonin.knowledge import Knowledge
from opsonin.mechanism import report_errors, spreads, typical
from opsonin.population.draws import Floats
from opsonin.population.parameter_sets import ParameterSet, as_parameters
from opsonin.trial.courses import observe
from opsonin.trial.declaration import Arm, Trial
from opsonin.trial.endpoints import Observed
from opsonin.trial.ensemble import Evaluate, Found, Prior, equally_likely, extended, resampled, sample
from opsonin.trial.likelihood import total
from opsonin.trial.people import enrolled
from opsonin.trial.read import declared_trials
from opsonin.trial.split import declared_split

ADULT_PRIORS: tuple[Prior, ...] = (
    Prior("kprod0", 50, 0.6),  # kinetic studies: 34–103, at the high end 182
    Prior("kprod0_cv", 0.6, 0.4),
    Prior("IC50", 8.5, 0.5),
    Prior("IC50_cv", 0.8, 0.4),
    Prior("h", 3, 0.5),
    Prior("koff", 0.25, 0.6),
)
CHILD_PRIORS: tuple[Prior, ...] = (
    Prior("kprod0", 70, 0.7),
    Prior("IC50_cv", 0.8, 0.4),
    Prior("kon", 6, 1.0),  # the draft's value, hours, up to days: the adults' data do not tell it
    Prior("recovery_median", 25, 0.8),  # days
    Prior("recovery_cv", 3, 0.8),  # from weeks to more than a year
    Prior("recovery_shape", 1, 0.5),  # an exponential rise, or faster or slower at first
)
SHARED = ("kprod0_cv", "h", "koff")  # children's as adults'
GIVE_OR_TAKE = {"IC50": 0.5}  # as adults', by this standard deviation on the logarithm: a factor of 1.6; assumed
LEAST_LOG_SD = 0.05  # no fit is taken to tell a parameter better than to 5 %
TRIAL_SD = Prior("trial_sd", 0.3, 0.7)  # assumed: trials of one treatment differ by some tenths on the logit scale
TRIAL_SD_VALUES = 15  # so many values stand for it
RECOVERY_STEPS = 8  # a rise from 8 to 240 in 8 steps is by half each: finer than a report tells
STRUCTURES = {
    "gradual-recovery": "children recover step by step, trials differ by more than chance",
    "exponential-recovery": "children's counts rise exponentially to recovery",
    "sudden-recovery": "children recover on one day",
    "alike-trials": "trials differ by chance only",
    "direct-effect": "the blockade follows the concentration of infused IgG",
}
NOT_SIMULATED = -1000.0  # log-likelihood of values with which somebody could not be simulated
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Fit:
    """One age group fitted: names, weighted values, an ensemble of equally weighted ones, and what was fitted to."""

    group: str  # adults | children
    names: tuple[str, ...]
    found: Found
    sets: Floats  # (sets, parameters)
    fixed: Mapping[str, float]
    studies: tuple[str, ...]

    def parameter_sets(self) -> tuple[ParameterSet, ...]:
        """The ensemble as parameter sets."""
        return tuple(as_parameters({**self.fixed, **dict(zip(self.names, row, strict=True))}) for row in self.sets)


def model_seal(knowledge: Knowledge) -> str:
    """A hash of every number the model reads from the shelf: a log of evaluations is good for these numbers only."""
    read = (typical(knowledge), spreads(knowledge), report_errors(knowledge))
    return hashlib.sha256(repr(read).encode()).hexdigest()[:12]


def calibrate(
    *,
    knowledge: Knowledge,
    people: int = 800,
    rounds: int = 5,
    per_round: int = 250,
    sets: int = 40,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    log: Path | None = None,
    structure: str = next(iter(STRUCTURES)),
    adults: Sequence[ParameterSet] = (),
) -> tuple[Fit, ...]:
    """Adults and children fitted. Progress is told (evaluations done, in all); `log` is where evaluations are kept.

    With `adults`, the equally likely sets of an earlier fit, only children are fitted, after them.
    Sources: models/ivig_itp_draft for everything that is not fitted; trial/split.yaml for what is fitted to.
    """
    split = declared_split()
    mine = [trial for trial in declared_trials() if split.of[trial.id] == "calibration"]
    told = _counting(progress, (1 if adults else 2) * rounds * per_round)
    direct = structure == "direct-effect"
    held = {"koff": typical(knowledge)["kon"]} if direct else {}
    inner = np.zeros(1) if structure == "alike-trials" else equally_likely(TRIAL_SD, TRIAL_SD_VALUES)
    fits: list[Fit] = []
    for group, priors in (("adults", ADULT_PRIORS), ("children", CHILD_PRIORS))[bool(adults) :]:
        trials = [trial for trial in mine if (trial.age_group == "child") == (group == "children")]
        fixed = dict(held)
        if group == "children":
            priors += _as_found(*(_of_sets(adults) if adults else _of_fit(fits[0])))
            fixed |= {"recovery_steps": 1 if structure == "sudden-recovery" else RECOVERY_STEPS}
            if structure in ("exponential-recovery", "sudden-recovery"):
                fixed |= {"recovery_shape": 1.0}
        priors = tuple(prior for prior in priors if prior.name not in fixed)
        key = f"{group} people {people} seed {seed} split {split.seal[:12]} facts {model_seal(knowledge)} {len(inner)}"
        key += f" {' '.join(prior.name for prior in priors)} {' '.join(f'{k}={v:g}' for k, v in fixed.items())}"
        score = _scored(trials, priors, fixed, inner, knowledge, people, seed, threads)
        found = sample(priors, _remembered(score, log, key, told), rounds=rounds, per_round=per_round, seed=seed)
        names = tuple(prior.name for prior in priors)
        if len(inner) > 1:
            found, names = extended(found, inner), (*names, TRIAL_SD.name)
        studies = tuple(trial.id for trial in trials)
        fits.append(Fit(group, names, found, resampled(found, sets, seed=seed), fixed, studies))
    return tuple(fits)


def _of_fit(fit: Fit) -> tuple[Mapping[str, Floats], Floats]:
    """Values by name, (draws,) each, and their weights."""
    return dict(zip(fit.names, fit.found.values.T, strict=True)), fit.found.weights


def _of_sets(sets: Sequence[ParameterSet]) -> tuple[Mapping[str, Floats], Floats]:
    """The same of equally likely sets."""
    rows = [{**one.values, **{f"{name}_cv": cv for name, cv in one.cvs.items()}} for one in sets]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}, np.full(len(rows), 1 / len(rows))


def _as_found(values: Mapping[str, Floats], weights: Floats) -> tuple[Prior, ...]:
    """What the adults' fit says of the parameters that children share, or share give or take, as priors."""
    priors = []
    for name in (*SHARED, *GIVE_OR_TAKE):
        if name in values:
            logs = np.log(values[name])
            middle = float(weights @ logs)
            sd = float(np.sqrt(weights @ (logs - middle) ** 2))
            width = float(np.hypot(max(sd, LEAST_LOG_SD), GIVE_OR_TAKE.get(name, 0)))
            priors.append(Prior(name, float(np.exp(middle)), width))
    return tuple(priors)


def _scored(
    trials: Sequence[Trial],
    priors: Sequence[Prior],
    fixed: Mapping[str, float],
    trial_sds: Floats,
    knowledge: Knowledge,
    people: int,
    seed: int,
    threads: int | None,
) -> Callable[[Floats], Floats]:
    names = [prior.name for prior in priors]
    arms = [(trial, arm) for trial in trials for arm in trial.arms]

    def score(row: Floats) -> Floats:
        parameters = as_parameters({**fixed, **dict(zip(names, row, strict=True))})
        alike: dict[str, Observed] = {}
        seen: list[tuple[Arm, Observed]] = []
        try:
            for trial, arm in arms:
                key = _alike(trial, arm)
                if key not in alike:
                    people_of = trial.people_of(arm)
                    who = enrolled(people_of, knowledge=knowledge, n=people, seed=seed, parameters=parameters)
                    visits = trial.visits_of(arm)
                    alike[key] = observe(who, arm.regimen, visits, knowledge=knowledge, threads=threads)[0]
                seen.append((arm, alike[key]))
        except SimulationFailed:
            return np.full(trial_sds.size, NOT_SIMULATED)
        return total(seen, trial_sds)

    return score


def _alike(trial: Trial, arm: Arm) -> str:
    """The same text for arms that need only one simulation."""
    who = trial.people_of(arm)
    parts = (
        who.baseline_10e9_per_l.model_dump(exclude={"says"}),
        who.weight_kg.model_dump(exclude={"says"}),
        who.may_recover,
        arm.regimen.model_dump(exclude={"says", "assumed"}),
        trial.visits_of(arm),
    )
    return repr(parts)


def _counting(progress: Progress | None, whole: int) -> Callable[[], None]:
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, whole)

    return tell


def _remembered(score: Callable[[Floats], Floats], log: Path | None, key: str, told: Callable[[], None]) -> Evaluate:
    """The score, looked up in the log where the same draw of the same calibration is there, and written to it."""
    known: dict[str, tuple[list[float], list[float]]] = {}
    if log is not None and log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry["key"] == key:
                known[entry["draw"]] = (entry["values"], entry["score"])

    def evaluate(row: Floats, draw: str) -> Floats:
        told()
        if draw in known and np.allclose(known[draw][0], row, rtol=1e-9):
            return np.array(known[draw][1])
        found = score(row)
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a", encoding="utf-8") as file:
                file.write(
                    json.dumps({"key": key, "draw": draw, "values": row.tolist(), "score": found.tolist()}) + "\n"
                )
        return found

    return evaluate
