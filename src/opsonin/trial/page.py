"""The validation page of the documentation: its tables, written between marks; the words around them are ours.

    python -m opsonin.trial.page docs/explanation/validation.md
    python -m opsonin.trial.page docs/explanation/validation.md --only-igg

runs the validation with the fitted ensemble and with the draft and writes the tables anew; the second writes those of
serum IgG only, which are the same and take a minute or two.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from opsonin.trial.calibrated import FITTED
from opsonin.trial.igg_say import igg_part
from opsonin.trial.parts import rewritten
from opsonin.trial.rows import Row
from opsonin.trial.say import (
    ROW_HEAD,
    SCORE_HEAD,
    TITLES,
    about_parameters,
    markdown_table,
    plain,
    row_cells,
    score_rows,
    span,
)
from opsonin.trial.validate import Unused, Validation

FITTED_HEAD = ("who", "fitted value", "unit", "mean", "95 % interval")
WORDS = {
    "kprod0": ("production of platelets before treatment", "10⁹/L/day"),
    "kprod0_cv": ("… its spread between people (CV)", "1"),
    "IC50": ("half-blocking concentration of infused IgG", "g/L"),
    "IC50_cv": ("… its spread between people (CV)", "1"),
    "h": ("steepness of the blockade", "1"),
    "koff": ("offset of the blockade", "1/day"),
    "kon": ("onset of the blockade", "1/day"),
    "recovery_median": ("day by which the disease has gone by itself, median", "days"),
    "recovery_cv": ("… its spread between people (CV)", "1"),
    "recovery_shape": ("… its shape (1: an exponential rise; less: faster at first)", "1"),
    "trial_sd": ("how much trials differ beyond chance (SD, logit scale)", "1"),
}
WRITER = "opsonin.trial.page"
PEOPLE, SEED = 500, 1


def tables(first: Validation, beside: Validation, *, on: date) -> str:
    """The tables: scores of both, every row of the first, what was not compared."""
    return "\n".join(_parts(first, beside, on))


def _parts(first: Validation, beside: Validation, on: date) -> Iterator[str]:
    yield f"Written on {on.isoformat()}. Model `{first.model}`, split seal `{first.split_seal[:16]}`."
    for found in (first, beside):
        yield f"\n### Scores: {found.parameters} parameters\n"
        option = "draft" if found.parameters == "draft" else "calibrated"
        yield f"`opsonin validate --parameters {option} --people {found.people} --seed {found.seed}`. "
        yield about_parameters(found)
        yield ""
        yield markdown_table(SCORE_HEAD, score_rows(found))
    yield "\n### Fitted values\n"
    yield markdown_table(FITTED_HEAD, fitted_rows(json.loads(FITTED.read_text(encoding="utf-8"))))
    for split in dict.fromkeys(row.split for row in first.rows):
        yield f"\n### {TITLES[split]}: {first.parameters} parameters\n"
        yield markdown_table(ROW_HEAD, (row_cells(row) for row in first.rows if row.split == split))
    yield f"\n### Not compared ({len(first.unused)})\n"
    yield from (unused_line(item) for item in first.unused)


def fitted_rows(document: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """One line for every fitted value: geometric mean and 95 % interval."""
    for group, fit in document["groups"].items():
        for name in sorted(fit["names"], key=list(WORDS).index):
            words, unit = WORDS[name]
            interval = f"{plain(fit['low_95'][name], 2)} to {plain(fit['high_95'][name], 2)}"
            yield group, words, unit, plain(fit["mean"][name], 2), interval


def unused_line(item: Unused) -> str:
    """One line of the list of what was not compared."""
    return f"- `{item.what}`: {item.why}"


def published_cells(row: Row) -> str:
    """The part of a row that no simulation changes, as it stands in the table."""
    says = f"{row.says} ({row.unit})"
    cells = (
        f"{row.trial} / {row.arm}",
        says,
        str(row.n),
        plain(row.observed),
        span(row.observed_low, row.observed_high),
    )
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def main(path: Path, *, only_igg: bool = False) -> None:
    """Validate twice and write the tables of the page anew, or simulate and write only what is about serum IgG."""
    from opsonin.knowledge import load_knowledge
    from opsonin.trial.calibrated import DRAFT, read_ensemble
    from opsonin.trial.igg import igg_section
    from opsonin.trial.validate import validate

    knowledge, fitted = load_knowledge(), read_ensemble()
    page = path.read_text(encoding="utf-8")
    if only_igg:
        igg = igg_section(knowledge=knowledge, people=PEOPLE, seed=SEED, threads=2, ensemble=fitted)
    else:
        first = validate(knowledge=knowledge, people=PEOPLE, seed=SEED, threads=2, ensemble=fitted)
        beside = validate(knowledge=knowledge, people=2000, seed=SEED, threads=2, ensemble=DRAFT)
        assert first.igg is not None
        igg = first.igg
        page = rewritten(page, "tables", tables(first, beside, on=date.today()), writer=WRITER)
    path.write_text(rewritten(page, "igg", "\n".join(igg_part(igg)), writer=WRITER), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), only_igg="--only-igg" in sys.argv[2:])
