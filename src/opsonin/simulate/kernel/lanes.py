"""A population in lockstep: every lane holds one individual with its own time, step size, events and observations.

All lanes do the same arithmetic in every round, so the compiler turns each loop over lanes into vector
instructions; what differs (is this step accepted? is an event reached?) is chosen per lane. A lane whose individual
is done takes the next one. No lane ever reads another lane, so a result does not depend on who shares the group.

m: the lanes' block of memory (`memory.py` says what stands where). job: what is asked, and where results go.
one: 1, which the compiler does not know: it would write out loops of known length and then see nothing to vectorise.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from opsonin.simulate.kernel.elementary import exponential, larger, logarithm, smaller
from opsonin.simulate.kernel.example import (
    address,
    choose,
    collect_errors,
    compiled,
    entry,
    fill_constants,
    fill_slopes,
    fill_turnover,
    find_crossings,
    inlined,
    output,
    spread_steps,
    spread_verdicts,
)
from opsonin.simulate.kernel.memory import (
    ACTION,
    APPROACH,
    ATOL,
    COURSE,
    CROSS,
    DUE,
    END,
    ERROR,
    FRESH,
    GOOD,
    LEAST,
    MEMORY,
    PEAK,
    POINT,
    REFUSED,
    ROW,
    SEEN,
    SIZED,
    STAGE,
    STEP,
    STIFFNESS,
    STOP,
    TIME,
    TO,
    TRIES,
    USED,
    WHO,
    F,
    H,
    K,
    U,
    Y,
)  # fmt: skip
from opsonin.simulate.kernel.shape import INPUTS, LANES, PARAMETERS, STATES, SWITCHES
from opsonin.simulate.kernel.tsit5 import attempt, count_stiffness, describe, estimate

# --- kernel ---
SET_RATE, ADD, SET_STATE, SET_PARAMETER = 0, 1, 2, 3
DONE, TOO_MANY_STEPS, STEP_VANISHED, NOT_FINITE, STIFF = 0, 1, 2, 3, 4
STIFF_STEPS = 40  # steps limited by stability, beyond the first `patience`, that call for an implicit method
ROUNDING = 1e-5  # of the turnover in the least step: 1e-15 of the turnover in the whole time
CALM = -9.2  # logarithm of the smallest error the step control remembers


class Job(NamedTuple):
    """Individuals lower..upper-1: addresses of what is given and what is filled.

    plan: one row per action (time, kind, index, value); span: first and last action of each individual; observed: its
    times, `width` of them, the next individual's `stride` further; selected: the asked-for outputs; needed: the states
    they need; results: (outputs, rows, width), of which individual 0 has row `base`; ledger: status and steps tried;
    final: the last state and time.
    """

    lower: int
    upper: int
    start: float
    parameters: Any
    initial: Any
    typical: Any
    observed: Any
    width: int
    stride: int
    plan: Any
    span: Any
    selected: Any
    outputs: int
    needed: Any
    states: int
    results: Any
    rows: int
    base: int
    ledger: Any
    final: Any


@compiled
def limit_steps(m, one):
    """No step passes the next event or the end: it lands there exactly."""
    for lane in range(one * LANES):
        time, step, stop = m[TIME + lane], m[STEP + lane], m[STOP + lane]
        lands = step * 1.001 >= stop - time
        m[USED + lane] = choose(lands, stop - time, step)
        m[TO + lane] = choose(lands, stop, time + step)
    spread_steps(m, one)


@compiled
def measure(m, one, rtol, floor):
    """Largest error of any state, in units of its tolerance; NaN or infinite if a state is."""
    for i in range(one * ROW):
        error = abs(estimate(m, i))
        size = larger(larger(abs(m[Y + i]), abs(m[STAGE + i])), floor * m[PEAK + i])
        sized = error / (rtol * size + m[ATOL + i])
        m[SIZED + i] = choose(error == 0.0, 0.0, sized)
    collect_errors(m, one)


@compiled
def judge(m, one):
    """Accept or refuse each lane's step and choose the next step size (proportional-integral controller).

    A step of a ten-billionth of the whole time is accepted with any finite error: where a state leaves 0 at a kink of
    its equation no step is small enough relative to it, and such a step is too short to matter.
    """
    for lane in range(one * LANES):
        error, memory = m[ERROR + lane], m[MEMORY + lane]
        known, fits = error < 1e100, error <= 1.0
        size = logarithm(larger(choose(known, error, 1.0), 1e-9))
        factor = 0.9 * exponential(choose(fits, 0.04 * memory - 0.17 * size, -0.2 * size))
        grow = smaller(larger(factor, 0.2), choose(m[REFUSED + lane] > 0.0, 1.0, 8.0))
        shrink = smaller(larger(factor, 0.1), 0.9)
        accepted = fits | (known & (m[USED + lane] <= m[LEAST + lane]))
        factor = choose(accepted, choose(fits, grow, 4.0), choose(known, shrink, 0.1))
        m[GOOD + lane] = choose(accepted, 1.0, 0.0)
        m[REFUSED + lane] = choose(accepted, 0.0, 1.0)
        m[MEMORY + lane] = choose(accepted, larger(size, CALM), memory)
        m[STEP + lane] = m[USED + lane] * factor


@compiled
def mind_crossings(m, one, narrow):
    """Where an equation changes its branch, no step is long: stop just before, cross in one short step, go on.

    The error of a step over a kink is invisible to the embedded estimate and grows with the square of the step; a
    step of `narrow` times the ordinary one makes it harmless.
    """
    for lane in range(one * LANES):
        used, cross, approach, good = m[USED + lane], m[CROSS + lane], m[APPROACH + lane], m[GOOD + lane]
        taken = good > 0.0
        aim = choose(approach > 0.0, approach, used)
        crossing = taken & (cross <= 1.0)
        long = crossing & (used > 2.0 * narrow * aim) & (used > m[LEAST + lane])
        near = cross * used <= narrow * aim
        landed = taken & (approach > 0.0) & (cross > 1.0)
        step = m[STEP + lane]
        short = 2.0 * narrow * aim
        step = choose(landed & (step > short) & (used > short), short, step)
        m[STEP + lane] = choose(long, choose(near, short, (1.0 - 0.5 * narrow) * cross * used), step)
        m[GOOD + lane] = choose(long, 0.0, good)
        done = (crossing | landed) & (used <= short) | (landed & (used >= aim))
        m[APPROACH + lane] = choose(long, aim, choose(done, 0.0, approach))


@compiled
def advance(m, one):
    """Move the accepted lanes on; the slopes at a step's end are the first of the next.

    By way of other blocks: a choice between a new value and what stands there becomes a masked store, which is slow.
    """
    spread_verdicts(m, one)
    for i in range(one * ROW):
        accepted = m[H + i] > 0.0
        m[SIZED + i] = choose(accepted, m[STAGE + i], m[Y + i])
        m[H + i] = choose(accepted, m[F + i], m[K + i])
    for i in range(one * ROW):
        m[Y + i] = m[SIZED + i]
        m[K + i] = m[H + i]
        m[PEAK + i] = larger(abs(m[PEAK + i]), abs(m[SIZED + i]))
    for lane in range(one * LANES):
        m[TIME + lane] = choose(m[GOOD + lane] > 0.0, m[TO + lane], m[TIME + lane])
        m[TRIES + lane] = m[TRIES + lane] + 1.0


@inlined
def next_observation(job, row, seen):
    """Time of the individual's observation number `seen`; infinite when there is none (NaN pads)."""
    if seen >= job.width:
        return np.inf
    when = job.observed[row * job.stride + seen]
    return when if when == when else np.inf


@inlined
def write(m, lane, row, seen, job):
    """Compute the asked-for outputs from the states in POINT and store them."""
    for n in range(job.outputs):
        job.results[(n * job.rows + job.base + row) * job.width + seen] = output(job.selected[n], m, lane)


@inlined
def emit(m, lane, job):
    """Write every observation of one lane that falls inside its accepted step."""
    row, seen = int(m[WHO + lane]), int(m[SEEN + lane])
    due, to, time, step = m[DUE + lane], m[TO + lane], m[TIME + lane], m[USED + lane]
    for number in range(job.states):
        describe(m, job.needed[number], lane)
    while due < to:
        x = (due - time) / step
        for number in range(job.states):
            s = job.needed[number]
            q = COURSE + 5 * s
            m[POINT + s] = m[q] + x * (m[q + 1] + x * (m[q + 2] + x * (m[q + 3] + x * m[q + 4])))
        write(m, lane, row, seen, job)
        seen += 1
        due = next_observation(job, row, seen)
    m[SEEN + lane] = seen
    m[DUE + lane] = due


@compiled
def finish(m, lane, job):
    """Write the observations at the very end of an individual's time."""
    row, seen = int(m[WHO + lane]), int(m[SEEN + lane])
    for s in range(STATES):
        m[POINT + s] = m[Y + s * LANES + lane]
    while next_observation(job, row, seen) <= m[END + lane]:
        write(m, lane, row, seen, job)
        seen += 1
    m[SEEN + lane] = seen


@compiled
def act(m, lane, job):
    """Apply every action that is due: infusion rates, boluses, resets, changed parameters."""
    row, a = int(m[WHO + lane]), int(m[ACTION + lane])
    while a < job.span[2 * row + 1] and job.plan[4 * a] <= m[TIME + lane]:
        kind, index, value = int(job.plan[4 * a + 1]), int(job.plan[4 * a + 2]), job.plan[4 * a + 3]
        if kind == SET_RATE:
            m[U + index * LANES + lane] = value
        elif kind == SET_PARAMETER:
            job.parameters[row * PARAMETERS + index] = value
            fill_constants(job.parameters, row, m, lane)
        else:
            i = index * LANES + lane
            m[Y + i] = value if kind == SET_STATE else m[Y + i] + value
            m[PEAK + i] = larger(m[PEAK + i], abs(m[Y + i]))
        a += 1
    m[ACTION + lane] = a
    after = job.plan[4 * a] if a < job.span[2 * row + 1] else np.inf
    m[STOP + lane] = smaller(m[END + lane], after)


@compiled
def load(m, lane, row, job):
    """Put an individual into a lane, at its start."""
    m[WHO + lane], m[ACTION + lane] = row, job.span[2 * row]
    m[SEEN + lane], m[TRIES + lane], m[STIFFNESS + lane] = 0.0, 0.0, 0.0
    m[TIME + lane] = job.start
    m[DUE + lane] = next_observation(job, row, 0)
    last = job.width - 1
    while last > 0 and next_observation(job, row, last) == np.inf:
        last -= 1
    m[END + lane] = larger(job.start, next_observation(job, row, last))
    m[LEAST + lane] = 1e-10 * (m[END + lane] - job.start)
    for s in range(STATES):
        begin = job.initial[row * STATES + s]
        m[Y + s * LANES + lane] = begin
        m[PEAK + s * LANES + lane] = larger(abs(begin), job.typical[row * STATES + s])
    for n in range(INPUTS):
        m[U + n * LANES + lane] = 0.0
    fill_constants(job.parameters, row, m, lane)


@compiled
def release(m, lane, status, job):
    """Record how the lane's individual ended, and empty the lane."""
    row = int(m[WHO + lane])
    job.ledger[2 * row] = status
    job.ledger[2 * row + 1] = int(m[TRIES + lane])
    job.final[row * (STATES + 1) + STATES] = m[TIME + lane]
    for s in range(STATES):
        job.final[row * (STATES + 1) + s] = m[Y + s * LANES + lane] if status == DONE else np.nan
    for n in range(job.outputs):
        for seen in range(int(m[SEEN + lane]) if status == DONE else 0, job.width):
            job.results[(n * job.rows + job.base + row) * job.width + seen] = np.nan
    clear(m, lane)


@compiled
def clear(m, lane):
    """An empty lane stands still and is never due."""
    m[WHO + lane], m[TRIES + lane], m[TIME + lane], m[STEP + lane] = -1.0, 0.0, 0.0, 0.0
    m[DUE + lane], m[STOP + lane] = np.inf, np.inf


@compiled
def troubled(m, lane, limit, patience):
    """Why this lane cannot go on, or DONE (0) if it can."""
    if patience > 0 and m[STIFFNESS + lane] >= STIFF_STEPS:
        return STIFF
    if m[GOOD + lane] == 0.0 and m[USED + lane] <= 1e-14 * larger(abs(m[TIME + lane]), 1e-3):
        return STEP_VANISHED if m[ERROR + lane] < np.inf else NOT_FINITE
    return TOO_MANY_STEPS if m[TRIES + lane] >= limit else DONE


@compiled
def calls(m, one, limit, patience):
    """How many lanes reached an event, their end, or trouble."""
    count = 0
    for lane in range(one * LANES):
        stuck = (m[GOOD + lane] == 0.0) & (m[USED + lane] < 1e-12)
        stiff = (patience > 0) & (m[STIFFNESS + lane] >= STIFF_STEPS)
        called = (m[TIME + lane] >= m[STOP + lane]) | stuck | stiff | (m[TRIES + lane] >= limit)
        count += 1 if called & (m[WHO + lane] >= 0.0) else 0
    return count


@compiled
def restart(m, one, rtol, floor):
    """New slopes, and a first step from how fast the fastest state moves, for the lanes that were touched.

    A state that is 0 but for rounding has no size of its own; the rounding of what flows through it sets its least.
    """
    for i in range(STATES * LANES):
        m[STAGE + i] = m[Y + i]
    fill_slopes(m, one)
    for lane in range(LANES):
        if m[FRESH + lane] > 0.0:
            for s in range(STATES):
                m[K + s * LANES + lane] = m[F + s * LANES + lane]
    fill_turnover(m, one)
    cautious = 0.5 * math.pow(rtol, 0.2)
    for lane in range(LANES):
        if m[FRESH + lane] == 0.0:
            continue
        fastest = 0.0
        for s in range(STATES):
            i = s * LANES + lane
            noise = ROUNDING * m[F + i] * m[LEAST + lane] / (rtol * floor) if floor > 0.0 else 0.0
            m[PEAK + i] = larger(m[PEAK + i], noise)
            size = larger(abs(m[Y + i]), floor * m[PEAK + i]) + m[ATOL + i] / rtol
            if size > 0.0:
                fastest = larger(fastest, abs(m[K + i]) / size)
        room = m[STOP + lane] - m[TIME + lane]
        m[STEP + lane] = smaller(room, cautious / fastest) if fastest > 0.0 else room
        m[MEMORY + lane], m[REFUSED + lane], m[APPROACH + lane], m[FRESH + lane] = CALM, 0.0, 0.0, 0.0


@compiled
def attend(m, waiting, job, limit, patience):
    """Act in every lane that was called, and give emptied lanes the next individuals. Returns who waits now."""
    for lane in range(LANES):
        if m[WHO + lane] >= 0.0:
            trouble = troubled(m, lane, limit, patience)
            if trouble != DONE:
                release(m, lane, trouble, job)
            elif m[TIME + lane] < m[STOP + lane]:
                continue
        while m[WHO + lane] >= 0.0 or waiting < job.upper:
            if m[WHO + lane] < 0.0:
                load(m, lane, waiting, job)
                waiting += 1
            act(m, lane, job)
            if m[TIME + lane] < m[END + lane]:
                m[FRESH + lane] = 1.0
                break
            finish(m, lane, job)
            release(m, lane, DONE, job)
    return waiting


@compiled
def occupied(m):
    """How many lanes hold somebody."""
    count = 0
    for lane in range(LANES):
        count += 1 if m[WHO + lane] >= 0.0 else 0
    return count


@compiled
def patient(m, one, patience):
    """Has nobody tried so many steps yet that stiffness should be watched for?"""
    count = 0
    for lane in range(one * LANES):
        count += 1 if m[TRIES + lane] >= patience else 0
    return count == 0


@compiled
def integrate(m, one, job, rtol, atol, floor, limit, patience):
    """Solve every individual of the job and fill its rows of results, ledger and final."""
    for lane in range(LANES):
        clear(m, lane)
        for s in range(STATES):
            m[ATOL + s * LANES + lane] = atol[s]
    waiting, called = job.lower, 1
    narrow = smaller(0.1, 10.0 * math.sqrt(rtol))
    while True:
        if called > 0:
            waiting = attend(m, waiting, job, limit, patience)
            if occupied(m) == 0:
                break
            restart(m, one, rtol, floor)
        limit_steps(m, one)
        attempt(m, one)
        measure(m, one, rtol, floor)
        judge(m, one)
        if SWITCHES > 0:
            find_crossings(m, one, rtol)
            mind_crossings(m, one, narrow)
        for lane in range(LANES):
            if m[DUE + lane] < m[TO + lane] and m[GOOD + lane] > 0.0:
                emit(m, lane, job)
        if patience > 0 and not patient(m, one, patience):
            count_stiffness(m, one, patience)
        advance(m, one)
        called = calls(m, one, limit, patience)


@entry
def run(
    one, lower, upper, base, start, parameters, initial, typical, observed, plan, span, selected, needed, rtol, atol,
    floor, limit, patience, results, ledger, final, memory,
):  # fmt: skip
    """The door from Python: arrays in, bare addresses on, so that nothing inside counts references."""
    stride = observed.shape[1] if observed.shape[0] > 1 else 0
    job = Job(
        lower, upper, start, address(parameters), address(initial), address(typical), address(observed),
        observed.shape[1], stride, address(plan), address(span), address(selected), selected.size, address(needed),
        needed.size, address(results), results.shape[1], base, address(ledger), address(final),
    )  # fmt: skip
    integrate(address(memory), one, job, rtol, address(atol), floor, limit, patience)
