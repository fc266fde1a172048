"""The commands: parse, call, render.

Exit codes: 0 done, 1 our fault, 2 input refused, 3 a check failed, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin import __version__
from opsonin.cli import courses, followup, infuse, leaflet, lookups, packs, record, recorded, simulate, trials
from opsonin.errors import CheckFailed, InputRefused, OpsoninError, Problem, did_you_mean

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge
    from opsonin.planning import Plan

PAGE_WIDTH = 110  # columns, where no terminal says its own
FRAME = "Research, education and planning support for professionals; not a medical device, never an order."


def main() -> None:
    """Run the command line and exit with the documented code."""
    try:
        code = opsonin.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing more was written.", err=True)
        sys.exit(130)
    except InputRefused as error:
        _show_refusal(error)
        sys.exit(2)
    except CheckFailed as error:
        click.echo(f"Check failed: {error}", err=True)
        sys.exit(3)
    except OpsoninError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _show_refusal(error: InputRefused) -> None:
    click.echo(f"Refused, nothing written. {error}", err=True)
    if "--json" in sys.argv:
        from opsonin.case import problems_as_json

        click.echo(json.dumps(problems_as_json(error), ensure_ascii=False))


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from opsonin.knowledge import load_knowledge

        click.echo(f"opsonin {__version__}, knowledge {load_knowledge().version}")
        context.exit()


@click.group(epilog=FRAME, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Package and knowledge version.",
)
def opsonin() -> None:
    """Plan, simulate and explain therapeutic antibodies that are pooled from donors or raised in animals."""


@opsonin.command()
@click.argument("therapy", type=click.Choice(["ivig", "atg"]))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this new file instead of the terminal.",
)
def new(therapy: str, out: Path | None) -> None:
    """Print a commented case file to fill in."""
    from opsonin.case import new_case

    text = new_case(therapy)
    if out is None:
        click.echo(text, nl=False)
        return
    if out.exists():
        raise InputRefused([Problem("--out", str(out), "exists already.", "Name a new file.")])
    out.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {out}. Fill it in, then: opsonin check {out}", err=True)


@opsonin.command()
@click.argument("case_file", metavar="CASE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@packs.option
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Check as of this day instead of the case's own.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def check(case_file: Path, pack: str | None, on: Any, as_json: bool) -> None:
    """Only check a case file; say everything that is wrong with it at once."""
    case, _ = packs.open_case_with(case_file, pack, on=on.date() if on else None)
    if as_json:
        click.echo(json.dumps({"ok": True, "id": case.id}))
    else:
        click.echo(f"{case_file}: nothing to refuse (case {case.id}).")


@opsonin.command()
@click.argument("case_file", metavar="CASE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the report (one HTML file) and plan.json here.",
)
@click.option("--json", "as_json", is_flag=True, help="The whole plan as JSON on stdout.")
@packs.option
@click.option("--also", metavar="PACK", help="Show the first course under this pack beside it, with every difference.")
@click.option("--product", help="Plan this product only.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Plan as of this day instead of the case's own.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=1,
    show_default=True,
    help="Seed of the virtual people.",
)
@click.option(
    "--people",
    type=click.IntRange(200, 200_000),
    default=2000,
    show_default=True,
    help="Virtual people per regimen.",
)
@click.option(
    "--days",
    type=click.IntRange(7, 120),
    default=28,
    show_default=True,
    help="Days the forecast looks ahead.",
)
@click.option("--threads", type=click.IntRange(1, 256), help="Threads; the answer does not depend on it.")
@click.option("--record", "record_at", metavar="RECORD", help="Read earlier infusions here; record the issued plan.")
@click.option("--who", metavar="ROLE", help="Who issues the plan, for the record; else the case's team.signer.")
def plan(
    case_file: Path,
    out: Path | None,
    as_json: bool,
    pack: str | None,
    also: str | None,
    product: str | None,
    on: Any,
    seed: int,
    people: int,
    days: int,
    threads: int | None,
    record_at: str | None,
    who: str | None,
) -> None:
    """Turn a case file into a checked plan with a forecast and a report."""
    from opsonin.case import AtgCase
    from opsonin.therapy import plan_therapy

    case, knowledge = packs.open_case_with(case_file, pack, on=on.date() if on else None)
    issuer = recorded.issuer(who, case) if record_at else ""
    if isinstance(case, AtgCase):
        issue = (lambda plan: recorded.record_plan(record_at, plan, case, issuer, knowledge)) if record_at else None
        with _progress("simulating") as progress:
            courses.plan_atg(
                case, knowledge, product=product, out=out, as_json=as_json, also=also, issue=issue,
                people=people, seed=seed, threads=threads, progress=progress,
            )  # fmt: skip
        return
    if record_at:
        case = recorded.with_history(case, record_at)
    only = courses.known_product(product, knowledge, "ivig") if product else None
    if also is not None and also not in knowledge.packs:
        remedy = f"{did_you_mean(also, knowledge.packs)}Known: {', '.join(sorted(knowledge.packs))}."
        raise InputRefused([Problem("--also", also, "is not a policy pack.", remedy)])
    with _progress("simulating") as progress:
        made = plan_therapy(
            case.patient,
            case.goal,
            case.circumstances,
            knowledge=knowledge,
            virtual_patients=people,
            only_product=only,
            also=also,
            horizon_days=days,
            seed=seed,
            threads=threads,
            progress=progress,
        )
    if record_at:
        from opsonin.case.plan_file import plan_to_dict

        recorded.record_plan(record_at, plan_to_dict(made, knowledge), case, issuer, knowledge)
    report = _write(made, knowledge, out) if out is not None else None
    if as_json:
        from opsonin.case.plan_file import plan_to_dict

        click.echo(json.dumps(plan_to_dict(made, knowledge), ensure_ascii=False))
        return
    from rich.console import Console

    from opsonin.report import print_plan

    wide_enough = sys.stdout.isatty() or "COLUMNS" in os.environ
    print_plan(made, knowledge, Console(width=None if wide_enough else PAGE_WIDTH))
    if report is not None:
        click.echo(f"Report: {report}", err=True)


SCHEMAS = {  # file format → where its JSON Schema is made
    "atg-plan": "opsonin.case.atg_plan_file:atg_plan_schema",
    "atg-parameters": "opsonin.case.atg_parameters_file:atg_parameters_schema",
    "case": "opsonin.case.schema:case_schema",
    "pack": "opsonin.knowledge.pack_schema:pack_schema",
    "next-dose": "opsonin.case.atg_plan_file:next_dose_schema",
    "event": "opsonin.case.events:event_schema",
    "plan": "opsonin.case.plan_file:plan_schema",
    "trial": "opsonin.trial.declaration:trial_schema",
}


@opsonin.command()
@click.argument("what", type=click.Choice(sorted(SCHEMAS)))
def schema(what: str) -> None:
    """Print the JSON Schema of a file format."""
    from importlib import import_module

    module, _, function = SCHEMAS[what].partition(":")
    wanted = getattr(import_module(module), function)()
    click.echo(json.dumps(wanted, ensure_ascii=False, indent=2))


courses.register(opsonin)
followup.register(opsonin)
infuse.register(opsonin)
leaflet.register(opsonin)
lookups.register(opsonin)
simulate.register(opsonin)
record.register(opsonin)
trials.register(opsonin)


def _write(made: Plan, knowledge: Knowledge, out: Path) -> Path:
    """Write report.html and plan.json; the path of the report."""
    from opsonin.case.plan_file import plan_to_dict
    from opsonin.report import write_report

    out.mkdir(parents=True, exist_ok=True)
    report = write_report(made, knowledge, out)
    text = json.dumps(plan_to_dict(made, knowledge), ensure_ascii=False)
    (out / "plan.json").write_text(text + "\n", encoding="utf-8")
    return report


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr when a person is looking, nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
