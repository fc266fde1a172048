"""The stores under test: an SQLite file, and a PostgreSQL server that is started for the tests and stopped again."""

import uuid
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


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
