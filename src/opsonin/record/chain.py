"""How does one entry hold on to the one before? Canonical bytes, their SHA-256, and the first link that is broken.

The hash of an entry is the SHA-256 of the JSON object of its format, number, time of recording, event and the hash of
the entry before, in the canonical form of RFC 8785. A changed, missing, added or moved entry breaks the chain from
there on. What the chain cannot show by itself is the loss of its end; for that the head (length and last hash) is kept
outside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opsonin.record.errors import need

FORMAT = "opsonin-record/1"
NO_HASH = "0" * 64  # stands before the first entry

Clock = Callable[[], datetime]
Line = Mapping[str, Any]  # an event as it stands on a line


@dataclass(frozen=True)
class Entry:
    """One event in its place in the record."""

    number: int  # from 1, without gaps
    recorded: str  # when the record took it: UTC, with microseconds
    event: Line
    previous: str  # the hash of the entry before
    hash: str
    clock_back_from: str = ""  # the time of the entry before, when the clock had gone back since

    @property
    def case(self) -> str:
        return str(self.event["case"])

    @property
    def id(self) -> str:
        return str(self.event["id"])


@dataclass(frozen=True)
class Head:
    """How long a record is and the hash of its last entry: all it takes to notice a lost end."""

    record: str
    length: int
    hash: str

    def __str__(self) -> str:
        return f"{self.length}:{self.hash}"


@dataclass(frozen=True)
class Break:
    """A link that does not hold: at which entry, and why."""

    number: int
    why: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.why}"


def now() -> datetime:
    """The computer's clock."""
    return datetime.now(UTC)


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value (RFC 8785).

    >>> canonical({"b": 1.0, "a": "µ"}).decode()
    '{"a":"µ","b":1}'
    """
    written: bytes = need("rfc8785").dumps(value)
    return written


def digest(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def stamp(moment: datetime) -> str:
    """A moment as the record writes it.

    >>> stamp(datetime(2026, 11, 21, 9, tzinfo=UTC))
    '2026-11-21T09:00:00.000000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def link(event: Line, *, after: Entry | None, recorded: datetime) -> Entry:
    """The entry that follows `after`. A clock that has gone back since is written into the entry."""
    number, previous = (after.number + 1, after.hash) if after is not None else (1, NO_HASH)
    when = stamp(recorded)
    back = after.recorded if after is not None and when < after.recorded else ""
    return Entry(number, when, event, previous, _hash(number, when, event, previous, back), back)


def broken_links(entries: Iterable[Entry], *, first: Entry | None = None) -> Iterator[Break]:
    """Every link that does not hold, first one first. `first`: the entry these begin with; else the record's first."""
    number, previous, recorded = (first.number - 1, first.previous, "") if first is not None else (0, NO_HASH, "")
    for entry in entries:
        number += 1
        if entry.number != number:
            lost = str(number) if entry.number == number + 1 else f"{number} to {entry.number - 1}"
            yield Break(number, f"is not there (the next one found is {entry.number}; missing: {lost}).")
        elif _hash(entry.number, entry.recorded, entry.event, entry.previous, entry.clock_back_from) != entry.hash:
            yield Break(number, "was changed after it was recorded: its hash is not that of its content.")
        elif entry.previous != previous:
            yield Break(number, f"does not follow entry {number - 1}: it names another hash before it.")
        elif entry.recorded < recorded and not entry.clock_back_from:
            yield Break(number, "was recorded before the entry before it, and does not say so.")
        number, previous, recorded = entry.number, entry.hash, entry.recorded


def _hash(number: int, recorded: str, event: Line, previous: str, back: str) -> str:
    content = {"format": FORMAT, "number": number, "recorded": recorded, "event": event, "previous": previous}
    return digest({**content, "clock_back_from": back} if back else content)
