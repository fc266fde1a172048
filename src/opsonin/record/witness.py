"""Where is the last known head kept, outside the table it speaks of?

Beside an SQLite file as FILE.head; for a server in this user's own state folder, one file for each record. It is
written after every append, durably and only forwards. A record that is shorter than its witness has lost its end.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from opsonin.record.chain import NO_HASH, Head
from opsonin.record.errors import RecordBroken, RecordWarning

try:
    import fcntl
except ImportError:  # pragma: no cover - no such locks on this system; the witness may then lag by one entry
    fcntl = None  # type: ignore[assignment]


def witness_for(record: str, *, database: Path | None) -> Path:
    """The file that keeps the head of this record."""
    if database is not None:
        return database.with_name(database.name + ".head")
    from platformdirs import user_state_path

    return user_state_path("opsonin") / "heads" / f"{record}.head"


def read_head(path: Path) -> Head | None:
    """The head kept in this file; None when there is none. Raises RecordBroken when it cannot be read as one."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        kept = json.loads(text)
        return Head(str(kept["record"]), int(kept["length"]), str(kept["hash"]))
    except (ValueError, KeyError, TypeError):
        raise RecordBroken(f"{path} does not hold a head. Restore it, or move it away to go on without it.") from None


def keep_head(path: Path, head: Head) -> None:
    """Write the head, unless a longer one of the same record is kept already. A failure warns: the record itself is
    safe by then."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(path):
            kept = read_head(path)
            if kept is None or kept.record != head.record or kept.length < head.length:
                replace_file(path, json.dumps({"record": head.record, "length": head.length, "hash": head.hash}) + "\n")
    except OSError as error:
        says = f"The event is recorded, but the head could not be kept in {path}: {error.strerror}."
        warnings.warn(RecordWarning(says), stacklevel=3)


def disagreement(kept: Head | None, *, record: str, length: int, hash_at: str | None) -> str:
    """Why a kept head and a record of this length do not fit; empty when they do. `hash_at`: the record's own hash
    at the kept length."""
    if kept is None or kept.length == 0:
        return ""
    if kept.record not in ("", record):  # a head copied by hand may name no record
        return f"the head kept outside is of another record ({kept.record})"
    if kept.length > length:
        return f"its end is lost: {kept.length} entries were known, {length} are there"
    if not (hash_at or NO_HASH).startswith(kept.hash):  # a head written down by hand may be cut short
        return f"entry {kept.length} is not the one that was known"
    return ""


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One writer of this witness at a time."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def replace_file(path: Path, text: str) -> None:
    """The new content whole, or the old one: written beside, made durable, then renamed."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what was created or renamed in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
