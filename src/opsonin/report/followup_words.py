"""What does the follow-up say, in words? Rows and sentences for the terminal and the page; computes nothing new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from opsonin.knowledge import Knowledge
from opsonin.quantities import show
from opsonin.report.wording import a_day, count, days, joined, percent, sentence, typeset
from opsonin.update import Fit, FollowUp, NextCount, Option, PointFit
from opsonin.update.answer import NextFall

Pairs = list[tuple[str, str]]
OPTION_HEAD = (
    "Option",
    "Goal",
    "30 or more in 7 days",
    "30 or more in 14 days",
    "50 or more in 7 days",
    "Days at 30 or more",
)
POINT_HEAD = ("Result", "Day", "Expected (9 in 10)", "As extreme", "Verdict")
QUESTION = "Exploratory: the model was calibrated on single courses, not on repeated ones."


def who(found: FollowUp, knowledge: Knowledge) -> Pairs:
    """What was given and measured, and what it is for."""
    seen = found.history
    last = f"{len(seen.observed)}, the last on day {seen.observed[-1].day:.1f}" if seen.observed else "none"
    brands = [knowledge.product(one.product).brand for one in seen.infused]
    doses = zip(seen.infused, brands, strict=True)
    given = joined([f"{show(one.grams, 2)} g {brand} on {a_day(one.at.date())}" for one, brand in doses])
    baseline = f"{typeset(seen.baseline.written)} on {a_day(seen.baseline.at.date())}"
    return [
        ("Given", given),
        ("Count before treatment", baseline),
        ("Results since", last),
        ("Goal", sentence(found.goal.says())),
        ("Day of this report", f"{a_day(found.stamp.as_of)}, day {seen.today:.1f} since the first infusion began"),
    ]


def share(value: float) -> str:
    """A share of simulated people in whole per cent; never 0 or 100, which so many people cannot show."""
    return "under 1 %" if value < 0.01 else "over 99 %" if value > 0.99 else percent(value)


def response(found: FollowUp) -> Pairs:
    so_far = found.response
    labels = {"yes": "yes", "no": "no", "not yet": "not yet; the 7 days are not over"}
    return [
        ("Response so far", so_far.says),
        ("50 or more within 7 days (labels)", labels[so_far.label_50_within_7_days]),
    ]


def point_row(point: PointFit, of: str = "", show: Callable[[float], str] = count, unit: str = "") -> tuple[str, ...]:
    """One result against what was expected; `of` names what was measured, `show` prints its values."""
    expected = f"{show(point.expected)} ({show(point.low_90)} to {show(point.high_90)}) {unit}".rstrip()
    verdict = point.verdict
    if verdict == "set aside":
        verdict = f"set aside: wrong with a chance of {share(point.chance_wrong)}"
    return (
        f"{of} {typeset(point.written)}".strip(),
        f"{point.day:.1f}",
        expected,
        share(point.chance_as_extreme),
        verdict,
    )


def fit_says(fit: Fit) -> tuple[str, ...]:
    """What the fit says, with units as they are printed."""
    return tuple(typeset(line) for line in fit.says)


def fit_basis(fit: Fit | None) -> str:
    """How far the calculation can be trusted."""
    if fit is None:
        return ""
    overall = ""
    if fit.overall_chance is not None:
        overall = f"Results as far from the model as these have a chance of {share(fit.overall_chance)}. "
    rounds = "one round" if fit.rounds == 1 else f"{fit.rounds} rounds"
    return (
        f"{overall}{fit.people} virtual people in {rounds}; {fit.effective_people:.0f} of them count (effective "
        f"sample size), Pareto k {fit.pareto_k:.2f} (to be trusted up to 0.7)."
    )


def fall(found: FollowUp, one: NextFall) -> tuple[str, str]:
    """The next fall below a threshold."""
    label = f"Next fall below {one.threshold}"
    if one.below_now > 0.5:
        return label, f"{share(one.below_now)} are below {one.threshold} now"
    if one.median_day is None:
        return label, f"not within {found.stamp.horizon_days} days for most"
    on = found.first_infusion + timedelta(days=one.median_day)
    low = f"day {one.low_50:.0f}" if one.low_50 is not None else "beyond"
    high = f"day {one.high_50:.0f}" if one.high_50 is not None else "beyond the days simulated"
    return label, (
        f"day {one.median_day:.0f}, {a_day(on.date())} (half of people: {low} to {high}); within 7 days "
        f"{share(one.within_7_days)}; not in time {share(one.never_in_time)}"
    )


def expected(found: FollowUp) -> Pairs:
    """What is to come, if nothing more is given."""
    assert found.outlook is not None
    ahead = found.outlook
    to_come = ahead.to_come
    rows = [
        ("Goal, if nothing more is given", f"{share(ahead.goal_probability)}: {ahead.goal_says}"),
        (
            f"Class by day {to_come.by_day} (IWG 2009, confirmed)",
            (
                f"complete response {share(to_come.complete_response)}, response {share(to_come.response)}, "
                f"no response {share(to_come.no_response)}"
            ),
        ),
        *(fall(found, one) for one in ahead.falls),
        ("Most telling next count", next_count(ahead.best_next)),
    ]
    return [*rows, ("What the results changed", " ".join(ahead.changed))]


def next_count(best: NextCount | None) -> str:
    if best is None:
        return "no count on the next days would tell much about this patient that is not known already"
    return f"{a_day(best.on)} (day {best.day}), expected information {best.bits:.1f} bits"


def option_row(option: Option) -> tuple[str, ...]:
    mark = " *" if option.exploratory and option.id != "wait" else ""
    if option.limits:
        return (f"{option.says}{mark}", "no forecast: " + "; ".join(option.limits), "", "", "", "")
    return (
        f"{option.says}{mark}",
        share(option.goal_probability),
        share(option.at_least_30_in_7_days),
        share(option.at_least_30_in_14_days),
        share(option.at_least_50_in_7_days),
        days(option.days_at_or_above_30),
    )


def status(found: FollowUp) -> str:
    trusting = (
        " The data were trusted more than the population, as asked: exploratory." if found.stamp.widened > 1 else ""
    )
    return sentence(found.stamp.model_status) + trusting


def stamp_line(found: FollowUp) -> str:
    stamp = found.stamp
    return (
        f"Opsonin {stamp.package_version} · knowledge {stamp.knowledge_version} · {stamp.model}, {stamp.model_status} "
        f"· as of {a_day(stamp.as_of)} · seed {stamp.seed} · {stamp.people} people"
        f"{f' · differences between people × {stamp.widened:g}' if stamp.widened > 1 else ''}"
    )
