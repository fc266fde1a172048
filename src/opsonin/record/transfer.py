"""How does a record leave its store and come back? JSON Lines of the one vocabulary of events, with the chain.

Each line is an event with its place in the record (`record`: number, time of recording, hash before, hash); the last
line is the seal: how many entries there are and the last hash. An export is verified before it is written and when it
is read. A backup is an export that was read back, under a name made of its length and last hash.
"""

from __future__ import annotations

import json
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opsonin.errors import InputRefused, Problem
from opsonin.patient.event import SEAL
from opsonin.record.chain import NO_HASH, Break, Clock, Entry, Head, broken_links, now
from opsonin.record.errors import NotRecorded, RecordBroken
from opsonin.record.verify import Verification
from opsonin.record.witness import disagreement, sync_folder

if TYPE_CHECKING:
    from opsonin.record.record import Record

_MOST_BREAKS = 20


def export_lines(record: Record, *, case: str | None = None, clock: Clock = now) -> Iterator[str]:
    """The lines of an export, without line breaks. Those of one case carry no seal: they are not the whole record."""
    length, last = 0, NO_HASH
    for entry in record.entries(case):
        length, last = entry.number, entry.hash
        yield json.dumps(line_of(entry), ensure_ascii=False)
    if case is None:
        seal = {"record": record.id, "length": length, "head": last}
        at = clock().isoformat(timespec="seconds")
        yield json.dumps({"kind": SEAL, "at": at, "who": "opsonin", "source": "record export", "seal": seal})


def line_of(entry: Entry) -> dict[str, Any]:
    """An entry as it stands on a line of an export: the event, and its place in the record."""
    place = {"number": entry.number, "recorded": entry.recorded, "previous": entry.previous, "hash": entry.hash}
    if entry.clock_back_from:
        place["clock_back_from"] = entry.clock_back_from
    return {**entry.event, "record": place}


def write_export(record: Record, path: Path, *, case: str | None = None) -> Head:
    """Verify the record, write the export durably under a name that is free, readable by its owner only."""
    found = record.verify()
    refuse_broken(found, record.name)
    if path.exists():
        raise InputRefused([Problem("--out", str(path), "is there already.", "Name a new file.")])
    _write(path, export_lines(record, case=case))
    return found.head


def write_backup(record: Record, folder: Path) -> tuple[Path, Head]:
    """Write an export of the whole record into a folder, and read it back.

    Refused when the record does not verify, or is not the continuation of the backups of it that are there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    earlier = [seal for seal in map(read_seal, sorted(folder.glob("*.jsonl"))) if seal and seal.record == record.id]
    found = record.verify(known=earlier)
    refuse_broken(found, record.name)
    path = folder / f"record-{record.id[:8]}-{found.head.length:08d}-{found.head.hash[:12]}.jsonl"
    if not path.exists():
        _write(path, _up_to(export_lines(record), found.head))
    refuse_broken(verify_export(path), str(path))
    return path, found.head


def _up_to(lines: Iterator[str], head: Head) -> Iterator[str]:
    """An export that ends at this head, whatever was recorded since."""
    yield from islice(lines, head.length)
    seal = {"record": head.record, "length": head.length, "head": head.hash}
    at = now().isoformat(timespec="seconds")
    yield json.dumps({"kind": SEAL, "at": at, "who": "opsonin", "source": "record backup", "seal": seal})


def verify_export(path: Path, *, known: Iterable[Head] = ()) -> Verification:
    """Whether an export is whole and every entry in it is as it was recorded; `known`: heads noted elsewhere."""
    heads = tuple(known)
    export = _Export(path, wanted={head.length for head in heads})
    breaks = list(islice(broken_links(export.entries()), _MOST_BREAKS))
    for _ in export.rest:
        pass
    breaks += export.breaks
    seal = export.seal
    if seal is None and not export.breaks:
        why = "is the last one found, and no seal follows: the end of the export is lost, or it is of one case only."
        breaks.append(Break(export.length, why))
    elif seal is not None:
        wrong = disagreement(seal, record=seal.record, length=export.length, hash_at=export.hash)
        if wrong or seal.length != export.length:
            says = wrong or f"the seal is of {seal.length} entries, {export.length} are there"
            breaks.append(Break(min(seal.length, export.length) + 1, f"{says}."))
    for noted in heads:
        wrong = disagreement(noted, record="", length=export.length, hash_at=export.hash_at.get(noted.length))
        if wrong:
            breaks.append(Break(min(noted.length, export.length + 1), f"{wrong}."))
    head = Head(seal.record if seal is not None else "", export.length, export.hash)
    breaks.sort(key=lambda one: one.number)
    return Verification(head, tuple(breaks[:_MOST_BREAKS]), (), export.clock_went_back)


def import_export(path: Path, record: Record) -> int:
    """Verify an export, then take over the entries the record does not have yet; how many were new."""
    refuse_broken(verify_export(path), str(path))
    added = record.restore(_Export(path).entries())
    refuse_broken(record.verify(), record.name)
    return added


def read_seal(path: Path) -> Head | None:
    """The head that the last line of an export seals; None when the last line is no seal."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        lines = file.read().splitlines()
    try:
        return _seal(json.loads(lines[-1])) if lines else None
    except (ValueError, KeyError, TypeError):
        return None


def is_export(where: str) -> bool:
    """Whether this names a file that begins as JSON Lines do."""
    path = Path(where)
    if "://" in where or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(1) == b"{"


def refuse_broken(found: Verification, name: str) -> None:
    """Raise RecordBroken with the first break, when there is one."""
    if not found.holds:
        more = len(found.breaks) - 1
        raise RecordBroken(f"{name}: {found.breaks[0]}" + (f" {more} more after it." if more else ""))


class _Export:
    """The entries on the lines of a file, and what was wrong with the lines."""

    def __init__(self, path: Path, wanted: Container[int] = ()) -> None:
        self.path, self.wanted = path, wanted
        self.hash_at: dict[int, str] = {}
        self.length, self.hash, self.clock_went_back = 0, NO_HASH, 0
        self.seal: Head | None = None
        self.breaks: list[Break] = []
        self.rest: Iterator[Entry] = iter(())

    def entries(self) -> Iterator[Entry]:
        self.rest = self._read()
        return self.rest

    def _read(self) -> Iterator[Entry]:
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for number, text in enumerate(file, start=1):
                try:
                    line = json.loads(text)
                    if self.seal is not None:
                        raise ValueError("it stands after the seal")
                    if line.get("kind") == SEAL:
                        self.seal = _seal(line)
                        continue
                    entry = _entry(line)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    self.breaks.append(Break(self.length + 1, f"line {number} holds no entry: {error}."))
                    continue
                self.length, self.hash = entry.number, entry.hash
                self.clock_went_back += bool(entry.clock_back_from)
                if entry.number in self.wanted:
                    self.hash_at[entry.number] = entry.hash
                yield entry


def _entry(line: dict[str, Any]) -> Entry:
    place = line.pop("record")
    if not isinstance(line.get("case"), str) or not isinstance(line.get("id"), str):
        raise ValueError("it has no case or no id")
    back = place.get("clock_back_from", "")
    return Entry(int(place["number"]), place["recorded"], line, place["previous"], place["hash"], back)


def _seal(line: dict[str, Any]) -> Head:
    sealed = line["seal"]
    return Head(str(sealed["record"]), int(sealed["length"]), str(sealed["head"]))


def _write(path: Path, lines: Iterable[str]) -> None:
    """Whole and durable under its name, or not there at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise NotRecorded(f"{path} could not be written: {error.strerror}. Nothing is left of it.") from error
