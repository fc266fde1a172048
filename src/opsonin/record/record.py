"""What is in the record, and how does one event get in for good?

An event is acknowledged (its Entry is returned) only when the store has made it durable. An event with an `id` can be
handed in again after a doubt: the same one is found, not written twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from opsonin.errors import InputRefused, Problem
from opsonin.patient.event import ALWAYS, ID_PATTERN, KINDS, Event
from opsonin.patient.event_line import event_from_line, line_from_event
from opsonin.record import database
from opsonin.record.chain import NO_HASH, Clock, Entry, Head, Line, canonical, link
from opsonin.record.database import entries
from opsonin.record.errors import NotRecorded, RecordBroken, RecordUnavailable
from opsonin.record.remembered import Seen, keep_seen, path_beside, read_seen, still_holds
from opsonin.record.verify import Verification, verify
from opsonin.record.witness import disagreement, keep_head, read_head, witness_for

_OWN_ID = re.compile(r"^entry-\d+$")
_AT_ONCE = 1000  # rows fetched together


class Record:
    """An open record; `with open_record(...) as record:` closes it."""

    def __init__(self, engine: sa.Engine, *, id: str, name: str, file: Path | None, clock: Clock) -> None:
        self.id, self.name, self.file = id, name, file
        self.witness = witness_for(id, database=file)
        self._engine, self._clock = engine, clock

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return self.head().length

    def close(self) -> None:
        """Let go of the store."""
        self._engine.dispose()

    def append(self, event: Event) -> Entry:
        """Record one event durably. Raises InputRefused, NotRecorded, or RecordBroken when the end of the record is
        lost."""
        return self.append_all([event])[0]

    def append_all(self, events: Iterable[Event]) -> tuple[Entry, ...]:
        """Record events in this order, all or none of them."""
        lines = [_readable(event) for event in events]
        added: list[Entry] = []
        try:
            with database.writing(self._engine) as connection:
                last = _last(connection)
                self._refuse_lost_end(connection, last)
                for line in lines:
                    entry, is_new = self._next(connection, line, last)
                    added.append(entry)
                    last = entry if is_new else last
        except sa.exc.DatabaseError as error:
            raise NotRecorded(f"{self.name} did not record the event: {_why(error)}") from error
        if last is not None:
            keep_head(self.witness, Head(self.id, last.number, last.hash))
        return tuple(added)

    def entries(self, case: str | None = None, *, after: int = 0) -> Iterator[Entry]:
        """The entries, first one first, of one case or of all. Read as they are: `verify` says whether they hold."""
        while page := self._read(after, case, _AT_ONCE):
            yield from page
            if page[-1].number <= after:
                raise RecordBroken(f"{self.name} is damaged: its numbers do not grow. Verify it.")
            after = page[-1].number

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        """The events of one case or of all, in the order in which they were recorded."""
        return tuple(event_from_line(entry.event, place=f"entry {entry.number}") for entry in self.entries(case))

    def entry(self, number: int) -> Entry | None:
        """One entry by its number."""
        return next((entry for entry in self._read(number - 1, None, 1) if entry.number == number), None)

    def head(self) -> Head:
        """How long the record is, and its last hash."""
        try:
            with self._engine.connect() as connection, connection.begin():
                last = _last(connection)
        except sa.exc.DatabaseError as error:
            raise self._unreadable(error) from error
        return Head(self.id, last.number, last.hash) if last is not None else Head(self.id, 0, NO_HASH)

    def verify(self, *, known: Iterable[Head] = ()) -> Verification:
        """Whether every entry is as it was recorded and none is lost; `known`: heads noted elsewhere."""
        found = verify(self._engine, id=self.id, file=self.file, witness=self.witness, known=tuple(known))
        if found.holds:
            keep_seen(path_beside(self.witness), Seen(found.head, found.columns))
        return found

    def verify_case(self, case: str) -> Verification:
        """The same as far as one case goes: what was verified before and has not changed since is not read again."""
        seen = read_seen(path_beside(self.witness))
        now = still_holds(self._engine, seen, id=self.id, case=case, witness=self.witness) if seen is not None else None
        if now is None:
            return self.verify()
        if now != seen:
            keep_seen(path_beside(self.witness), now)
        return Verification(now.head, (), (), 0, now.columns)

    def upgrade(self) -> None:
        """Bring the store to this version's tables; the entries stay as they are."""
        try:
            database.build_tables(self._engine)
        except sa.exc.DatabaseError as error:
            raise NotRecorded(f"{self.name} could not be upgraded and is as it was: {_why(error)}") from error

    def restore(self, verified: Iterable[Entry]) -> int:
        """Take over entries of a verified export as they are, after those that are here already; how many were new.

        What is here must be the beginning of what comes; anything else is refused."""
        added, last = 0, None
        try:
            with database.writing(self._engine) as connection:
                here = connection.execute(sa.select(sa.func.max(entries.c.number))).scalar() or 0
                for last in verified:
                    if last.number > here:
                        connection.execute(entries.insert().values(**_row(last)))
                        added += 1
                    elif _hash_at(connection, last.number) != last.hash:
                        why = f"has another entry {last.number} than {self.name}."
                        raise InputRefused([Problem("export", "", why, "Import it into a new record.")])
                if last is not None and last.number < here:
                    why = f"ends at entry {last.number}; {self.name} is longer ({here})."
                    raise InputRefused([Problem("export", "", why, "Nothing is to be restored.")])
        except sa.exc.DatabaseError as error:
            raise NotRecorded(f"{self.name} did not take the entries: {_why(error)}") from error
        if last is not None:
            keep_head(self.witness, Head(self.id, last.number, last.hash))
        return added

    def _read(self, after: int, case: str | None, at_most: int) -> list[Entry]:
        wanted = sa.select(entries).where(entries.c.number > after).order_by(entries.c.number).limit(at_most)
        if case is not None:
            wanted = wanted.where(entries.c.case_id == case)
        try:
            with self._engine.connect() as connection, connection.begin():
                return [_entry(row) for row in connection.execute(wanted)]
        except (sa.exc.DatabaseError, ValueError) as error:
            raise self._unreadable(error) from error

    def _next(self, connection: sa.Connection, line: dict[str, Any], last: Entry | None) -> tuple[Entry, bool]:
        """The entry of this line, and whether it is new: one with the same id and content is there already or added."""
        number = last.number + 1 if last is not None else 1
        line.setdefault("id", f"entry-{number}")
        there = _find(connection, line["case"], line["id"])
        if there is not None:
            if canonical(there.event) == canonical(line):
                return there, False
            why = f"names another event already (entry {there.number})."
            raise InputRefused([Problem("id", line["id"], why, "Give every event an id of its own.")])
        problems = list(_sense(connection, line, number))
        if problems:
            raise InputRefused(problems, source="event")
        entry = link(line, after=last, recorded=self._clock())
        connection.execute(entries.insert().values(**_row(entry)))
        return entry, True

    def _refuse_lost_end(self, connection: sa.Connection, last: Entry | None) -> None:
        """Nothing is added to a record that has lost its end: the loss would be covered up."""
        kept = read_head(self.witness)
        at = _hash_at(connection, kept.length) if kept is not None else None
        wrong = disagreement(kept, record=self.id, length=last.number if last is not None else 0, hash_at=at)
        if wrong:
            raise RecordBroken(
                f"{self.name}: {wrong}. Nothing was added. Verify it, and restore the last backup into a new record "
                "(`opsonin record import`)."
            )

    def _unreadable(self, error: Exception) -> Exception:
        kind = RecordBroken if self.file is not None else RecordUnavailable
        return kind(f"{self.name} cannot be read: {_why(error)}")


def _readable(event: Event) -> dict[str, Any]:
    """The line of an event, or why it cannot be recorded."""
    line = line_from_event(event)
    problems = [
        Problem(name, "", f"is missing: a record needs it in every event of the kind {event.kind}.", "Add it.")
        for name in (*ALWAYS, "case", *(KINDS[event.kind].needs if event.kind in KINDS else ()))
        if not line.get(name)
    ]
    if event.kind not in KINDS:
        problems.append(Problem("kind", event.kind, "is not known.", f"Known: {', '.join(KINDS)}."))
    if event.case and not re.match(ID_PATTERN, event.case):
        problems.append(Problem("case", event.case, "is not a pseudonym.", "Write letters, digits, dots or dashes."))
    if any(moment is not None and moment.utcoffset() is None for moment in (event.at, event.until, event.noted)):
        problems.append(Problem("at", event.at.isoformat(), "has no time zone.", "Give the time with its zone."))
    problems += [Problem(name, "", "holds signs that are no text.", "Write it again.") for name in _no_text(line)]
    if problems:
        raise InputRefused(problems, source="event")
    return dict(json.loads(canonical(line)))


def _no_text(line: Mapping[str, Any]) -> Iterator[str]:
    for name, value in line.items():
        text = json.dumps(value, ensure_ascii=False)
        if "\\u0000" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            yield name


def _sense(connection: sa.Connection, line: Line, number: int) -> Iterator[Problem]:
    """What only the record can tell: what the event points to, and who wrote that."""
    if _OWN_ID.match(line["id"]) and line["id"] != f"entry-{number}":
        yield Problem("id", line["id"], "is of the form the record itself uses.", "Give another id, or none.")
    for name in ("corrects", "about"):
        if name not in line:
            continue
        meant = _find(connection, line["case"], line[name])
        if meant is None:
            why = f"names no event of {line['case']} in the record."
            yield Problem(name, line[name], why, "Give the id of an earlier event.")
        elif line["kind"] == "check" and meant.event["who"] == line["who"]:
            yield Problem("who", line["who"], f"wrote {line[name]} too.", "A second person checks.")


def _last(connection: sa.Connection) -> Entry | None:
    row = connection.execute(sa.select(entries).order_by(entries.c.number.desc()).limit(1)).first()
    return _entry(row) if row is not None else None


def _find(connection: sa.Connection, case: str, id: str) -> Entry | None:
    wanted = sa.select(entries).where(entries.c.case_id == case, entries.c.event_id == id)
    row = connection.execute(wanted).first()
    return _entry(row) if row is not None else None


def _hash_at(connection: sa.Connection, number: int) -> str | None:
    found: str | None = connection.execute(sa.select(entries.c.hash).where(entries.c.number == number)).scalar()
    return found


def _entry(row: sa.Row[Any]) -> Entry:
    event = json.loads(row.event)
    return Entry(row.number, row.recorded, event, row.previous, row.hash, row.clock_back_from)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "recorded": entry.recorded,
        "case_id": entry.case,
        "event_id": entry.id,
        "event": canonical(entry.event).decode(),
        "previous": entry.previous,
        "hash": entry.hash,
        "clock_back_from": entry.clock_back_from,
    }


def _why(error: Exception) -> str:
    says = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    if getattr(error, "connection_invalidated", False):
        return f"{says}. Whether it was recorded is not known: hand it in again with the same id."
    return f"{says}."
