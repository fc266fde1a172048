"""Antithymocyte globulin at the doors `simulate atg` and `validate atg`. Parse, call, render."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge
    from opsonin.mechanism.atg_parameters import AtgParameters
    from opsonin.population.atg_courses import AtgDose

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SITE = click.option("--site", type=_FILE, help="For atg: a site's own parameters (YAML).")


def simulate_options(command: Any) -> Any:
    """The options that only `simulate atg` has."""
    for option in (
        click.option("--product", help="For atg: thymoglobulin, grafalon or atgam."),
        click.option("--setting", help="For atg: kidney, heart, lung, liver, …, gvhd, aplastic-anaemia."),
        click.option("--age-years", type=click.FloatRange(0, 130), help="For atg: age."),
        click.option(
            "--baseline", multiple=True, metavar="NAME=VALUE", help="For atg: count before, cells/µL: cd4=700."
        ),
        click.option("--graft-day", type=float, help="For atg: when the graft is infused, in the file's days."),
        click.option("--target", "targets", multiple=True, help="For atg: compare with this published exposure."),
        click.option(
            "--people",
            type=click.IntRange(1, 100_000),
            default=1000,
            show_default=True,
            help="For atg: virtual people per ID.",
        ),
        SITE,
    ):
        command = option(command)
    return command


def simulate_atg(
    events_file: Path,
    *,
    days: tuple[float, ...],
    product: str | None,
    setting: str | None,
    weight_kg: float | None,
    age_years: float | None,
    baseline: tuple[str, ...],
    graft_day: float | None,
    targets: tuple[str, ...],
    people: int,
    site: Path | None,
    seed: int,
    threads: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """What the course of each ID might do in people like this; stamped exploratory."""
    from opsonin.knowledge import load_knowledge
    from opsonin.planning.atg_outlook import atg_outlook
    from opsonin.planning.atg_targets import attained
    from opsonin.report.atg_outlook import outlook_to_dict, print_outlook, write_outlooks

    _refuse_foreign("simulate atg", ("parameters_file", "count", "outputs", "rtol"))
    knowledge = load_knowledge()
    _refuse_missing(product=product, setting=setting, weight_kg=weight_kg, age_years=age_years)
    assert product is not None and setting is not None and weight_kg is not None and age_years is not None
    numbers = _numbers(knowledge, product.lower(), site)
    counts = _counts(baseline)
    looks = {
        id: atg_outlook(
            doses,
            numbers=numbers,
            setting=setting,
            weight_kg=weight_kg,
            age_years=Decimal(str(age_years)),
            knowledge=knowledge,
            counts=counts,
            graft_day=graft_day,
            times=days,
            virtual_people=people,
            seed=seed,
            threads=threads,
        )
        for id, doses in _courses(events_file, numbers.product).items()
    }
    reached = {id: [attained(look, target, knowledge=knowledge) for target in targets] for id, look in looks.items()}
    if out is not None:
        written = write_outlooks(looks, out)
        click.echo(f"Wrote {', '.join(str(path) for path in written)}", err=True)
    if as_json:
        individuals = {id: outlook_to_dict(look, reached[id]) for id, look in looks.items()}
        document = {"schema": "opsonin-atg-simulation/1", "stamp": numbers.stamp, "individuals": individuals}
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    for id, look in looks.items():
        print_outlook(look, reached[id], title=f"ID {id}")


def validate_atg(
    *, site: Path | None, people: int | None, seed: int, threads: int | None, out: Path | None, as_json: bool, bar: Any
) -> None:
    """Every published check of the ATG models beside what they predict."""
    from opsonin.knowledge import load_knowledge
    from opsonin.trial.atg_say import validation_to_dict, write_check_figure
    from opsonin.trial.atg_validate import validate_atg as compare

    _refuse_foreign("validate atg", ("arms", "parameter_set"))
    knowledge = load_knowledge()
    own = None if site is None else _site(knowledge, site)
    with bar("checks") as progress:
        found = compare(
            knowledge=knowledge, site=own, people=people or 2000, seed=seed, threads=threads, progress=progress
        )
    document = validation_to_dict(found, knowledge)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        figure = write_check_figure(found, out)
        text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
        (out / "atg-validation.json").write_text(text + "\n", encoding="utf-8")
        click.echo(f"Wrote {out / 'atg-validation.json'} and {figure}", err=True)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _print_checks(found)


def _print_checks(found: Any) -> None:
    from opsonin.cli.tables import print_table
    from opsonin.trial.atg_say import CHECK_HEAD, check_cells, parts, verdict

    for title, rows in parts(found):
        print_table(title, CHECK_HEAD, (check_cells(row) for row in rows))
    assumed = [f"  {row.says}: {row.assumed}" for row in found.rows if row.assumed]
    click.echo("Assumed to compare:\n" + "\n".join(assumed))
    click.echo("Not compared:\n" + "\n".join(f"  {each.what}: {each.why}" for each in found.not_compared))
    for line in verdict(found):
        click.echo(line)


def _refuse_foreign(door: str, names: tuple[str, ...]) -> None:
    """Options of the other models, typed here by mistake, are refused rather than ignored."""
    context = click.get_current_context()
    typed = [name for name in names if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
    problems = [
        Problem(f"--{name.removesuffix('_file').removesuffix('_set')}", "", f"is not for {door}.", "Leave it out.")
        for name in typed
    ]
    if problems:
        raise InputRefused(problems)


def _refuse_missing(**stated: Any) -> None:
    problems = [
        Problem(f"--{name.replace('_', '-')}", "", "is needed: nothing is assumed about a person.", "State it.")
        for name, value in stated.items()
        if value is None
    ]
    if problems:
        raise InputRefused(problems)


def _numbers(knowledge: Knowledge, product: str, site: Path | None) -> AtgParameters:
    from opsonin.mechanism.atg_parameters import shelf_parameters

    if site is None:
        return shelf_parameters(knowledge, product)
    numbers = _site(knowledge, site)
    if numbers.product != product:
        why = f"is of {numbers.product}, and {product} was asked for."
        raise InputRefused([Problem("--site", str(site), why, "Products are never interchangeable.")])
    return numbers


def _site(knowledge: Knowledge, site: Path) -> AtgParameters:
    from opsonin.case.atg_parameters_file import read_atg_parameters

    return read_atg_parameters(site, knowledge)


def _counts(baseline: tuple[str, ...]) -> dict[str, float]:
    found, problems = {}, []
    for text in baseline:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            problems.append(Problem("--baseline", text, "is not NAME=VALUE.", "Write cd4=700, in cells/µL."))
    if problems:
        raise InputRefused(problems)
    return found


def _courses(events_file: Path, product: str) -> dict[str, list[AtgDose]]:
    """The infusions of every ID; anything that is not a plain infusion is refused."""
    from opsonin.mechanism.atg_models import ATG_MODELS
    from opsonin.population.atg_courses import AtgDose
    from opsonin.simulate import EventTable

    table = EventTable.read(ATG_MODELS[product], str(events_file))
    found: dict[str, list[AtgDose]] = {}
    problems = []
    for individual in range(table.n):
        pattern = int(table.pattern_of[individual])
        id = f"{table.ids[individual]:g}" if table.ids else str(individual)
        found[id] = []
        for row in range(int(table.first[pattern]), int(table.first[pattern + 1])):
            time, length, mg = (float(column[row]) for column in (table.time, table.duration, table.amount))
            if table.what[row] != 0 or table.rate_mode[row] < 0 or length <= 0:
                remedy = "Give AMT (mg) with DUR (days) or RATE (mg/d); ATG is never given at once."
                problems.append(Problem(f"ID {id} at {time:g}", f"{mg:g} mg", "is no infusion.", remedy))
                continue
            found[id].append(AtgDose(time, length * 24, mg))
    if problems:
        raise InputRefused(problems, source=str(events_file))
    return found
