"""What need not be read again, because it was found to hold and has not changed since?

When everything was read and held, the length, the last hash and one SHA-256 over the columns of every entry (number,
case, id, hash) are kept beside the head. `still_holds` reads those columns again; where they are the same, no entry was
added to, taken from or moved within what was verified, and none was given another hash. Then only two kinds of entries
are read in full: those of the case that is asked for, and those recorded since. What this cannot show is a changed
content of another case's older entry; `verify`, exports and backups read everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from opsonin.record.chain import Break, Entry, Head, broken_links
from opsonin.record.database import entries
from opsonin.record.errors import RecordBroken
from opsonin.record.rows import entry_of_row, rows
from opsonin.record.witness import disagreement, read_head, replace_file

_COLUMNS = (entries.c.number, entries.c.case_id, entries.c.event_id, entries.c.hash)


class Columns:
    """One SHA-256 over the columns of the entries, as they pass."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def add(self, row: sa.Row[Any]) -> None:
        self._sum.update(repr((row.number, row.case_id, row.event_id, row.hash)).encode("utf-8", "surrogatepass"))

    def digest(self) -> str:
        return self._sum.hexdigest()


@dataclass(frozen=True)
class Seen:
    """A record as it was when all of it was found to hold."""

    head: Head
    columns: str


def path_beside(witness: Path) -> Path:
    """Where this is kept: beside the head."""
    return witness.with_suffix(".verified")


def read_seen(path: Path) -> Seen | None:
    """What is remembered; None when nothing is, or it cannot be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        head = Head(str(kept["record"]), int(kept["length"]), str(kept["hash"]))
        return Seen(head, str(kept["columns"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_seen(path: Path, seen: Seen) -> None:
    """Remember it. Where it cannot be kept, everything is read again next time."""
    head = seen.head
    kept = {"record": head.record, "length": head.length, "hash": head.hash, "columns": seen.columns}
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, json.dumps(kept) + "\n")


def still_holds(engine: sa.Engine, seen: Seen, *, id: str, case: str, witness: Path) -> Seen | None:
    """The record as it is now, when the entries of this case and all new ones hold; None when that is not certain."""
    if seen.head.record != id or seen.head.length == 0:
        return None
    try:
        with engine.connect() as connection, connection.begin():
            return _looked_at(connection, seen, case, witness)
    except (sa.exc.DatabaseError, RecordBroken, ValueError, TypeError, RecursionError):
        return None


def _looked_at(connection: sa.Connection, seen: Seen, case: str, witness: Path) -> Seen | None:
    kept, known = read_head(witness), seen.head
    columns, then, own, number = Columns(), "", [], 0
    hash_at: dict[int, str] = {}
    for row in rows(connection, *_COLUMNS):
        number += 1
        columns.add(row)
        if row.number != number:
            return None
        if row.case_id == case:
            own.append(number)
        if kept is not None and number == kept.length:
            hash_at[number] = row.hash
        if number == known.length:
            then = columns.digest() if row.hash == known.hash else ""
    if then != seen.columns:
        return None
    if disagreement(kept, record=known.record, length=number, hash_at=hash_at.get(kept.length if kept else 0)):
        return None
    last = _Reading(connection)
    if any(True for _ in last.breaks_after(known.length)):
        return None
    if not last.holds_alone(case, [one for one in own if one <= known.length]):
        return None
    return Seen(Head(known.record, number, last.hash), columns.digest())


class _Reading:
    """Entries read in full, one look at those that are new and one at those of a case."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.hash = ""

    def breaks_after(self, number: int) -> Iterator[Break]:
        """The first break from this entry on, which itself is the one before."""
        before, *_ = self._read(entries.c.number == number)
        self.hash = before.hash
        yield from broken_links(chain([before], self._new(number)), first=before)

    def _new(self, number: int) -> Iterator[Entry]:
        for entry in self._read(entries.c.number > number):
            self.hash = entry.hash
            yield entry

    def holds_alone(self, case: str, numbers: list[int]) -> bool:
        """Whether each entry of this case, of these numbers and no other, has the hash of its content."""
        found = []
        for entry in self._read((entries.c.case_id == case) & (entries.c.number <= (numbers or [0])[-1])):
            found.append(entry.number)
            if any(True for _ in broken_links([entry], first=entry)):
                return False
        return found == numbers

    def _read(self, where: sa.ColumnElement[bool]) -> Iterator[Entry]:
        for row in rows(self._connection, entries, where=where):
            entry, agrees = entry_of_row(row)
            if not agrees:
                raise ValueError("its columns do not agree")
            yield entry
