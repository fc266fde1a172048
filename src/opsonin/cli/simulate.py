"""`opsonin simulate`: a model and a NONMEM-style event table in, a table of courses and a figure out."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import atg
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.simulate import EventTable, Model

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LIGHTEST_KG, HEAVIEST_KG = 45, 130  # for itp


def register(group: click.Group) -> None:
    """Hang the command on the main group."""
    group.add_command(simulate)


@click.command()
@click.argument("model")
@click.argument("events_file", metavar="EVENTS.csv", type=_FILE)
@click.option("--until", type=click.FloatRange(0, min_open=True), required=True, help="Last time, in the model's unit.")
@click.option("--every", type=click.FloatRange(0, min_open=True), required=True, help="Time between observations.")
@click.option("--parameters", "parameters_file", type=_FILE, help="CSV: one row per ID, one column per parameter.")
@click.option("--weight-kg", type=click.FloatRange(0, 300, min_open=True), help="Body weight (itp: 45–130 kg).")
@click.option("--count", type=click.FloatRange(3, 50), help="For itp: true baseline platelets, 10^9/L.")
@click.option("--outputs", help="Comma-separated names of outputs or states; default: the derived outputs.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=1,
    show_default=True,
    help="Seed of the virtual people.",
)
@atg.simulate_options
@click.option("--rtol", type=click.FloatRange(1e-12, 1e-3), default=1e-6, show_default=True, help="Relative tolerance.")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads; the answer does not depend on it.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write courses.csv and courses.svg here.")
@click.option(
    "--sbml",
    "sbml_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the model, with the doses and parameters of the only ID, as SBML Level 3 (extra sbml).",
)
@click.option("--json", "as_json", is_flag=True, help="Quantiles over individuals as JSON on stdout.")
def simulate(
    model: str,
    events_file: Path,
    until: float,
    every: float,
    parameters_file: Path | None,
    weight_kg: float | None,
    count: float | None,
    outputs: str | None,
    seed: int,
    rtol: float,
    threads: int | None,
    out: Path | None,
    sbml_file: Path | None,
    as_json: bool,
    **only_atg: Any,
) -> None:
    """Simulate MODEL (itp, atg, or FILE.py:NAME) for every ID of an event table.

    EVENTS.csv has the columns ID TIME AMT and, as needed, RATE DUR EVID CMT ADDL II SS. Every ID is one individual;
    for atg, one course (days, mg) met by many virtual people, exploratory: no dose may be taken from it.
    """
    if model == "atg":
        if sbml_file is not None:
            raise InputRefused(
                [Problem("--sbml", model, "is not written as SBML.", "Name itp or a model of your own.")]
            )
        days = tuple(round(i * every, 9) for i in range(int(until / every + 0.5) + 1))
        atg.simulate_atg(
            events_file,
            days=days,
            weight_kg=weight_kg,
            seed=seed,
            threads=threads,
            out=out,
            as_json=as_json,
            **only_atg,
        )
        return
    import numpy as np

    from opsonin.report.courses import print_courses, quantiles, write_courses
    from opsonin.simulate import EventTable, solve

    declared = _model(model)
    events = EventTable.read(declared, str(events_file))
    parameters = _parameters(model, declared, events, parameters_file, weight_kg, count, seed)
    if sbml_file is not None:
        _write_sbml(sbml_file, declared, events, parameters)
    courses = solve(
        declared,
        parameters=parameters,
        n=events.n,
        events=events,
        times=np.arange(0, until + every / 2, every),
        outputs=[name.strip() for name in outputs.split(",")] if outputs else _derived(declared),
        rtol=rtol,
        threads=threads,
    )
    for note in events.notes:
        click.echo(f"Note: {note}", err=True)
    for failure in courses.failed:
        click.echo(
            f"Not finished: ID {_id(events, failure.individual)} at {failure.time:g}: {failure.reason}", err=True
        )
    if out is not None:
        write_courses(courses, out, ids=[_id(events, i) for i in range(events.n)])
        click.echo(f"Wrote {out / 'courses.csv'} and {out / 'courses.svg'}", err=True)
    if as_json:
        click.echo(json.dumps(quantiles(courses), ensure_ascii=False))
    else:
        print_courses(courses, time_unit=declared.time_unit)


def _write_sbml(file: Path, model: Model, events: EventTable, parameters: dict[str, Any]) -> None:
    import numpy as np

    from opsonin.simulate.sbml import write_sbml

    if events.n != 1:
        remedy = "Keep the rows of one ID; an SBML file holds one individual."
        raise InputRefused([Problem("EVENTS.csv", f"{events.n} IDs", "cannot be one SBML file.", remedy)])
    own = {name: float(np.ravel(parameters[name])[0]) for name in model.parameters}
    click.echo(f"Wrote {write_sbml(file, model, parameters=own, events=events)}", err=True)


def _derived(model: Model) -> list[str] | None:
    """The derived outputs; None, which means everything, for a model that declares none."""
    return [name for name in model.output_names() if name not in model.states] or None


def _id(events: EventTable, individual: int) -> str:
    return f"{events.ids[individual]:g}" if events.ids else str(individual)


def _model(name: str) -> Model:
    """The built-in ITP model, or a Model declared in a Python file."""
    if name == "itp":
        from opsonin.mechanism import MODEL

        return MODEL
    path, _, attribute = name.rpartition(":")
    if not path.endswith(".py") or not Path(path).is_file():
        remedy = 'Write "itp", "atg", or the path of a Python file and the name of a Model in it: my_model.py:MODEL.'
        raise InputRefused([Problem("MODEL", name, "is not a model.", remedy)])
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from opsonin.simulate import Model

    declared = getattr(module, attribute, None)
    if not isinstance(declared, Model):
        raise InputRefused([Problem("MODEL", name, f"{path} has no Model called {attribute!r}.", "Name a Model.")])
    return declared


def _parameters(
    name: str,
    model: Model,
    events: EventTable,
    file: Path | None,
    weight_kg: float | None,
    count: float | None,
    seed: int,
) -> dict[str, Any]:
    """Parameters of every individual: from the file, else (itp) virtual adults as the shelf describes them."""
    if file is not None:
        return _from_file(model, events, file)
    if name != "itp":
        remedy = f"Give --parameters FILE.csv with the columns ID, {', '.join(model.parameters)}."
        raise InputRefused([Problem("--parameters", "", "are needed for a model of your own.", remedy)])
    missing = [o for o, value in (("--weight-kg", weight_kg), ("--count", count)) if value is None]
    if weight_kg is None or count is None:
        problems = [Problem(o, "", "is needed: nothing is assumed about a person.", "State it.") for o in missing]
        raise InputRefused(problems)
    if not LIGHTEST_KG <= weight_kg <= HEAVIEST_KG:
        remedy = f"The model holds from {LIGHTEST_KG} to {HEAVIEST_KG} kg."
        raise InputRefused([Problem("--weight-kg", f"{weight_kg:g}", "is outside the itp model.", remedy)])
    import numpy as np

    from opsonin.knowledge import load_knowledge
    from opsonin.population import people

    counts = np.full(events.n, count)
    drawn = people(load_knowledge(), n=events.n, seed=seed, weight_kg=weight_kg, true_counts=counts)
    return dict(drawn.parameters)


def _from_file(model: Model, events: EventTable, file: Path) -> dict[str, Any]:
    import numpy as np

    table = np.genfromtxt(file, delimiter=",", names=True, dtype=float, ndmin=1)
    columns = table.dtype.names or ()
    problems = [
        Problem(f"{file}: {name}", "", "is missing.", "Add the column.")
        for name in ("ID", *model.parameters)
        if name not in columns
    ]
    if problems:
        raise InputRefused(problems, source=str(file))
    row_of = {float(id): row for row, id in enumerate(table["ID"])}
    wanted = events.ids or tuple(float(i) for i in range(events.n))
    unknown = [id for id in wanted if id not in row_of]
    if unknown:
        shown = ", ".join(f"{id:g}" for id in unknown[:5])
        raise InputRefused([Problem("ID", shown, "has events but no parameters.", f"Add rows to {file}.")])
    rows = [row_of[id] for id in wanted]
    return {name: np.asarray(table[name][rows], float) for name in model.parameters}
