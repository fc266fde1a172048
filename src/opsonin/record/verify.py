"""Is every entry as it was recorded, and is none lost? If not, which is the first that does not hold?"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from opsonin.record.chain import NO_HASH, Break, Entry, Head, broken_links
from opsonin.record.database import entries
from opsonin.record.errors import RecordBroken
from opsonin.record.remembered import Columns
from opsonin.record.rows import entry_of_row, rows
from opsonin.record.witness import disagreement, read_head

_MOST_BREAKS = 20  # shown; the first is what matters
_GUARDS = ("entries_no_update", "entries_no_delete", "record_no_update", "record_no_delete", "entries_in_order")


@dataclass(frozen=True)
class Verification:
    """What was found: the head, every break (first one first), and remarks that break nothing."""

    head: Head
    breaks: tuple[Break, ...]
    remarks: tuple[str, ...]
    clock_went_back: int  # entries before which the clock had gone back
    columns: str = ""  # one SHA-256 over the columns of every entry, see `remembered`

    @property
    def holds(self) -> bool:
        return not self.breaks


def verify(
    engine: sa.Engine, *, id: str, file: Path | None, witness: Path, known: tuple[Head, ...] = ()
) -> Verification:
    """Read the whole record once and check every link, the store's own soundness, and the heads kept outside."""
    remarks: list[str] = []
    kept: Head | None = None
    try:
        kept = read_head(witness)
        if kept is None:
            remarks.append(f"No head is kept in {witness}; a lost end shows only against a head noted elsewhere.")
    except RecordBroken as error:
        remarks.append(str(error))
    heads = (*([kept] if kept is not None else ()), *known)
    reading = _Reading({head.length for head in heads})
    breaks: list[Break] = []
    try:
        with engine.connect() as connection, connection.begin():
            breaks += _soundness(connection)
            breaks += islice(broken_links(reading.of(connection)), _MOST_BREAKS)
            for _ in reading.rest:
                pass
            remarks += _remarks(connection, file)
    except (sa.exc.DatabaseError, ValueError, TypeError) as error:
        why = f"cannot be read: {str(getattr(error, 'orig', None) or error).partition(chr(10))[0]}."
        breaks.append(Break(reading.length + 1, why))
    breaks = sorted((*breaks, *reading.breaks), key=lambda one: one.number)
    for head in heads:
        at = reading.hash_at.get(head.length)
        wrong = disagreement(head, record=id, length=reading.length, hash_at=at)
        if wrong:
            breaks.append(Break(min(head.length, reading.length + 1), f"{wrong}."))
    return Verification(
        head=Head(id, reading.length, reading.hash),
        breaks=tuple(breaks[:_MOST_BREAKS]),
        remarks=tuple(remarks),
        clock_went_back=reading.clock_went_back,
        columns=reading.columns.digest(),
    )


class _Reading:
    """One pass over the entries, which keeps what is needed afterwards."""

    def __init__(self, wanted: set[int]) -> None:
        self.length, self.hash, self.clock_went_back = 0, NO_HASH, 0
        self.hash_at: dict[int, str] = {}
        self.breaks: list[Break] = []
        self.columns = Columns()
        self.rest: Iterator[Entry] = iter(())
        self._wanted = wanted

    def of(self, connection: sa.Connection) -> Iterator[Entry]:
        self.rest = self._read(connection)
        return self.rest

    def _read(self, connection: sa.Connection) -> Iterator[Entry]:
        for row in rows(connection, entries):
            entry, agrees = entry_of_row(row)
            if not agrees:
                self.breaks.append(Break(row.number, "was changed in the table: its columns do not agree."))
            self.length, self.hash = row.number, row.hash
            self.columns.add(row)
            self.clock_went_back += bool(row.clock_back_from)
            if row.number in self._wanted:
                self.hash_at[row.number] = row.hash
            yield entry


def _soundness(connection: sa.Connection) -> Iterator[Break]:
    """What SQLite itself finds wrong with its file."""
    if connection.dialect.name == "sqlite":
        for (says,) in connection.exec_driver_sql("PRAGMA integrity_check(3)"):
            if says != "ok":
                yield Break(0, f"the file is damaged: {says.replace(chr(10), ' ')}.")


def _remarks(connection: sa.Connection, file: Path | None) -> Iterator[str]:
    """What breaks no link and should be known all the same."""
    is_sqlite = connection.dialect.name == "sqlite"
    there = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    )
    found = set(connection.execute(sa.text(there)).scalars())
    missing = [name for name in _GUARDS if name not in found]
    if missing:
        yield f"The guards against change are missing: {', '.join(missing)}."
    if file is not None and stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield f"{file} can be read by others than its owner: chmod 600 {file}"
    if not is_sqlite:
        for setting in ("fsync", "full_page_writes"):
            if _setting(connection, setting) != "on":
                yield f"The server runs with {setting} off: a power cut may lose entries."


def _setting(connection: sa.Connection, name: str) -> Any:
    return connection.execute(sa.select(sa.func.current_setting(name))).scalar()
