"""The book at the bedside: a JSON Lines file of events that is only ever added to, or a record.

Before a line is added, everything with it is read again; what is wrong is refused and nothing is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from opsonin.case.events import read_events
from opsonin.infusion.delivered import Delivered
from opsonin.infusion.from_events import CHART
from opsonin.patient.event import IMMUNOGLOBULIN, Event
from opsonin.patient.event_line import line_from_event

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


def given_line(given: Delivered, *, who: str, infusion: str, noted: datetime) -> dict[str, Any]:
    """What ran in, as the one line that follow-up reads."""
    line: dict[str, Any] = {
        "kind": "given",
        "at": given.started.isoformat(timespec="seconds"),
        "noted": noted.isoformat(timespec="seconds"),
        "who": who,
        "source": CHART,
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
