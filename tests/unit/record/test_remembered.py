"""What was verified is not read again, and yet nothing that touches the case asked for goes unnoticed."""

import json
import stat

import pytest

from opsonin.patient.event_line import event_from_line
from opsonin.record import create_record, open_record
from opsonin.record import record as room
from opsonin.record.chain import canonical
from opsonin.record.database import entries
from opsonin.record.remembered import path_beside


def event(case, says):
    line = {"kind": "note", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "case": case}
    return event_from_line(line | {"says": says}, place="test")


@pytest.fixture
def record(address):
    """Ten entries of two cases in turn, all of it verified."""
    with create_record(address) as made:
        made.test_address = address
        made.append_all([event(("girl-7", "boy-3")[n % 2], f"note {n}") for n in range(10)])
        assert made.verify().holds
        yield made


@pytest.fixture
def whole(monkeypatch):
    """How often everything was read."""
    count, verify = [], room.verify

    def counting(*words, **more):
        count.append(1)
        return verify(*words, **more)

    monkeypatch.setattr(room, "verify", counting)
    return count


def test_what_held_and_has_not_changed_is_not_read_again(record, whole):
    assert record.verify_case("girl-7").holds and not whole
    record.append_all([event("girl-7", "more"), event("boy-3", "more")])
    found = record.verify_case("girl-7")
    assert found.holds and found.head == record.head() and not whole
    kept = json.loads(path_beside(record.witness).read_text())
    assert kept["length"] == 12, "what was new is verified and remembered too"
    with open_record(record.test_address) as again:
        assert again.verify_case("nobody").holds and not whole
    assert stat.S_IMODE(path_beside(record.witness).stat().st_mode) == 0o600


def test_without_a_memory_or_with_another_records_everything_is_read(record, whole):
    path = path_beside(record.witness)
    for text in ("", "{}", '{"record": "x", "length": 1, "hash": "y", "columns": "z"}'):
        path.write_text(text)
        assert record.verify_case("girl-7").holds
    path.unlink()
    assert record.verify_case("girl-7").holds and len(whole) == 4


def changed(entry, **columns):
    return entries.update().where(entries.c.number == entry).values(**columns)


def says(record, number, words):
    return canonical(record.entry(number).event | {"says": words}).decode()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("an entry of the case has other words", lambda r: [changed(3, event=says(r, 3, "never said"))]),
        ("an entry of the case is of another now", lambda r: [changed(3, case_id="boy-3")]),
        ("another's entry is of the case now", lambda r: [changed(4, case_id="girl-7")]),
        ("an entry is gone", lambda r: [entries.delete().where(entries.c.number == 5)]),
        ("the end is gone", lambda r: [entries.delete().where(entries.c.number > 8)]),
        ("two have changed places", lambda r: [changed(3, number=99), changed(5, number=3), changed(99, number=5)]),
        ("a hash has changed", lambda r: [changed(6, hash="0" * 64)]),
        ("the last one has other words", lambda r: [changed(10, event=says(r, 10, "never said"))]),
    ],
)
def test_what_touches_the_case_or_the_chain_is_found(record, whole, name, make, forced):
    forced(record, *make(record))
    found = record.verify_case("girl-7")
    assert not found.holds and whole, name


def test_a_forged_new_entry_is_found(record, whole, forced):
    record.append(event("boy-3", "new"))
    forced(record, changed(11, event=says(record, 11, "never said")))
    assert not record.verify_case("girl-7").holds and whole


def test_another_cases_older_words_are_left_to_the_whole_verification(record, whole, forced):
    forced(record, changed(4, event=says(record, 4, "never said")))
    assert record.verify_case("girl-7").holds and not whole
    assert not record.verify_case("boy-3").holds and not record.verify().holds
