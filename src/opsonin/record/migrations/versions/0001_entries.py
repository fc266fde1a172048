"""The entries, the record's own name, and the guards that let a record only grow."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entries",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("recorded", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("clock_back_from", sa.Text, nullable=False),
        sa.UniqueConstraint("case_id", "event_id"),
    )
    op.create_table(
        "record",
        sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


# SQLite: REPLACE deletes the row in its way without asking the guard against DELETE, hence the guard on INSERT asks
# whether something is in its way.
_SQLITE = (
    *(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'a record only grows'); END"
        for table in ("entries", "record")
        for verb in ("UPDATE", "DELETE")
    ),
    (
        "CREATE TRIGGER entries_in_order BEFORE INSERT ON entries WHEN "
        "NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries) "
        "OR NEW.previous <> coalesce((SELECT hash FROM entries ORDER BY number DESC LIMIT 1), NEW.previous) "
        "OR EXISTS (SELECT 1 FROM entries WHERE case_id = NEW.case_id AND event_id = NEW.event_id) "
        "OR EXISTS (SELECT 1 FROM entries WHERE hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'does not follow the last entry'); END"
    ),
    (
        "CREATE TRIGGER record_once BEFORE INSERT ON record WHEN EXISTS (SELECT 1 FROM record) "
        "BEGIN SELECT RAISE(ABORT, 'a record only grows'); END"
    ),
)

_POSTGRESQL = (
    (
        "CREATE FUNCTION record_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a record only grows'; END $$"
    ),
    (
        "CREATE FUNCTION entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE last record; BEGIN "
        "SELECT number, hash INTO last FROM entries ORDER BY number DESC LIMIT 1; "
        "IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.previous <> coalesce(last.hash, NEW.previous) "
        "THEN RAISE EXCEPTION 'does not follow the last entry'; END IF; RETURN NEW; END $$"
    ),
    *(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION record_only_grows()"
        for table in ("entries", "record")
        for verb in ("UPDATE", "DELETE", "TRUNCATE")
    ),
    "CREATE TRIGGER entries_in_order BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION entry_follows()",
    "REVOKE UPDATE, DELETE, TRUNCATE ON entries, record FROM PUBLIC",
)


def downgrade() -> None:
    raise NotImplementedError("A record only grows; its tables are never taken down.")
