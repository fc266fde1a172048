"""When, during an infusion, would a reaction begin? A hazard that runs with the dose as it flows, for training.

The chance of a reaction by infusion is on the shelf; how reactions spread over the hours is not published. So the
cumulative hazard grows in proportion to the share of the dose given, times (rate / reference rate)^(power − 1); with
the shelf's power of 1 the rate has no effect beyond the dose. A reaction begins where the cumulative hazard reaches a
number drawn once for that person and infusion. Not a forecast for a patient: `chances` gives those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opsonin.knowledge import Knowledge
from opsonin.mechanism.harm.chances import counted
from opsonin.mechanism.harm.harms import SHELF, first_infusion
from opsonin.patient import Patient

REACTION = f"{SHELF}/infusion_reaction"
ANAPHYLAXIS = f"{SHELF}/anaphylaxis"


@dataclass(frozen=True)
class ReactionHazard:
    """How readily one kind of reaction begins during one infusion."""

    kind: str  # "reaction" | "anaphylaxis"
    whole_infusion: float  # cumulative hazard of the whole dose at the reference rate
    rate_power: float
    reference_mg_per_kg_per_min: float
    signs: tuple[tuple[str, float], ...]  # sign, share; shares add up to 1
    severities: tuple[tuple[str, float], ...]
    because: tuple[str, ...]  # what raised or lowered it, in words
    fact_ids: tuple[str, ...]

    def over(self, share_of_dose: float, rate_mg_per_kg_per_min: float) -> float:
        """Cumulative hazard while this share of the dose (0–1) flows at this rate (mg/kg/min, above 0)."""
        return self.whole_infusion * share_of_dose * self.pace(rate_mg_per_kg_per_min)

    def pace(self, rate_mg_per_kg_per_min: float) -> float:
        """How much more hazard a gram brings at this rate than at the reference rate."""
        return float((rate_mg_per_kg_per_min / self.reference_mg_per_kg_per_min) ** (self.rate_power - 1))


@dataclass(frozen=True)
class Reaction:
    """A reaction that begins: which, how it shows itself, how severe, when."""

    kind: str
    sign: str
    severity: str
    minute: float  # since the start of the infusion
    share_of_dose: float  # given by then


@dataclass(frozen=True)
class Threshold:
    """What was drawn for one hazard: it begins where the cumulative hazard reaches `at`."""

    at: float
    sign: str
    severity: str


def reaction_hazards(
    patient: Patient, knowledge: Knowledge, *, rate_power: float | None = None
) -> tuple[ReactionHazard, ...]:
    """The hazards of a reaction and of anaphylaxis during this person's next infusion.

    `rate_power` replaces the shelf's, for showing what a stronger effect of the rate would look like.
    Sources: harms/infusion_reaction, harms/anaphylaxis.
    """
    power_fact, reference = knowledge.fact(f"{REACTION}/rate_power"), knowledge.fact(f"{REACTION}/rate_reference")
    power = float(power_fact.number()) if rate_power is None else rate_power
    chance = knowledge.fact(f"{REACTION}/chance")
    base = hazard_of(counted(chance.value["rows"], knowledge).middle)
    factors, because, used = _factors(patient, knowledge)
    severe = knowledge.fact(f"{REACTION}/severity")
    signs = knowledge.fact(f"{REACTION}/signs")
    first = first_infusion(patient)
    block = {True: "chance_first", False: "chance_later", None: "chance_any"}[first]
    rare = knowledge.fact(f"{ANAPHYLAXIS}/{block}")
    about = (power, float(reference.number()))
    return (
        ReactionHazard(
            "reaction",
            base * factors,
            *about,
            _shares(signs.value),
            _shares(severe.value),
            because,
            (chance.id, power_fact.id, reference.id, severe.id, signs.id, *used),
        ),
        ReactionHazard(
            "anaphylaxis",
            hazard_of(counted(rare.value["rows"], knowledge).middle),
            *about,
            (("anaphylaxis", 1.0),),
            (("severe", 1.0),),
            (rare.says,),
            (rare.id, power_fact.id, reference.id),
        ),
    )


def hazard_of(chance: float) -> float:
    """The cumulative hazard behind a chance between 0 and 1."""
    return float(-np.log1p(-chance))


def _factors(patient: Patient, knowledge: Knowledge) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    """What is known to raise or lower reactions and holds here; odds ratios of any event stand in for hazards."""
    holds = {
        "driver_first_infusion": first_infusion(patient) is True,
        "driver_corticosteroid": patient.corticosteroids == "current",
        "driver_dehydration": patient.has("volume_depletion"),
    }
    facts = [knowledge.fact(f"{REACTION}/{name}") for name, here in holds.items() if here]
    product = float(np.prod([float(fact.value["effect"]) for fact in facts]))
    words = tuple(f"{fact.says} × {fact.value['effect']} ({fact.value['of']})" for fact in facts)
    return product, words, tuple(fact.id for fact in facts)


def _shares(table: object) -> tuple[tuple[str, float], ...]:
    weights = {str(name): float(weight) for name, weight in dict(table).items()}  # type: ignore[call-overload]
    total = sum(weights.values())
    return tuple((name, weight / total) for name, weight in weights.items())


def thresholds(
    hazards: Sequence[ReactionHazard], *, seed: int, infusion: int = 1, certain: bool = False
) -> tuple[Threshold, ...]:
    """What chance holds in store for one infusion (numbered from 1): one threshold for each hazard.

    The same seed and infusion give the same answer, whatever rates are run. `certain`: the first hazard is made to
    reach its threshold within the whole dose at the reference rate, for teaching.
    """
    found = []
    for number, hazard in enumerate(hazards):
        u, sign, severity = np.random.default_rng((seed, infusion, number)).random(3)
        if certain and number == 0:
            u *= -np.expm1(-hazard.whole_infusion)
        found.append(Threshold(hazard_of(u), _pick(hazard.signs, sign), _pick(hazard.severities, severity)))
    return tuple(found)


def reactions(
    hazards: Sequence[ReactionHazard],
    steps: Sequence[tuple[float, float]],
    *,
    dose_mg_per_kg: float,
    seed: int,
    infusion: int = 1,
    certain: bool = False,
) -> tuple[Reaction, ...]:
    """The reactions that begin while the steps (minutes, mg/kg/min) run, first ones first; often none.

    A step at rate 0 is a pause: nothing begins in it.

    >>> always = ReactionHazard("reaction", 50.0, 1.0, 4.0, (("fever", 1.0),), (("mild", 1.0),), (), ())
    >>> [one.sign for one in reactions([always], [(30, 2.0), (100, 4.0)], dose_mg_per_kg=460, seed=1)]
    ['fever']
    """
    drawn = thresholds(hazards, seed=seed, infusion=infusion, certain=certain)
    begun = [_begins(h, t, steps, dose_mg_per_kg) for h, t in zip(hazards, drawn, strict=True)]
    return tuple(sorted((one for one in begun if one is not None), key=lambda one: one.minute))


def _begins(
    hazard: ReactionHazard, threshold: Threshold, steps: Sequence[tuple[float, float]], dose: float
) -> Reaction | None:
    minute = given = reached = 0.0
    for minutes, rate in steps:
        share = minutes * rate / dose
        gain = hazard.over(share, rate) if rate > 0 else 0.0
        if gain > 0 and reached + gain >= threshold.at:
            part = (threshold.at - reached) / gain
            when, by_then = minute + part * minutes, given + part * share
            return Reaction(hazard.kind, threshold.sign, threshold.severity, float(when), float(by_then))
        minute, given, reached = minute + minutes, given + share, reached + gain
    return None


def _pick(shares: tuple[tuple[str, float], ...], u: float) -> str:
    edges = np.cumsum([share for _, share in shares])
    return shares[min(int(np.searchsorted(edges, u, side="right")), len(shares) - 1)][0]
