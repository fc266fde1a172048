"""An export comes back as it was, on either store, or says what is wrong with it."""

import json

import pytest

from opsonin.errors import InputRefused
from opsonin.patient.event_line import event_from_line
from opsonin.record import NotRecorded, RecordBroken, create_record, open_record, transfer


def event(says, **fields):
    line = {"kind": "note", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "case": "girl-7"}
    return event_from_line(line | {"says": says} | fields, place="test")


@pytest.fixture
def ten(address):
    with create_record(address) as record:
        record.append_all([event(f"note {n}, 5 µg") for n in range(1, 11)])
        yield record


@pytest.fixture
def export(ten, tmp_path):
    path = tmp_path / "ten.jsonl"
    transfer.write_export(ten, path)
    return path


def test_an_export_restores_the_same_chain_in_a_new_record(ten, export, tmp_path):
    with create_record(tmp_path / "restored.record") as restored:
        assert transfer.import_export(export, restored) == 10
        assert restored.head().hash == ten.head().hash
        assert list(restored.entries()) == list(ten.entries())
        assert transfer.import_export(export, restored) == 0
        restored.append(event("and on"))
        with pytest.raises(InputRefused, match="is longer"):
            transfer.import_export(export, restored)


def test_an_import_continues_what_is_there_and_refuses_what_differs(ten, export, tmp_path):
    with create_record(tmp_path / "copy.record") as copy:
        transfer.import_export(export, copy)
        ten.append(event("and on"))
        longer = tmp_path / "longer.jsonl"
        transfer.write_export(ten, longer)
        assert transfer.import_export(longer, copy) == 1
    with create_record(tmp_path / "other.record") as other:
        other.append(event("another patient's"))
        with pytest.raises(InputRefused, match="has another entry 1"):
            transfer.import_export(export, other)
        assert len(other) == 1


def test_an_export_is_of_the_one_vocabulary(export):
    from datetime import date

    import jsonschema

    from opsonin.case.events import event_schema, read_events

    for line in export.read_text().splitlines():
        jsonschema.validate(json.loads(line), event_schema())
    assert len(read_events(export, as_of=date(2099, 1, 1))) == 10


@pytest.mark.parametrize("keep", range(11))
def test_an_export_that_lost_its_end_is_refused(export, keep):
    lines = export.read_text().splitlines(keepends=True)
    export.write_text("".join(lines[:keep]))
    assert not transfer.verify_export(export).holds


@pytest.mark.parametrize("lost", [2, 40, 400])  # the last line break alone carries nothing
def test_an_export_cut_anywhere_is_refused(export, lost):
    export.write_bytes(export.read_bytes()[:-lost])
    assert not transfer.verify_export(export).holds


def test_every_line_that_is_lost_moved_or_changed_is_named(export):
    lines = export.read_text().splitlines(keepends=True)
    for index in range(10):
        export.write_text("".join(lines[:index] + lines[index + 1 :]))
        assert transfer.verify_export(export).breaks[0].number == index + 1
        export.write_text("".join([*lines[:index], lines[index].replace("5 µg", "5 mg"), *lines[index + 1 :]]))
        assert transfer.verify_export(export).breaks[0].number == index + 1
    for index in range(9):
        moved = [*lines[:index], lines[index + 1], lines[index], *lines[index + 2 :]]
        export.write_text("".join(moved))
        assert transfer.verify_export(export).breaks[0].number == index + 1


def test_nothing_is_imported_from_a_broken_export(export, tmp_path):
    export.write_text(export.read_text().replace("note 7", "note 8"))
    with create_record(tmp_path / "new.record") as record:
        with pytest.raises(RecordBroken, match="entry 7"):
            transfer.import_export(export, record)
        assert len(record) == 0


def test_a_backup_must_continue_the_backups_before_it(ten, tmp_path, address):
    first, head = transfer.write_backup(ten, tmp_path / "backups")
    assert transfer.read_seal(first) == head
    assert transfer.write_backup(ten, tmp_path / "backups")[0] == first
    ten.append(event("and on"))
    second, _ = transfer.write_backup(ten, tmp_path / "backups")
    assert second != first and transfer.verify_export(second).holds
    ahead = json.loads(first.read_text().splitlines()[-1])
    ahead["seal"] |= {"length": 12, "head": "ab" * 32}
    (tmp_path / "backups" / "later.jsonl").write_text(json.dumps(ahead) + "\n")
    with pytest.raises(RecordBroken, match="its end is lost: 12 entries were known, 11 are there"):
        transfer.write_backup(ten, tmp_path / "backups")


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(ten, tmp_path):
    with pytest.raises(NotRecorded, match="could not be written"):
        transfer.write_export(ten, tmp_path / "no such folder" / "out.jsonl")


def test_what_was_recorded_later_is_read_in_the_records_order(ten, address, tmp_path):
    from datetime import date

    from opsonin.case.events import read_events

    ten.append(event("remembered late", at="2026-11-20T09:30+01:00"))
    path = tmp_path / "late.jsonl"
    transfer.write_export(ten, path)
    assert read_events(path, as_of=date(2026, 12, 1))[-1].says == "remembered late"
    with open_record(address) as again:
        assert [one.says for one in again.events()][-1] == "remembered late"
