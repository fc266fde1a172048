"""The look-up doors: product, compare, rule, pack, protocol, sources, shelf, evidence, explain. Parse, call, render."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from opsonin.cli import explain, packs
from opsonin.errors import CheckFailed, InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge
    from opsonin.report.lookup_print import Pages

_json = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
_on = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Show what was in force on this day instead of today."
)


def register(group: click.Group) -> None:
    """Hang the look-up commands on the main group."""
    for command in (product, compare, rule, pack, protocol, sources, shelf, evidence):
        group.add_command(command)
    explain.register(group)


@click.command()
@click.argument("id", required=False)
@_json
@_on
def product(id: str | None, as_json: bool, on: Any) -> None:
    """Everything the shelf holds on a product; without ID, the list."""
    from opsonin.report import lookup_product as page

    knowledge, day = _known(on)
    if id is None:
        _say(as_json, lambda: page.products_to_dict(knowledge, on=day), lambda out: page.list_products(out, knowledge))
        return
    item = knowledge.products[_find(id, knowledge.products, "opsonin product")]
    _say(
        as_json,
        lambda: page.product_to_dict(knowledge, item, on=day),
        lambda out: page.show_product(out, knowledge, item),
    )


@click.command()
@click.argument("ids", metavar="ID ID …", nargs=-1, required=True)
@click.option("--region", type=click.Choice(["us", "eu", "uk", "ch"]), help="Only this region's labels.")
@click.option("--all", "everything", is_flag=True, help="Show the rows that are equal, too.")
@_json
@_on
def compare(ids: tuple[str, ...], region: str | None, everything: bool, as_json: bool, on: Any) -> None:
    """Products side by side: differences first, and where sources disagree."""
    from opsonin.report import lookup_compare as page

    knowledge, day = _known(on)
    found = dict.fromkeys(_find(id, knowledge.products, "opsonin product") for id in ids)
    if len(found) < 2:
        raise InputRefused([Problem("ID ID …", " ".join(ids), "is one product.", "Name two or more.")])
    products = [knowledge.products[id] for id in found]
    if len({item.family for item in products}) > 1:
        why = "are of two families, immunoglobulin and antithymocyte globulin: no row of the two means the same."
        raise InputRefused([Problem("ID ID …", " ".join(ids), why, "Name products of one family.")])
    _say(
        as_json,
        lambda: page.comparison_to_dict(knowledge, products, region=region, on=day),
        lambda out: page.show_comparison(out, knowledge, products, region=region, everything=everything),
    )


@click.command()
@click.argument("id", required=False)
@_json
@_on
def rule(id: str | None, as_json: bool, on: Any) -> None:
    """A safety rule: when it applies, what it says, why, what to do; without ID, the list."""
    from opsonin.report import lookup_rules as page

    knowledge, day = _known(on)
    if id is None:
        _say(as_json, lambda: page.rules_to_dict(knowledge, on=day), lambda out: page.list_rules(out, knowledge))
        return
    rules = page.rules_by_id(knowledge)
    wanted = rules[_find(id, rules, "opsonin rule")]
    _say(
        as_json,
        lambda: page.rule_to_dict(knowledge, wanted, on=day),
        lambda out: page.show_rule(out, knowledge, wanted),
    )


@click.command()
@click.argument("id", metavar="[ID | FILE]", required=False)
@_json
@_on
def pack(id: str | None, as_json: bool, on: Any) -> None:
    """What a policy pack says, and where it is silent; without ID, the list. A site's own pack is given as a file."""
    from opsonin.report import lookup_packs as page

    mine = packs.chosen(id, "FILE")
    knowledge, day = _known(on, mine)
    if id is None:
        _say(as_json, lambda: page.packs_to_dict(knowledge, on=day), lambda out: page.list_packs(out, knowledge))
        return
    wanted = knowledge.packs[mine.id if mine.file and mine.id else _find(id, knowledge.packs, "opsonin pack")]
    _say(
        as_json,
        lambda: page.pack_to_dict(knowledge, wanted, on=day),
        lambda out: page.show_pack(out, knowledge, wanted),
    )


@click.command()
@click.argument("id", required=False)
@_json
@_on
def protocol(id: str | None, as_json: bool, on: Any) -> None:
    """A protocol of antithymocyte globulin: doses, days, limits, weight rule, source; without ID, the list."""
    from opsonin.report import lookup_protocols as page

    knowledge, day = _known(on)
    if id is None:
        _say(
            as_json, lambda: page.protocols_to_dict(knowledge, on=day), lambda out: page.list_protocols(out, knowledge)
        )
        return
    wanted = knowledge.protocols[_find(id, knowledge.protocols, "opsonin protocol")]
    _say(
        as_json,
        lambda: page.protocol_to_dict(knowledge, wanted, on=day),
        lambda out: page.show_protocol(out, knowledge, wanted),
    )


@click.command()
@click.argument("key", required=False)
@_json
@_on
def sources(key: str | None, as_json: bool, on: Any) -> None:
    """A work and every fact that cites it; without KEY, all works."""
    from opsonin.report import lookup_sources as page

    knowledge, day = _known(on)
    if key is None:
        _say(as_json, lambda: page.sources_to_dict(knowledge, on=day), lambda out: page.list_sources(out, knowledge))
        return
    work = knowledge.sources[_find(key, knowledge.sources, "opsonin sources", field="KEY")]
    _say(
        as_json,
        lambda: page.source_to_dict(knowledge, work, on=day),
        lambda out: page.show_source(out, knowledge, work),
    )


@click.group()
def shelf() -> None:
    """The shelf of facts as a whole."""


@shelf.command()
@click.option("--strict", is_flag=True, help="Exit with 3 when anything is unsourced or a source fact is missing.")
@_json
def audit(strict: bool, as_json: bool) -> None:
    """How far the facts are verified, and what is left to check against the works themselves."""
    from opsonin.knowledge import load_knowledge
    from opsonin.report import lookup_audit as page

    knowledge = load_knowledge()
    done = page.audit(knowledge)
    _say(
        as_json,
        lambda: page.audit_to_dict(knowledge, done, on=None),
        lambda out: page.show_audit(out, knowledge, done),
    )
    if strict and not done.passes_strict:
        raise CheckFailed(page.verdict(done))


@click.command()
@click.argument("topic", nargs=-1)
@_json
@_on
def evidence(topic: tuple[str, ...], as_json: bool, on: Any) -> None:
    """Published study arms and results that fit every word; without TOPIC, all arms and the list of indications.

    Words: adult, child, a product, a study; for antithymocyte globulin kidney, heart, lung, liver, gvhd,
    aplastic-anaemia, a regimen. Results are shown as printed, never predicted.

    With “harm” as the first word: published frequencies of harms, by harm, age, study (harm headache child). With
    “predictor”: what was published on who responds (predictor infection child).
    """
    from opsonin.report import lookup_evidence as page
    from opsonin.report import lookup_harms as harm_page
    from opsonin.report import lookup_predictors as predictor_page

    knowledge, day = _known(on)
    words, as_dict, show = topic, page.evidence_to_dict, page.show_evidence
    if topic and topic[0].lower() in harm_page.WORDS:
        words, as_dict, show = topic[1:], harm_page.harms_to_dict, harm_page.show_harms
    elif topic and topic[0].lower() in predictor_page.WORDS:
        words, as_dict, show = topic[1:], predictor_page.predictors_to_dict, predictor_page.show_predictors
    _say(as_json, lambda: as_dict(knowledge, words, on=day), lambda out: show(out, knowledge, words))


def _known(on: Any, mine: packs.Chosen | None = None) -> tuple[Knowledge, date]:
    """What is known on the day asked for, or today, and that day; with a site's own pack where one was named."""
    day = on.date() if on is not None else date.today()
    return (mine or packs.chosen(None)).knowledge(day), day


def _find(typed: str, known: Any, lists: str, field: str = "ID") -> str:
    from opsonin.report.lookup_ids import find_id

    return find_id(typed, known, field=field, lists=lists)


def _say(as_json: bool, as_dict: Callable[[], dict[str, Any]], in_words: Callable[[Pages], None]) -> None:
    """The answer on stdout: JSON, or pages for a terminal."""
    if as_json:
        click.echo(json.dumps(as_dict(), ensure_ascii=False, indent=2))
        return
    from opsonin.report.lookup_print import Pages, to_terminal

    in_words(Pages(to_terminal()))
