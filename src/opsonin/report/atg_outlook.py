"""How do we show what an ATG course might do? A table, a figure, a file and JSON, each carrying the stamp."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opsonin.report.extras import need

if TYPE_CHECKING:
    from opsonin.planning.atg_outlook import AtgBand, AtgOutlook
    from opsonin.planning.atg_targets import Attained

NAMES = {
    "total_ug_per_ml": "total ATG",
    "active_au_per_ml": "active ATG",
    "cd4": "CD4 T cells",
    "cd8": "CD8 T cells (NK alike)",
    "t_cells": "T cells (CD3)",
    "lymphocytes": "lymphocytes",
}
EXPOSURES = {
    "auc-total": "area under active ATG, whole course, AU·d/mL",
    "auc-pre": "area under active ATG before the graft, AU·d/mL",
    "auc-post": "area under active ATG after the graft, AU·d/mL",
    "concentration-at-graft": "total ATG at the graft, µg/mL",
}
_ROWS = 12  # times shown in a terminal
_QUANTILES = ("median", "low_50", "high_50", "low_90", "high_90")


def outlook_to_dict(outlook: AtgOutlook, reached: Sequence[Attained]) -> dict[str, Any]:
    """The outlook as JSON: the stamp first, every band with its unit and assay."""
    return {
        "stamp": outlook.stamp,
        "source": outlook.source,
        "product": outlook.product,
        "setting": outlook.setting,
        "assays": dict(outlook.assays),
        "virtual_people": outlook.virtual_people,
        "seed": outlook.seed,
        "graft_day": outlook.graft_day,
        "levels": {name: _band_to_dict(each) for name, each in outlook.levels.items()},
        "counts": {name: _band_to_dict(each) for name, each in outlook.counts.items()},
        "exposures": {name: vars(each) for name, each in outlook.exposures.items()},
        "targets": [vars(each) for each in reached],
        "withheld": [vars(each) for each in outlook.withheld],
        "notes": list(outlook.notes),
        "facts": list(outlook.fact_ids),
    }


def print_outlook(outlook: AtgOutlook, reached: Sequence[Attained], *, title: str) -> None:
    """A table of medians with the central nine tenths, exposures, and everything withheld."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=max(110, Console().width), markup=False, emoji=False, highlight=False)
    console.print(outlook.stamp, style="bold red")
    console.print(f"{title}: {outlook.product}, {outlook.setting}; {outlook.source}.")
    bands = shown_bands(outlook)
    if bands:
        about = f"median (90 %) of {outlook.virtual_people} virtual people, seed {outlook.seed}"
        table = Table(title=about, title_justify="left", box=None, pad_edge=False)
        table.add_column("day", justify="right")
        for name, each in bands.items():
            table.add_column(heading(name, each), justify="right")
        for row in _some(len(next(iter(bands.values())).band.days)):
            day = next(iter(bands.values())).band.days[row]
            table.add_row(f"{day:g}", *(cell(each, row) for each in bands.values()))
        console.print(table)
    for name, spread in outlook.exposures.items():
        console.print(f"{EXPOSURES[name]}: {spread.median:.3g} (90 % {spread.low:.3g} to {spread.high:.3g})")
    for line in _about_targets(outlook, reached):
        console.print(line)
    for missing in outlook.withheld:
        console.print(f"Withheld: {missing.what}: {missing.why}.", style="bold")
    for note in outlook.notes:
        console.print(f"Note: {note}", style="dim")


def shown_bands(outlook: AtgOutlook) -> dict[str, AtgBand]:
    """Levels and counts in the order of the page; a count in cells where one was known, else as a fraction."""
    counts = {name: each for name, each in outlook.counts.items() if f"{name}_per_ul" not in outlook.counts}
    return {**outlook.levels, **counts}


def write_outlooks(outlooks: Mapping[str, AtgOutlook], folder: Path) -> list[Path]:
    """Write courses.csv (one row per ID, output and day) and courses-ID.svg; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "courses.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "OUTPUT", "UNIT", "ASSAY", "TIME", *_QUANTILES, "STATUS"])
        for id, outlook in outlooks.items():
            writer.writerows([id, *row, outlook.stamp] for row in _rows(outlook))
    figures = [draw_outlook(each, folder / f"courses-{id}.svg") for id, each in outlooks.items() if each.levels]
    return [table, *figures]


def draw_outlook(outlook: AtgOutlook, path: Path) -> Path:
    """Write the figure of an outlook as SVG; the path written."""
    path.write_text(outlook_svg(outlook), encoding="utf-8")
    return path


def outlook_svg(outlook: AtgOutlook) -> str:
    """One panel per output, the stamp over all of them, as SVG text; the same text every time.

    Nothing is drawn of an outlook without levels: its `withheld` says why there are none.
    """
    matplotlib = need("matplotlib")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    bands = {**outlook.levels, **{name: each for name, each in outlook.counts.items() if name in NAMES}}
    across = 2 if len(bands) > 1 else 1
    down = -(-len(bands) // across)
    figure = Figure(figsize=(4.8 * across, 2.3 * down + 0.9), layout="constrained")
    FigureCanvasSVG(figure)
    for place, (name, each) in enumerate(bands.items(), start=1):
        axes, days = figure.add_subplot(down, across, place), each.band.days
        axes.fill_between(days, each.band.low_90, each.band.high_90, color="#dceaf6", label="90 % of people")
        axes.fill_between(days, each.band.low_50, each.band.high_50, color="#b3d1ea", label="half of people")
        axes.plot(days, each.band.median, color="#0b5394", label="median")
        if outlook.graft_day is not None:
            axes.axvline(outlook.graft_day, color="#6b7580", linestyle=":", label="graft")
        axes.set_title(f"{NAMES[name]}, {each.unit}" + (f" (assay: {each.assay})" if each.assay else ""), fontsize=9)
        axes.set_xlabel("days from the first infusion", fontsize=8)
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
        if place == 1:
            axes.legend(frameon=False, fontsize=8, loc="upper right")
    figure.suptitle("\n".join(textwrap.wrap(outlook.stamp, 55 * across)), fontsize=9, color="#b3261e", weight="bold")
    text = StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "opsonin", "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": "opsonin"})
    return text.getvalue()


def _about_targets(outlook: AtgOutlook, reached: Sequence[Attained]) -> Iterator[str]:
    for each in reached:
        below, above = 100 * each.share_below, 100 * each.share_above
        yield f"Target {each.target}: {100 * each.share:.0f} % within, {below:.0f} % below, {above:.0f} % above."
        yield f"  {each.says} {each.note}"
    if outlook.exposures and not reached:
        yield "Compared with no exposure target: they differ by setting, and none is a default. Name one with --target."


def _band_to_dict(each: AtgBand) -> dict[str, Any]:
    return {**{name: list(values) for name, values in vars(each.band).items()}, "unit": each.unit, "assay": each.assay}


def _rows(outlook: AtgOutlook) -> Iterator[list[Any]]:
    for name, each in {**outlook.levels, **outlook.counts}.items():
        lines = [getattr(each.band, quantile) for quantile in _QUANTILES]
        for day, *values in zip(each.band.days, *lines, strict=True):
            yield [name, each.unit, each.assay, repr(day), *map(repr, values)]


def heading(name: str, each: AtgBand) -> str:
    """What a column shows, and its unit."""
    words = NAMES.get(name.removesuffix("_per_ul"), name)
    return f"{words},\n{each.unit}"


def cell(each: AtgBand, row: int) -> str:
    """The median with the central nine tenths at one time."""
    median, low, high = (figures_of(line[row]) for line in (each.band.median, each.band.low_90, each.band.high_90))
    return f"{median} ({low}–{high})"


def figures_of(value: float) -> str:
    """Two or three figures; what is next to nothing says so.

    >>> figures_of(157.7), figures_of(4.763), figures_of(0.0123), figures_of(1e-9), figures_of(0.0)
    ('158', '4.8', '0.012', '<0.01', '0')
    """
    if 0 < value < 0.01:
        return "<0.01"
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"


def _some(count: int) -> list[int]:
    return sorted({round(i * (count - 1) / max(_ROWS - 1, 1)) for i in range(_ROWS)})
