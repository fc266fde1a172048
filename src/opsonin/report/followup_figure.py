"""What does the follow-up look like? The course seen and to come, and what a count on each next day would tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from opsonin.report.figures import (
    _TICKS,
    BLUE,
    GREY,
    HALF,
    INK,
    MIDDLE,
    NINE_IN_TEN,
    ORANGE,
    THRESHOLDS,
    Figure,
    _sheet,
)
from opsonin.report.wording import a_day, count, typeset
from opsonin.update import FollowUp
from opsonin.update.course import CourseBand

_LEAST = 1.0  # lower end of the doubling scale


def course_figure(found: FollowUp) -> Figure:
    """Prior band grey, posterior band coloured, results, infusions, thresholds, today and the next count."""
    assert found.outlook is not None
    ahead = found.outlook
    title = "Platelets: results and forecast"
    with _sheet("follow-up", (7.4, 4.2)) as sheet:
        axes = sheet.axes
        axes.set_yscale("log")
        draw_bands(axes, ahead.prior, ahead.posterior)
        high = max(*ahead.prior.high_90, *ahead.posterior.high_90, 130.0) * 1.15
        axes.set_ylim(_LEAST, high)
        ticks = [tick for tick in _TICKS if tick <= high]
        axes.set_yticks(ticks, [str(tick) for tick in ticks])
        axes.yaxis.set_minor_locator(sheet.no_ticks())
        for threshold in THRESHOLDS:
            axes.axhline(threshold, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        _results(axes, found)
        _marks(axes, found)
        axes.set_xlim(min(-0.5, found.history.baseline.day - 0.3), ahead.posterior.days[-1])
        axes.set_xlabel("days after the first infusion began")
        axes.set_ylabel("platelets, ×10⁹ per litre (doubling scale)")
        sheet.legend()
    alt = _course_in_words(found)
    return Figure("figure-follow-up", title, sheet.svg(title, alt), alt)


def next_count_figure(found: FollowUp) -> Figure:
    """The expected information of a count on each of the next days."""
    assert found.outlook is not None
    counts = found.outlook.next_counts
    title = "How much a count on each of the next days would tell"
    with _sheet("next-count", (7.4, 2.4)) as sheet:
        axes = sheet.axes
        best = found.outlook.best_next
        colours = [ORANGE if best is not None and one.day == best.day else BLUE for one in counts]
        axes.bar([one.day for one in counts], [one.bits for one in counts], color=colours, width=0.7)
        axes.set_xticks([one.day for one in counts])
        axes.set_ylim(0, max(1.0, *(one.bits for one in counts)) * 1.1)
        axes.set_xlabel("days after the first infusion began")
        axes.set_ylabel("expected information, bits")
    said = "; ".join(f"day {one.day}: {one.bits:.1f}" for one in counts)
    orange = "Orange: the first day before the goal's date that tells nearly as much as the best."
    alt = f"Expected information of a platelet count, in bits: {said}. {orange}"
    return Figure("figure-next-count", title, sheet.svg(title, alt), alt)


def draw_bands(axes: Any, prior: CourseBand, posterior: CourseBand, least: float = _LEAST) -> None:
    """The bands before the results in grey, with them in colour; nothing is drawn below `least`."""
    _band(axes, prior, GREY, 0.10, 0.14, "before the results: ", least)
    _band(axes, posterior, BLUE, 0.20, 0.38, "with the results: ", least)


def _band(axes: Any, band: CourseBand, colour: str, wide: float, narrow: float, said: str, least: float) -> None:
    low_90, low_50 = ([max(value, least) for value in line] for line in (band.low_90, band.low_50))
    axes.fill_between(band.days, low_90, band.high_90, color=colour, alpha=wide, linewidth=0, label=said + NINE_IN_TEN)
    axes.fill_between(band.days, low_50, band.high_50, color=colour, alpha=narrow, linewidth=0, label=said + HALF)
    median = [max(value, least) for value in band.median]
    axes.plot(band.days, median, color=colour, linewidth=1.6, label=said + MIDDLE.partition(":")[0])


def _results(axes: Any, found: FollowUp) -> None:
    """Results as dots; set-aside ones as open crosses, those below detection as arrows."""
    verdicts = {one.day: one.verdict for one in found.fit.points if one.what == "platelets"} if found.fit else {}
    for aside, below, marker, label in (
        (False, False, "o", "result"),
        (False, True, "v", "result: less than this"),
        (True, False, "x", "result set aside"),
    ):
        seen = [
            one
            for one in (found.history.baseline, *found.history.counts())
            if (verdicts.get(one.day) == "set aside") is aside and one.below is below
        ]
        if seen:
            values = [max(one.value, _LEAST) for one in seen]
            axes.plot([one.day for one in seen], values, marker, color=INK, markersize=6, zorder=6, label=label)


def _marks(axes: Any, found: FollowUp) -> None:
    """Infusions under the axis, today as a line, the next count as a diamond."""
    assert found.outlook is not None
    doses = [found.history.day(infusion.at) for infusion in found.history.infused]
    under = axes.get_xaxis_transform()
    axes.plot(doses, [0.03] * len(doses), "^", transform=under, color=ORANGE, clip_on=False, zorder=6, label="infusion")
    axes.axvline(found.history.today, color=INK, linewidth=0.8, linestyle=(0, (1, 2)), label="today")
    if found.outlook.best_next is not None:
        day = found.outlook.best_next.day
        axes.plot(
            [day], [0.03], "D", transform=under, color=BLUE, clip_on=False, zorder=6, label="most telling next count"
        )


def _course_in_words(found: FollowUp) -> str:
    assert found.outlook is not None
    results = "; ".join(f"{typeset(one.written)} on day {one.day:.1f}" for one in found.history.counts()) or "none"
    band, week = found.outlook.posterior, []
    for later in (7, 14):
        at = min(range(len(band.days)), key=lambda i: abs(band.days[i] - found.history.today - later))
        on = found.first_infusion + timedelta(days=band.days[at])
        week.append(
            f"on {a_day(on.date())} a count of {count(band.median[at])} is expected, nine in ten between "
            f"{count(band.low_90[at])} and {count(band.high_90[at])}"
        )
    return f"Results: {results}. If nothing more is given, {', and '.join(week)}. Grey: before the results."
