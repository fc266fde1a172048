"""The event table at the door: what is refused, in whose words, and that a written table reads back the same."""

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.simulate import EventTable
from opsonin.simulate.examples import DECAY, ORAL


def _refused(model, **columns):
    with pytest.raises(InputRefused) as refused:
        EventTable.from_records(model, columns)
    return [(problem.field, problem.value) for problem in refused.value.problems]


def test_unsupported_columns_are_refused_by_name_all_at_once():
    found = _refused(DECAY, ID=[1, 1], TIME=[0, 1], AMT=[10, 0], XYZ=[0, 0], BLQ=[0, 1])
    assert {value for field, value in found if field == "column"} == {"XYZ", "BLQ"}


def test_a_missing_column_is_named():
    assert ("column", "TIME") in _refused(DECAY, ID=[1], AMT=[10])


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("AMT", {"AMT": -1}),
        ("RATE", {"RATE": -3}),
        ("RATE", {"RATE": -1}),
        ("RATE", {"RATE": -2}),
        ("DUR", {"RATE": 5, "DUR": 2}),
        ("EVID", {"EVID": 7}),
        ("CMT", {"CMT": 9}),
        ("SS", {"SS": 3}),
        ("II", {"SS": 1}),
        ("II", {"ADDL": 2}),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_number_and_field(field, change):
    row = {"ID": 1, "TIME": 0, "AMT": 10, "EVID": 1, "CMT": 1} | change
    first = dict.fromkeys(row, 0) | {"ID": 1, "AMT": 10, "EVID": 1, "CMT": 1}
    columns = {name: [first[name], value] for name, value in row.items()}
    assert f"row 2, {field}" in [where for where, _ in _refused(DECAY, **columns)]


@pytest.mark.parametrize("name", ["EVID", "CMT", "ADDL", "SS"])
def test_numbers_that_are_not_whole_are_not_rounded(name):
    columns = {"ID": [1], "TIME": [0], "AMT": [10], "EVID": [1], "CMT": [1]} | {name: [1.5]}
    assert ("column", name) in _refused(DECAY, **columns)


def test_a_written_table_reads_back_the_same(tmp_path):
    columns = {
        "ID": [7, 7, 7, 9], "TIME": [0, 2, 30, 1], "AMT": [100, 50, 0, 80], "RATE": [0, 25, 0, 0],
        "EVID": [1, 1, 3, 1], "CMT": [1, 2, 1, 2], "ADDL": [0, 3, 0, 1], "II": [0, 12, 0, 24],
    }  # fmt: skip
    events = EventTable.from_records(ORAL, columns)
    events.write(ORAL, str(tmp_path / "events.csv"))
    again = EventTable.read(ORAL, str(tmp_path / "events.csv"))
    assert again.ids == events.ids == (7.0, 9.0)
    for name in ("time", "what", "target", "amount", "duration", "first"):
        assert np.array_equal(getattr(again, name), getattr(events, name)), name
    assert any("ADDL" in note or "additional" in note for note in events.notes)
