"""What stands in a row? One published endpoint of one arm, with its interval, beside what the model predicts for it."""

from __future__ import annotations

from dataclasses import dataclass

from opsonin.knowledge import Knowledge
from opsonin.trial.calibrated import Ensemble
from opsonin.trial.chance import exact_binomial, interval_of
from opsonin.trial.declaration import Arm, Endpoint, Trial
from opsonin.trial.run import EndpointOutcome, run_trial

UNITS = {"rate": "%", "time": "days", "duration": "days", "count": "10⁹/L", "level": "g/L"}


def unit_of(endpoint: Endpoint) -> str:
    """The unit of an endpoint: that of its kind, but a half-life of a level is in days."""
    return "days" if endpoint.measure == "half-life" else UNITS[endpoint.kind or "count"]


@dataclass(frozen=True)
class Row:
    """One endpoint of one arm, published and predicted."""

    trial: str
    arm: str
    endpoint: str
    says: str
    split: str
    age_group: str
    kind: str
    unit: str
    n: int
    observed: float
    observed_low: float | None
    observed_high: float | None
    interval_is: str
    predicted: float
    low: float
    high: float
    by_chance_low: float | None  # the same interval if trials differed by chance only
    by_chance_high: float | None
    binomial_width: float | None  # width of the exact binomial interval of the published rate
    regimen: str
    clock: str  # what is timed: first-… of a threshold, duration, day of the highest; "" for others
    horizon_days: float  # the last visit: what is not reached by then is counted as then in a mean error
    obtained: str
    status: str
    assumed: str

    @property
    def inside(self) -> bool:
        """Whether the published value lies in the predictive interval, its ends included."""
        return bool(self.low - 1e-9 <= self.observed <= self.high + 1e-9)

    @property
    def inside_by_chance(self) -> bool:
        """Whether it lies in the interval of trials that differ by chance only."""
        if self.by_chance_low is None or self.by_chance_high is None:
            return self.inside
        return bool(self.by_chance_low - 1e-9 <= self.observed <= self.by_chance_high + 1e-9)

    @property
    def name(self) -> str:
        return f"{self.trial}/{self.arm}/{self.endpoint}"


def rows_of(
    trial: Trial,
    *,
    split: str,
    knowledge: Knowledge,
    ensemble: Ensemble,
    people: int,
    seed: int,
    threads: int | None,
) -> list[Row]:
    """The trial simulated, a row for every published endpoint that can be computed."""
    outcome = run_trial(
        trial,
        knowledge=knowledge,
        people=people,
        seed=seed,
        threads=threads,
        parameters=ensemble.of(trial.age_group),
    )
    return [
        _row(trial, arm.arm, found, split)
        for arm in outcome.arms
        for found in arm.endpoints
        if found.endpoint.published
    ]


def _row(trial: Trial, arm: Arm, found: EndpointOutcome, split: str) -> Row:
    endpoint, prediction = found.endpoint, found.prediction
    published = endpoint.published
    assert published is not None and endpoint.kind is not None
    interval = interval_of(published)
    binomial = None
    observed = published.value
    if endpoint.kind == "rate":
        n = published.n or arm.n
        events = published.events if published.events is not None else published.value * n / 100
        observed = 100 * events / n
        low, high = exact_binomial(events, n)
        binomial = high - low
        interval = interval or (low, high, "exact binomial")
    return Row(
        trial=trial.id,
        arm=arm.id,
        endpoint=endpoint.id,
        says=endpoint.says,
        split=split,
        age_group=trial.age_group,
        kind=endpoint.kind,
        unit=unit_of(endpoint),
        n=published.n or arm.n,
        observed=observed,
        observed_low=interval[0] if interval else None,
        observed_high=interval[1] if interval else None,
        interval_is=interval[2] if interval else "",
        predicted=prediction.median,
        low=prediction.low,
        high=prediction.high,
        by_chance_low=prediction.by_chance_low,
        by_chance_high=prediction.by_chance_high,
        binomial_width=binomial,
        regimen=_regimen(arm),
        clock=_clock(endpoint),
        horizon_days=float(trial.visits_of(arm)[-1]),
        obtained=published.obtained,
        status=published.status,
        assumed=" ".join(part for part in (arm.regimen.assumed, endpoint.assumed, published.note) if part),
    )


def _regimen(arm: Arm) -> str:
    """The doses in a form that is the same for the same regimen."""
    schedules = [
        " ".join(f"{d.g_per_kg:g}@{d.day:g}{'?' if d.unless else ''}" for d in schedule.doses)
        for schedule in arm.regimen.schedules
    ]
    return " | ".join(schedules) or arm.regimen.says


def _clock(endpoint: Endpoint) -> str:
    """What a time or duration endpoint times, the same for ≥ and > and for the clinics' different words."""
    if endpoint.kind not in ("time", "duration"):
        return ""
    measure = endpoint.measure or ""
    if measure.startswith("first-"):
        return f"days to {endpoint.arguments['threshold']:g}"
    return "day of the highest count" if measure == "day-of-highest" else "duration of response"
