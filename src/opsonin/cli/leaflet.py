"""The door `opsonin leaflet`: what the patient, the parent or the child reads about this plan. Parse, call, render."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import packs
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.planning import Plan
    from opsonin.planning.atg_plan import AtgPlan

READERS = ("parent", "child", "teen", "adult")


def register(group: click.Group) -> None:
    """Hang the command on the main group."""
    group.add_command(leaflet)


@click.command()
@click.argument("case_file", metavar="CASE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--for", "reader", type=click.Choice(READERS), required=True, help="Who reads it.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the page (one HTML file) here.")
@click.option("--pdf", is_flag=True, help="With --out: the same as PDF (extra `pdf`).")
@click.option("--json", "as_json", is_flag=True, help="Every sentence with its facts as JSON on stdout.")
@click.option(
    "--course", metavar="ID", help="The course to explain, such as gamunex_c:1x1, instead of the first-ranked."
)
@packs.option
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Plan as of this day instead of the case's own.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Seed of the virtual people."
)
@click.option(
    "--people",
    type=click.IntRange(200, 200_000),
    default=2000,
    show_default=True,
    help="Virtual people for the forecast.",
)
def leaflet(
    case_file: Path,
    reader: str,
    out: Path | None,
    pdf: bool,
    as_json: bool,
    course: str | None,
    pack: str | None,
    on: Any,
    seed: int,
    people: int,
) -> None:
    """A page in plain words from this plan, for a clinician to sign and hand to the patient or family."""
    from opsonin.case import AtgCase
    from opsonin.report.leaflet.make import make_leaflet, to_settle
    from opsonin.report.leaflet.show import as_text, leaflet_to_dict, write_leaflet
    from opsonin.therapy import plan_course, plan_therapy

    if pdf and out is None:
        raise InputRefused([Problem("--pdf", "", "has nowhere to write.", "Add --out DIR.")])
    day = on.date() if on is not None else None
    case, knowledge = packs.open_case_with(case_file, pack, on=day)
    plan: Plan | AtgPlan
    if isinstance(case, AtgCase):
        plan = plan_course(case.recipient, case.request, case.circumstances, knowledge=knowledge)
    else:
        plan = plan_therapy(
            case.patient,
            case.goal,
            case.circumstances,
            knowledge=knowledge,
            virtual_patients=people,
            seed=seed,
        )
    made = make_leaflet(plan, knowledge, reader=reader, course=course)
    written = write_leaflet(made, out, pdf=pdf) if out is not None else ()
    if as_json:
        click.echo(json.dumps(leaflet_to_dict(made), ensure_ascii=False))
    elif out is None:
        click.echo(as_text(made), nl=False)
    for finding in to_settle(plan, course=course):
        click.echo(f"Settle before signing: {finding}", err=True)
    for path in written:
        click.echo(f"Leaflet: {path}", err=True)
