"""What must the kernel do, and when? Turns dose records into actions: set a rate, add, set a state, set a parameter.

Meaning of records (as settled between NONMEM, mrgsolve and rxode2):
with a rate (given or modelled) bioavailability scales the infusion's duration, with a duration (given or modelled)
its rate; a reset cancels running infusions together with their stop; doses not yet begun (pending additional
doses, lagged doses) stay; at one instant records act in their order, and observations see the state after them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from opsonin.simulate.events import EventTable, Floats, Integers, Records
from opsonin.simulate.model import Model
from opsonin.simulate.records import CHANGE, DOSE, STEADY_ADDED

SET_RATE, ADD, SET_STATE, SET_PARAMETER = 0, 1, 2, 3
COLUMNS = ("time", "what", "target", "amount", "duration", "rate_mode", "interval")
_LAST = np.iinfo(np.int64).max


def spell_out(table: EventTable, rows: slice, model: Model) -> tuple[Records, Integers]:
    """The records of these individuals, and for each individual the number of the record group that is its own.

    Individuals share a group when they share a pattern and nothing in it depends on them.
    """
    pattern_of = table.pattern_of[rows]
    personal = not table.spelled and bool(model.bioavailability or model.lag or model.duration or model.rate)
    if personal or (table.what > DOSE).any():
        patterns, group_of = pattern_of, np.arange(pattern_of.size)
    else:
        patterns, group_of = np.unique(pattern_of, return_inverse=True)
    count = np.diff(table.first)[patterns]
    who = np.repeat(np.arange(patterns.size), count)
    before = np.concatenate(([0], np.cumsum(count)[:-1])) if count.size else np.zeros(0, np.int64)
    pick = np.repeat(table.first[patterns] - before, count) + np.arange(who.size)
    columns: list[Any] = [getattr(table, name)[pick] for name in COLUMNS]
    records = Records(*([who, *columns, 2 * np.arange(pick.size)]))
    return records, group_of


def personal_doses(records: Records, model: Model, parameters: Mapping[str, Floats]) -> Records:
    """Records with lag, bioavailability, modelled duration and modelled rate worked in (rate_mode is then 0)."""
    time, amount, duration = records.time.copy(), records.amount.copy(), records.duration.copy()
    names = list(model.states)
    given = records.what != CHANGE
    for state in model.inputs:
        mine = given & (records.target == names.index(state))
        who = records.who[mine]

        def of(kind: str, state: str = state, who: Integers = who) -> Floats | None:
            parameter = getattr(model, kind).get(state)
            return None if parameter is None else np.asarray(parameters[parameter], float)[who]

        share, lag, length, rate = of("bioavailability"), of("lag"), of("duration"), of("rate")
        mode = records.rate_mode[mine]
        share = np.ones(who.size) if share is None else share
        spell = duration[mine]
        spell = np.where(mode == 1, spell * share, spell)
        if length is not None:
            spell = np.where(mode == -2, length, spell)
        if rate is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                spell = np.where(mode == -1, share * amount[mine] / rate, spell)
        amount[mine] = amount[mine] * share
        duration[mine] = spell
        if lag is not None:
            time[mine] = time[mine] + np.where(records.what[mine] == DOSE, lag, 0.0)
    return Records(
        records.who, time, records.what, records.target, amount, duration, np.zeros_like(records.rate_mode),
        records.interval, records.order,
    )  # fmt: skip


def actions(
    records: Records, groups: int, model: Model, initial: Floats, steady: Mapping[int, Floats] | None = None
) -> tuple[Floats, Integers]:
    """The plan (one row per action: time, kind, index, value), and (groups, 2): which rows are whose.

    records: as from `personal_doses`. initial: (groups, states), what a reset returns to (any row if there are no
    resets). steady: for a steady-state record, by its order number, the periodic state (states,).
    """
    parts = [_boluses(records), _changes(records), _resets(records, initial, steady or {})]
    parts.append(_rates(records, model, groups))
    who, time, order, kind, index, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    sort = np.lexsort((order, time, who))
    plan = np.ascontiguousarray(np.column_stack([time, kind, index, value])[sort], float)
    everyone = np.arange(groups)
    bounds = [np.searchsorted(who[sort], everyone, side=side) for side in ("left", "right")]
    return plan, np.column_stack(bounds).astype(np.int64)


Part = tuple[Any, Any, Any, Any, Any, Any]  # who, time, order, kind, index, value


def _part(records: Records, chosen: np.ndarray, kind: int) -> Part:
    whole = np.full(int(chosen.sum()), kind, np.int64)
    r = records
    return r.who[chosen], r.time[chosen], r.order[chosen], whole, r.target[chosen], r.amount[chosen]


def _boluses(records: Records) -> Part:
    return _part(records, (records.what == DOSE) & (records.duration <= 0) & (records.amount != 0), ADD)


def _changes(records: Records) -> Part:
    return _part(records, records.what == CHANGE, SET_PARAMETER)


def _resets(records: Records, initial: Floats, steady: Mapping[int, Floats]) -> Part:
    """Every state is set (reset, steady state) or added to (SS = 2)."""
    cuts = np.flatnonzero((records.what != DOSE) & (records.what != CHANGE))
    states = initial.shape[1]
    who, time, order = (np.repeat(column[cuts], states) for column in (records.who, records.time, records.order))
    values = []
    for cut in cuts:
        rest = initial[records.who[cut]]
        state = steady.get(int(records.order[cut]), rest)
        values.append(state - rest if records.what[cut] == STEADY_ADDED else state)
    kind = np.repeat(np.where(records.what[cuts] == STEADY_ADDED, ADD, SET_STATE), states)
    index = np.tile(np.arange(states), cuts.size)
    return who, time, order, kind, index, np.concatenate(values) if values else np.zeros(0)


def _rates(records: Records, model: Model, groups: int) -> Part:
    """Total infusion rate of each input after every start and stop; exactly 0 when nothing runs."""
    runs = np.flatnonzero((records.what == DOSE) & (records.duration > 0) & (records.amount != 0))
    who, start, order = records.who[runs], records.time[runs], records.order[runs]
    stop = start + records.duration[runs]
    rate = records.amount[runs] / records.duration[runs]
    cuts = np.flatnonzero((records.what != DOSE) & (records.what != CHANGE) & (records.what != STEADY_ADDED))
    for cut in cuts:  # resets are rare and chunks small
        moment, rank = records.time[cut], records.order[cut]
        hit = (who == records.who[cut]) & (start <= moment) & (stop > moment) & (order < rank)
        stop[hit] = moment
    states = list(model.states)
    position = np.full(len(states), -1)
    for number, name in enumerate(model.inputs):
        position[states.index(name)] = number
    keep = stop > start
    who, start, stop, rate = who[keep], start[keep], stop[keep], rate[keep]
    inputs = position[records.target[runs][keep]]
    both = np.concatenate
    return _totals(
        both([who, who]), both([inputs, inputs]), both([start, stop]), both([rate, -rate]),
        np.repeat([1, -1], who.size),
    )  # fmt: skip


def _totals(who: Integers, inputs: Integers, time: Floats, change: Floats, step: Integers) -> Part:
    """Running totals per individual and input, one action per instant."""
    sort = np.lexsort((time, inputs, who))
    who, inputs, step = who[sort], inputs[sort], step[sort]
    time, change = time[sort], change[sort]
    if not who.size:
        return who, time, who, who, inputs, change
    new = np.concatenate(([True], (who[1:] != who[:-1]) | (inputs[1:] != inputs[:-1])))
    head = np.flatnonzero(new)
    length = np.diff(np.concatenate((head, [who.size])))
    total, running = change.copy(), step.copy()
    for rank in range(1, int(length.max())):  # sums run inside one individual only, whoever else is in the chunk
        here = head[length > rank] + rank
        total[here] += total[here - 1]
        running[here] += running[here - 1]
        total[here[running[here] == 0]] = 0.0
    final = np.concatenate((new[1:] | (time[1:] != time[:-1]), [True]))
    count = int(final.sum())
    late, kind = np.full(count, _LAST), np.full(count, SET_RATE, np.int64)
    return who[final], time[final], late, kind, inputs[final], total[final]
