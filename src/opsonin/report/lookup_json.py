"""How is a look-up written as JSON? Decimals exact as text and facts by id, in the plan file's own way.

A fact stands once under `facts`, with what a plan leaves out: where, for whom and since when it holds. Works stand
under `sources`; the addresses at which they were open are for `opsonin shelf audit` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from opsonin.case import plan_file
from opsonin.knowledge import Fact, Knowledge
from opsonin.report.wording import MARK_LEGEND
from opsonin.therapy import SAFETY_FRAME

_MORE = ("where", "in_force_from", "in_force_until", "checked", "holds_for", "spread", "tags")


def written(value: Any) -> Any:
    """Any value of the shelf, ready for `json.dumps`; a fact becomes its id."""
    return plan_file._write(value, {})


def fact_to_dict(fact: Fact) -> dict[str, Any]:
    """A fact as in the plan file, and where, for whom and since when it holds."""
    return {**plan_file._write_fact(fact), **{name: written(getattr(fact, name)) for name in _MORE}}


def answer(
    kind: str,
    content: dict[str, Any],
    knowledge: Knowledge,
    *,
    on: date | None,
    facts: Iterable[Fact] = (),
    sources: Iterable[str] = (),
) -> dict[str, Any]:
    """One look-up: what was asked for, the facts behind it, the works behind those, and the frame."""
    by_id = {fact.id: fact for fact in facts}
    keys = {citation.source for fact in by_id.values() for citation in fact.citations} | set(sources)
    return {
        "schema": f"opsonin-{kind}/1",
        "knowledge": knowledge.version,
        "on": on.isoformat() if on is not None else None,
        **content,
        "facts": {id: fact_to_dict(fact) for id, fact in by_id.items()},
        "sources": {key: written(knowledge.sources[key]) for key in sorted(keys)},
        "marks": dict(MARK_LEGEND),
        "safety_frame": SAFETY_FRAME,
    }
