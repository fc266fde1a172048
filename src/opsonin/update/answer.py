"""The answer of a follow-up: response so far, fit, what is to come, options, the next count. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from opsonin.patient import Circumstances, Goal, Patient
from opsonin.update.course import CourseBand
from opsonin.update.fit import Fit
from opsonin.update.history import History

FOLLOW_UP_SCHEMA = "opsonin-update/1"


@dataclass(frozen=True)
class ResponseSoFar:
    """The class reached by the counts seen, after the International Working Group 2009, and by the labels' trials."""

    iwg_2009: str  # "complete response" | "response" | "no response" | "not yet judged"
    confirmed: bool  # on two occasions at least 7 days apart
    highest: float | None  # 10⁹/L, since treatment
    highest_on_day: float | None
    first_day_at_50: float | None
    lost_on_day: float | None  # first count below 30 after a response, if the latest count is below 30
    label_50_within_7_days: str  # "yes" | "no" | "not yet"
    says: str


@dataclass(frozen=True)
class NextFall:
    """The first of two daily counts in a row below a threshold, after today."""

    threshold: int
    below_now: float  # share of people whose true count is below it today
    median_day: float | None  # since the first infusion, among those at or above it now or later; None: not in time
    low_50: float | None
    high_50: float | None
    within_7_days: float  # share of all who are at or above it now and fall within 7 days
    never_in_time: float  # share that does not fall within the horizon, among those that are or come above it


@dataclass(frozen=True)
class ToCome:
    """The class each person will have reached by the end, results seen and to come counted together."""

    complete_response: float
    response: float  # that is not complete
    no_response: float
    by_day: int


@dataclass(frozen=True)
class Option:
    """Something that could be done now, and what the same people would then meet."""

    id: str  # "wait" | "repeat-now" | "repeat-day-3" | "repeat-day-7" | "second-dose"
    says: str
    grams: float  # g in all
    goal_probability: float
    at_least_30_in_7_days: float  # a count of 30 or more on the seventh day from now
    at_least_50_in_7_days: float
    at_least_30_in_14_days: float
    days_at_or_above_30: float  # median number of daily counts within the horizon
    platelets: CourseBand
    exploratory: bool  # a repeated course: the model was not calibrated on one
    limits: tuple[str, ...]  # limits of the model's domain passed: then no number should be trusted


@dataclass(frozen=True)
class NextCount:
    """How much a count on one day is expected to tell about this patient."""

    day: int  # since the first infusion began
    on: date
    bits: float  # mutual information between the report and who this is
    standard_error: float


@dataclass(frozen=True)
class Outlook:
    """The forecast of this patient, from everything seen so far."""

    prior: CourseBand  # before any count since treatment
    posterior: CourseBand
    to_come: ToCome
    falls: tuple[NextFall, ...]
    goal_probability: float
    goal_says: str
    options: tuple[Option, ...]
    next_counts: tuple[NextCount, ...]
    best_next: NextCount | None  # None: no count would tell much
    changed: tuple[str, ...]  # what the results changed, in words


@dataclass(frozen=True)
class FollowUpStamp:
    """What made this answer: enough to make it again."""

    package_version: str
    knowledge_version: str
    model: str
    model_status: str  # how far the model can be trusted, as the shelf says
    as_of: date
    seed: int
    people: int
    horizon_days: int
    widened: float  # how much wider than fitted people may differ; above 1: the data were trusted more, as asked


@dataclass(frozen=True)
class FollowUp:
    """The whole answer. The choice stays with the reader."""

    schema: str
    patient: Patient
    goal: Goal
    circumstances: Circumstances
    first_infusion: datetime
    history: History
    response: ResponseSoFar
    fit: Fit | None  # None when the model does not hold
    outlook: Outlook | None
    withheld: tuple[str, ...]  # why there is no forecast; empty when there is one
    notes: tuple[str, ...]
    fact_ids: tuple[str, ...]
    stamp: FollowUpStamp
    safety_frame: str
