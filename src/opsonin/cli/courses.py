"""The commands of antithymocyte globulin: next-dose, and its side of plan. Parse, call, render."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import packs
from opsonin.cli.recorded import with_doses_and_counts
from opsonin.errors import InputRefused, Problem, did_you_mean

if TYPE_CHECKING:
    from opsonin.case import AtgCase
    from opsonin.knowledge import Knowledge

FAMILIES = {"ivig": "an immunoglobulin", "atg": "an antithymocyte globulin"}


def register(group: click.Group) -> None:
    """Add these commands to the main group."""
    group.add_command(next_dose)


@click.command("next-dose")
@click.argument("case_file", metavar="CASE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Answer for this day instead of the case's own.")
@click.option("--redosing", metavar="ID", help="Redosing pack to use instead of the case's.")
@click.option(
    "--events",
    "events_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON Lines file of doses given and counts beside the case.",
)
@click.option("--record", "record_at", metavar="RECORD", help="Read doses given and counts from a record instead.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write next-dose.html and next-dose.json here."
)
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON on stdout.")
def next_dose(
    case_file: Path,
    on: Any,
    redosing: str | None,
    events_file: Path | None,
    record_at: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Whether and how much antithymocyte globulin today, from the counts of the day."""
    from dataclasses import replace

    from opsonin.case import AtgCase
    from opsonin.case.atg_plan_file import atg_to_dict
    from opsonin.therapy import next_dose as answer_for

    day = on.date() if on is not None else None
    beside = events_file is not None or record_at is not None
    case, knowledge = packs.open_case_with(case_file, on=day, doses_beside=beside)
    if not isinstance(case, AtgCase):
        why = "is a case of immunoglobulin; next-dose reads antithymocyte globulin."
        raise InputRefused(
            [Problem("therapy", case.therapy, why, "Use `opsonin update` for it.")], source=str(case_file)
        )
    if beside:
        case = with_doses_and_counts(case, events_file, record_at, knowledge)
    request = case.request
    if redosing is not None:
        known_packs = [fact.id.rpartition("/")[2] for fact in knowledge.facts_under("policies/atg_redosing")]
        if redosing not in known_packs:
            known = ", ".join(sorted(known_packs))
            raise InputRefused([Problem("--redosing", redosing, "is not a redosing pack.", f"Known: {known}.")])
        request = replace(request, redosing=redosing)
    found = answer_for(case.recipient, request, case.circumstances, knowledge=knowledge)
    report = None
    if out is not None:
        from opsonin.report.atg_html import write_next_dose

        out.mkdir(parents=True, exist_ok=True)
        report = write_next_dose(found, knowledge, out)
        text = json.dumps(atg_to_dict(found, knowledge), ensure_ascii=False)
        (out / "next-dose.json").write_text(text + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps(atg_to_dict(found, knowledge), ensure_ascii=False))
        return
    from opsonin.report.atg_terminal import print_next_dose
    from opsonin.report.lookup_print import Pages, to_terminal

    print_next_dose(found, knowledge, Pages(to_terminal()))
    if report is not None:
        click.echo(f"Report: {report}", err=True)


def plan_atg(
    case: AtgCase,
    knowledge: Knowledge,
    *,
    product: str | None,
    out: Path | None,
    as_json: bool,
    also: str | None,
    issue: Callable[[dict[str, Any]], None] | None = None,
    people: int,
    seed: int,
    threads: int | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Plan an ATG case and say it as asked; `issue` records the plan before it is said.

    The report alone shows the exploratory outlook, of `people` virtual people.
    """
    from opsonin.case.atg_plan_file import atg_to_dict
    from opsonin.therapy import plan_course

    if also is not None:
        why = "compares the packs of immunoglobulin; a course of antithymocyte globulin follows its protocol."
        raise InputRefused([Problem("--also", also, why, "Leave it out, or name another `protocol`.")])
    wanted = known_product(product, knowledge, "atg") if product is not None else None
    made = plan_course(case.recipient, case.request, case.circumstances, knowledge=knowledge, product=wanted)
    if issue is not None:
        issue(atg_to_dict(made, knowledge))
    report = None
    if out is not None:
        from opsonin.planning.atg_plan_outlook import plan_outlooks
        from opsonin.report.atg_html import write_atg_report

        out.mkdir(parents=True, exist_ok=True)
        looks = plan_outlooks(made, knowledge, virtual_people=people, seed=seed, threads=threads, progress=progress)
        report = write_atg_report(made, knowledge, out, looks)
        text = json.dumps(atg_to_dict(made, knowledge), ensure_ascii=False)
        (out / "plan.json").write_text(text + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps(atg_to_dict(made, knowledge), ensure_ascii=False))
        return
    from opsonin.report.atg_terminal import print_atg_plan
    from opsonin.report.lookup_print import Pages, to_terminal

    print_atg_plan(made, knowledge, Pages(to_terminal()))
    if report is not None:
        click.echo(f"Report: {report}", err=True)


def known_product(id: str, knowledge: Knowledge, family: str) -> str:
    """The id on the shelf of a product asked for by `--product`; one of another family is refused."""
    wanted, products = id.strip().lower().replace("-", "_"), knowledge.of_family(family)
    if wanted not in products:
        remedy = f"{did_you_mean(wanted, products)}Known: {', '.join(sorted(products))}."
        raise InputRefused([Problem("--product", id, f"is not {FAMILIES[family]} on the shelf.", remedy)])
    return wanted
