"""How is a sensitivity analysis told? Rows, JSON, and a figure: quantities against unknowns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from opsonin.trial.figures import write_svg
from opsonin.trial.sensitivity import Driven, Sensitivity

SCHEMA = "opsonin-sensitivity/1"
HEAD = ("Quantity", "Driven by (share of its variance, with interactions)", "Median", "Nine in ten")
TITLES = {"people": "Between people", "parameters": "What the calibration left open"}
SHOWN = 4  # unknowns named in a row


def sensitivity_to_dict(found: Sensitivity) -> dict[str, Any]:
    """The analysis as JSON."""
    return {"schema": SCHEMA, **asdict(found)}


def sensitivity_rows(part: tuple[Driven, ...]) -> Iterator[tuple[str, ...]]:
    """One row for each quantity, as the cells of HEAD."""
    for driven in part:
        strong = [f"{s.unknown} {100 * s.in_all:.0f} %" for s in driven.shares[:SHOWN] if s.in_all >= 0.01]
        spread = f"{driven.low_90:.3g}–{driven.high_90:.3g} {driven.unit}"
        yield driven.quantity, ", ".join(strong) or "it does not vary", f"{driven.median:.3g}", spread


def write_sensitivity(found: Sensitivity, folder: Path) -> Path:
    """Write sensitivity.svg; its path."""
    return write_svg(folder / "sensitivity.svg", (11.0, 4.4), partial(_draw, found=found))


def _draw(figure: Any, *, found: Sensitivity) -> None:
    widths = [max(len(driven.shares) for driven in part) for part in found.parts.values()]
    panels = figure.subplots(1, len(widths), width_ratios=widths, squeeze=False)[0]
    for number, (panel, (name, part)) in enumerate(zip(panels, found.parts.items(), strict=True)):
        unknowns = _by_weight(part)
        table = np.array([[_of(driven, unknown) for unknown in unknowns] for driven in part])
        panel.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (row, column), value in np.ndenumerate(table):
            if value >= 0.005:
                colour = "white" if value > 0.6 else "black"
                panel.text(column, row, f"{100 * value:.0f}", ha="center", va="center", fontsize=8, color=colour)
        panel.set_xticks(range(len(unknowns)), unknowns)
        panel.set_yticks(range(len(part)), [driven.quantity for driven in part] if number == 0 else [])
        panel.set_title(TITLES[name], fontsize=10)
        panel.tick_params(length=0)
        for spine in panel.spines.values():
            spine.set_visible(False)
    figure.suptitle(f"Share of the variance, per cent (total Sobol index); {found.course}", fontsize=10)


def _by_weight(part: tuple[Driven, ...]) -> list[str]:
    """The unknowns, those that matter to most quantities first."""
    names = dict.fromkeys(share.unknown for driven in part for share in driven.shares)
    return sorted(names, key=lambda name: -sum(_of(driven, name) for driven in part))


def _of(driven: Driven, unknown: str) -> float:
    return next((max(s.in_all, 0.0) for s in driven.shares if s.unknown == unknown), 0.0)
