"""The exercises: a virtual person, a clock that jumps, a debrief. Parse, call, render."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli.bedside_words import HELP, line_of, on_its_day
from opsonin.cli.console import console
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.infusion.debrief import Debrief
    from opsonin.infusion.scenario import Scenario
    from opsonin.infusion.training import Exercise
    from opsonin.knowledge import Knowledge

WORDS = "wait 15 (let time pass; it stops when somebody speaks) · v (take vital signs) · " + HELP.replace(
    "v 36.8C 120/75 80 16 98% ok|bad · ", ""
).replace("@09:30 … for a late entry · ", "")
EXERCISE = "An exercise: the person is virtual and the numbers are invented for teaching."


@click.command()
@click.argument("scenario", required=False)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="Seed of the exercise.")
@click.option(
    "--script", type=click.File("r", encoding="utf-8"), help='JSON Lines {"do": "wait 15"} instead of typing.'
)
@click.option("--json", "as_json", is_flag=True, help="The debrief as JSON on stdout; needs --script.")
def train(scenario: str | None, seed: int, script: Any, as_json: bool) -> None:
    """Train on a virtual person; without SCENARIO, the list. The debrief compares each action with the rules."""
    from opsonin.case.scenario_file import read_scenario, scenarios

    if scenario is None:
        _list(scenarios(), as_json)
        return
    if as_json and script is None:
        raise InputRefused([Problem("--json", "", "needs --script.", "Give the actions as JSON Lines.")])
    exercise, knowledge = _set_up(read_scenario(scenario), seed)
    typed = _scripted(script) if script is not None else _typed(exercise)
    _run(exercise, knowledge, typed, quiet=as_json)
    from opsonin.infusion.debrief import debrief

    found = debrief(exercise)
    if as_json:
        from opsonin.report.debrief import debrief_to_dict

        click.echo(json.dumps(debrief_to_dict(found, exercise, seed), ensure_ascii=False))
        return
    _print_debrief(found, exercise)


def _list(known: dict[str, Scenario], as_json: bool) -> None:
    if as_json:
        entries = [{"id": one.id, "title": one.title, "teaches": one.teaches} for one in known.values()]
        click.echo(json.dumps({"schema": "opsonin-scenarios/1", "scenarios": entries}, ensure_ascii=False))
        return
    from opsonin.infusion import AID

    click.echo(f"{AID}\n{EXERCISE}\n")
    for one in known.values():
        click.echo(f"{one.id:32}{one.title}\n{'':32}{one.teaches}")
    click.echo("\nBegin: opsonin infuse train SCENARIO")


def _set_up(scenario: Scenario, seed: int) -> tuple[Exercise, Knowledge]:
    from opsonin.case import read_case
    from opsonin.case.scenario_file import case_text
    from opsonin.infusion.order import globulin_order, immunoglobulin_order
    from opsonin.infusion.training import Exercise
    from opsonin.infusion.virtual_person import VirtualPerson
    from opsonin.knowledge import load_knowledge
    from opsonin.mechanism.harm import reaction_hazards
    from opsonin.planning.ordered import ordered

    case = read_case(case_text(scenario), source=f"scenario {scenario.id}")
    knowledge = load_knowledge(on=case.circumstances.as_of)
    about: dict[str, Any] = {"circumstances": case.circumstances, "knowledge": knowledge}
    if scenario.globulin:
        bag = scenario.globulin
        order = globulin_order(
            knowledge.product(bag["product"]),
            amount_mg=_number(bag["amount"], "mg"),
            volume_ml=_number(bag["volume"], "mL"),
            day=int(bag["day"]),
            weight_kg=case.patient.weight.kg,
            is_adult=case.patient.is_adult,
            **about,
        )
    else:
        regimen = ordered(case.patient, case.circumstances, scenario.regimen, knowledge)
        order = immunoglobulin_order(regimen, 1, patient=case.patient, **about)
    hazards = reaction_hazards(case.patient, knowledge) if scenario.by_chance else ()
    begins = case.circumstances.start or datetime.combine(date.today(), datetime.min.time()).astimezone()
    return Exercise(scenario, order, VirtualPerson(scenario, order, seed, hazards), begins), knowledge


def _number(written: str, unit: str) -> Decimal:
    from opsonin.quantities import read_quantity

    if unit == "mg":
        return read_quantity(written, "mass", field="globulin.amount").amount * 1000
    return read_quantity(written, "volume", field="globulin.volume").amount


def _scripted(script: Any) -> Iterator[str]:
    for number, line in enumerate(script.read().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield str(json.loads(line)["do"])
        except (ValueError, KeyError, TypeError):
            why = 'is not {"do": "…"}.'
            raise InputRefused([Problem(f"script line {number}", line[:60], why, WORDS)]) from None


def _typed(exercise: Exercise) -> Iterator[str]:
    while True:
        try:
            yield click.prompt("", prompt_suffix=f"{exercise.now:%H:%M} > ") if sys.stdin.isatty() else input()
        except (EOFError, click.Abort):
            return


def _run(exercise: Exercise, knowledge: Knowledge, typed: Iterator[str], *, quiet: bool) -> None:
    """Act by act, until q or the end of the words; what cannot be is refused and may be typed again."""
    scripted = quiet or not sys.stdin.isatty()
    if not quiet:
        click.echo(f"{EXERCISE}\n{exercise.scenario.title}. {exercise.scenario.story}\n{WORDS}\n")
        _look(exercise, knowledge)
    for words in typed:
        if words.strip().lower() in ("q", "quit"):
            break
        try:
            heard = _do(exercise, words)
        except InputRefused as refused:
            if scripted and quiet:
                raise
            click.echo(f"Refused. {refused}", err=True)
            continue
        if not quiet:
            for what, how in heard:
                click.echo(f'\n{exercise.now:%H:%M} – "{what}", {how}.')
            _look(exercise, knowledge)
    exercise.finish()


def _do(exercise: Exercise, words: str) -> tuple[tuple[str, str], ...]:
    word, _, rest = words.strip().partition(" ")
    if word.lower() in ("wait", "w"):
        if not rest.strip().isdigit():
            raise InputRefused([Problem("wait", rest, "is no number of minutes.", "Write: wait 15.")])
        return exercise.wait(int(rest))
    if word.lower() in ("v", "vitals"):
        judged = {"ok": "acceptable", "bad": "not-acceptable"}.get(rest.strip().lower())
        exercise.act({"kind": "vitals", **({"judged": judged} if judged else {})})
        return ()
    exercise.act(on_its_day(line_of(words), lambda written: _time_of_day(written, exercise.now)))
    return ()


def _time_of_day(written: str, day: datetime) -> datetime:
    try:
        return datetime.combine(day.date(), time.fromisoformat(written), day.tzinfo)
    except ValueError:
        raise InputRefused([Problem("made", written, "is no time of day.", "Write: made 08:30.")]) from None


def _look(exercise: Exercise, knowledge: Knowledge) -> None:
    from opsonin.report.bedside import print_bedside

    out = console()
    out.print()
    print_bedside(exercise.look(), knowledge, out, full=False)


def _print_debrief(found: Debrief, exercise: Exercise) -> None:
    from opsonin.report.debrief import debrief_lines

    for line in debrief_lines(found, exercise):
        click.echo(line)
