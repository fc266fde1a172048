"""How do events look as a NONMEM-style table? Reads and writes ID TIME AMT RATE DUR EVID CMT ADDL II SS.

Decisions, where engines and texts differ: additional doses still pending at a reset (EVID 3 or 4, SS = 1) are kept,
as mrgsolve and rxode2 do, and a note says so; EVID 4 with ADDL resets only at its first dose; a reset returns to the
model's initial state; SS = 2 adds what the periodic doses alone bring. Columns named like a parameter are covariates
that hold from their row on. Any other column is refused by name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from opsonin.errors import InputRefused, Problem
from opsonin.simulate.model import Model

DOSE, RESET, CHANGE, STEADY, STEADY_ADDED = 0, 1, 2, 3, 4  # what a record makes happen
COLUMNS = ("ID", "TIME", "AMT", "RATE", "DUR", "EVID", "CMT", "ADDL", "II", "SS")


@dataclass(frozen=True)
class _Row:
    """One row of the table, in order."""

    number: int
    id: float
    time: float
    amt: float
    rate: float
    dur: float
    evid: int
    cmt: int
    addl: int
    ii: float
    ss: int


@dataclass(frozen=True)
class _Record:
    """One thing that happens: see EventTable."""

    time: float
    what: int
    target: int
    amount: float = 0.0
    duration: float = 0.0
    rate_mode: int = 0
    interval: float = 0.0


def from_records(model: Model, table: Mapping[str, ArrayLike]) -> dict[str, Any]:
    """The fields of an EventTable from columns; individuals in order of first appearance. Raises InputRefused.

    The result's `ids` are the table's, its `observed` the times of EVID 0 rows, (n, most) padded with NaN.
    """
    columns = {str(name): np.atleast_1d(np.asarray(values, float)) for name, values in table.items()}
    problems = _column_problems(model, columns)
    if problems:
        raise InputRefused(problems, source="event table")
    rows = _rows(columns)
    covariates = [name for name in columns if name in model.parameters]
    ids = list(dict.fromkeys(row.id for row in rows))
    people: dict[float, list[_Record]] = {person: [] for person in ids}
    seen: dict[float, list[float]] = {person: [] for person in ids}
    current: dict[tuple[float, str], float] = {}
    notes: set[str] = set()
    for row in rows:
        problems += _row_problems(model, row)
        for name in covariates:
            value = float(columns[name][row.number])
            if current.get((row.id, name)) != value:
                current[row.id, name] = value
                people[row.id].append(_Record(row.time, CHANGE, list(model.parameters).index(name), value))
        if row.evid == 0:
            seen[row.id].append(row.time)
        elif not problems and row.evid != 2:
            people[row.id] += _events(model, row)
            notes |= _notes(row, people[row.id])
    if problems:
        raise InputRefused(problems, source="event table")
    return _table(people, seen, notes)


def _column_problems(model: Model, columns: Mapping[str, np.ndarray]) -> list[Problem]:
    known = ", ".join(COLUMNS)
    problems = [
        Problem("column", name, "is not supported.", f"Supported: {known}, and names of parameters. Remove it.")
        for name in columns
        if name not in COLUMNS and name not in model.parameters
    ]
    problems += [Problem("column", name, "is missing.", "Add it.") for name in ("ID", "TIME") if name not in columns]
    if len({column.size for column in columns.values()}) > 1:
        problems.append(Problem("columns", "", "differ in length.", "Make them equally long."))
    problems += [
        Problem("column", name, "holds values that are not finite.", "Use 0 where nothing applies.")
        for name, column in columns.items()
        if not np.isfinite(column).all()
    ]
    problems += [
        Problem("column", name, "holds numbers that are not whole.", "Use whole numbers.")
        for name in ("EVID", "CMT", "ADDL", "SS")
        if name in columns and np.isfinite(columns[name]).all() and (columns[name] % 1 != 0).any()
    ]
    return problems


def _rows(columns: Mapping[str, np.ndarray]) -> list[_Row]:
    size = columns["ID"].size
    zero = np.zeros(size)
    get = {name: columns.get(name, zero) for name in COLUMNS}
    if "EVID" not in columns:
        get["EVID"] = (get["AMT"] != 0).astype(float)
    if "CMT" not in columns:
        get["CMT"] = np.ones(size)
    return [
        _Row(
            i, float(get["ID"][i]), float(get["TIME"][i]), float(get["AMT"][i]), float(get["RATE"][i]),
            float(get["DUR"][i]), int(get["EVID"][i]), int(get["CMT"][i]), int(get["ADDL"][i]), float(get["II"][i]),
            int(get["SS"][i]),
        )
        for i in range(size)
    ]  # fmt: skip


def _row_problems(model: Model, row: _Row) -> list[Problem]:
    """Everything wrong with one row."""
    if row.evid == 0:
        return []
    at = f"row {row.number + 1}"
    inputs = list(model.inputs)
    state = inputs[row.cmt - 1] if 1 <= row.cmt <= len(inputs) else None
    checks = [
        (row.evid not in (0, 1, 2, 3, 4), "EVID", row.evid, "is not supported.", "Use 0, 1, 2, 3 or 4."),
        (row.evid in (1, 4) and state is None, "CMT", row.cmt, "is not an input.", f"Inputs: {', '.join(inputs)}."),
        (row.amt < 0, "AMT", row.amt, "is negative.", "Give 0 or more."),
        (row.dur < 0, "DUR", row.dur, "is negative.", "Give 0 or more."),
        (row.rate < 0 and row.rate not in (-1, -2), "RATE", row.rate, "is negative.", "Use a rate, 0, -1 or -2."),
        (row.rate != 0 and row.dur != 0, "DUR", row.dur, "is given together with RATE.", "Give one of them."),
        (row.rate == -1 and state not in model.rate, "RATE", -1, "needs a modelled rate.", "Model(rate={...})."),
        (row.rate == -2 and state not in model.duration, "RATE", -2, "needs a modelled duration.", "Model(duration=)."),
        (row.addl < 0, "ADDL", row.addl, "is negative.", "Give 0 or more."),
        (row.addl > 0 and row.ii <= 0, "II", row.ii, "must be positive where ADDL is.", "Give the interval."),
        (row.ss not in (0, 1, 2), "SS", row.ss, "is not supported.", "Use 0, 1 or 2."),
        (row.ss > 0 and row.ii <= 0 and not _constant(row), "II", row.ii, "must be positive for SS.", "Give it."),
    ]
    return [Problem(f"{at}, {name}", str(value), why, remedy) for wrong, name, value, why, remedy in checks if wrong]


def _constant(row: _Row) -> bool:
    """A constant infusion at steady state: SS = 1, no amount, no interval, a rate."""
    return row.ss == 1 and row.amt == 0 and row.ii == 0 and row.rate > 0


def _events(model: Model, row: _Row) -> list[_Record]:
    """What one row makes happen."""
    states = list(model.states)
    if row.evid == 3:
        return [_Record(row.time, RESET, 0)]
    target = states.index(list(model.inputs)[row.cmt - 1])
    if _constant(row):
        return [_Record(row.time, STEADY, target, row.rate, 0.0, 0, 0.0)]
    duration, mode = (row.amt / row.rate, 1) if row.rate > 0 else (row.dur, int(row.rate))
    dose = (target, row.amt, duration, mode)
    records = [_Record(row.time, RESET, 0)] if row.evid == 4 else []
    if row.ss:
        records.append(_Record(row.time, STEADY if row.ss == 1 else STEADY_ADDED, *dose, row.ii))
    return records + [_Record(row.time + k * row.ii, DOSE, *dose) for k in range(row.addl + 1)]


def _notes(row: _Row, records: Sequence[_Record]) -> set[str]:
    cuts = row.evid in (3, 4) or row.ss == 1
    if cuts and any(record.what == DOSE and record.time > row.time for record in records) and row.addl == 0:
        return {f"individual {row.id:g}: additional doses pending at the reset at {row.time:g} are kept"}
    return set()


def _table(people: Mapping[float, list[_Record]], seen: Mapping[float, list[float]], notes: set[str]) -> dict[str, Any]:
    """The table of these people; those with equal records share a pattern."""
    patterns: dict[tuple[_Record, ...], int] = {}
    pattern_of = []
    for records in people.values():
        ordered = tuple(sorted(records, key=lambda record: record.time))
        pattern_of.append(patterns.setdefault(ordered, len(patterns)))
    flat = [record for pattern in patterns for record in pattern]
    most = max((len(times) for times in seen.values()), default=0)
    observed = np.full((len(people), most), np.nan)
    for number, times in enumerate(seen.values()):
        observed[number, : len(times)] = sorted(times)

    def column(name: str, kind: Any = float) -> Any:
        return np.array([getattr(record, name) for record in flat], kind)

    return {
        "n": len(people),
        "time": column("time"),
        "what": column("what", np.int64),
        "target": column("target", np.int64),
        "amount": column("amount"),
        "duration": column("duration"),
        "rate_mode": column("rate_mode", np.int64),
        "interval": column("interval"),
        "first": np.concatenate(([0], np.cumsum([len(pattern) for pattern in patterns]))).astype(np.int64),
        "pattern_of": np.array(pattern_of, np.int64),
        "notes": tuple(sorted(notes)),
        "ids": tuple(people),
        "observed": observed,
    }


def to_records(model: Model, table: Any) -> dict[str, np.ndarray]:
    """The events as columns; additional doses are written out. Reading them again gives the same events."""
    states, inputs, parameters = list(model.states), list(model.inputs), list(model.parameters)
    changed = sorted(set(table.target[table.what == CHANGE].tolist()))
    rows: list[dict[str, float]] = []
    for person in range(table.n):
        pattern = table.pattern_of[person]
        held: dict[str, float] = {}
        steady = False
        for r in range(table.first[pattern], table.first[pattern + 1]):
            what = int(table.what[r])
            row = dict.fromkeys(COLUMNS, 0.0) | {"ID": table.ids[person] if table.ids else person + 1}
            row |= {"TIME": table.time[r], "CMT": 1.0}
            if what == CHANGE:
                held[parameters[table.target[r]]] = table.amount[r]
                row["EVID"] = 2
            elif what == RESET:
                row["EVID"] = 3
            else:
                mode, duration = int(table.rate_mode[r]), float(table.duration[r])
                row |= {"EVID": 1, "CMT": inputs.index(states[table.target[r]]) + 1, "AMT": table.amount[r]}
                row |= {"DUR": duration if mode == 0 else 0.0, "RATE": mode if mode < 0 else 0.0}
                if mode == 1:
                    row["RATE"] = table.amount[r] / duration
                if what != DOSE:
                    row |= {"SS": 1 if what == STEADY else 2, "II": table.interval[r]}
                    if table.interval[r] == 0:
                        row |= {"RATE": row["AMT"], "AMT": 0.0, "DUR": 0.0}
                elif steady:
                    steady = False
                    continue  # the dose given with a steady state is part of its row
                steady = what != DOSE and table.interval[r] > 0
            rows.append(row | held)
    names = [*COLUMNS, *(parameters[i] for i in changed)]
    return {name: np.array([row.get(name, 0.0) for row in rows], float) for name in names}


def read_csv(path: str | Path) -> dict[str, np.ndarray]:
    """Columns of a comma-separated file with a heading; `.`, `NA` and empty fields are 0."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0]) if rows else []
    columns: dict[str, np.ndarray] = {}
    problems = []
    for name in names:
        try:
            columns[name] = np.array([0.0 if row[name] in (".", "NA", "", None) else float(row[name]) for row in rows])
        except ValueError as error:
            problems.append(Problem("column", name, f"is not numeric ({error}).", "Use numbers."))
    if problems or not rows:
        raise InputRefused(problems or [Problem("file", str(path), "has no rows.", "Fill it in.")], source=str(path))
    return columns


def write_csv(path: str | Path, columns: Mapping[str, np.ndarray]) -> None:
    """Columns as a comma-separated file with a heading, numbers to their last digit."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([repr(float(v)) for v in row] for row in zip(*columns.values(), strict=True))
