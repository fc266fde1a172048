"""What does a trial look like, and how near was the model? SVG figures; matplotlib is loaded only when one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from opsonin.population import bands
from opsonin.response.clocks import highest_rise
from opsonin.response.series import first_reaching, next_fall
from opsonin.trial.extras import need
from opsonin.trial.rows import Row
from opsonin.trial.run import ArmOutcome, Outcome
from opsonin.trial.survival import kaplan_meier
from opsonin.trial.validate import Validation

# Okabe and Ito's palette: told apart with any colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK, GREY = "#1f2933", "#6b7580"
TITLE_WIDTH = 42  # letters over one panel
RESPONSE = 50.0  # 10⁹/L, the threshold of the time-to-response figures
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "opsonin",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_trial_figures(outcome: Outcome, folder: Path) -> list[Path]:
    """Write counts.svg, survival.svg and waterfall.svg; the files written."""
    drawings: dict[str, tuple[Callable[[Any], None], tuple[float, float]]] = {
        "counts": (partial(_counts, outcome=outcome), (4.2 * len(outcome.arms), 3.4)),
        "survival": (partial(_survival, outcome=outcome), (8.4, 3.4)),
        "waterfall": (partial(_waterfall, outcome=outcome), (4.2 * len(outcome.arms), 3.4)),
    }
    return [write_svg(folder / f"{name}.svg", size, draw) for name, (draw, size) in drawings.items()]


def write_forest(found: Validation, folder: Path) -> list[Path]:
    """Write one forest figure per split: forest-SPLIT.svg; the files written."""
    written = []
    for split in dict.fromkeys(row.split for row in found.rows):
        rows = [row for row in found.rows if row.split == split]
        height = 1.2 + 0.24 * len(rows)
        written.append(write_svg(folder / f"forest-{split}.svg", (9.6, height), partial(_forest, rows=rows)))
    return written


def write_svg(path: Path, size: tuple[float, float], draw: Callable[[Any], None]) -> Path:
    """Draw into one SVG file of this size (inches), the same bytes every time; its path."""
    matplotlib, figures = need("matplotlib"), need("matplotlib.figure")
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure(figsize=size, layout="constrained")
        draw(figure)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": "opsonin"})
    return path


def _panels(figure: Any, arms: Sequence[ArmOutcome]) -> list[Any]:
    axes = list(figure.subplots(1, len(arms), sharey=True, squeeze=False)[0])
    for panel, arm in zip(axes, arms, strict=True):
        panel.set_title(fill(arm.arm.says, TITLE_WIDTH), fontsize=9)
    return axes


def _counts(figure: Any, outcome: Outcome) -> None:
    axes = _panels(figure, outcome.arms)
    for panel, arm, colour in zip(axes, outcome.arms, _colours(len(axes)), strict=True):
        band = bands(arm.seen.counts)
        panel.fill_between(
            arm.seen.days, band.low_90, band.high_90, color=colour, alpha=0.15, linewidth=0, label="nine in ten"
        )
        panel.fill_between(arm.seen.days, band.low_50, band.high_50, color=colour, alpha=0.3, linewidth=0, label="half")
        panel.plot(arm.seen.days, band.median, color=colour, label="median")
        panel.axhline(RESPONSE, color=GREY, linewidth=0.7, linestyle=(0, (4, 3)))
        panel.set_xlabel("days since the first infusion began")
        panel.legend(frameon=False)
    axes[0].set_ylabel("reported platelets, 10⁹/L")


def _survival(figure: Any, outcome: Outcome) -> None:
    reach, lose = figure.subplots(1, 2, sharey=True)
    for arm, colour in zip(outcome.arms, _colours(len(outcome.arms)), strict=True):
        last = float(arm.seen.days[-1])
        reached_on = first_reaching(arm.seen.counts, arm.seen.days, threshold=RESPONSE)
        fell_on = next_fall(arm.seen.counts, arm.seen.days, threshold=RESPONSE, confirmed_by=1)
        _stairs(reach, np.minimum(reached_on, last), np.isfinite(reached_on), last, colour, arm.arm.id)
        who = np.isfinite(reached_on)
        held = np.minimum(fell_on, last)[who] - reached_on[who]
        if who.any():
            _stairs(lose, held, np.isfinite(fell_on[who]), float(held.max()), colour, arm.arm.id)
    reach.set_xlabel("days to 50 or more")
    reach.set_ylabel("share without the event")
    lose.set_xlabel("days from 50 or more to the first count below, responders")
    reach.set_ylim(0, 1.02)
    reach.legend(frameon=False)


def _stairs(axes: Any, when: Any, happened: Any, last: float, colour: str, label: str) -> None:
    days, share = kaplan_meier(when, happened=happened)
    axes.step([*days, last], [*share, share[-1]], where="post", color=colour, label=label)


def _waterfall(figure: Any, outcome: Outcome) -> None:
    axes = _panels(figure, outcome.arms)
    for panel, arm, colour in zip(axes, outcome.arms, _colours(len(axes)), strict=True):
        rise = np.sort(highest_rise(arm.seen.counts, arm.seen.days, baseline=arm.seen.baseline))[::-1]
        panel.fill_between(np.linspace(0, 100, rise.size), rise, color=colour, linewidth=0, step="mid")
        panel.axhline(0, color=INK, linewidth=0.7)
        panel.set_xlabel("per cent of people, best first")
    axes[0].set_ylabel("best change of the count, 10⁹/L")


def _colours(count: int) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(count)]


def _forest(figure: Any, *, rows: Sequence[Row]) -> None:
    """Observed and predicted of every endpoint, each kind on its own axis of relative position."""
    kinds = [kind for kind in ("rate", "time", "duration", "count", "level") if any(r.kind == kind for r in rows)]
    heights = [sum(r.kind == kind for r in rows) for kind in kinds]
    panels = figure.subplots(len(kinds), 1, squeeze=False, height_ratios=heights)[:, 0]
    for panel, kind in zip(panels, kinds, strict=True):
        mine = [row for row in rows if row.kind == kind]
        for place, row in enumerate(mine):
            _forest_line(panel, place, row)
        panel.set_yticks(range(len(mine)), [f"{row.trial}/{row.arm}: {row.endpoint}" for row in mine], fontsize=6.5)
        panel.set_ylim(len(mine) - 0.4, -0.6)
        panel.set_xlabel(f"{mine[0].unit} (line: 95 % predictive, point: published)")


def _forest_line(panel: Any, place: int, row: Row) -> None:
    low, high = (min(end, row.horizon_days) if row.kind in ("time", "duration") else end for end in (row.low, row.high))
    panel.plot([low, high], [place, place], color=COLOURS[0], linewidth=4, alpha=0.35, solid_capstyle="butt")
    middle = min(row.predicted, row.horizon_days) if row.kind in ("time", "duration") else row.predicted
    panel.plot([middle], [place], marker="|", color=COLOURS[0], markersize=8)
    colour = INK if row.inside else COLOURS[1]
    if row.observed_low is not None and row.observed_high is not None:
        panel.plot([row.observed_low, row.observed_high], [place, place], color=colour, linewidth=0.8)
    panel.plot([row.observed], [place], marker="o" if row.inside else "X", color=colour, markersize=4)
