"""What is a trial, written down? The schema `opsonin-trial/1`: frozen values, checked when they are made.

Days are days since the first infusion began, so a trial's "study day 1" is day 0. Doses are g per kg of body weight.
Whatever the publication does not say and the simulation needs is written here as an assumption, in words.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCHEMA = "opsonin-trial/1"

AgeGroup = Literal["adult", "child", "mixed"]
Kind = Literal["rate", "time", "duration", "count", "level"]
Statistic = Literal["percent", "median", "mean", "sd", "highest-median"]
Obtained = Literal["read", "second-hand", "derived", "recalled"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]


class Part(BaseModel):
    """A part of a declaration: frozen, and nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Part):
    """The publication, and where its text was open."""

    key: Id
    work: str
    doi: str | None = None
    pmid: str | None = None
    registry: str | None = None
    seen_at: tuple[str, ...] = ()


class Distribution(Part):
    """A log-normal distribution over people, kept between `low` and `high`; says where it comes from."""

    median: float = Field(gt=0)
    cv_percent: float = Field(gt=0)
    low: float = Field(gt=0)
    high: float = Field(gt=0)
    says: str

    @model_validator(mode="after")
    def _ordered(self) -> Distribution:
        if not self.low < self.high:
            raise ValueError("low has to be below high")
        return self


class Carried(Part):
    """A predictor of response that so many of the people carry; `effect` names one published effect of several."""

    predictor: Id
    percent: float = Field(ge=0, le=100)
    effect: Id | None = None
    odds_ratio: Literal["published", "low", "high"] = "published"  # or an end of its 95 % interval
    says: str


class Population(Part):
    """Who was in it: facts of the publication, and the two distributions the simulation draws from."""

    age: str = ""
    phase: str = ""
    entry_platelets: str = ""
    splenectomised_percent: float | None = None
    concomitant: str = ""
    may_recover: bool = False  # newly diagnosed children: the disease may go by itself
    baseline_10e9_per_l: Distribution
    weight_kg: Distribution
    predictors: tuple[Carried, ...] = ()  # none: people differ as the shelf says


class Criterion(Part):
    """A yes-or-no definition: the name of a response function and its arguments."""

    measure: str
    arguments: dict[str, Any] = Field(default_factory=dict, alias="with")
    met: bool = True  # false: those who do not meet it


class Dose(Part):
    """One infusion. With `unless`, it is given only to those who do not meet the criterion by its day."""

    day: float = Field(ge=0)
    g_per_kg: float = Field(gt=0)
    unless: Criterion | None = None


class Schedule(Part):
    """Doses of a share of the people; several schedules when a trial allowed several."""

    share: float = Field(default=1.0, gt=0, le=1)
    doses: tuple[Dose, ...]


class FcrnBlocker(Part):
    """A medicine that blocks FcRn: this fraction stays free for so many days, then recovers exponentially."""

    free_fraction: float = Field(gt=0, lt=1)
    days: float = Field(gt=0)
    recovery_days: float = Field(gt=0)


class Regimen(Part):
    """What was given, to whom and when; `assumed` says what the publication leaves open."""

    says: str
    schedules: tuple[Schedule, ...] = ()
    infusion_hours: float | None = Field(default=None, gt=0)
    fcrn_blocker: FcrnBlocker | None = None
    assumed: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Regimen:
        if self.schedules and abs(sum(s.share for s in self.schedules) - 1) > 1e-6:
            raise ValueError("the shares of the schedules have to add up to 1")
        if self.fcrn_blocker and self.schedules:
            raise ValueError("an FcRn blocker together with immunoglobulin is not implemented")
        return self


class Published(Part):
    """What was published. Percentages are 0–100; `events` of `n` is what they are computed from."""

    value: float
    n: int | None = Field(default=None, gt=0)
    events: float | None = Field(default=None, ge=0)
    sd: float | None = Field(default=None, ge=0)
    interval_95: tuple[float, float] | None = None
    quartiles: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    locator: str
    obtained: Obtained
    status: Literal["verified", "unverified", "disputed"] = "unverified"
    note: str = ""


class Endpoint(Part):
    """One published endpoint: its words, its definition as a response function, its statistic, its value."""

    id: Id
    says: str
    kind: Kind | None = None
    measure: str | None = None
    arguments: dict[str, Any] = Field(default_factory=dict, alias="with")
    among: Criterion | None = None
    statistic: Statistic | None = None
    published: Published | None = None
    assumed: str = ""
    unused: str = ""

    @model_validator(mode="after")
    def _computable_or_says_why_not(self) -> Endpoint:
        if not self.unused and (self.kind is None or self.measure is None or self.statistic is None):
            raise ValueError("needs kind, measure and statistic, or `unused` with the reason")
        return self


class Arm(Part):
    """One arm: how many people, what they got, what was looked at. Population and visits default to the trial's."""

    id: Id
    says: str
    n: int = Field(gt=0)
    population: Population | None = None
    visits: tuple[float, ...] | None = None
    regimen: Regimen
    endpoints: tuple[Endpoint, ...]


class Trial(Part):
    """One study, or a trial that nobody has done yet (then without published values)."""

    schema_: Literal["opsonin-trial/1"] = Field(alias="schema")
    id: Id
    title: str
    design: str = ""
    age_group: AgeGroup
    source: Source | None = None
    read_on: date | None = None
    population: Population | None = None
    visits: tuple[float, ...] | None = None
    visits_say: str = ""
    arms: tuple[Arm, ...] = Field(min_length=1)
    notes: tuple[str, ...] = ()

    def people_of(self, arm: Arm) -> Population:
        """The population of this arm: its own, or the trial's."""
        found = arm.population or self.population
        assert found is not None  # checked when the file was read
        return found

    def visits_of(self, arm: Arm) -> tuple[float, ...]:
        """The visit days of this arm: its own, or the trial's."""
        found = arm.visits or self.visits
        assert found is not None
        return found


def trial_schema() -> dict[str, Any]:
    """The JSON Schema of a trial file.

    >>> trial_schema()["title"]
    'Trial'
    """
    return Trial.model_json_schema(by_alias=True)
