"""A population in lockstep: every lane holds one individual with its own time, step size, events and observations.

All lanes do the same arithmetic in every round, so the compiler turns each loop over lanes into vector
instructions; what differs (is this step accepted? is an event reached?) is chosen per lane. A lane whose individual
is done takes the next one. No lane ever reads another lane, so a result does not depend on who shares the group.

Arrays: y, new, peak (states x lanes): state, state after the step, largest size so far; k: slopes of the stages;
u: infusion rates; c: constants; clock (rows below x lanes): what each lane is about. plan: one row per action
(time, kind, index, value); span: first and last action of each individual; ledger: status and attempted steps.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from opsonin.simulate.kernel.elementary import exponential, larger, logarithm, smaller
from opsonin.simulate.kernel.example import (
    BLOCK,
    CONTROLLED,
    INPUTS,
    LANES,
    PARAMETERS,
    STATES,
    SWITCHES,
    address,
    compiled,
    entry,
    fill_constants,
    fill_output,
    fill_slopes,
    fill_turnover,
    find_crossings,
    inlined,
)
from opsonin.simulate.kernel.tsit5 import advance, attempt, interpolate, measure, stiffness

# --- kernel ---
SET_RATE, ADD, SET_STATE, SET_PARAMETER = 0, 1, 2, 3
DONE, TOO_MANY_STEPS, STEP_VANISHED, NOT_FINITE, STIFF = 0, 1, 2, 3, 4
# where the rows of clock and cards begin
TIME, USED, STEP, TO, STOP, END = 0, LANES, 2 * LANES, 3 * LANES, 4 * LANES, 5 * LANES
DUE, ERROR, MEMORY, GOOD, REFUSED = 6 * LANES, 7 * LANES, 8 * LANES, 9 * LANES, 10 * LANES
LEAST, CROSS, APPROACH, CLOCK = 11 * LANES, 12 * LANES, 13 * LANES, 14 * LANES
WHO, SEEN, ACTION, TRIES, FRESH, STIFFNESS, CARDS = 0, LANES, 2 * LANES, 3 * LANES, 4 * LANES, 5 * LANES, 6 * LANES
STIFF_STEPS = 40  # steps limited by stability, beyond the first `patience`, that call for an implicit method
ROUNDING = 1e-5  # of the turnover in the least step: 1e-15 of the turnover in the whole time
CALM = -9.2  # logarithm of the smallest error the step control remembers


@inlined
def limit_steps(clock):
    """No step passes the next event or the end: it lands there exactly."""
    for lane in range(LANES):
        time, step, stop = clock[TIME + lane], clock[STEP + lane], clock[STOP + lane]
        lands = step * 1.001 >= stop - time
        clock[USED + lane] = stop - time if lands else step
        clock[TO + lane] = stop if lands else time + step


@inlined
def judge(clock):
    """Accept or refuse each lane's step and choose the next step size (proportional-integral controller).

    A step of a ten-billionth of the whole time is accepted with any finite error: where a state leaves 0 at a kink of
    its equation no step is small enough relative to it, and such a step is too short to matter.
    """
    for lane in range(LANES):
        error, memory = clock[ERROR + lane], clock[MEMORY + lane]
        known = error < 1e100
        size = logarithm(larger(error if known else 1.0, 1e-9))
        grow = 0.9 * exponential(0.04 * memory - 0.17 * size)
        grow = smaller(larger(grow, 0.2), 1.0 if clock[REFUSED + lane] > 0.0 else 8.0)
        shrink = smaller(larger(0.9 * exponential(-0.2 * size), 0.1), 0.9)
        accepted = (error <= 1.0) | (known & (clock[USED + lane] <= clock[LEAST + lane]))
        factor = (grow if error <= 1.0 else 4.0) if accepted else (shrink if known else 0.1)
        clock[GOOD + lane] = 1.0 if accepted else 0.0
        clock[REFUSED + lane] = 0.0 if accepted else 1.0
        clock[MEMORY + lane] = larger(size, CALM) if accepted else memory
        clock[STEP + lane] = clock[USED + lane] * factor


@inlined
def mind_crossings(clock, narrow):
    """Where an equation changes its branch, no step is long: stop just before, cross in one short step, go on.

    The error of a step over a kink is invisible to the embedded estimate and grows with the square of the step; a
    step of `narrow` times the ordinary one makes it harmless.
    """
    for lane in range(LANES):
        used, cross, approach = clock[USED + lane], clock[CROSS + lane], clock[APPROACH + lane]
        taken = clock[GOOD + lane] > 0.0
        aim = approach if approach > 0.0 else used
        crossing = taken & (cross <= 1.0)
        long = crossing & (used > 2.0 * narrow * aim) & (used > clock[LEAST + lane])
        near = cross * used <= narrow * aim
        landed = taken & (approach > 0.0) & (cross > 1.0)
        step = clock[STEP + lane]
        step = 2.0 * narrow * aim if landed & (step > 2.0 * narrow * aim) & (used > 2.0 * narrow * aim) else step
        step = (2.0 * narrow * aim if near else (1.0 - 0.5 * narrow) * cross * used) if long else step
        clock[STEP + lane] = step
        clock[GOOD + lane] = 0.0 if long else clock[GOOD + lane]
        done = (crossing | landed) & (used <= 2.0 * narrow * aim) | (landed & (used >= aim))
        clock[APPROACH + lane] = aim if long else (0.0 if done else approach)


@inlined
def next_observation(observed, width, stride, row, seen):
    """Time of the individual's observation number `seen`; infinite when there is none (NaN pads)."""
    if seen >= width:
        return np.inf
    when = observed[row * stride + seen]
    return when if when == when else np.inf


@inlined
def emit(
    clock,
    cards,
    lane,
    y,
    new,
    k,
    f,
    c,
    observed,
    width,
    stride,
    rows,
    base,
    selected,
    outputs,
    needed,
    states,
    results,
    theta,
    w,
    z,
    o,
):
    """Write every observation of one lane that falls inside its accepted step, a block at a time."""
    row, seen = cards[WHO + lane], cards[SEEN + lane]
    due, to, start, h = clock[DUE + lane], clock[TO + lane], clock[TIME + lane], clock[USED + lane]
    while due < to:
        count = 0
        while due < to and count < BLOCK:
            theta[count] = (due - start) / h
            count += 1
            due = next_observation(observed, width, stride, row, seen + count)
        interpolate(theta, y, new, h, k, f, lane, needed, states, w, z)
        write(lane, row, seen, count, c, width, rows, base, selected, outputs, results, z, o)
        seen += count
    cards[SEEN + lane] = seen
    clock[DUE + lane] = due


@inlined
def write(lane, row, seen, count, c, width, rows, base, selected, outputs, results, z, o):
    """Compute the asked-for outputs from the states z at `count` times and store them."""
    for n in range(outputs):
        fill_output(selected[n], z, c, lane, o)
        place = (n * rows + base + row) * width + seen
        for m in range(count):
            results[place + m] = o[m]


@inlined
def act(clock, cards, lane, y, peak, u, c, parameters, plan, span):
    """Apply every action that is due: infusion rates, boluses, resets, changed parameters."""
    row, a = cards[WHO + lane], cards[ACTION + lane]
    while a < span[2 * row + 1] and plan[4 * a] <= clock[TIME + lane]:
        kind, index, value = int(plan[4 * a + 1]), int(plan[4 * a + 2]), plan[4 * a + 3]
        if kind == SET_RATE:
            u[index * LANES + lane] = value
        elif kind == SET_PARAMETER:
            parameters[row * PARAMETERS + index] = value
            fill_constants(parameters, row, c, lane)
        else:
            i = index * LANES + lane
            y[i] = value if kind == SET_STATE else y[i] + value
            peak[i] = larger(peak[i], abs(y[i]))
        a += 1
    cards[ACTION + lane] = a
    after = plan[4 * a] if a < span[2 * row + 1] else np.inf
    clock[STOP + lane] = smaller(clock[END + lane], after)


@inlined
def load(clock, cards, lane, row, start, y, peak, u, c, parameters, initial, typical, observed, width, stride, span):
    """Put an individual into a lane, at its start."""
    cards[WHO + lane] = row
    cards[ACTION + lane] = span[2 * row]
    cards[SEEN + lane], cards[TRIES + lane], cards[STIFFNESS + lane] = 0, 0, 0
    clock[TIME + lane] = start
    clock[DUE + lane] = next_observation(observed, width, stride, row, 0)
    last = width - 1
    while last > 0 and next_observation(observed, width, stride, row, last) == np.inf:
        last -= 1
    clock[END + lane] = larger(start, next_observation(observed, width, stride, row, last))
    clock[LEAST + lane] = 1e-10 * (clock[END + lane] - start)
    for s in range(STATES):
        y[s * LANES + lane] = initial[row * STATES + s]
        peak[s * LANES + lane] = larger(abs(initial[row * STATES + s]), typical[row * STATES + s])
    for n in range(INPUTS):
        u[n * LANES + lane] = 0.0
    fill_constants(parameters, row, c, lane)


@inlined
def release(clock, cards, lane, status, y, width, rows, base, outputs, results, ledger, final):
    """Record how the lane's individual ended, and empty the lane: it then stands still and is never due."""
    row = cards[WHO + lane]
    ledger[2 * row] = status
    ledger[2 * row + 1] = cards[TRIES + lane]
    final[row * (STATES + 1) + STATES] = clock[TIME + lane]
    for s in range(STATES):
        final[row * (STATES + 1) + s] = y[s * LANES + lane] if status == DONE else np.nan
    for n in range(outputs):
        for m in range(cards[SEEN + lane] if status == DONE else 0, width):
            results[(n * rows + base + row) * width + m] = np.nan
    cards[WHO + lane], cards[TRIES + lane] = -1, 0
    clock[TIME + lane], clock[STEP + lane] = 0.0, 0.0
    clock[DUE + lane], clock[STOP + lane] = np.inf, np.inf


@inlined
def finish(clock, cards, lane, y, c, observed, width, stride, rows, base, selected, outputs, results, z, o):
    """Write the observations at the very end of an individual's time."""
    row, seen = cards[WHO + lane], cards[SEEN + lane]
    for s in range(STATES):
        z[s * BLOCK] = y[s * LANES + lane]
    while next_observation(observed, width, stride, row, seen) <= clock[END + lane]:
        write(lane, row, seen, 1, c, width, rows, base, selected, outputs, results, z, o)
        seen += 1
    cards[SEEN + lane] = seen


@inlined
def troubled(clock, cards, lane, limit, patience):
    """Why this lane cannot go on, or DONE (0) if it can."""
    if patience > 0 and cards[STIFFNESS + lane] >= STIFF_STEPS:
        return STIFF
    if clock[GOOD + lane] == 0.0 and clock[USED + lane] <= 1e-14 * larger(abs(clock[TIME + lane]), 1e-3):
        return STEP_VANISHED if clock[ERROR + lane] < np.inf else NOT_FINITE
    return TOO_MANY_STEPS if cards[TRIES + lane] >= limit else DONE


@inlined
def calls(clock, cards, limit, patience):
    """How many lanes reached an event, their end, or trouble."""
    count = 0
    for lane in range(LANES):
        cards[TRIES + lane] += 1
        stuck = (clock[GOOD + lane] == 0.0) & (clock[USED + lane] < 1e-12)
        stiff = (patience > 0) & (cards[STIFFNESS + lane] >= STIFF_STEPS)
        called = (clock[TIME + lane] >= clock[STOP + lane]) | stuck | stiff | (cards[TRIES + lane] >= limit)
        count += 1 if called & (cards[WHO + lane] >= 0) else 0
    return count


@inlined
def restart(clock, cards, y, new, peak, k, f, c, u, rtol, atol, floor):
    """New slopes, and a first step from how fast the fastest state moves, for the lanes that were touched.

    A state that is 0 but for rounding has no size of its own; the rounding of what flows through it sets its least.
    """
    fill_slopes(y, c, u, new)
    fill_turnover(y, c, u, f)
    for lane in range(LANES):
        if cards[FRESH + lane] == 0:
            continue
        fastest = 0.0
        for s in range(STATES):
            i = s * LANES + lane
            k[i] = new[i]
            noise = ROUNDING * f[i] * clock[LEAST + lane] / (rtol * floor) if floor > 0.0 else 0.0
            peak[i] = larger(peak[i], noise)
            size = larger(abs(y[i]), floor * peak[i]) + atol[s] / rtol
            if size > 0.0 and s < CONTROLLED:
                fastest = larger(fastest, abs(k[i]) / size)
        room = clock[STOP + lane] - clock[TIME + lane]
        cautious = 0.5 * exponential(0.2 * logarithm(rtol))
        clock[STEP + lane] = smaller(room, cautious / fastest) if fastest > 0.0 else room
        clock[MEMORY + lane], clock[REFUSED + lane], clock[APPROACH + lane] = CALM, 0.0, 0.0
        cards[FRESH + lane] = 0


@inlined
def attend(
    clock, cards, waiting, upper, start, parameters, initial, typical, observed, width, stride, rows, base, plan,
    span, selected, outputs, limit, patience, results, ledger, final, y, peak, z, u, c, o,
):  # fmt: skip
    """Act in every lane that was called, and give emptied lanes the next individuals. Returns who waits now."""
    for lane in range(LANES):
        if cards[WHO + lane] >= 0:
            trouble = troubled(clock, cards, lane, limit, patience)
            if trouble != DONE:
                release(clock, cards, lane, trouble, y, width, rows, base, outputs, results, ledger, final)
            elif clock[TIME + lane] < clock[STOP + lane]:
                continue
        while cards[WHO + lane] >= 0 or waiting < upper:
            if cards[WHO + lane] < 0:
                load(
                    clock, cards, lane, waiting, start, y, peak, u, c, parameters, initial, typical, observed, width,
                    stride, span,
                )  # fmt: skip
                waiting += 1
            act(clock, cards, lane, y, peak, u, c, parameters, plan, span)
            if clock[TIME + lane] < clock[END + lane]:
                cards[FRESH + lane] = 1
                break
            finish(clock, cards, lane, y, c, observed, width, stride, rows, base, selected, outputs, results, z, o)
            release(clock, cards, lane, DONE, y, width, rows, base, outputs, results, ledger, final)
    return waiting


@inlined
def occupied(cards):
    """How many lanes hold somebody."""
    count = 0
    for lane in range(LANES):
        count += 1 if cards[WHO + lane] >= 0 else 0
    return count


@inlined
def longest(cards):
    """The most steps anyone in the lanes has tried."""
    count = 0
    for lane in range(LANES):
        count = larger(count, cards[TRIES + lane])
    return count


@compiled
def integrate(
    lower, upper, rows, base, start, parameters, initial, typical, observed, width, stride, plan, span, selected,
    outputs, needed, states, rtol, atol, floor, limit, patience, results, ledger, final, clock, cards, y, new, peak,
    z, k, f, u, c, o, w, theta, work,
):  # fmt: skip
    """Integrate individuals lower..upper-1 and fill their rows of results, ledger and final."""
    waiting, called = lower, 1
    narrow = smaller(0.1, 10.0 * math.sqrt(rtol))
    while True:
        if called > 0:
            waiting = attend(
                clock, cards, waiting, upper, start, parameters, initial, typical, observed, width, stride, rows, base,
                plan, span, selected, outputs, limit, patience, results, ledger, final, y, peak, z, u, c, o,
            )  # fmt: skip
            if occupied(cards) == 0:
                break
            restart(clock, cards, y, new, peak, k, f, c, u, rtol, atol, floor)
        limit_steps(clock)
        attempt(y, c, u, clock, USED, k, f, z, new, work)
        measure(y, new, clock, USED, ERROR, k, f, peak, rtol, atol, floor)
        judge(clock)
        if SWITCHES > 0:
            find_crossings(y, new, c, u, rtol, clock, CROSS)
            mind_crossings(clock, narrow)
        for lane in range(LANES):
            if clock[DUE + lane] < clock[TO + lane] and clock[GOOD + lane] > 0.0:
                emit(
                    clock, cards, lane, y, new, k, f, c, observed, width, stride, rows, base, selected, outputs, needed,
                    states, results, theta, w, z, o,
                )  # fmt: skip
        if patience > 0 and longest(cards) >= patience:
            stiffness(clock, USED, GOOD, cards, TRIES, patience, STIFFNESS, k, f, new, z)
        advance(clock, GOOD, y, new, peak, k, f)
        for lane in range(LANES):
            clock[TIME + lane] = clock[TO + lane] if clock[GOOD + lane] > 0.0 else clock[TIME + lane]
        called = calls(clock, cards, limit, patience)


@entry
def run(
    lower, upper, base, start, parameters, initial, typical, observed, plan, span, selected, needed, rtol, atol, floor,
    limit, patience, results, ledger, final, clock, cards, y, new, peak, z, k, f, u, c, o, w, theta, work,
):  # fmt: skip
    """The door from Python: arrays in, bare addresses on, so that nothing inside counts references."""
    stride = observed.shape[1] if observed.shape[0] > 1 else 0
    integrate(
        lower, upper, results.shape[1], base, start, address(parameters), address(initial), address(typical),
        address(observed), observed.shape[1], stride, address(plan), address(span), address(selected), selected.size,
        address(needed), needed.size, rtol, address(atol), floor, limit, patience, address(results), address(ledger),
        address(final), address(clock), address(cards), address(y), address(new), address(peak), address(z),
        address(k), address(f), address(u), address(c), address(o), address(w), address(theta), address(work),
    )  # fmt: skip
