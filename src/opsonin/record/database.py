"""How is the store reached, and how does it promise to keep what it took?

SQLite: one file, no server. WAL keeps readers and the writer apart; `synchronous=EXTRA` makes each commit wait until
the log is on the disk (NORMAL would let a power cut lose the last commits; FULL would, where someone switched WAL off);
`fullfsync` asks for the same where fsync alone does not wait for the disk (macOS); a writer takes the write lock when
it begins, so two writers queue instead of failing half-way. PostgreSQL: `synchronous_commit=on`, no entry for a server
with `fsync` off, and an advisory lock for the writer that needs no right but INSERT.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from opsonin.errors import InputRefused, Problem
from opsonin.record.errors import NotRecorded

REVISION = "0002"  # of the tables this version reads and writes
MIGRATIONS = Path(__file__).parent / "migrations"
OLDER = ("0001",)  # what `upgrade` brings up to it
WRITERS_LOCK = 0x0B50_0114  # the advisory lock under which entries are added
WAIT_SECONDS = 30  # for another writer

_PROMISES = (
    "synchronous=EXTRA", "fullfsync=ON", "checkpoint_fullfsync=ON", "trusted_schema=OFF", "cell_size_check=ON",
)  # fmt: skip

tables = sa.MetaData()
entries = sa.Table(
    "entries",
    tables,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("recorded", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),  # canonical JSON
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("clock_back_from", sa.Text, nullable=False),
    sa.UniqueConstraint("case_id", "event_id"),
    sa.Index("entries_by_case", "case_id", "number"),
)
identity = sa.Table(
    "record",
    tables,
    sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("created", sa.Text, nullable=False),
)


def address(where: str | Path) -> sa.URL:
    """The URL of a record: a path is an SQLite file."""
    text = str(where)
    if "://" not in text:
        return sa.URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = sa.make_url(text)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() in ("sqlite", "postgresql"):
            url.get_dialect()
            return url
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError):
        pass
    remedy = "Give the path of a file, or postgresql://USER@HOST/DATABASE."
    raise InputRefused([Problem("record", text.partition("://")[0] + "://…", "is not a store known here.", remedy)])


def file_of(url: sa.URL) -> Path | None:
    """The file of an SQLite record; None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def shown(url: sa.URL) -> str:
    """The address without its password."""
    path = file_of(url)
    return str(path) if path is not None else url.render_as_string(hide_password=True)


def connect(url: sa.URL, *, making: bool = False) -> sa.Engine:
    """An engine that keeps its promises; nothing is opened yet. WAL stays with the file once it is made."""
    if file_of(url) is None:
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": WAIT_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _keep_promises(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        for pragma in (*(["journal_mode=WAL"] if making else []), *_PROMISES):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        how = "BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN"
        connection.exec_driver_sql(how)

    return engine


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that alone may add entries; it is durable when the block ends."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL synchronous_commit = on"))
            lock = sa.func.pg_advisory_xact_lock(WRITERS_LOCK)
            row = connection.execute(sa.select(sa.func.current_setting("fsync"), lock)).one()
            if row[0] != "on":
                raise NotRecorded(
                    f"{shown(engine.url)} runs with fsync off: a power cut would lose what it acknowledges. Nothing "
                    "was recorded. Set fsync = on in postgresql.conf and reload the server."
                )
        yield connection


def new_file(path: Path) -> None:
    """An empty file only its owner may read, there before anything is written to it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise InputRefused([Problem("record", str(path), "is there already.", "Name a new file.")]) from None
    except OSError as error:
        why = f"cannot be created: {error.strerror}."
        raise InputRefused([Problem("record", str(path), why, "Check the folder.")]) from None


def build_tables(engine: sa.Engine, revision: str = REVISION) -> None:
    """Bring an empty or older store to the tables of this revision (Alembic), all of it or nothing."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision(connection: sa.Connection) -> str | None:
    """Which tables are there; None when there is no record."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def remove(path: Path) -> None:
    """Delete an unfinished SQLite file with what belongs to it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()
