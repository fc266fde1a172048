"""More ways to validate: chances of harms, serum IgG, which unknowns drive the forecasts. Parse, call, render."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from opsonin.trial.igg import IggSection


def validate_harm(*, out: Path | None, as_json: bool) -> None:
    """Hold the chances of harms against every published count."""
    from opsonin.cli.tables import print_table
    from opsonin.knowledge import load_knowledge
    from opsonin.trial import harms

    knowledge = load_knowledge()
    checks = harms.harm_checks(knowledge)
    document = harms.checks_to_dict(checks, knowledge)
    if out is not None:
        _write(out / "harm-checks.json", document)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
        return
    print_table("Chances of harms against what was published", harms.HEAD, map(harms.check_cells, checks))
    for kind, count in document["summary"].items():
        click.echo(f"{kind}: {count['meet']} of {count['of']} meet")


def validate_sensitivity(*, samples: int, seed: int, threads: int | None, out: Path | None, as_json: bool) -> None:
    """Which unknowns drive the spread of each forecast quantity."""
    from opsonin.cli.tables import print_table
    from opsonin.knowledge import load_knowledge
    from opsonin.trial.sensitivity import sensitivity
    from opsonin.trial.sensitivity_say import (
        HEAD,
        TITLES,
        sensitivity_rows,
        sensitivity_to_dict,
        write_sensitivity,
    )

    found = sensitivity(load_knowledge(), samples=samples, seed=seed, threads=threads)
    document: dict[str, Any] = sensitivity_to_dict(found)
    if out is not None:
        click.echo(f"Wrote {write_sensitivity(found, out)}", err=True)
        _write(out / "sensitivity.json", document)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
        return
    for name, part in found.parts.items():
        print_table(TITLES[name], HEAD, sensitivity_rows(part))
    click.echo(f"Total Sobol indices, {found.samples} base samples, seed {found.seed}; {found.course}.")


def print_igg(found: IggSection) -> None:
    """Serum IgG beside what was published, after the tables of a validation."""
    from opsonin.cli.tables import print_table
    from opsonin.trial import igg_say as say

    print_table(say.TITLE, say.IGG_HEAD, say.igg_rows(found))
    for one in found.beside:
        print_table(say.beside_title(one, found.weight_kg), say.beside_head(one), say.beside_rows(one, found))
    click.echo(say.SAYS)
    click.echo(f"Of IgG not compared: {len(found.not_compared)}")
    for item in found.not_compared:
        click.echo(f"  {item.what}: {item.why}")


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    click.echo(f"Wrote {path}", err=True)
