"""The stores under test: an SQLite file, and a PostgreSQL server that is started for the tests and stopped again."""

import uuid
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from opsonin.record.database import address as url_of
from opsonin.record.database import connect


def _beside(name):
    """A module that stands beside this one; the tests are no package."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


postgresql = _beside("postgresql")


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server of this test run's own; without one these tests are skipped, loudly."""
    try:
        with TemporaryDirectory(prefix="opsonin-") as folder, postgresql.Server(Path(folder)) as running:
            yield running
    except postgresql.NoServer as reason:
        pytest.skip(f"POSTGRESQL IS NOT TESTED: {reason}")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path, monkeypatch):
    """Where a new record may be made, for each store in turn."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    if request.param == "sqlite":
        return str(tmp_path / "ward.record")
    return request.getfixturevalue("server").new_database(f"record_{uuid.uuid4().hex[:12]}")


@pytest.fixture
def forced():
    """Changes the table as someone would who owns the store and has taken the guards away."""

    def change(record, *statements):
        engine = connect(url_of(record.test_address))
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("ALTER TABLE entries DISABLE TRIGGER USER"))
            else:
                for verb in ("entries_no_update", "entries_no_delete", "entries_in_order"):
                    connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {verb}"))
            for statement in statements:
                connection.execute(statement)
        engine.dispose()

    return change
