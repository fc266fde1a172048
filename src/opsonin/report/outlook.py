"""What does the model expect? The numbers of a forecast in rows and sentences; and why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from opsonin.knowledge import Knowledge, PublishedArm
from opsonin.planning.plan import Candidate, Forecast, NoForecast
from opsonin.report.bibliography import References
from opsonin.report.wording import cite, count, interval, mark_of, percent
from opsonin.sources import mark

NOT_SIMULATED = "Bleeding is not simulated: the IWG 2009 classes below are judged on platelet counts alone."


@dataclass(frozen=True)
class PublishedLine:
    """One arm of a published study in print."""

    study: str
    population: str
    regimen: str
    people: str
    endpoint: str
    result: str
    mark: str
    cites: str


def reach_table(forecast: Forecast) -> tuple[tuple[str, ...], list[tuple[str, list[str]]]]:
    """Column heads and rows: the probability of a count at or above a threshold at any daily visit up to a time."""
    within = tuple(dict.fromkeys(item.within for item in forecast.reach))
    counts = sorted({item.count for item in forecast.reach})
    shares = {(item.count, item.within): item.probability for item in forecast.reach}
    rows = [
        (
            f"≥ {at_least} ×10⁹/L",
            [percent(shares[at_least, time]) if (at_least, time) in shares else "–" for time in within],
        )
        for at_least in counts
    ]
    return tuple(f"up to {time}" for time in within), rows


def forecast_rows(forecast: Forecast) -> list[tuple[str, str]]:
    """What else is expected, label and words."""
    horizon = forecast.horizon_days
    fall = forecast.next_fall_below_30
    not_yet, never = percent(fall.share_not_yet_fallen), percent(fall.share_never_reached)
    return [
        (f"Goal: {forecast.goal_says}", percent(forecast.goal_probability)),
        ("Complete response (IWG 2009, platelets only)", percent(forecast.iwg_complete_response)),
        ("Response that is not complete (IWG 2009)", percent(forecast.iwg_response)),
        ("No response (IWG 2009)", percent(forecast.iwg_no_response)),
        (
            "Time until the count is 50 ×10⁹/L or more",
            f"{interval(forecast.days_to_50, horizon)}; {percent(forecast.share_reaching_50)} of people reach it",
        ),
        ("Days at 30 ×10⁹/L or more", interval(forecast.days_above_30, horizon)),
        ("Days at 50 ×10⁹/L or more", interval(forecast.days_above_50, horizon)),
        (
            "Next fall below 30 ×10⁹/L, among those who reached 30",
            f"{interval(fall.days, horizon)}; {not_yet} not yet fallen by day {horizon}; {never} never reached 30",
        ),
    ]


def forecast_basis(forecast: Forecast, knowledge: Knowledge) -> str:
    """Which model, how many virtual people, and how well its parameters are known."""
    facts = [knowledge.fact(id) for id in forecast.fact_ids]
    marks = [fact.mark for fact in facts]
    doubtful = [f"{sign} on {marks.count(sign)}" for sign in ("†", "‡") if sign in marks]
    known = f"; {' and '.join(doubtful)} of its {len(facts)} parameters" if doubtful else ""
    return (
        f"Model {forecast.model} ({forecast.model_status}); {forecast.virtual_patients} virtual people who share this "
        f"person's covariates and count, seed {forecast.seed}{known}."
    )


def forecast_mark(forecast: Forecast, knowledge: Knowledge) -> str:
    return mark_of(knowledge.fact(id) for id in forecast.fact_ids)


def goal_percent(candidate: Candidate, knowledge: Knowledge) -> str:
    """The probability of the goal with the mark of the parameters behind it."""
    forecast = candidate.forecast
    if not isinstance(forecast, Forecast):
        return "no forecast"
    return percent(forecast.goal_probability) + forecast_mark(forecast, knowledge)


def limits_passed(forecast: NoForecast) -> list[str]:
    """Which limits of the model's domain this person or regimen lies beyond."""
    return [f"{limit.field}: {limit.value} (the model holds for {limit.limit})" for limit in forecast.limits]


def published_line(arm: PublishedArm, references: References) -> PublishedLine:
    return PublishedLine(
        study=arm.study,
        population=arm.population,
        regimen=arm.regimen,
        people=f"{arm.n}" if arm.n is not None else "not stated",
        endpoint=arm.endpoint,
        result=arm.result,
        mark=mark(arm.obtained, arm.status),
        cites=cite([references.number(arm.citation)]),
    )


def platelets_in_words(forecast: Forecast) -> str:
    """The platelet forecast for someone who cannot see the figure."""
    band = forecast.platelets
    peak = max(range(len(band.median)), key=lambda i: band.median[i])
    return (
        f"The median platelet count starts at {count(band.median[0])} ×10⁹/L, is highest at {count(band.median[peak])} "
        f"on day {band.days[peak]:.0f} (half of people between {count(band.low_50[peak])} and "
        f"{count(band.high_50[peak])}, nine in ten between {count(band.low_90[peak])} and "
        f"{count(band.high_90[peak])}) and is {count(band.median[-1])} on day {band.days[-1]:.0f}."
    )


def igg_in_words(forecast: Forecast) -> str:
    """The IgG forecast for someone who cannot see the figure."""
    band = forecast.igg
    peak = max(range(len(band.median)), key=lambda i: band.median[i])
    return (
        f"The median serum IgG starts at {band.median[0]:.1f} g/L, is highest at {band.median[peak]:.1f} g/L on day "
        f"{band.days[peak]:.1f} (nine in ten people between {band.low_90[peak]:.1f} and {band.high_90[peak]:.1f}) "
        f"and is {band.median[-1]:.1f} g/L on day {band.days[-1]:.0f}."
    )
