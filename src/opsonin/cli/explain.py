"""The door `opsonin explain`: a topic in plain words, with its sources. Parse, call, render."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click


def register(group: click.Group) -> None:
    """Hang the command on the main group."""
    group.add_command(explain)


@click.command()
@click.argument("topic", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Explain with what was in force on this day instead of today."
)
def explain(topic: str | None, as_json: bool, on: Any) -> None:
    """A topic in plain words, with sources and review date: atg, ivig, itp; without TOPIC, the list."""
    from opsonin.knowledge import load_knowledge
    from opsonin.report import lookup_explain as page
    from opsonin.report.lookup_ids import find_id
    from opsonin.report.lookup_print import Pages, to_terminal

    day = on.date() if on is not None else date.today()
    knowledge = load_knowledge(on=day)
    if topic is not None:
        topic = find_id(topic, page.topics(knowledge), field="TOPIC", lists="opsonin explain")
    if as_json:
        made = page.topics_to_dict(knowledge, on=day) if topic is None else page.topic_to_dict(knowledge, topic, on=day)
        click.echo(json.dumps(made, ensure_ascii=False, indent=2))
    elif topic is None:
        page.list_topics(Pages(to_terminal()), knowledge)
    else:
        page.show_topic(Pages(to_terminal()), knowledge, topic)
