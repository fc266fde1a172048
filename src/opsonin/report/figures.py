"""What does the forecast look like? SVG figures with their alternative text: the same plan gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from io import StringIO
from itertools import pairwise
from typing import Any

from opsonin.planning.plan import Band, Candidate, Forecast, Plan
from opsonin.quantities import show
from opsonin.report.extras import need
from opsonin.report.outlook import igg_in_words, platelets_in_words
from opsonin.report.wording import a_day, course, hours_and_minutes, percent

# Okabe and Ito's palette: told apart with any colour vision, and by lightness in grey print.
BLUE, ORANGE, GREEN, INK, GREY = "#0072B2", "#D55E00", "#009E73", "#1f2933", "#6b7580"
HALF, NINE_IN_TEN, MIDDLE = (
    "where half of people may lie",
    "where nine in ten people may lie",
    "median: half of people above, half below",
)
THRESHOLDS = (30, 50, 100)
_MOST_ROWS = 20
_TICKS = (1, 2, 5, 10, 20, 30, 50, 100, 200, 400, 800)
_STYLE: Mapping[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
    "path.simplify": False,
}


@dataclass(frozen=True)
class Figure:
    """A figure for the page: its id, its SVG, what it shows, and the same in words for who cannot see it."""

    id: str
    title: str
    svg: str
    alt: str


def figures(plan: Plan, ladder_classes: Sequence[Decimal]) -> tuple[Figure, ...]:
    """The figures this plan has: the first-ranked candidate's forecasts, and the candidates side by side."""
    drawn: list[Figure] = []
    first = plan.first
    if first is not None and isinstance(first.forecast, Forecast):
        drawn += [platelets_figure(plan, first, first.forecast), igg_figure(plan, first, first.forecast)]
    forecast = [c for c in plan.candidates if isinstance(c.forecast, Forecast) and c.rank is not None]
    if len(forecast) > 1:
        drawn.append(comparison_figure(forecast, ladder_classes))
    return tuple(drawn)


def platelets_figure(plan: Plan, candidate: Candidate, forecast: Forecast) -> Figure:
    """Platelets over the horizon on a doubling scale, where 30, 50 and 100 are as easy to read as the peak."""
    title = f"Platelet forecast: {course(candidate.regimen)}"
    band = forecast.platelets
    with _sheet("platelets", (7.4, 4.0)) as sheet:
        axes = sheet.axes
        axes.set_yscale("log")
        _draw_band(axes, band, BLUE)
        low, high = max(1.0, min(band.low_90) * 0.8), max(*band.high_90, 130.0) * 1.15
        axes.set_ylim(low, high)
        ticks = [tick for tick in _TICKS if low <= tick <= high]
        axes.set_yticks(ticks, [str(tick) for tick in ticks])
        axes.yaxis.set_minor_locator(sheet.no_ticks())
        for threshold in THRESHOLDS:
            axes.axhline(threshold, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        _mark_baseline(axes, plan, "platelets", "last count before treatment")
        _mark_infusions(axes, candidate)
        goal = _goal(plan, forecast.horizon_days)
        if goal is not None:
            axes.plot(
                *goal,
                marker="D",
                color=ORANGE,
                markersize=8,
                markeredgecolor="white",
                zorder=6,
                linestyle="none",
                label=_goal_words(plan),
            )
        _days_axis(axes, forecast.horizon_days)
        axes.set_ylabel("platelets, ×10⁹ per litre (doubling scale)")
        sheet.legend()
    alt = f"{platelets_in_words(forecast)} {_infusions_in_words(candidate)}{_goal_sentence(plan, forecast)}"
    return Figure("figure-platelets", title, sheet.svg(title, alt), alt)


def igg_figure(plan: Plan, candidate: Candidate, forecast: Forecast) -> Figure:
    """Total serum IgG over the horizon."""
    title = f"Serum IgG forecast: {course(candidate.regimen)}"
    band = forecast.igg
    with _sheet("igg", (7.4, 3.0)) as sheet:
        axes = sheet.axes
        _draw_band(axes, band, GREEN)
        high = max(band.high_90) * 1.08
        axes.set_ylim(0, high)
        _mark_baseline(axes, plan, "igg", "last IgG before treatment")
        _mark_infusions(axes, candidate)
        _days_axis(axes, forecast.horizon_days)
        axes.set_ylabel("serum IgG, g per litre")
        sheet.legend()
    alt = f"{igg_in_words(forecast)} {_infusions_in_words(candidate)}"
    return Figure("figure-igg", title, sheet.svg(title, alt), alt)


def comparison_figure(candidates: Sequence[Candidate], classes: Sequence[Decimal]) -> Figure:
    """Each candidate's probability of the goal as a dot on the classes the ranking compares, with its hours."""
    title = "Candidates side by side: probability of the goal, and hours at the bedside"
    rows = list(candidates)[:_MOST_ROWS]
    shares = [100 * c.forecast.goal_probability for c in rows if isinstance(c.forecast, Forecast)]
    with _sheet("comparison", (7.4, 1.2 + 0.34 * len(rows))) as sheet:
        axes = sheet.axes
        edges = sorted({0.0, 100.0, *(100 * float(bound) for bound in classes)})
        for number, (left, right) in enumerate(pairwise(edges)):
            axes.axvspan(left, right, color=BLUE, alpha=0.10 if number % 2 else 0.03, linewidth=0, zorder=0)
        positions = range(len(rows))
        axes.hlines(positions, 0, shares, color=GREY, linewidth=0.8, zorder=1)
        axes.plot(shares, positions, "o", color=BLUE, markersize=8, zorder=3)
        for position, candidate in zip(positions, rows, strict=True):
            axes.text(102, position, _minutes_words(candidate), va="center", ha="left")
        axes.text(102, -0.9, "hours at the bedside", va="center", ha="left", color=GREY)
        axes.set_yticks(positions, [f"{course(c.regimen)}  ({c.rank})" for c in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.set_xlabel("probability of the goal, per cent")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    alt = (
        f"{len(rows)} of {len(candidates)} candidates in rank order, from {_compared_in_words(rows[0])} to "
        f"{_compared_in_words(rows[-1])}. The shading shows the classes of probability that the ranking compares. "
        "Every number is in the table."
    )
    return Figure("figure-comparison", title, sheet.svg(title, alt), alt)


def _draw_band(axes: Any, band: Band, colour: str) -> None:
    axes.fill_between(band.days, band.low_90, band.high_90, color=colour, alpha=0.16, linewidth=0, label=NINE_IN_TEN)
    axes.fill_between(band.days, band.low_50, band.high_50, color=colour, alpha=0.36, linewidth=0, label=HALF)
    axes.plot(band.days, band.median, color=colour, linewidth=2.2, label=MIDDLE)


def _mark_baseline(axes: Any, plan: Plan, what: str, label: str) -> None:
    """The person's own last measurement, where there is one."""
    measured = plan.patient.latest(what)
    if measured is None:
        return
    axes.plot(
        0,
        float(measured.value),
        marker="o",
        color=INK,
        markersize=6,
        zorder=5,
        clip_on=False,
        linestyle="none",
        label=label,
    )


def _mark_infusions(axes: Any, candidate: Candidate) -> None:
    """A small triangle under the axis for every infusion day."""
    axes.plot(
        _infusion_days(candidate),
        [0.03] * len(candidate.regimen.infusions),
        transform=axes.get_xaxis_transform(),
        marker="^",
        color=ORANGE,
        markersize=7,
        linestyle="none",
        clip_on=False,
        zorder=6,
        label="infusion",
    )


def _infusion_days(candidate: Candidate) -> list[int]:
    """Days after the first infusion on which each infusion starts."""
    return [infusion.dose.day - 1 for infusion in candidate.regimen.infusions]


def _days_axis(axes: Any, horizon: int) -> None:
    axes.set_xlim(-0.4, horizon)
    axes.set_xticks(range(0, horizon + 1, 7 if horizon > 14 else 2))
    axes.set_xticks(range(horizon + 1), minor=True)
    axes.set_xlabel("days after the first infusion starts")


def _goal(plan: Plan, horizon: int) -> tuple[float, float] | None:
    """Where the goal lies: its day after the start, its count; None when it is undated or lies beyond the figure."""
    if plan.goal.by is None or plan.goal.count_10e9_per_l is None:
        return None
    day = (plan.goal.by - first_day(plan)).days
    return (float(day), float(plan.goal.count_10e9_per_l)) if 0 <= day <= horizon else None


def first_day(plan: Plan) -> date:
    """The planned day of the first infusion; the day of the plan when none was given."""
    start = plan.circumstances.start
    return start.date() if start is not None else plan.circumstances.as_of


def _goal_words(plan: Plan) -> str:
    by = f" by {a_day(plan.goal.by)}" if plan.goal.by else ""
    return f"goal: {show(plan.goal.count_10e9_per_l or Decimal(0))}{by}"


def _goal_sentence(plan: Plan, forecast: Forecast) -> str:
    return f" The {_goal_words(plan)} is marked." if _goal(plan, forecast.horizon_days) else ""


def _infusions_in_words(candidate: Candidate) -> str:
    days = ", ".join(str(day) for day in _infusion_days(candidate))
    return f"Infusions are marked on day {days}."


def _minutes_words(candidate: Candidate) -> str:
    return hours_and_minutes(sum((i.ladder.minutes for i in candidate.regimen.infusions), Decimal(0)))


def _compared_in_words(candidate: Candidate) -> str:
    share = percent(candidate.forecast.goal_probability) if isinstance(candidate.forecast, Forecast) else "no forecast"
    return f"{course(candidate.regimen)} ({share}, {_minutes_words(candidate)}, rank {candidate.rank})"


class _Sheet:
    """One pair of axes on a figure of its own, off any global state, and the SVG of it."""

    def __init__(self, name: str, size: tuple[float, float]) -> None:
        self.name = name
        self._figure = need("matplotlib.figure").Figure(figsize=size, layout="constrained")
        need("matplotlib.backends.backend_svg").FigureCanvasSVG(self._figure)
        self.axes = self._figure.add_subplot()
        self._text = ""

    @staticmethod
    def no_ticks() -> Any:
        return need("matplotlib.ticker").NullLocator()

    def legend(self) -> None:
        self._figure.legend(loc="outside upper left", ncols=2, fontsize=9, handlelength=1.6, columnspacing=1.4)

    def draw(self) -> None:
        text = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        self._figure.savefig(text, format="svg", metadata=nothing, transparent=True)
        self._text = text.getvalue()

    def svg(self, title: str, alt: str) -> str:
        return for_the_page(self._text, self.name, title, alt)


@contextmanager
def _sheet(name: str, size: tuple[float, float]) -> Iterator[_Sheet]:
    """A sheet to draw on; drawn to SVG at the end, under our style and with Matplotlib's own settings put back."""
    matplotlib = need("matplotlib")
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": f"opsonin-{name}"}):
        sheet = _Sheet(name, size)
        yield sheet
        sheet.draw()


def for_the_page(svg: str, name: str, title: str, alt: str) -> str:
    """The SVG element alone: ids of its own, no addresses, scaling with the page, with title and description."""
    name = f"drawing-{name}"
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\s(?:xmlns(?::\w+)?|version)="[^"]*"', "", svg)
    svg = svg.replace("xlink:href", "href")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = svg.replace('href="#', f'href="#{name}-').replace("url(#", f"url(#{name}-")
    svg = re.sub(r'(<svg\b[^>]*?)\swidth="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg\b[^>]*?)\sheight="[^"]*"', r"\1", svg, count=1)
    label = f' role="img" aria-labelledby="{name}-title"'
    words = f'<title id="{name}-title">{escape(title)}</title>\n<desc id="{name}-desc">{escape(alt)}</desc>'
    head, _, rest = svg.partition(">")
    return f"{head}{label}>\n{words}{rest}".strip()
