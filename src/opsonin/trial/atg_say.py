"""How do we print the checks of the ATG models? A table with the misses in capitals, JSON, and one figure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from opsonin.knowledge import Knowledge
from opsonin.trial.atg_validate import AtgValidation, CheckRow
from opsonin.trial.figures import COLOURS, GREY, INK, write_svg
from opsonin.trial.say import plain

PART_TITLES = {
    "total": "Total rabbit IgG",
    "active": "Active ATG",
    "T cells": "T cells, kidney recipients",
    "horse": "Horse IgG",
}
CHECK_HEAD = (
    "check",
    "product",
    "used in the fit",
    "published",
    "agrees between",
    "predicted",
    "90 % of people",
    "agrees",
)


def check_cells(row: CheckRow) -> tuple[str, ...]:
    """One line of the table."""
    return (
        row.says,
        row.product,
        "yes" if row.used == "fit" else "no: free",
        row.published.removesuffix(".0"),
        bounds_in_words(row),
        _number(row.predicted),
        "–"
        if row.people_low is None or row.people_high is None
        else f"{_number(row.people_low)} to {_number(row.people_high)}",
        "yes" if row.agrees else "NO",
    )


def bounds_in_words(row: CheckRow) -> str:
    """'191 to 217 (SD)', 'below 0.3 (bound as printed)'."""
    if row.low is not None and row.high is not None:
        span = f"{_number(row.low)} to {_number(row.high)}"
    else:
        span = f"from {_number(row.low)} on" if row.low is not None else f"up to {_number(row.high or 0.0)}"
    return f"{span} ({row.bounds_are})"


def verdict(found: AtgValidation) -> list[str]:
    """What the table comes to, in plain words."""
    free = found.count(used="free", agrees=True) + found.count(used="free", agrees=False)
    fit = found.count(used="fit", agrees=True) + found.count(used="fit", agrees=False)
    return [
        f"Free checks: {found.count(used='free', agrees=True)} of {free} agree.",
        (
            f"Numbers used to derive the parameters: {found.count(used='fit', agrees=True)} of {fit} are reproduced; "
            "that proves nothing."
        ),
        found.stamp + ".",
    ]


def validation_to_dict(found: AtgValidation, knowledge: Knowledge) -> dict[str, Any]:
    """The checks as JSON, with the works they rest on."""
    return {
        "schema": "opsonin-atg-validation/1",
        "stamp": found.stamp,
        "parameters": list(found.sources),
        "knowledge": found.knowledge_version,
        "people": found.people,
        "seed": found.seed,
        "rows": [{**vars(row), "ratio": row.ratio} for row in found.rows],
        "agreeing": {
            used: {"yes": found.count(used=used, agrees=True), "no": found.count(used=used, agrees=False)}
            for used in ("fit", "free")
        },
        "not_compared": [each.model_dump() for each in found.not_compared],
        "sources": {row.source: knowledge.sources[row.source].reference() for row in found.rows},
    }


def write_check_figure(found: AtgValidation, folder: Path) -> Path:
    """Write atg-checks.svg: predicted over published for every check with a number, misses told apart."""
    rows = [row for row in found.rows if row.ratio is not None]
    return write_svg(
        folder / "atg-checks.svg", (9.6, 1.7 + 0.24 * len(rows)), partial(_draw, rows=rows, stamp=found.stamp)
    )


def _draw(figure: Any, rows: list[CheckRow], stamp: str) -> None:
    axes = figure.add_subplot()
    places = range(len(rows), 0, -1)
    for place, row in zip(places, rows, strict=True):
        value = float(row.published)
        ends = [end / value for end in (row.low, row.high) if end]
        if len(ends) == 2:
            axes.plot(ends, [place, place], color=GREY, linewidth=4, alpha=0.35, solid_capstyle="butt")
        colour, shape = (COLOURS[0], "o") if row.agrees else (COLOURS[1], "X")
        face = colour if row.used == "free" else "white"
        axes.plot([row.ratio], [place], shape, color=colour, markerfacecolor=face, markersize=7)
    axes.axvline(1, color=INK, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xticks([0.1, 0.25, 0.5, 1, 2, 4, 10, 30], labels=["0.1", "0.25", "0.5", "1", "2", "4", "10", "30"])
    axes.minorticks_off()
    axes.set_yticks(list(places), labels=[f"{row.part}: {row.says}" for row in rows])
    axes.set_ylim(0.3, len(rows) + 0.7)
    axes.set_xlabel("predicted ÷ published (1: equal)")
    marks = [
        axes.plot([], [], "o", color=COLOURS[0], label="agrees, free")[0],
        axes.plot([], [], "o", color=COLOURS[0], markerfacecolor="white", label="agrees, used in the fit")[0],
        axes.plot([], [], "X", color=COLOURS[1], label="misses, free")[0],
        axes.plot([], [], "X", color=COLOURS[1], markerfacecolor="white", label="misses, used in the fit")[0],
        axes.plot([], [], color=GREY, linewidth=4, alpha=0.35, label="where it would agree")[0],
    ]
    figure.legend(handles=marks, frameon=False, loc="outside lower center", ncols=5, fontsize=8)
    figure.suptitle(stamp, fontsize=8, color=COLOURS[1])


def parts(found: AtgValidation) -> Iterator[tuple[str, list[CheckRow]]]:
    """The rows by part, under its title."""
    for part, title in PART_TITLES.items():
        yield title, [row for row in found.rows if row.part == part]


def _number(value: float) -> str:
    """Three figures, no powers of ten.

    >>> _number(0.1234), _number(157.693), _number(0.0)
    ('0.123', '158', '0')
    """
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return plain(value, digits)
