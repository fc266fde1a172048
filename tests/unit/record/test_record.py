"""A record only grows, holds together, and says what broke. The same tests on both stores."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from opsonin.errors import InputRefused
from opsonin.patient.event_line import event_from_line, line_from_event
from opsonin.record import Head, RecordBroken, RecordUnavailable, create_record, open_record
from opsonin.record.chain import link
from opsonin.record.database import address as url_of
from opsonin.record.database import connect, entries

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


def event(says="flushed", **fields):
    line = {"kind": "note", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "case": "girl-7"}
    return event_from_line(line | {"says": says} | fields, place="test")


def ticking(step=timedelta(seconds=1)):
    moments = iter(START + step * n for n in range(10_000))
    return lambda: next(moments)


@pytest.fixture
def record(address):
    with create_record(address, clock=ticking()) as made:
        yield made


@pytest.fixture
def five(record, address):
    record.test_address = address
    record.append_all([event(f"note {n}") for n in range(1, 6)])
    return record


def test_what_goes_in_comes_out_in_order(record):
    given = [event("first"), event("second", id="mine"), event("third", at="2026-11-21T08:00+01:00")]
    added = [record.append(one) for one in given]
    assert [entry.number for entry in added] == [1, 2, 3]
    assert [entry.id for entry in added] == ["entry-1", "mine", "entry-3"]
    assert [one.says for one in record.events()] == ["first", "second", "third"]
    assert line_from_event(record.events("girl-7")[1]) == line_from_event(given[1])
    assert record.events("nobody") == () and len(record) == 3
    found = record.verify()
    assert found.holds and found.head == record.head() and found.remarks == ()


def test_it_is_there_when_opened_again(record, address):
    record.append(event())
    with open_record(address) as again:
        assert again.head() == record.head() and again.id == record.id
        assert again.verify(known=[record.head()]).holds


def test_the_same_event_handed_in_again_is_not_written_twice(record):
    once = record.append(event(id="dose-1"))
    assert record.append(event(id="dose-1")) == once and len(record) == 1
    with pytest.raises(InputRefused, match="names another event already"):
        record.append(event("something else", id="dose-1"))
    assert record.append(event("something else", id="dose-1", case="boy-3")).number == 2


def test_all_or_none(record):
    with pytest.raises(InputRefused, match="names no event of girl-7"):
        record.append_all([event(), event(kind="correction", corrects="nothing", reason="wrong")])
    assert len(record) == 0


def test_what_an_event_points_to_must_be_there_and_a_second_person_checks(record):
    record.append(event(id="plan-1"))
    with pytest.raises(InputRefused, match="A second person checks"):
        record.append(event(kind="check", about="plan-1", outcome="agrees"))
    assert record.append(event(kind="check", about="plan-1", outcome="agrees", who="pharmacist")).number == 2
    with pytest.raises(InputRefused, match="names no event of boy-3"):
        record.append(event(about="plan-1", case="boy-3"))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"case": ""}, "case: is missing"),
        ({"case": "Anna Muster"}, "is not a pseudonym"),
        ({"who": ""}, "who: is missing"),
        ({"at": "2026-11-21T09:30"}, "has no time zone"),
        ({"says": "a\x00b"}, "holds signs that are no text"),
        ({"id": "entry-7"}, "of the form the record itself uses"),
    ],
)
def test_what_cannot_be_recorded_is_refused(record, fields, says):
    with pytest.raises(InputRefused, match=says):
        record.append(event(**fields))
    assert len(record) == 0


def test_a_clock_that_goes_back_is_said_in_the_entry_and_holds(address):
    moments = iter([START, START + timedelta(hours=1), START, START + timedelta(hours=2), START])
    with create_record(address, clock=lambda: next(moments)) as record:
        entries = [record.append(event(f"{n}")) for n in range(4)]
        assert [entry.clock_back_from != "" for entry in entries] == [False, True, False, True]
        found = record.verify()
        assert found.holds and found.clock_went_back == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET event = '{}' WHERE number = 2",
        "DELETE FROM entries WHERE number = 5",
        "INSERT INTO entries SELECT 9, recorded, 'x', 'y', event, hash, 'h', '' FROM entries WHERE number = 5",
        "INSERT INTO entries SELECT 6, recorded, 'x', 'y', event, previous, 'h', '' FROM entries WHERE number = 2",
        "UPDATE record SET id = 'other'",
        "DELETE FROM record",
    ],
)
def test_the_store_itself_refuses_to_change_or_delete(five, address, statement):
    engine = connect(url_of(address))
    with pytest.raises(sa.exc.DatabaseError, match=r"only grows|does not follow"), engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
    assert five.verify().holds


def test_a_changed_row_is_named(five, forced):
    changed = five.entry(3).event | {"says": "never said"}
    text = json.dumps(changed, sort_keys=True, separators=(",", ":"))
    forced(five, entries.update().where(entries.c.number == 3).values(event=text))
    found = five.verify()
    assert found.breaks[0].number == 3 and "changed after it was recorded" in found.breaks[0].why
    assert any("guards against change are missing" in remark for remark in found.remarks)


def test_a_row_changed_with_its_hash_breaks_at_the_next(five, forced):
    second, third = five.entry(2), five.entry(3)
    third = link(third.event | {"says": "never said"}, after=second, recorded=datetime.fromisoformat(third.recorded))
    text = json.dumps(third.event, sort_keys=True, separators=(",", ":"))
    forced(five, entries.update().where(entries.c.number == 3).values(event=text, hash=third.hash))
    assert five.verify().breaks[0].number == 4 and "does not follow entry 3" in five.verify().breaks[0].why


def test_a_deleted_row_is_named(five, forced):
    forced(five, entries.delete().where(entries.c.number == 3))
    assert "missing: 3" in five.verify().breaks[0].why and five.verify().breaks[0].number == 3


def test_rows_in_another_order_are_named(five, forced):
    number = entries.c.number
    forced(
        five,
        entries.update().where(number == 2).values(number=99),
        entries.update().where(number == 3).values(number=2),
        entries.update().where(number == 99).values(number=3),
    )
    assert five.verify().breaks[0].number == 2


def test_columns_that_do_not_agree_with_the_event_are_named(five, forced):
    forced(five, entries.update().where(entries.c.number == 4).values(case_id="boy-3"))
    assert five.verify().breaks[0].number == 4


def test_a_lost_end_shows_against_the_head_kept_outside(five, tmp_path, forced):
    forced(five, entries.delete().where(entries.c.number > 3))
    found = five.verify()
    assert "its end is lost: 5 entries were known, 3 are there" in found.breaks[0].why
    with pytest.raises(RecordBroken, match="Nothing was added"):
        five.append(event())
    five.witness.unlink()
    assert five.verify().holds and "No head is kept" in five.verify().remarks[0]
    known = Head("", 5, "f" * 64)
    assert not five.verify(known=[known]).holds


def test_a_record_rewritten_from_the_start_shows_against_the_head_kept_outside(five, address, forced):
    with_other_words = [event(f"other {n}") for n in range(1, 7)]
    forced(five, entries.delete())
    kept = five.witness.read_text()
    five.witness.unlink()
    five.append_all(with_other_words)
    assert five.verify().holds
    five.witness.write_text(kept)
    assert "is not the one that was known" in five.verify().breaks[0].why


def test_there_is_one_record_in_one_place(record, address):
    with pytest.raises(InputRefused, match="already"):
        create_record(address)


def test_on_a_server_the_ward_needs_no_right_but_to_read_and_to_add(server, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    owners = server.new_database("with_roles")
    create_record(owners).close()
    server.execute("CREATE ROLE ward LOGIN")
    server.execute("GRANT SELECT, INSERT ON entries TO ward", "with_roles")
    server.execute("GRANT SELECT ON record, alembic_version TO ward", "with_roles")
    wards = server.url("with_roles", user="ward")
    with open_record(wards) as record:
        assert record.append(event()).number == 1 and record.verify().holds
    engine = connect(url_of(wards))
    for statement in ("DELETE FROM entries", "TRUNCATE entries", "ALTER TABLE entries DISABLE TRIGGER USER"):
        with (
            pytest.raises(sa.exc.DatabaseError, match=r"permission denied|must be owner"),
            engine.begin() as connection,
        ):
            connection.execute(sa.text(statement))
    engine.dispose()


def test_a_password_is_never_shown():
    with pytest.raises(RecordUnavailable) as refused:
        open_record("postgresql://ward:secret@/none?host=/nowhere")
    assert "secret" not in str(refused.value)
