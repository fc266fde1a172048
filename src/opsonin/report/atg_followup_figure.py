"""What do the courses of a follow-up of antithymocyte globulin look like? One figure for each count and level."""

from __future__ import annotations

from opsonin.report.atg_followup_words import named, titled
from opsonin.report.atg_outlook import figures_of
from opsonin.report.figures import GREY, INK, ORANGE, Figure, _sheet
from opsonin.report.followup_figure import draw_bands
from opsonin.report.wording import typeset
from opsonin.update import AtgFollowUp
from opsonin.update.atg_answer import AtgCourse


def course_figures(found: AtgFollowUp) -> tuple[Figure, ...]:
    """Prior band grey, posterior band coloured, results, infusions and today; "exploratory" stands in every figure."""
    return tuple(_figure(found, course) for course in found.courses)


def _figure(found: AtgFollowUp, course: AtgCourse) -> Figure:
    title, seen = f"Exploratory: {titled(course)}", found.history
    results = [one for one in (*seen.before.values(), *seen.observed) if one.what == course.what]
    aside = {point.day for point in found.fit.points if point.what == course.what and point.verdict == "set aside"}
    with _sheet(f"atg-{course.what}", (7.4, 3.4)) as sheet:
        axes = sheet.axes
        draw_bands(axes, course.prior, course.posterior, least=0.0)
        for is_aside, marker, label in ((False, "o", "result"), (True, "x", "result set aside")):
            shown = [one for one in results if (one.day in aside) is is_aside]
            if shown:
                days, values = [one.day for one in shown], [one.value for one in shown]
                axes.plot(days, values, marker, color=INK, markersize=6, zorder=6, clip_on=False, label=label)
        under = axes.get_xaxis_transform()
        starts = [dose.start_day for dose in seen.doses]
        axes.plot(starts, [0.03] * len(starts), "^", transform=under, color=ORANGE, clip_on=False, label="infusion")
        axes.axvline(seen.today, color=INK, linewidth=0.8, linestyle=(0, (1, 2)), label="today")
        axes.text(0.99, 0.96, "EXPLORATORY", transform=axes.transAxes, ha="right", va="top", color=GREY)
        axes.set_ylim(0, max(*course.prior.high_90, *course.posterior.high_90, *(one.value for one in results)) * 1.08)
        axes.set_xlim(min([-0.5, *(one.day - 0.3 for one in results)]), course.posterior.days[-1])
        axes.set_xlabel("days after the first infusion began")
        axes.set_ylabel(f"{named(course.what)}, {course.unit}")
        sheet.legend()
    said = "; ".join(f"{typeset(one.written)} on day {one.day:.1f}" for one in results) or "none"
    band, last = course.posterior, -1
    alt = (
        f"Results: {said}. With them {figures_of(band.median[last])} is expected on day {band.days[last]:g}, nine in "
        f"ten between {figures_of(band.low_90[last])} and {figures_of(band.high_90[last])}. Grey: before the results."
    )
    return Figure(f"figure-atg-{course.what}", title, sheet.svg(title, alt), alt)
