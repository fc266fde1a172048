"""Courses of many individuals, as people look at them: quantiles in a table, bands in a figure, all of it in a file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opsonin.report.extras import need

if TYPE_CHECKING:
    from opsonin.simulate import Courses

QUANTILES = (0.05, 0.5, 0.95)
_ROWS = 12  # times shown in a terminal


def quantiles(courses: Courses) -> dict[str, Any]:
    """For every output: times, and the 5th, 50th and 95th percentile over the individuals that were finished."""
    import numpy as np

    stored = {name: values for name, values in courses.values.items() if values.ndim == 2}
    return {
        "model": courses.model,
        "individuals": courses.n,
        "not_finished": len(courses.failed),
        "time": np.asarray(courses.times).tolist(),
        "outputs": {
            name: {f"p{round(q * 100)}": np.nanquantile(values, q, axis=0).tolist() for q in QUANTILES}
            for name, values in stored.items()
        },
    }


def print_courses(courses: Courses, *, time_unit: str) -> None:
    """A table of medians with 5th to 95th percentile at some dozen times."""
    from rich.console import Console
    from rich.table import Table

    found = quantiles(courses)
    table = Table(title=f"{found['model']}: median (5th to 95th percentile) of {found['individuals']} individuals")
    table.add_column(f"time, {time_unit}", justify="right")
    for name in found["outputs"]:
        unit = courses.units.get(name, "")
        table.add_column(f"{name}, {unit}" if unit else name, justify="right")
    count = len(found["time"])
    for row in sorted({round(i * (count - 1) / max(_ROWS - 1, 1)) for i in range(_ROWS)}):
        cells = (f"{o['p50'][row]:.4g} ({o['p5'][row]:.4g} to {o['p95'][row]:.4g})" for o in found["outputs"].values())
        table.add_row(f"{found['time'][row]:g}", *cells)
    Console(width=max(100, Console().width)).print(table)


def write_courses(courses: Courses, folder: Path, *, ids: list[str]) -> None:
    """Write courses.csv (ID, TIME and every output) and courses.svg (bands over individuals)."""
    folder.mkdir(parents=True, exist_ok=True)
    long = courses.table()
    names = [name for name in long if name not in ("id", "time")]
    with (folder / "courses.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "TIME", *names])
        for row in zip(long["id"], long["time"], *(long[name] for name in names), strict=True):
            writer.writerow([ids[int(row[0])], *(repr(float(value)) for value in row[1:])])
    _draw(quantiles(courses), courses.units, folder / "courses.svg")


def _draw(found: dict[str, Any], units: Any, path: Path) -> None:
    need("matplotlib")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    names = list(found["outputs"])
    figure = Figure(figsize=(7.4, 2.6 * len(names)), layout="constrained")
    FigureCanvasSVG(figure)
    for row, name in enumerate(names, start=1):
        axes, band = figure.add_subplot(len(names), 1, row), found["outputs"][name]
        axes.fill_between(found["time"], band["p5"], band["p95"], color="#c5dcef", label="5th to 95th percentile")
        axes.plot(found["time"], band["p50"], color="#0b5394", label="median")
        axes.set_ylabel(f"{name}\n{units.get(name, '')}".strip())
        axes.set_xlabel("time")
        if row == 1:
            axes.legend(frameon=False, loc="upper right")
    figure.savefig(path, format="svg", metadata={"Date": None})
