"""One attempted step of Steinebach's L-stable Rosenbrock method Rodas5P, order 5(4), in all lanes.

G. Steinebach, Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the Julia
Differential Equations package, BIT Numerical Mathematics 63 (2023) 27. The models here do not mention time inside a
segment, so the terms of a time derivative are absent. Convergence is checked in the tests.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from opsonin.simulate.kernel.example import backsolve, compiled, factorise, fill_slopes, inlined
from opsonin.simulate.kernel.memory import COURSE, ROW, STAGE, F, H, K, Y
from opsonin.simulate.kernel.shape import LANES

GAMMA = 0.21193756319429014
# --- kernel ---
K1, K2, K3, K4, K5, K6, K7, K8 = (
    K, K + ROW, K + 2 * ROW, K + 3 * ROW, K + 4 * ROW, K + 5 * ROW, K + 6 * ROW, K + 7 * ROW,
)  # fmt: skip

A21 = 3.0
A31, A32 = (
    2.849394379747939,
    0.45842242204463923,
)
A41, A42, A43 = (
    -6.954028509809101,
    2.489845061869568,
    -10.358996098473584,
)
A51, A52, A53, A54 = (
    2.8029986275628964,
    0.5072464736228206,
    -0.3988312541770524,
    -0.04721187230404641,
)
A61, A62, A63, A64, A65 = (
    -7.502846399306121,
    2.561846144803919,
    -11.627539656261098,
    -0.18268767659942256,
    0.030198172008377946,
)
C21 = -14.155112264123755
C31, C32 = (
    -17.97296035885952,
    -2.859693295451294,
)
C41, C42, C43 = (
    147.12150275711716,
    -1.41221402718213,
    71.68940251302358,
)
C51, C52, C53, C54 = (
    165.43517024871676,
    -0.4592823456491126,
    42.90938336958603,
    -5.961986721573306,
)
C61, C62, C63, C64, C65 = (
    24.854864614690072,
    -3.0009227002832186,
    47.4931110020768,
    5.5814197821558125,
    -0.6610691825249471,
)
C71, C72, C73, C74, C75, C76 = (
    30.91273214028599,
    -3.1208243349937974,
    77.79954646070892,
    34.28646028294783,
    -19.097331116725623,
    -28.087943162872662,
)
C81, C82, C83, C84, C85, C86, C87 = (
    37.80277123390563,
    -3.2571969029072276,
    112.26918849496327,
    66.9347231244047,
    -40.06618937091002,
    -54.66780262877968,
    -9.48861652309627,
)
H21, H22, H23, H24, H25, H26, H27, H28 = (
    25.948786856663858,
    -2.5579724845846235,
    10.433815404888879,
    -2.3679251022685204,
    0.524948541321073,
    1.1241088310450404,
    0.4272876194431874,
    -0.17202221070155493,
)
H31, H32, H33, H34, H35, H36, H37, H38 = (
    -9.91568850695171,
    -0.9689944594115154,
    3.0438037242978453,
    -24.495224566215796,
    20.176138334709044,
    15.98066361424651,
    -6.789040303419874,
    -6.710236069923372,
)
H41, H42, H43, H44, H45, H46, H47, H48 = (
    11.419903575922262,
    2.8879645146136994,
    72.92137995996029,
    80.12511834622643,
    -52.072871366152654,
    -59.78993625266729,
    -0.15582684282751913,
    4.883087185713722,
)


@compiled
def attempt(m, one):
    """Eight stages, each one solve with the same factors, and the new state in STAGE; F keeps the last: the error."""
    factorise(m, one)
    for i in range(one * ROW):
        m[H + i] = 1.0 / m[H + i]
    for i in range(one * ROW):
        m[STAGE + i] = m[Y + i]
    fill_slopes(m, one)
    backsolve(m, one)
    for i in range(one * ROW):
        m[K1 + i] = m[F + i]
        move = A21 * m[F + i]
        m[STAGE + i] = m[Y + i] + move
    fill_slopes(m, one)
    for i in range(one * ROW):
        pull = C21 * m[K1 + i]
        m[F + i] = m[F + i] + m[H + i] * pull
    backsolve(m, one)
    for i in range(one * ROW):
        m[K2 + i] = m[F + i]
        move = A31 * m[K1 + i] + A32 * m[F + i]
        m[STAGE + i] = m[Y + i] + move
    fill_slopes(m, one)
    for i in range(one * ROW):
        pull = C31 * m[K1 + i] + C32 * m[K2 + i]
        m[F + i] = m[F + i] + m[H + i] * pull
    backsolve(m, one)
    for i in range(one * ROW):
        m[K3 + i] = m[F + i]
        move = A41 * m[K1 + i] + A42 * m[K2 + i] + A43 * m[F + i]
        m[STAGE + i] = m[Y + i] + move
    fill_slopes(m, one)
    for i in range(one * ROW):
        pull = C41 * m[K1 + i] + C42 * m[K2 + i] + C43 * m[K3 + i]
        m[F + i] = m[F + i] + m[H + i] * pull
    backsolve(m, one)
    for i in range(one * ROW):
        m[K4 + i] = m[F + i]
        move = A51 * m[K1 + i] + A52 * m[K2 + i] + A53 * m[K3 + i] + A54 * m[F + i]
        m[STAGE + i] = m[Y + i] + move
    fill_slopes(m, one)
    for i in range(one * ROW):
        pull = C51 * m[K1 + i] + C52 * m[K2 + i] + C53 * m[K3 + i] + C54 * m[K4 + i]
        m[F + i] = m[F + i] + m[H + i] * pull
    backsolve(m, one)
    for i in range(one * ROW):
        m[K5 + i] = m[F + i]
        move = A61 * m[K1 + i] + A62 * m[K2 + i] + A63 * m[K3 + i] + A64 * m[K4 + i] + A65 * m[F + i]
        m[STAGE + i] = m[Y + i] + move
    fill_slopes(m, one)
    for i in range(one * ROW):
        pull = C61 * m[K1 + i] + C62 * m[K2 + i] + C63 * m[K3 + i] + C64 * m[K4 + i] + C65 * m[K5 + i]
        m[F + i] = m[F + i] + m[H + i] * pull
    backsolve(m, one)
    for i in range(one * ROW):
        m[K6 + i] = m[F + i]
        m[STAGE + i] = m[STAGE + i] + m[F + i]
    fill_slopes(m, one)
    for i in range(one * ROW):
        early = C71 * m[K1 + i] + C72 * m[K2 + i] + C73 * m[K3 + i]
        late = C74 * m[K4 + i] + C75 * m[K5 + i] + C76 * m[K6 + i]
        pull = early + late
        m[F + i] = m[F + i] + m[H + i] * pull
    backsolve(m, one)
    for i in range(one * ROW):
        m[K7 + i] = m[F + i]
        m[STAGE + i] = m[STAGE + i] + m[F + i]
    fill_slopes(m, one)
    for i in range(one * ROW):
        early = C81 * m[K1 + i] + C82 * m[K2 + i] + C83 * m[K3 + i] + C84 * m[K4 + i]
        late = C85 * m[K5 + i] + C86 * m[K6 + i] + C87 * m[K7 + i]
        pull = early + late
        m[F + i] = m[F + i] + m[H + i] * pull
    backsolve(m, one)
    for i in range(one * ROW):
        m[K8 + i] = m[F + i]
        m[STAGE + i] = m[STAGE + i] + m[F + i]


@inlined
def estimate(m, i):
    """Estimated error of state and lane i after the attempt."""
    return m[F + i]


@inlined
def count_stiffness(m, one, patience):
    """An L-stable method has no use for this count."""


@inlined
def describe(m, s, lane):
    """One state of one lane inside its step, as a polynomial (fourth order) in the fraction of the step."""
    i, q = s * LANES + lane, COURSE + 5 * s
    k1, k2, k3, k4 = m[K1 + i], m[K2 + i], m[K3 + i], m[K4 + i]
    k5, k6, k7, k8 = m[K5 + i], m[K6 + i], m[K7 + i], m[K8 + i]
    d1 = (H21 * k1 + H22 * k2 + H23 * k3 + H24 * k4) + (H25 * k5 + H26 * k6 + H27 * k7 + H28 * k8)
    d2 = (H31 * k1 + H32 * k2 + H33 * k3 + H34 * k4) + (H35 * k5 + H36 * k6 + H37 * k7 + H38 * k8)
    d3 = (H41 * k1 + H42 * k2 + H43 * k3 + H44 * k4) + (H45 * k5 + H46 * k6 + H47 * k7 + H48 * k8)
    m[q] = m[Y + i]
    m[q + 1] = (m[STAGE + i] - m[Y + i]) + d1
    m[q + 2] = d2 - d1
    m[q + 3] = d3 - d2
    m[q + 4] = -d3
