"""How is a record shown in a terminal? One line for each entry, and what was borne as the case would state it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from opsonin.quantities import show
from opsonin.record import Entry, Tolerance

_SHOWN_FIRST = ("what", "product", "grams", "value", "rate", "dose", "severity", "outcome", "rule", "says", "reason")


def print_log(entries: Iterable[Entry], console: Console) -> None:
    """The entries as a table; what was corrected or checked says so."""
    every = list(entries)
    withdrawn = {(e.case, e.event["corrects"]): e.number for e in every if e.event["kind"] == "correction"}
    checked = {(e.case, e.event["about"]): e for e in every if e.event["kind"] == "check"}
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("Entry", "Case", "When", "Who", "Kind", "What"):
        table.add_column(name, no_wrap=name in ("Entry", "When", "Kind"), overflow="fold")
    for entry in every:
        what = Text(words(entry))
        by, check = withdrawn.get((entry.case, entry.id)), checked.get((entry.case, entry.id))
        if by is not None:
            what.stylize("strike")
            what.append(f" [withdrawn by entry {by}]")
        if check is not None:
            what.append(f" [{check.event['who']} {check.event['outcome']}, entry {check.number}]")
        if entry.clock_back_from:
            what.append(" [the clock had gone back]")
        event = entry.event
        when = str(event["at"]).replace("T", " ")
        table.add_row(str(entry.number), entry.case, when, str(event["who"]), str(event["kind"]), what)
    console.print(table)


def words(entry: Entry) -> str:
    """What an entry says, in a few words.

    >>> words(Entry(1, "", {"kind": "rate", "rate": "60 mL/h", "reason": "no symptoms"}, "", ""))
    '60 mL/h; no symptoms'
    """
    event = entry.event
    said = [str(event[name]) for name in _SHOWN_FIRST if name in event]
    said += [f"{name.replace('_', ' ')} {event[name]}" for name in _VITALS if name in event]
    if "volume" in event:
        said.append(str(event["volume"]))
    if "lots" in event:
        said.append(f"lots {', '.join(event['lots'])}")
    said += [f"of {event[name]}" for name in ("corrects", "about") if name in event]
    return "; ".join(said)


_VITALS = ("pulse", "blood_pressure", "temperature", "respiratory_rate", "oxygen_saturation")


def tolerance_as_yaml(found: Sequence[Tolerance]) -> str:
    """The block `tolerated:` of a case, with the steps behind it as comments."""
    if not found:
        return "tolerated: []\n"
    lines = ["tolerated:"]
    for one in found:
        stated = one.as_tolerated()
        lines += [f"  - product: {stated.product}", f"    date: {stated.given_on.isoformat()}"]
        rate = stated.highest_rate_ml_per_kg_per_h
        if rate is not None:
            lines.append(f"    highest_rate: {show(rate, 3)} mL/kg/h")
        if stated.reaction is not None:
            lines.append(f"    reaction: {_quoted(stated.reaction)}")
        for step in one.steps:
            per_kg = f" = {show(step.ml_per_kg_per_h, 2)} mL/kg/h" if step.ml_per_kg_per_h is not None else ""
            borne = "borne" if step.borne else "not borne to its own end"
            lines.append(f"    # {show(step.ml_per_h)} mL/h{per_kg} for {show(step.minutes, 0)} min, {borne}")
        lines.append(f"    # {_ENDED[one.ended]}")
    return "\n".join(lines) + "\n"


_ENDED = {"end": "ended as planned", "stop": "stopped before its end", "": "no end is charted"}


def tolerance_as_dict(one: Tolerance) -> dict[str, Any]:
    """One infusion, ready for `json.dumps`; decimals as strings."""
    stated = one.as_tolerated()
    rate = stated.highest_rate_ml_per_kg_per_h
    return {
        "product": one.product,
        "started": one.started.isoformat(),
        "highest_rate_ml_per_kg_per_h": show(rate, 3) if rate is not None else None,
        "reaction": stated.reaction,
        "ended": one.ended or None,
        "steps": [
            {
                "ml_per_h": show(step.ml_per_h),
                "ml_per_kg_per_h": show(step.ml_per_kg_per_h, 3) if step.ml_per_kg_per_h is not None else None,
                "minutes": show(step.minutes, 1),
                "borne": step.borne,
            }
            for step in one.steps
        ],
    }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
