"""An older record is brought up to date with everything in it, or left as it was; a newer one is refused."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from opsonin.errors import InputRefused
from opsonin.patient.event_line import event_from_line
from opsonin.record import NotRecorded, RecordBroken, create_record, open_record, upgrade_record
from opsonin.record import database as stores
from opsonin.record.chain import link, stamp
from opsonin.record.record import _readable, _row


def event(number):
    line = {"kind": "note", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "case": "girl-7"}
    return event_from_line(line | {"says": f"note {number}, 5 µg", "id": f"n-{number}"}, place="test")


def older(address, count=25):
    """A record as an older Opsonin left it: the first tables, with entries in them."""
    url = stores.address(address)
    path = stores.file_of(url)
    if path is not None:
        stores.new_file(path)
    engine = stores.connect(url, making=True)
    stores.build_tables(engine, "0001")
    last = None
    with stores.writing(engine) as connection:
        when = datetime(2026, 11, 21, 9, tzinfo=UTC)
        connection.execute(stores.identity.insert().values(one=1, id="an-older-record", created=stamp(when)))
        for number in range(1, count + 1):
            last = link(_readable(event(number)), after=last, recorded=when)
            connection.execute(stores.entries.insert().values(**_row(last)))
    engine.dispose()
    return last


def test_a_record_of_the_first_tables_is_upgraded_with_everything_in_it(address):
    last = older(address)
    with pytest.raises(InputRefused, match="`opsonin record upgrade` brings it up to date"):
        open_record(address)
    before, head = upgrade_record(address)
    assert before == "0001" and (head.length, head.hash) == (25, last.hash)
    with open_record(address) as record:
        assert [one.id for one in record.events()] == [f"n-{number}" for number in range(1, 26)]
        record.append(event(26))
        found = record.verify(known=[head])
        assert found.holds and found.remarks == ()
    again, _ = upgrade_record(address)
    assert again == stores.REVISION


def test_an_upgraded_record_has_the_tables_of_a_new_one(address, tmp_path):
    older(address)
    upgrade_record(address)
    engine = stores.connect(stores.address(address))
    with engine.connect() as connection:
        found = sa.inspect(connection)
        names = {index["name"] for index in found.get_indexes("entries")}
        assert "entries_by_case" in names
        declared = {column.name for column in stores.entries.columns}
        assert {column["name"] for column in found.get_columns("entries")} == declared
    engine.dispose()


def test_the_guards_hold_after_the_upgrade_even_for_one_who_calls_himself_a_replica(server, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    address = server.new_database("upgraded_guards")
    older(address)
    upgrade_record(address)
    engine = stores.connect(stores.address(address))
    with pytest.raises(sa.exc.DatabaseError, match="only grows"), engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text("DELETE FROM entries"))
    engine.dispose()


def test_a_newer_record_is_refused_and_left_alone(address):
    create_record(address).close()
    engine = stores.connect(stores.address(address))
    with stores.writing(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for open_it in (open_record, upgrade_record):
        with pytest.raises(InputRefused, match=r"tables of version 9999; this version .* knows 0002\. Use the Opsonin"):
            open_it(address)


def test_an_upgrade_that_fails_half_way_leaves_the_older_record_whole(address):
    last = older(address)
    engine = stores.connect(stores.address(address))
    with stores.writing(engine) as connection:  # the name of the new index is taken: the second statement fails
        connection.execute(sa.text("CREATE INDEX entries_by_case ON entries (recorded)"))
    engine.dispose()
    with pytest.raises(NotRecorded, match="could not be upgraded and is as it was"):
        upgrade_record(address)
    with pytest.raises(InputRefused, match="tables of version 0001"):
        open_record(address)
    engine = stores.connect(stores.address(address))
    with stores.writing(engine) as connection:
        connection.execute(sa.text("DROP INDEX entries_by_case"))
    engine.dispose()
    assert upgrade_record(address)[1].hash == last.hash


def test_a_broken_record_is_not_upgraded(address):
    older(address)
    engine = stores.connect(stores.address(address))
    with stores.writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE entries DISABLE TRIGGER USER"))
        else:
            connection.execute(sa.text("DROP TRIGGER entries_no_update"))
        connection.execute(stores.entries.update().where(stores.entries.c.number == 7).values(recorded="never"))
    engine.dispose()
    with pytest.raises(RecordBroken, match="entry 7"):
        upgrade_record(address)
    with pytest.raises(InputRefused, match="tables of version 0001"):
        open_record(address)


def test_every_migration_is_known_to_the_code():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(stores.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert known == [stores.REVISION, *reversed(stores.OLDER)]
