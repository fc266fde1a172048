"""The commands of virtual trials: trial, validate, calibrate. Parse, call, render."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import atg, checks
from opsonin.cli.tables import print_table

if TYPE_CHECKING:
    from opsonin.trial import Outcome, Validation
    from opsonin.trial.calibrated import Ensemble

SEED = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Seed of the virtual people."
)
PARAMETERS = click.option(
    "--parameters",
    "parameter_set",
    type=click.Choice(["calibrated", "draft"]),
    default="calibrated",
    show_default=True,
    help="The fitted ensemble, or the draft values of the shelf.",
)
PEOPLE = click.option(
    "--people",
    type=click.IntRange(100, 200_000),
    help="Virtual people per arm and parameter set [default: 500; 2000 with one set].",
)
THREADS = click.option("--threads", type=click.IntRange(1, 256), help="Threads; the answer does not depend on it.")
JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")


def register(group: click.Group) -> None:
    """Add these commands to the main group."""
    for command in (trial, validate, calibrate):
        group.add_command(command)


@click.command()
@click.argument("trial_file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write Parquet tables, figures and outcome.json here.",
)
@PARAMETERS
@JSON
@PEOPLE
@SEED
@THREADS
def trial(
    trial_file: Path,
    out: Path | None,
    parameter_set: str,
    as_json: bool,
    people: int | None,
    seed: int,
    threads: int | None,
) -> None:
    """Run a declared trial on virtual patients."""
    from opsonin.knowledge import load_knowledge
    from opsonin.trial import read_trial, run_trial
    from opsonin.trial.say import OUTCOME_HEAD, outcome_rows, outcome_to_dict
    from opsonin.trial.say_predictors import predictor_lines

    knowledge = load_knowledge()
    declared = read_trial(trial_file)
    ensemble = _ensemble(parameter_set)
    with _progress("arms") as progress:
        outcome = run_trial(
            declared,
            knowledge=knowledge,
            people=people or _people_for(ensemble),
            seed=seed,
            threads=threads,
            progress=progress,
            parameters=ensemble.of(declared.age_group),
        )
    if out is not None:
        from opsonin.trial.figures import write_trial_figures
        from opsonin.trial.tables import write_tables

        written = [*write_tables(outcome, out), *write_trial_figures(outcome, out)]
        _write_json(out / "outcome.json", outcome_to_dict(outcome))
        click.echo(f"Wrote {len(written) + 1} files to {out}", err=True)
    if as_json:
        _print_json(outcome_to_dict(outcome))
        return
    print_table(declared.title, OUTCOME_HEAD, outcome_rows(outcome))
    for line in predictor_lines(outcome, knowledge):
        click.echo(line)
    click.echo(f"Parameters: {ensemble.name}. {_made_with(outcome)}")


@click.command()
@click.argument("model", type=click.Choice(["itp", "atg", "harm"]), default="itp")
@click.option("--sensitivity", is_flag=True, help="For itp: which unknowns drive the spread of each forecast quantity.")
@click.option(
    "--samples",
    type=click.Choice(["64", "128", "256", "512", "1024", "2048", "4096", "8192"]),
    default="1024",
    show_default=True,
    help="For --sensitivity: base samples.",
)
@click.option(
    "--arms",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Compare the trial files of this folder instead.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write the figures and the validation as JSON here."
)
@atg.SITE
@PARAMETERS
@JSON
@PEOPLE
@SEED
@THREADS
def validate(
    model: str,
    sensitivity: bool,
    samples: str,
    arms: Path | None,
    out: Path | None,
    site: Path | None,
    parameter_set: str,
    as_json: bool,
    people: int | None,
    seed: int,
    threads: int | None,
) -> None:
    """Compare a model with what was published.

    itp: every trial on the shelf. atg: every check of antithymocyte globulin. harm: every count of a harm.
    """
    if model == "harm":
        checks.validate_harm(out=out, as_json=as_json)
        return
    if sensitivity and model == "itp":
        checks.validate_sensitivity(samples=int(samples), seed=seed, threads=threads, out=out, as_json=as_json)
        return
    if model == "atg":
        atg.validate_atg(site=site, people=people, seed=seed, threads=threads, out=out, as_json=as_json, bar=_progress)
        return
    from opsonin.knowledge import load_knowledge
    from opsonin.trial import read_trials
    from opsonin.trial import validate as compare
    from opsonin.trial.igg_say import validation_document

    handed_in = None if arms is None else read_trials(arms)
    ensemble = _ensemble(parameter_set)
    with _progress("trials") as progress:
        found = compare(
            knowledge=load_knowledge(),
            arms=handed_in,
            people=people or _people_for(ensemble),
            seed=seed,
            threads=threads,
            progress=progress,
            ensemble=ensemble,
        )
    if out is not None:
        from opsonin.trial.figures import write_forest

        written = write_forest(found, out)
        _write_json(out / "validation.json", validation_document(found))
        click.echo(f"Wrote {len(written) + 1} files to {out}", err=True)
    if as_json:
        _print_json(validation_document(found))
    else:
        _print_validation(found)


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Write the fitted ensemble to this JSON file.",
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep every evaluation here, and go on from it [default: beside --out].",
)
@click.option(
    "--people",
    type=click.IntRange(100, 20_000),
    default=800,
    show_default=True,
    help="Virtual people per arm and evaluation.",
)
@click.option("--rounds", type=click.IntRange(2, 20), default=5, show_default=True, help="Rounds of sampling.")
@click.option(
    "--draws", type=click.IntRange(10, 5000), default=250, show_default=True, help="Parameter values tried per round."
)
@click.option("--sets", type=click.IntRange(2, 500), default=40, show_default=True, help="Parameter sets kept.")
@click.option(
    "--structure",
    type=click.Choice(["gradual-recovery", "exponential-recovery", "sudden-recovery", "alike-trials", "direct-effect"]),
    default="gradual-recovery",
    show_default=True,
    help="Children recover step by step and trials differ by more than chance; or otherwise in one respect.",
)
@click.option(
    "--adults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Keep the adults of this file of an earlier calibration, and fit children only.",
)
@SEED
@THREADS
def calibrate(
    out: Path,
    log: Path | None,
    adults: Path | None,
    people: int,
    rounds: int,
    draws: int,
    sets: int,
    structure: str,
    seed: int,
    threads: int | None,
) -> None:
    """Fit the model to the calibration trials; interrupted, it goes on where it stopped."""
    from datetime import date

    from opsonin.knowledge import load_knowledge
    from opsonin.trial import declared_split
    from opsonin.trial.calibrate import calibrate as fit
    from opsonin.trial.calibrate import model_seal
    from opsonin.trial.calibrated import fits_to_dict, keeping_adults, read_ensemble

    knowledge = load_knowledge()
    with _progress("evaluations") as progress:
        fits = fit(
            structure=structure,
            adults=read_ensemble(adults).adults if adults else (),
            knowledge=knowledge,
            people=people,
            rounds=rounds,
            per_round=draws,
            sets=sets,
            seed=seed,
            threads=threads,
            progress=progress,
            log=log or out.with_suffix(".log.jsonl"),
        )
    command = f"opsonin calibrate --people {people} --rounds {rounds} --draws {draws} --sets {sets} --seed {seed}"
    command += "" if structure == "gradual-recovery" else f" --structure {structure}"
    command += f" --adults {adults.name}" if adults else ""
    seals = {"facts": model_seal(knowledge), "split_seal": declared_split().seal}
    about = {"people": people, "seed": seed, "knowledge": knowledge.version, **seals}
    made = fits_to_dict(fits, name=out.stem, on=date.today(), command=command, about=about)
    _write_json(out, keeping_adults(made, adults) if adults else made)
    for group in fits:
        worth = f"worth {group.found.effective:.0f} independent draws, log evidence {group.found.log_evidence:.1f}"
        click.echo(f"{group.group}: {len(group.sets)} sets, {worth}")


def _made_with(made: Outcome | Validation) -> str:
    from opsonin.trial.say import about_parameters

    size = f"{made.people} virtual people per arm and parameter set, seed {made.seed}."
    return f"{size} {about_parameters(made)}"


def _people_for(ensemble: Ensemble) -> int:
    return 500 if len(ensemble) > 1 else 2000


def _ensemble(parameter_set: str) -> Ensemble:
    from opsonin.trial.calibrated import DRAFT, read_ensemble

    return DRAFT if parameter_set == "draft" else read_ensemble()


def _print_validation(found: Validation) -> None:
    from opsonin.trial.say import ROW_HEAD, SCORE_HEAD, TITLES, row_cells, score_rows

    for split in dict.fromkeys(row.split for row in found.rows):
        print_table(TITLES[split], ROW_HEAD, (row_cells(row) for row in found.rows if row.split == split))
    print_table("Summary (rates in points, times and durations in days)", SCORE_HEAD, score_rows(found))
    click.echo(f"Not compared: {len(found.unused)}")
    for item in found.unused:
        click.echo(f"  {item.what}: {item.why}")
    if found.igg is not None:
        checks.print_igg(found.igg)
    click.echo(f"Parameters: {found.parameters}. {_made_with(found)}")


def _print_json(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")


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
