"""A power cut tears the last write: whatever is left of it, the record is as before or as after it, and says which."""

import shutil
import sqlite3
import warnings

import psycopg
import pytest

from opsonin.patient.event_line import event_from_line
from opsonin.record import NotRecorded, RecordBroken, create_record, open_record
from opsonin.record import database as stores

FRAME, HEADER = 24, 32  # of SQLite's write-ahead log
ACKNOWLEDGED = 21


def event(number):
    line = {"kind": "note", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "case": "girl-7"}
    return event_from_line(line | {"says": f"note {number} " * 60, "id": f"n-{number}"}, place="test")


@pytest.fixture
def cut(tmp_path):
    """The files at the moment after the last commit: twenty entries in the main file, one more in the log, and what
    the main file is when the log has been folded into it."""
    where = tmp_path / "ward.record"
    with create_record(where) as record:
        record.append_all([event(number) for number in range(1, ACKNOWLEDGED)])
    with open_record(where) as record:
        record.append(event(ACKNOWLEDGED))
        main, log = where.read_bytes(), where.with_name("ward.record-wal").read_bytes()
        head = where.with_name("ward.record.head").read_bytes()
    page = int.from_bytes(main[16:18], "big")
    assert (len(log) - HEADER) % (page + FRAME) == 0 and len(log) > HEADER + page
    return main, log, head, where.read_bytes(), page


def left(tmp_path, main, log, head):
    """A record of which this much is left; a folder of its own."""
    folder = tmp_path / "left"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in (("ward.record", main), ("ward.record-wal", log), ("ward.record.head", head)):
        if content is not None:
            (folder / name).write_bytes(content)
    return folder / "ward.record"


def numbers(where):
    """The entries that are there, in a record that holds."""
    with open_record(where) as record:
        found = record.verify()
        assert found.holds, found.breaks
        return [int(one.id.removeprefix("n-")) for one in record.events()]


def test_a_log_cut_anywhere_leaves_the_record_as_before_or_as_after(cut, tmp_path):
    main, log, _, _, page = cut
    before, after = list(range(1, ACKNOWLEDGED)), list(range(1, ACKNOWLEDGED + 1))
    frames = range(HEADER, len(log) + 1, page + FRAME)
    tears = sorted(
        {end for at in frames for end in (at, at + 1, at + FRAME, at + FRAME + page // 2) if end <= len(log)}
    )
    assert len(tears) > 8
    for end in (0, 1, *tears):
        for rest in (b"", b"\x00" * (len(log) - end), b"\xa5" * (len(log) - end)):  # short, zeroed, or full of rubbish
            found = numbers(left(tmp_path, main, log[:end] + rest, None))
            assert found == (after if end == len(log) else before), (end, rest[:1])


def test_a_lost_log_of_what_was_acknowledged_shows_against_the_head(cut, tmp_path):
    main, log, head, _, page = cut
    for end in range(HEADER, len(log), page + FRAME):
        with open_record(left(tmp_path, main, log[:end], head)) as record:
            (broken,) = record.verify().breaks
            assert f"its end is lost: {ACKNOWLEDGED} entries were known" in broken.why
            with pytest.raises(RecordBroken, match="Nothing was added"):
                record.append(event(99))


def test_a_main_file_torn_while_the_log_is_folded_in_is_mended_from_the_log(cut, tmp_path):
    main, log, head, folded, page = cut
    assert folded != main
    for done in range(0, len(folded) + 1, page):
        torn = folded[:done] + main[done:]
        assert numbers(left(tmp_path, torn, log, head)) == list(range(1, ACKNOWLEDGED + 1))
        half = done + page // 2  # and when a page is only half there
        torn = folded[:half] + b"\xa5" * (min(page, len(folded) - done) - page // 2) + main[done + page :]
        if main[done : done + page] != folded[done : done + page]:
            assert numbers(left(tmp_path, torn, log, head)) == list(range(1, ACKNOWLEDGED + 1))


def test_a_main_file_cut_at_any_page_without_its_log_is_found_out(cut, tmp_path):
    _, _, head, folded, page = cut
    for end in range(0, len(folded), page):
        try:
            with open_record(left(tmp_path, folded[:end], None, head)) as record:
                assert not record.verify().holds, end
        except RecordBroken:
            pass
    assert numbers(left(tmp_path, folded, None, head)) == list(range(1, ACKNOWLEDGED + 1))


def test_every_connection_waits_for_the_disk(tmp_path):
    where = tmp_path / "ward.record"
    create_record(where).close()
    engine = stores.connect(stores.address(where))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3, "EXTRA"
        assert connection.exec_driver_sql("PRAGMA fullfsync").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_a_record_whose_log_was_switched_off_still_keeps_what_it_acknowledged(tmp_path):
    where = tmp_path / "ward.record"
    create_record(where).close()
    with sqlite3.connect(where) as database:
        assert database.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    database.close()
    with open_record(where) as record:
        record.append(event(1))
        shutil.copy(where, tmp_path / "after.record")  # nothing of the commit is elsewhere any more
    assert not where.with_name("ward.record-wal").exists() and not where.with_name("ward.record-journal").exists()
    assert numbers(tmp_path / "after.record") == [1]


@pytest.fixture
def states(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_server_that_does_not_wait_for_the_disk_is_refused(server, states):
    address = server.new_database("no_fsync")
    with create_record(address) as record:
        record.append(event(1))
        server.setting("fsync", "off")
        try:
            with pytest.raises(NotRecorded, match="runs with fsync off: a power cut would lose"):
                record.append(event(2))
            assert "The server runs with fsync off" in " ".join(record.verify().remarks)
        finally:
            server.setting("fsync", "on")
        assert record.append(event(2)).number == 2 and record.verify().remarks == ()


@pytest.mark.parametrize("kept", [0, 0.3, 0.9])
def test_a_servers_log_cut_in_its_last_commit_shows_as_a_lost_end(server, states, kept):
    """What a disk does that says "written" and has not: the last part of the log is zeros after the power cut."""
    address = server.new_database(f"torn_{int(kept * 10)}")
    with create_record(address) as record:
        record.append_all([event(number) for number in range(1, ACKNOWLEDGED)])
        with psycopg.connect(server.url("postgres"), autocommit=True) as asked:
            asked.execute("SELECT pg_switch_wal()")
            asked.execute("CHECKPOINT")
            start, file = asked.execute(
                "SELECT pg_current_wal_insert_lsn() - '0/0', pg_walfile_name(pg_current_wal_insert_lsn())"
            ).fetchone()
            record.append(event(ACKNOWLEDGED))
            end = asked.execute("SELECT pg_current_wal_flush_lsn() - '0/0'").fetchone()[0]
            size = asked.execute("SELECT setting::int FROM pg_settings WHERE name = 'wal_segment_size'").fetchone()[0]
    assert end > start
    server.kill()
    segment = server.data / "pg_wal" / file
    content = bytearray(segment.read_bytes())
    from_here = int(start) % size + int(kept * (int(end) - int(start)))
    content[from_here:] = bytes(len(content) - from_here)
    segment.write_bytes(content)
    server.start()
    with warnings.catch_warnings(), open_record(address) as record:
        warnings.simplefilter("error")
        assert [one.id for one in record.events()] == [f"n-{number}" for number in range(1, ACKNOWLEDGED)]
        (broken,) = record.verify().breaks
        assert f"its end is lost: {ACKNOWLEDGED} entries were known" in broken.why
        record.witness.unlink()
        assert record.verify().holds, "the chain itself is whole"
