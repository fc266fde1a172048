"""The book at the bedside: a JSON Lines file of events that is only ever added to, or a record.

Before a line is added, everything with it is read again; what is wrong is refused and nothing is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from opsonin.case.events import read_events
from opsonin.infusion.delivered import Delivered
from opsonin.infusion.from_events import CHART
from opsonin.patient.event import IMMUNOGLOBULIN, Event, standing
from opsonin.patient.event_line import event_from_line, line_from_event

Judge = Callable[[tuple[Event, ...]], object]  # reads all events; raises InputRefused when they cannot be


def read_book(path: Path, *, as_of: date) -> tuple[Event, ...]:
    """The events of the file so far; none when there is no file yet."""
    return read_events(path, as_of=as_of) if path.exists() else ()


def add_to_book(path: Path, lines: Sequence[dict[str, Any]], *, as_of: date, judge: Judge) -> tuple[Event, ...]:
    """Add lines to the file, durably, all or none; the events after them. Raises InputRefused, nothing written."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if before and not before.endswith("\n"):
        before += "\n"
    added = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    events = read_events(before + added, as_of=as_of, source=str(path))
    judge(events)
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(added)
        file.flush()
        os.fsync(file.fileno())
    return events


def read_record(where: str, case: str) -> tuple[Event, ...]:
    """The events of one case in a record."""
    from opsonin.record import open_record

    with open_record(where) as record:
        return record.events(case)


def add_to_record(
    where: str, case: str, lines: Sequence[dict[str, Any]], *, as_of: date, judge: Judge
) -> tuple[Event, ...]:
    """Add lines to a record, all or none; the events after them."""
    from opsonin.record import open_record

    with open_record(where) as record:
        here = record.events(case)
        written = [*(line_from_event(event) for event in sorted(here, key=_noted)), *lines]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in written)
        events = read_events(text, as_of=as_of, source=where)
        judge(events)
        new = tuple(replace(event, case=case) for event in events[len(here) :])
        record.append_all(new)
        return record.events(case)


def _noted(event: Event) -> datetime:
    return event.noted or event.at


def settled(
    given: Delivered | None, events: Sequence[Event], *, infusion: str, who: str, id: str
) -> list[dict[str, Any]]:
    """The lines after which what ran in stands as one `given` event: none where it stands already; where the chart has
    changed since it was noted, that is withdrawn."""
    wanted = given if given is not None and (given.unit != "g" or given.amount >= _LEAST_GRAMS) else None
    noted = max([*([given.ended] if given is not None else []), *(_noted(event) for event in events)])
    before = [event for event in standing(events) if event.infusion == infusion and event.source == CHART]
    new = _given_line(wanted, who=who, infusion=infusion, noted=noted, id=id) if wanted is not None else None
    if new is not None and any(_same(event, new) for event in before):
        return []
    head = {"kind": "correction", "at": noted.isoformat(timespec="seconds"), "who": who, "source": CHART}
    withdrawn = [{**head, "corrects": event.id, "reason": "the chart has changed"} for event in before]
    return [*withdrawn, *([new] if new is not None else [])]


_LEAST_GRAMS = Decimal("0.1")  # less is no dose that the vocabulary takes


def _same(event: Event, new: dict[str, Any]) -> bool:
    """Whether an event says what this line says, whoever noted it and when."""
    passing = ("who", "noted", "id", "case")
    old, other = line_from_event(event), line_from_event(event_from_line(new, place=""))
    return {k: v for k, v in old.items() if k not in passing} == {k: v for k, v in other.items() if k not in passing}


def _given_line(given: Delivered, *, who: str, infusion: str, noted: datetime, id: str) -> dict[str, Any]:
    """What ran in, as the one line that follow-up reads."""
    line: dict[str, Any] = {
        "kind": "given",
        "at": given.started.isoformat(timespec="seconds"),
        "noted": noted.isoformat(timespec="seconds"),
        "who": who,
        "source": CHART,
        "id": id,
        "product": given.product,
        "ended": given.ended.isoformat(timespec="seconds"),
        "infusion": infusion,
    }
    if given.unit == "g":
        line.update({"what": IMMUNOGLOBULIN, "grams": f"{given.amount:.4f} g"})
    else:
        line.update({"what": given.product, "dose": f"{given.amount:.4f} {given.unit}"})
    if given.interruptions:
        line["interruptions"] = [[a.isoformat(timespec="seconds") for a in pair] for pair in given.interruptions]
    if given.lots:
        line["lots"] = list(given.lots)
    return line
