"""Is there a record here, and is it one this version can keep?"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from opsonin.errors import InputRefused, Problem
from opsonin.record.chain import Clock, Head, now, stamp
from opsonin.record.errors import RecordBroken, RecordUnavailable, need
from opsonin.record.witness import sync_folder

if TYPE_CHECKING:
    import sqlalchemy as sa

    from opsonin.record.record import Record


def open_record(where: str | Path, *, clock: Clock = now) -> Record:
    """The record in this file or at this URL.

    Raises InputRefused when there is none, RecordBroken when it is damaged, RecordUnavailable when a server does not
    answer.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> create_record(folder.name + "/ward.record").close()
    >>> with open_record(folder.name + "/ward.record") as record:
    ...     print(len(record))
    0
    >>> folder.cleanup()
    """
    from opsonin.record import database

    record, found = _opened(where, clock)
    if found == database.REVISION:
        return record
    record.close()
    why = f"has tables of version {found}; this version of Opsonin knows {database.REVISION}."
    remedy = "`opsonin record upgrade` brings it up to date." if found in database.OLDER else _USE_NEWER
    raise InputRefused([Problem("record", record.name, why, remedy)])


def upgrade_record(where: str | Path, *, clock: Clock = now) -> tuple[str, Head]:
    """Bring an older record to this version's tables, all of it or nothing; the version it had, and its head.

    It is verified before and after: every entry stays as it is. Raises RecordBroken when it does not hold."""
    from opsonin.record import database
    from opsonin.record.transfer import refuse_broken

    record, found = _opened(where, clock)
    with record:
        before = record.verify()
        refuse_broken(before, record.name)
        if found == database.REVISION:
            return found, before.head
        if found not in database.OLDER:
            why = f"has tables of version {found}; this version of Opsonin knows {database.REVISION}."
            raise InputRefused([Problem("record", record.name, why, _USE_NEWER)])
        record.upgrade()
    with open_record(where, clock=clock) as record:
        after = record.verify(known=[before.head])
        refuse_broken(after, record.name)
    return found, after.head


def _opened(where: str | Path, clock: Clock) -> tuple[Record, str]:
    """The record, whatever the version of its tables, and that version."""
    need("rfc8785"), need("alembic")
    sa = need("sqlalchemy")
    from opsonin.record import database
    from opsonin.record.record import Record

    url = database.address(where)
    path, name = database.file_of(url), database.shown(url)
    if path is not None and not path.is_file():
        raise InputRefused([Problem("record", name, "is not there.", _MAKE)])
    if path is not None and path.stat().st_size == 0:
        raise RecordBroken(f"{name} is empty: its content is lost, or it never was a record.")
    engine = database.connect(url)
    try:
        with engine.connect() as connection, connection.begin():
            found = database.revision(connection)
            id = connection.execute(sa.select(database.identity.c.id)).scalar() if found else None
    except sa.exc.DatabaseError as error:
        engine.dispose()
        if path is None:
            raise RecordUnavailable(f"{name} does not answer: {_first_line(error)}") from None
        raise RecordBroken(f"{name} is not a record, or is damaged: {_first_line(error)}") from None
    if found is None:
        raise InputRefused([Problem("record", name, "holds no record.", _MAKE)])
    if id is None:
        raise RecordBroken(f"{name} has lost the record's own name.")
    return Record(engine, id=id, name=name, file=path, clock=clock), found


def create_record(where: str | Path, *, clock: Clock = now) -> Record:
    """A new, empty record. An SQLite file is readable by its owner only. Raises InputRefused when one is there."""
    need("rfc8785"), need("alembic")
    sa = need("sqlalchemy")
    from opsonin.record import database

    url = database.address(where)
    path = database.file_of(url)
    if path is not None:
        _create_file(path, clock)
        return open_record(where, clock=clock)
    engine = database.connect(url)
    try:
        with engine.connect() as connection:
            if database.revision(connection) is not None:
                why = "holds a record already."
                raise InputRefused([Problem("record", database.shown(url), why, "Name another database.")])
        _fill(engine, clock)
    except sa.exc.DatabaseError as error:
        raise RecordUnavailable(f"{database.shown(url)} refused the tables: {_first_line(error)}") from None
    finally:
        engine.dispose()
    return open_record(where, clock=clock)


_MAKE = "`opsonin record new` makes one."
_USE_NEWER = "Use the Opsonin that wrote it, or a newer one."


def _create_file(path: Path, clock: Clock) -> None:
    """Made complete under another name first, so that a crash leaves either a whole record or none."""
    from opsonin.record import database

    if path.exists():
        raise InputRefused([Problem("record", str(path), "is there already.", "Name a new file.")])
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    database.new_file(beside)
    try:
        engine = database.connect(database.address(beside), making=True)
        _fill(engine, clock)
        engine.dispose()  # the last connection folds the log into the file
        try:
            os.link(beside, path)
        except FileExistsError:
            raise InputRefused([Problem("record", str(path), "is there already.", "Name a new file.")]) from None
        sync_folder(path.parent)
    finally:
        database.remove(beside)


def _fill(engine: sa.Engine, clock: Clock) -> None:
    from opsonin.record import database

    database.build_tables(engine)
    with database.writing(engine) as connection:
        connection.execute(database.identity.insert().values(one=1, id=str(uuid.uuid4()), created=stamp(clock())))


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
