"""One chunk of individuals as the arrays the kernel wants."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from opsonin.simulate.actions import actions, personal_doses, spell_out
from opsonin.simulate.events import Floats, Integers
from opsonin.simulate.request import Request
from opsonin.simulate.steady import with_steady_states


class Piece:
    """Parameters (n, p), initial states (n, s), observation times, and the plan of actions of n individuals.

    plan: one row per action (time, kind, index, value); span: (n, 2), which rows are whose.
    """

    def __init__(self, request: Request, rows: slice) -> None:
        self.request = request
        self.n = rows.stop - rows.start
        chosen = {name: np.broadcast_to(value, (request.n,))[rows] for name, value in request.parameters.items()}
        columns = [chosen[name] for name in request.model.parameters] or [np.zeros(self.n)]
        self.parameters = np.ascontiguousarray(np.column_stack(columns), float)
        self.initial = request.initial_states(chosen, rows)
        self.typical = request.typical_sizes(rows)
        records, group_of = spell_out(request.events, rows, request.model)
        if not request.events.spelled:
            records = personal_doses(records, request.model, chosen)
        records, steady = with_steady_states(records, request.model, chosen, self.initial, request.solver)
        self.plan, span = actions(records, int(group_of.max()) + 1, request.model, self.initial, steady)
        self.span = span[group_of]
        self.observed = np.atleast_2d(request.times if request.times.ndim == 1 else request.times[rows])

    def of(self, chosen: Integers) -> Piece:
        """The same for some of the individuals."""
        some = copy(self)
        some.n = chosen.size
        for name in ("parameters", "initial", "typical", "span"):
            setattr(some, name, getattr(self, name)[chosen])
        some.observed = self.observed if self.observed.shape[0] == 1 else self.observed[chosen]
        return some

    def integrate(self, kernel: Any, results: Floats, base: int, patience: int) -> tuple[Integers, Floats]:
        """Run the kernel; fills results[:, base:base + n]; gives (n, 2) status, steps; (n, s + 1) final state, time."""
        request = self.request
        selected = np.array([request.codes[name] for name in request.kept], np.int64)
        needed = np.array(sorted({state for code in selected for state in kernel.NEEDS[code]}), np.int64)
        ledger, final = np.zeros((self.n, 2), np.int64), np.empty((self.n, kernel.STATES + 1))
        parameters = self.parameters.copy() if (self.plan[:, 1] == kernel.SET_PARAMETER).any() else self.parameters
        arrays = (parameters, self.initial, self.typical, self.observed, self.plan, self.span)
        kernel.run(
            1, 0, self.n, base, request.start, *(np.ascontiguousarray(array) for array in arrays), selected, needed,
            request.rtol, request.atol, request.floor, request.max_steps, patience, results, ledger, final,
            np.zeros(kernel.MEMORY_SIZE),
        )  # fmt: skip
        return ledger, final
