"""One attempted step of Steinebach's L-stable Rosenbrock method Rodas5P, order 5(4), in all lanes.

G. Steinebach, Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the Julia
Differential Equations package, BIT Numerical Mathematics 63 (2023) 27. The models here do not mention time inside a
segment, so the terms of a time derivative are absent. Convergence is checked in the tests.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from opsonin.simulate.kernel.elementary import larger
from opsonin.simulate.kernel.example import (
    BLOCK,
    CONTROLLED,
    FACTORS,
    LANES,
    STATES,
    backsolve,
    factorise,
    fill_slopes,
    inlined,
)

GAMMA = 0.21193756319429014
# --- kernel ---
STAGES = 8
WORK = FACTORS
ROW = STATES * LANES

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


@inlined
def attempt(y, c, u, clock, used, k, f, z, new, work):
    """Eight stages, each one solve with the same factors, and the new state; f keeps the last stage, the error."""
    factorise(y, c, u, clock, used, work)
    fill_slopes(y, c, u, f)
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[i] = f[i]
            z[i] = y[i] + (A21 * f[i])
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        rate = 1.0 / clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            f[i] = f[i] + rate * (C21 * k[i])
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[ROW + i] = f[i]
            z[i] = y[i] + (A31 * k[i] + A32 * f[i])
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        rate = 1.0 / clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            f[i] = f[i] + rate * (C31 * k[i] + C32 * k[ROW + i])
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[2 * ROW + i] = f[i]
            z[i] = y[i] + (A41 * k[i] + A42 * k[ROW + i] + A43 * f[i])
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        rate = 1.0 / clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            f[i] = f[i] + rate * (C41 * k[i] + C42 * k[ROW + i] + C43 * k[2 * ROW + i])
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[3 * ROW + i] = f[i]
            tail = A54 * f[i]
            z[i] = y[i] + (A51 * k[i] + A52 * k[ROW + i] + A53 * k[2 * ROW + i] + tail)
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        rate = 1.0 / clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            early = C51 * k[i] + C52 * k[ROW + i] + C53 * k[2 * ROW + i]
            late = C54 * k[3 * ROW + i]
            f[i] = f[i] + rate * (early + late)
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[4 * ROW + i] = f[i]
            tail = A64 * k[3 * ROW + i] + A65 * f[i]
            z[i] = y[i] + (A61 * k[i] + A62 * k[ROW + i] + A63 * k[2 * ROW + i] + tail)
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        rate = 1.0 / clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            early = C61 * k[i] + C62 * k[ROW + i] + C63 * k[2 * ROW + i]
            late = C64 * k[3 * ROW + i] + C65 * k[4 * ROW + i]
            f[i] = f[i] + rate * (early + late)
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[5 * ROW + i] = f[i]
            z[i] = z[i] + f[i]
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        rate = 1.0 / clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            early = C71 * k[i] + C72 * k[ROW + i] + C73 * k[2 * ROW + i]
            late = C74 * k[3 * ROW + i] + C75 * k[4 * ROW + i] + C76 * k[5 * ROW + i]
            f[i] = f[i] + rate * (early + late)
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[6 * ROW + i] = f[i]
            z[i] = z[i] + f[i]
    fill_slopes(z, c, u, f)
    for lane in range(LANES):
        rate = 1.0 / clock[used + lane]
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            early = C81 * k[i] + C82 * k[ROW + i] + C83 * k[2 * ROW + i]
            late = C84 * k[3 * ROW + i] + C85 * k[4 * ROW + i] + C86 * k[5 * ROW + i] + C87 * k[6 * ROW + i]
            f[i] = f[i] + rate * (early + late)
    backsolve(work, f)
    for lane in range(LANES):
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            k[7 * ROW + i] = f[i]
            new[i] = z[i] + f[i]


@inlined
def measure(y, new, clock, used, error, k, f, peak, rtol, atol, floor):
    """Largest error of any controlled state, in units of its tolerance; NaN or infinite if a state is."""
    for lane in range(LANES):
        worst = 0.0
        allowed = 1.0
        spoilt = 0.0
        for s in range(CONTROLLED):  # unrolled
            i = s * LANES + lane
            e = abs(f[i])
            scale = rtol * larger(larger(abs(y[i]), abs(new[i])), floor * peak[i]) + atol[s]
            worse = e * allowed > worst * scale
            worst = e if worse else worst
            allowed = scale if worse else allowed
            spoilt += 0.0 * (e + new[i])
        clock[error + lane] = worst / allowed + spoilt


@inlined
def advance(clock, good, y, new, peak, k, f):
    """Move the accepted lanes on."""
    for lane in range(LANES):
        accepted = clock[good + lane] > 0.0
        for s in range(STATES):  # unrolled
            i = s * LANES + lane
            value = new[i] if accepted else y[i]
            y[i] = value
            peak[i] = larger(peak[i], abs(value))


@inlined
def stiffness(clock, used, good, cards, tries, after, count, k, f, new, z):
    """An L-stable method has no use for this test."""


@inlined
def interpolate(theta, y, new, h, k, f, lane, needed, states, w, z):
    """States of one lane at BLOCK fractions theta of its step (fourth order); row s of z is state s."""
    for number in range(states):
        state = needed[number]
        i = state * LANES + lane
        early = H21 * k[i] + H22 * k[ROW + i] + H23 * k[2 * ROW + i] + H24 * k[3 * ROW + i]
        late = H25 * k[4 * ROW + i] + H26 * k[5 * ROW + i] + H27 * k[6 * ROW + i] + H28 * k[7 * ROW + i]
        d1 = early + late
        early = H31 * k[i] + H32 * k[ROW + i] + H33 * k[2 * ROW + i] + H34 * k[3 * ROW + i]
        late = H35 * k[4 * ROW + i] + H36 * k[5 * ROW + i] + H37 * k[6 * ROW + i] + H38 * k[7 * ROW + i]
        d2 = early + late
        early = H41 * k[i] + H42 * k[ROW + i] + H43 * k[2 * ROW + i] + H44 * k[3 * ROW + i]
        late = H45 * k[4 * ROW + i] + H46 * k[5 * ROW + i] + H47 * k[6 * ROW + i] + H48 * k[7 * ROW + i]
        d3 = early + late
        before, after = y[i], new[i]
        for n in range(BLOCK):
            x = theta[n]
            rest = 1.0 - x
            z[state * BLOCK + n] = rest * before + x * (after + rest * (d1 + x * (d2 + x * d3)))
