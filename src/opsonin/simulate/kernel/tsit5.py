"""One attempted step of Tsitouras' explicit Runge-Kutta pair of order 5(4), in all lanes, with its free interpolant.

Ch. Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying assumption,
Computers & Mathematics with Applications 62 (2011) 770-775. Order conditions are checked in the tests.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from opsonin.simulate.kernel.elementary import larger
from opsonin.simulate.kernel.example import choose, compiled, fill_slopes, inlined
from opsonin.simulate.kernel.memory import COURSE, GOOD, ROW, STAGE, STIFFNESS, TRIES, USED, F, H, K, Y
from opsonin.simulate.kernel.shape import LANES, STATES

# --- kernel ---
K1, K2, K3, K4, K5, K6 = K, K + ROW, K + 2 * ROW, K + 3 * ROW, K + 4 * ROW, K + 5 * ROW

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


# the interpolant: coefficients of the second, third and fourth power of the fraction of the step
P12, P13, P14 = -2.763706197274826, 2.9132554618219126, -1.0530884977290216
P22, P23, P24 = 0.1317, -0.2234, 0.1017
P32, P33, P34 = 3.9302962368947516, -5.941033872131505, 2.490627285651253
P42, P43, P44 = -12.411077166933676, 30.33818863028232, -16.548102889244902
P52, P53, P54 = 37.50931341651104, -88.1789048947664, 47.37952196281928
P62, P63, P64 = -27.896526289197287, 65.09189467479366, -34.87065786149661
P72, P73, P74 = 1.5, -4.0, 2.5


@compiled
def attempt(m, one):
    """Six stages and the new state (in STAGE) with its slopes (in F): the first of the next step, first same as last.

    F receives each stage's slopes; the next stage files them in K, whose first block holds the slopes at Y.
    """
    for i in range(one * ROW):
        m[STAGE + i] = m[Y + i] + m[H + i] * (A21 * m[K1 + i])
    fill_slopes(m, one)
    for i in range(one * ROW):
        m[K2 + i] = m[F + i]
        m[STAGE + i] = m[Y + i] + m[H + i] * (A31 * m[K1 + i] + A32 * m[F + i])
    fill_slopes(m, one)
    for i in range(one * ROW):
        m[K3 + i] = m[F + i]
        m[STAGE + i] = m[Y + i] + m[H + i] * (A41 * m[K1 + i] + A42 * m[K2 + i] + A43 * m[F + i])
    fill_slopes(m, one)
    for i in range(one * ROW):
        m[K4 + i] = m[F + i]
        slope = A51 * m[K1 + i] + A52 * m[K2 + i] + A53 * m[K3 + i] + A54 * m[F + i]
        m[STAGE + i] = m[Y + i] + m[H + i] * slope
    fill_slopes(m, one)
    for i in range(one * ROW):
        m[K5 + i] = m[F + i]
        m[STAGE + i] = m[Y + i] + m[H + i] * sixth_slope(m, i, m[F + i])
    fill_slopes(m, one)
    for i in range(one * ROW):
        m[K6 + i] = m[F + i]
        slope = B1 * m[K1 + i] + B2 * m[K2 + i] + B3 * m[K3 + i] + B4 * m[K4 + i] + B5 * m[K5 + i] + B6 * m[F + i]
        m[STAGE + i] = m[Y + i] + m[H + i] * slope
    fill_slopes(m, one)


@inlined
def sixth_slope(m, i, fifth):
    """Mean slope that leads to the last stage but one."""
    return A61 * m[K1 + i] + A62 * m[K2 + i] + A63 * m[K3 + i] + A64 * m[K4 + i] + A65 * fifth


@inlined
def estimate(m, i):
    """Estimated error of state and lane i after the attempt."""
    early = E1 * m[K1 + i] + E2 * m[K2 + i] + E3 * m[K3 + i] + E4 * m[K4 + i]
    late = E5 * m[K5 + i] + E6 * m[K6 + i] + E7 * m[F + i]
    return m[H + i] * (early + late)


@compiled
def count_stiffness(m, one, patience):
    """Count how often stability and not accuracy limited the step (as in DOPRI5), once `patience` is at an end.

    The last two stages share their time, so the change of their slopes over the change of their states
    estimates the fastest rate; the method is stable up to about 3.3 of it times the step.
    """
    for lane in range(one * LANES):
        slopes, apart = 0.0, 0.0
        for s in range(STATES):
            i = s * LANES + lane
            size = abs(m[STAGE + i]) + 1e-300
            last = m[Y + i] + m[USED + lane] * sixth_slope(m, i, m[K5 + i])
            slopes = larger(slopes, abs(m[F + i] - m[K6 + i]) / size)
            apart = larger(apart, abs(m[STAGE + i] - last) / size)
        change = choose(m[USED + lane] * slopes > 3.0 * apart, 1.0, -1.0)
        counted, before = (m[GOOD + lane] > 0.0) & (m[TRIES + lane] >= patience), m[STIFFNESS + lane]
        m[STIFFNESS + lane] = choose(counted, larger(before + change, 0.0), before)


@inlined
def describe(m, s, lane):
    """One state of one lane inside its step, as a polynomial (fourth order) in the fraction of the step."""
    i, h, q = s * LANES + lane, m[USED + lane], COURSE + 5 * s
    k1, k2, k3, k4 = m[K1 + i], m[K2 + i], m[K3 + i], m[K4 + i]
    k5, k6, k7 = m[K5 + i], m[K6 + i], m[F + i]
    m[q] = m[Y + i]
    m[q + 1] = h * k1
    m[q + 2] = h * ((P12 * k1 + P22 * k2 + P32 * k3 + P42 * k4) + (P52 * k5 + P62 * k6 + P72 * k7))
    m[q + 3] = h * ((P13 * k1 + P23 * k2 + P33 * k3 + P43 * k4) + (P53 * k5 + P63 * k6 + P73 * k7))
    m[q + 4] = h * ((P14 * k1 + P24 * k2 + P34 * k3 + P44 * k4) + (P54 * k5 + P64 * k6 + P74 * k7))
