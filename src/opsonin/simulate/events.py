"""What is given, to whom, when? Dose records per individual, and the plain actions the kernel performs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opsonin.errors import InputRefused, Problem
from opsonin.simulate.model import Model
from opsonin.simulate.records import from_records, read_csv, to_records, write_csv

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class EventTable:
    """Records of what happens to n individuals; those with the same records share one pattern.

    Build one with `infusions` (the same shape for all) or `from_records` (a NONMEM-style table). Columns hold
    one entry per record, sorted by pattern, then time, then order of record:
    time; what (DOSE, RESET, CHANGE, STEADY, STEADY_ADDED); target (index of the state, or of the parameter);
    amount; duration (0 = bolus); rate_mode (0 duration given, 1 rate given, -1 modelled rate, -2 modelled duration);
    interval (II, for steady state). `first`: where patterns begin, and the end; `pattern_of`: (n,).
    """

    n: int
    time: Floats
    what: Integers
    target: Integers
    amount: Floats
    duration: Floats
    rate_mode: Integers
    interval: Floats
    first: Integers
    pattern_of: Integers
    notes: tuple[str, ...] = ()
    ids: tuple[float, ...] = ()
    observed: Floats | None = None
    spelled: bool = False  # doses are final: no bioavailability, lag or modelled duration is applied to them

    @classmethod
    def none(cls, n: int) -> EventTable:
        """Nothing is given to any of n individuals.

        >>> EventTable.none(3).n
        3
        """
        empty, whole = np.zeros(0), np.zeros(0, np.int64)
        return cls(n, empty, whole, whole, empty, empty, whole, empty, np.zeros(2, np.int64), np.zeros(n, np.int64))

    @classmethod
    def from_records(cls, model: Model, table: Mapping[str, ArrayLike]) -> EventTable:
        """Events from NONMEM-style columns (ID TIME AMT RATE DUR EVID CMT ADDL II SS); see `records` for their meaning.

        >>> from opsonin.simulate.examples import DECAY
        >>> EventTable.from_records(DECAY, {"ID": [1, 1], "TIME": [0, 24], "AMT": [100, 50], "RATE": [0, 10]}).n
        1
        """
        return cls(**from_records(model, table))

    @classmethod
    def read(cls, model: Model, path: str) -> EventTable:
        """Events from a comma-separated file with such columns."""
        return cls(**from_records(model, read_csv(path)))

    def write(self, model: Model, path: str) -> None:
        """Write such a file; reading it gives the same events."""
        write_csv(path, to_records(model, self))

    @classmethod
    def infusions(
        cls,
        model: Model,
        n: int,
        doses: Sequence[Sequence[Any]],
        state: str,
        *,
        amounts: ArrayLike | None = None,
    ) -> EventTable:
        """Infusions (or boluses, where the duration is 0) into one state.

        doses: (start, duration, amount) per dose; each of the three a number, or an array of shape (n,).
        amounts: replaces the amounts, shape (n,) (every dose) or (n, number of doses); doses may then be
        (start, duration). Units: the model's time unit and the input state's unit.
        Raises InputRefused with every problem.

        >>> from opsonin.simulate.examples import DECAY
        >>> EventTable.infusions(DECAY, 2, [(0.0, 0.5, 10.0), (1.0, 0.0, [1.0, 2.0])], state="A").amount.tolist()
        [10.0, 1.0, 10.0, 2.0]
        """
        problems: list[Problem] = []
        if state not in model.inputs:
            known = ", ".join(model.inputs) or "none"
            problems.append(Problem("state", state, "is not an input of the model.", f"Inputs: {known}."))
        columns = _dose_columns(n, doses, amounts, problems)
        if problems:
            raise InputRefused(problems, source="EventTable.infusions")
        start, duration, amount = columns
        rows, count = start.shape
        order = np.argsort(start, axis=1, kind="stable")
        start, duration, amount = (np.take_along_axis(c, order, axis=1) for c in (start, duration, amount))
        whole = np.zeros(rows * count, np.int64)
        return cls(
            n=n,
            time=start.ravel(),
            what=whole,
            target=np.full(rows * count, list(model.states).index(state)),
            amount=amount.ravel(),
            duration=duration.ravel(),
            rate_mode=whole,
            interval=np.zeros(rows * count),
            first=np.arange(rows + 1, dtype=np.int64) * count,
            pattern_of=np.zeros(n, np.int64) if rows == 1 else np.arange(n, dtype=np.int64),
        )


def _dose_columns(
    n: int, doses: Sequence[Sequence[Any]], amounts: ArrayLike | None, problems: list[Problem]
) -> tuple[Floats, Floats, Floats]:
    """Start, duration and amount, each (1, doses) if all individuals share them, else (n, doses)."""
    count = len(doses)
    given = [list(dose) for dose in doses]
    if amounts is not None:
        table = np.asarray(amounts, float)
        if table.shape == (n,):
            table = np.repeat(table[:, None], count, axis=1)
        if table.shape != (n, count):
            problems.append(
                Problem("amounts", str(table.shape), "has the wrong shape.", f"Give ({n},) or ({n}, {count}).")
            )
            table = np.zeros((n, count))
        given = [[dose[0], dose[1], table[:, i]] for i, dose in enumerate(given)]
    columns = []
    for part, name in enumerate(("start", "duration", "amount")):
        column = []
        for number, dose in enumerate(given):
            field = f"doses[{number}].{name}"
            if len(dose) != 3:
                problems.append(Problem(field, str(dose), "a dose has three parts.", "Give (start, duration, amount)."))
                column.append(np.zeros(1))
                continue
            values = np.atleast_1d(np.asarray(dose[part], float))
            if values.shape not in ((1,), (n,)):
                problems.append(Problem(field, str(values.shape), "has the wrong shape.", f"Give a number or ({n},)."))
                values = np.zeros(1)
            if not np.isfinite(values).all():
                problems.append(Problem(field, "", "is not finite.", "Give finite numbers."))
            elif name != "start" and (values < 0).any():
                problems.append(Problem(field, str(values.min()), "is negative.", "Give 0 or more."))
            column.append(values)
        columns.append(column)
    rows = max((values.size for column in columns for values in column), default=1)
    stacked = [np.column_stack([np.broadcast_to(v, (rows,)) for v in c]) if c else np.zeros((1, 0)) for c in columns]
    return stacked[0], stacked[1], stacked[2]


@dataclass(frozen=True)
class Records:
    """The records of some individuals, spelled out: `who` says whose each record is."""

    who: Integers
    time: Floats
    what: Integers
    target: Integers
    amount: Floats
    duration: Floats
    rate_mode: Integers
    interval: Floats
    order: Integers
