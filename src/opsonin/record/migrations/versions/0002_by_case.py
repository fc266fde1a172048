"""The entries of one case are found without reading those of all others; PostgreSQL's guards always hold.

A trigger of PostgreSQL is passed over by a session that calls itself a replica, unless it is enabled ALWAYS.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_GUARDS = (
    *((table, f"{table}_no_{verb}") for table in ("entries", "record") for verb in ("update", "delete", "truncate")),
    ("entries", "entries_in_order"),
)


def upgrade() -> None:
    op.create_index("entries_by_case", "entries", ["case_id", "number"])
    if op.get_bind().dialect.name == "postgresql":
        for table, guard in _GUARDS:
            op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}")


def downgrade() -> None:
    raise NotImplementedError("A record only grows; its tables are never taken down.")
