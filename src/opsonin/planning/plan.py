"""The plan: every candidate with its findings and forecast, ranked for the goal, with reasons. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opsonin.knowledge import Fact, PublishedArm
from opsonin.mechanism.harm import Harm, HarmChance
from opsonin.patient import Circumstances, Goal, Patient
from opsonin.regimen import DosingWeight, Regimen
from opsonin.safety import Finding, KidneyFunction, Load, Offer, Standing


@dataclass(frozen=True)
class Band:
    """Quantiles over the virtual people at each time: median, central 50 % and central 90 %."""

    days: tuple[float, ...]
    median: tuple[float, ...]
    low_50: tuple[float, ...]
    high_50: tuple[float, ...]
    low_90: tuple[float, ...]
    high_90: tuple[float, ...]


@dataclass(frozen=True)
class Interval:
    """A median and its central 50 % interval; None where it is beyond the horizon."""

    median: float | None
    low_50: float | None
    high_50: float | None


@dataclass(frozen=True)
class ReachProbability:
    """The probability that a reported count is at or above `count` at any daily visit up to `within`."""

    count: int
    within: str  # "24 h" | "day 3" | "day 7"
    probability: float


@dataclass(frozen=True)
class NextFall:
    """When the count falls below 30 again, among those who had reached 30."""

    days: Interval
    share_not_yet_fallen: float  # of those who reached 30
    share_never_reached: float  # of all


@dataclass(frozen=True)
class FromParameters:
    """What of a forecast's spread comes from not knowing the population exactly, apart from how people differ."""

    day: int
    share_of_variance: float  # of the logarithm of the reported count on that day, 0–1
    goal_probability_sd: float  # standard deviation of the goal's probability between fitted populations, 0–1


@dataclass(frozen=True)
class Forecast:
    """What the model expects for people who share this patient's covariates and baseline count."""

    model: str
    model_status: str  # how far the model can be trusted, as the shelf says
    virtual_patients: int
    seed: int
    horizon_days: int
    platelets: Band  # of the count a laboratory would report, 10^9/L
    igg: Band  # total serum IgG, g/L
    reach: tuple[ReachProbability, ...]
    iwg_complete_response: float
    iwg_response: float  # response that is not complete
    iwg_no_response: float
    days_to_50: Interval  # among all; None when the quantile does not reach 50
    share_reaching_50: float
    days_above_30: Interval
    days_above_50: Interval
    next_fall_below_30: NextFall
    goal_probability: float
    goal_says: str  # which event the goal probability is of
    sentence: str  # natural frequencies
    from_parameters: FromParameters
    notes: tuple[str, ...]
    fact_ids: tuple[str, ...]  # parameters used


@dataclass(frozen=True)
class LimitPassed:
    """A limit of the model's domain this person or regimen lies beyond."""

    field: str
    value: str
    limit: str


@dataclass(frozen=True)
class NoForecast:
    """Why there is no forecast, and what was published for such patients instead."""

    limits: tuple[LimitPassed, ...]
    published: tuple[PublishedArm, ...]


@dataclass(frozen=True)
class Timing:
    """When a course ends and when its effect is there, worked back from the day it is needed."""

    starts_on: date
    ends_on: date
    ready_on: date | None  # course over and, where there is a forecast, three of four people at 50; None: not said
    latest_start: date | None  # None: no day is given, or no start would do
    in_time: bool | None  # None: no day is given
    says: str


@dataclass(frozen=True)
class Appointment:
    """A test or a look that is due, and on which days."""

    from_day: date
    to_day: date
    says: str
    fact: Fact


@dataclass(frozen=True)
class Alternative:
    """Another way to raise platelets: named with onset and harms, not dosed."""

    id: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class PackDifference:
    """One thing that two packs do differently for the same course."""

    topic: str
    here: str
    there: str
    facts_here: tuple[Fact, ...]
    facts_there: tuple[Fact, ...]


@dataclass(frozen=True)
class PackComparison:
    """The first-ranked course beside what another pack would make of it."""

    pack: str
    name: str
    regimen_id: str  # "" when there is no course to compare
    says: str
    differences: tuple[PackDifference, ...]
    same: tuple[str, ...]  # topics that do not differ


@dataclass(frozen=True)
class Candidate:
    """One regimen with everything that speaks for and against it."""

    regimen: Regimen
    standing: Standing
    findings: tuple[Finding, ...]
    forecast: Forecast | NoForecast
    rank: int | None  # 1 = first; equal ranks are ties; None when absolute findings rule it out
    reasons: tuple[str, ...]  # why it stands where it stands
    price: Decimal | None
    loads: tuple[Load, ...] = ()  # fluid, protein, sodium, sugar per kilogram on the largest day
    timing: Timing | None = None
    calendar: tuple[Appointment, ...] = ()
    notes: tuple[str, ...] = ()  # conditions of the schedule, in the label's sense
    harms: tuple[HarmChance, ...] = ()  # the chance of each harm in this course; never part of the ranking


@dataclass(frozen=True)
class NoTreatment:
    """No immunoglobulin now: what guidelines say for this person."""

    says: str
    facts: tuple[Fact, ...]
    published: tuple[PublishedArm, ...]


@dataclass(frozen=True)
class NotKnown:
    """Something the case does not say, and what the plan did about it."""

    field: str
    therefore: str


@dataclass(frozen=True)
class Stamp:
    """What made this plan: enough to make it again."""

    package_version: str
    knowledge_version: str
    pack: str
    pack_version: str
    model: str
    as_of: date
    seed: int
    virtual_patients: int
    solver: str


@dataclass(frozen=True)
class Plan:
    """The whole answer. The choice stays with the reader."""

    schema: str  # "opsonin-plan/1"
    patient: Patient
    goal: Goal
    circumstances: Circumstances
    weight: DosingWeight
    no_treatment: NoTreatment
    offers: tuple[Offer, ...]  # every product on the shelf, whatever its standing
    candidates: tuple[Candidate, ...]  # ranked ones first, in rank order
    would_change: tuple[str, ...]
    not_known: tuple[NotKnown, ...]
    not_used: tuple[str, ...]  # facts in the case that no rule looked at
    silences: tuple[str, ...]  # "this pack has no rule on …"
    statements: Mapping[str, tuple[Fact, ...]]  # premedication, hydration, before, during, after, …
    findings: tuple[Finding, ...]  # about the person, whatever the regimen
    stamp: Stamp
    safety_frame: str
    kidney: KidneyFunction | None = None
    alternatives: tuple[Alternative, ...] = ()
    bleeding_risk: tuple[Fact, ...] = ()  # what studies found for people of this age and count
    harms: tuple[Harm, ...] = ()  # when each harm comes, what drives it, where sources disagree
    compared: PackComparison | None = None  # the first course under another pack, when asked for

    @property
    def first(self) -> Candidate | None:
        """The candidate ranked first, if any may be given."""
        return next((c for c in self.candidates if c.rank == 1), None)
