"""One attempted step of Tsitouras' explicit Runge-Kutta pair of order 5(4), in all lanes, with its free interpolant.

Ch. Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying assumption,
Computers & Mathematics with Applications 62 (2011) 770-775. Order conditions are checked in the tests.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from opsonin.simulate.kernel.elementary import larger
from opsonin.simulate.kernel.example import BLOCK, CONTROLLED, LANES, STATES, fill_slopes, inlined

# --- kernel ---
STAGES = 6
WORK = 1
ROW = STATES * LANES

A21 = 0.161
A31, A32 = -0.008480655492356989, 0.335480655492357
A41, A42, A43 = 2.8971530571054935, -6.359448489975075, 4.3622954328695815
A51, A52, A53, A54 = 5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525
A61, A62, A63, A64, A65 = (
    5.86145544294642,
    -12.92096931784711,
    8.159367898576159,
    -0.071584973281401,
    -0.028269050394068383,
)
B1, B2, B3, B4, B5, B6 = (
    0.09646076681806523,
    0.01,
    0.4798896504144996,
    1.379008574103742,
    -3.290069515436081,
    2.324710524099774,
)
E1, E2, E3, E4, E5, E6, E7 = (
    -0.00178001105222577714,
    -0.0008164344596567469,
    0.007880878010261995,
    -0.1447110071732629,
    0.5823571654525552,
    -0.45808210592918697,
    0.015151515151515152,
)


@inlined
def attempt(y, c, u, clock, used, k, f, z, new, work):
    """Seven slopes and the new state. k's first row must hold the slopes at y (first same as last).

    f receives each stage's slopes; the next stage files them in k. The last stay in f.
    """
    for lane in range(LANES):
        h = clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            z[i] = y[i] + h * (A21 * k[i])
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        h = clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[ROW + i] = f[i]
            z[i] = y[i] + h * (A31 * k[i] + A32 * f[i])
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        h = clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[2 * ROW + i] = f[i]
            z[i] = y[i] + h * (A41 * k[i] + A42 * k[ROW + i] + A43 * f[i])
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        h = clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[3 * ROW + i] = f[i]
            z[i] = y[i] + h * (A51 * k[i] + A52 * k[ROW + i] + A53 * k[2 * ROW + i] + A54 * f[i])
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        h = clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[4 * ROW + i] = f[i]
            tail = A63 * k[2 * ROW + i] + A64 * k[3 * ROW + i] + A65 * f[i]
            z[i] = y[i] + h * (A61 * k[i] + A62 * k[ROW + i] + tail)
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        h = clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[5 * ROW + i] = f[i]
            tail = B3 * k[2 * ROW + i] + B4 * k[3 * ROW + i] + B5 * k[4 * ROW + i] + B6 * f[i]
            new[i] = y[i] + h * (B1 * k[i] + B2 * k[ROW + i] + tail)
    fill_slopes(new, c, u, f)


@inlined
def measure(y, new, clock, used, error, k, f, peak, rtol, atol, floor):
    """Largest error of any controlled state, in units of its tolerance; NaN or infinite if a state is."""
    for lane in range(LANES):
        worst = 0.0
        allowed = 1.0
        spoilt = 0.0
        for s in range(CONTROLLED):  # unrolled
            i = s * LANES + lane
            early = E1 * k[i] + E2 * k[ROW + i] + E3 * k[2 * ROW + i] + E4 * k[3 * ROW + i]
            late = E5 * k[4 * ROW + i] + E6 * k[5 * ROW + i] + E7 * f[i]
            e = abs(clock[used + lane] * (early + late))
            scale = rtol * larger(larger(abs(y[i]), abs(new[i])), floor * peak[i]) + atol[s]
            worse = e * allowed > worst * scale
            worst = e if worse else worst
            allowed = scale if worse else allowed
            spoilt += 0.0 * (e + new[i])
        clock[error + lane] = worst / allowed + spoilt


@inlined
def advance(clock, good, y, new, peak, k, f):
    """Move the accepted lanes on; the last slopes of a step are the first of the next."""
    for lane in range(LANES):
        accepted = clock[good + lane] > 0.0
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            value = new[i] if accepted else y[i]
            y[i] = value
            peak[i] = larger(peak[i], abs(value))
            k[i] = f[i] if accepted else k[i]


@inlined
def stiffness(clock, used, good, cards, tries, after, count, k, f, new, z):
    """Count, in `cards`, how often stability and not accuracy limited the step (as in DOPRI5).

    The last two stages share their time, so the change of their slopes over the change of their states (z holds the
    last but one) estimates the fastest rate; the method is stable up to about 3.3 of it times the step.
    """
    for lane in range(LANES):
        slopes = 0.0
        apart = 0.0
        for s in range(CONTROLLED):  # unrolled
            i = s * LANES + lane
            size = abs(new[i]) + 1e-300
            slopes = larger(slopes, abs(f[i] - k[5 * ROW + i]) / size)
            apart = larger(apart, abs(new[i] - z[i]) / size)
        change = 1 if clock[used + lane] * slopes > 3.0 * apart else -1
        before = cards[count + lane]
        counted = (clock[good + lane] > 0.0) & (cards[tries + lane] >= after) & (before + change >= 0)
        cards[count + lane] = before + change if counted else before


@inlined
def interpolate(theta, y, new, h, k, f, lane, needed, states, w, z):
    """States of one lane at BLOCK fractions theta of its step (fourth order); row s of z is state s."""
    for n in range(BLOCK):
        x = theta[n]
        xx = x * x * h
        w[n] = h * x * (1.0 + x * (-2.763706197274826 + x * (2.9132554618219126 - 1.0530884977290216 * x)))
        w[BLOCK + n] = xx * (0.1317 + x * (-0.2234 + 0.1017 * x))
        w[2 * BLOCK + n] = xx * (3.9302962368947516 + x * (-5.941033872131505 + 2.490627285651253 * x))
        w[3 * BLOCK + n] = xx * (-12.411077166933676 + x * (30.33818863028232 - 16.548102889244902 * x))
        w[4 * BLOCK + n] = xx * (37.50931341651104 + x * (-88.1789048947664 + 47.37952196281928 * x))
        w[5 * BLOCK + n] = xx * (-27.896526289197287 + x * (65.09189467479366 - 34.87065786149661 * x))
        w[6 * BLOCK + n] = xx * (1.5 + x * (-4.0 + 2.5 * x))
    for number in range(states):
        state = needed[number]
        i = state * LANES + lane
        k1, k2, k3, k4, k5 = k[i], k[ROW + i], k[2 * ROW + i], k[3 * ROW + i], k[4 * ROW + i]
        k6, k7, here = k[5 * ROW + i], f[i], y[i]
        for n in range(BLOCK):
            early = w[n] * k1 + w[BLOCK + n] * k2 + w[2 * BLOCK + n] * k3 + w[3 * BLOCK + n] * k4
            late = w[4 * BLOCK + n] * k5 + w[5 * BLOCK + n] * k6 + w[6 * BLOCK + n] * k7
            z[state * BLOCK + n] = here + (early + late)
