"""Other engines on model B1, each as its users would run it: platelets (n, 241), wall and CPU seconds.

A peer is measured when it can be imported; the event times are hit exactly by solving segment by segment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from models import B1, B1_DOSES, B1_TIMES

Result = tuple[np.ndarray, float, float]
EDGES = sorted({0.0, 60.0} | {edge for start, length, _ in B1_DOSES for edge in (start, start + length)})
SEGMENTS = [(begin, end, sum(a / d for s, d, a in B1_DOSES if s <= begin < s + d)) for begin, end in pairwise(EDGES)]
TEXT = """
C = A1/V1
kdeg = kcat*(1 - FRmax*Kf/(Kf + C))
occ = (B1/V1)/(KB + B1/V1)
block = 1/(1 + (max(C - C0, 0)/IC50)^2)
A1 : Rin + kin - (kdeg + k12)*A1 + k21*A2
A2 : k12*A1 - k21*A2
B1 : kinB - (kdeg + k12)*B1 + k21*B2
B2 : k12*B1 - k21*B2
TPO : kT*(1 + P0/KP) - kT*(1 + P/KP)*TPO
M1 : ktr*(TPO^g - M1)
M2 : ktr*(M1 - M2)
M3 : ktr*(M2 - M3)
M4 : ktr*(M3 - M4)
P : kprod*M4 - (ksen + kmac*occ*block)*P
""".strip().split("\n")
STATES, PARAMETERS = list(B1.states), list(B1.parameters)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begin: tuple[float, float]) -> tuple[float, float]:
    return time.perf_counter() - begin[0], time.process_time() - begin[1]


def _person(parameters: Mapping[str, Any], i: int) -> dict[str, float]:
    return {name: float(value if np.ndim(value) == 0 else value[i]) for name, value in parameters.items()}


def _inside(begin: float, end: float) -> np.ndarray:
    return (begin < B1_TIMES) & (end >= B1_TIMES)


def scipy_lsoda(parameters: Mapping[str, Any], n: int, rtol: float) -> Result:
    """scipy.integrate.solve_ivp, LSODA, right-hand side compiled by numba."""
    import numba
    from scipy.integrate import solve_ivp

    lines = [f"{name} = p[{i}]" for i, name in enumerate([*PARAMETERS, "Rin"])]
    lines += [f"{name} = y[{i}]" for i, name in enumerate(STATES)]
    lines += [line.replace("^", "**") for line in TEXT if " : " not in line]
    slopes = ", ".join(line.split(" : ")[1].replace("^", "**") for line in TEXT if " : " in line)
    space: dict[str, Any] = {"np": np}
    exec("def slope(t, y, p):\n    " + "\n    ".join(lines) + f"\n    return np.array([{slopes}])", space)
    slope = numba.njit(space["slope"])
    result = np.empty((n, B1_TIMES.size))
    start = B1.initial_state(parameters)
    slope(0.0, np.ones(10), np.ones(21))
    begin_clock = _now()
    for i in range(n):
        person = _person(parameters, i)
        y = np.array([_person(start, i)[name] for name in STATES])
        result[i, 0] = y[-1]
        for begin, end, rate in SEGMENTS:
            p = np.array([*(person[name] for name in PARAMETERS), rate])
            inside = _inside(begin, end)
            asked = np.unique(np.append(B1_TIMES[inside], end))
            part = solve_ivp(slope, (begin, end), y, "LSODA", asked, args=(p,), rtol=rtol, atol=rtol * 1e-2)
            result[i, inside] = part.y[-1, : inside.sum()]
            y = part.y[:, -1]
    return result, *_since(begin_clock)


def pydiffsol_tsit45(parameters: Mapping[str, Any], n: int, rtol: float) -> Result:
    """pydiffsol, explicit tsit45, compiled from DiffSL, a Python loop over people and segments."""
    import pydiffsol as ds

    inputs = [*PARAMETERS, "Rin", *(f"z{name}" for name in STATES)]
    low = {name: f"q{i}" for i, name in enumerate([*inputs, *STATES, "C", "kdeg", "occ", "block"])}

    def small(text: str) -> str:
        import re

        text = re.sub(r"TPO\^g", "pow(TPO, g)", text)
        text = re.sub(r"\(max\(C - C0, 0\)/IC50\)\^2", "(max(C - C0, 0.0)/IC50)*(max(C - C0, 0.0)/IC50)", text)
        text = re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"\1.0", text)
        return re.sub(r"[A-Za-z_]\w*", lambda m: low.get(m.group(), m.group()), text)

    code = "in_i { " + ", ".join(f"{low[name]} = 1.0" for name in inputs) + " }\n"
    code += "u_i { " + ", ".join(f"{low[name]} = {low['z' + name]}" for name in STATES) + " }\n"
    for line in TEXT:
        if " : " not in line:
            name, expression = line.split(" = ")
            code += f"{low[name]} {{ {small(expression)} }}\n"
    code += "F_i { " + ", ".join(small(line.split(" : ")[1]) for line in TEXT if " : " in line) + " }\n"
    ode = ds.Ode(code, matrix_type=ds.nalgebra_dense, ode_solver=ds.tsit45)
    ode.rtol, ode.atol = rtol, rtol * 1e-2
    result = np.empty((n, B1_TIMES.size))
    start = B1.initial_state(parameters)
    clock = _now()
    for i in range(n):
        person, y = _person(parameters, i), np.array([_person(start, i)[name] for name in STATES])
        result[i, 0] = y[-1]
        for begin, end, rate in SEGMENTS:
            inside = _inside(begin, end)
            asked = np.unique(np.append(B1_TIMES[inside], end)) - begin
            p = np.array([*(person[name] for name in PARAMETERS), rate, *y])
            ys = ode.solve_dense(p, asked).ys
            result[i, inside] = ys[-1, : inside.sum()]
            y = ys[:, -1]
    return result, *_since(clock)


def libroadrunner_cvode(parameters: Mapping[str, Any], n: int, rtol: float) -> Result:
    """libRoadRunner, CVODE (BDF), from Antimony, a Python loop."""
    import antimony
    import roadrunner

    text = ["model b1()"] + [f"  {line.replace(' = ', ' := ')};" for line in TEXT if " : " not in line]
    text = [line.replace("max(C - C0, 0)", "piecewise(C - C0, C > C0, 0)") for line in text]
    text += [f"  {line.split(' : ')[0]}' = {line.split(' : ')[1]};" for line in TEXT if " : " in line]
    text += [f"  {name} = 1;" for name in [*PARAMETERS, "Rin", *STATES]] + ["end"]
    antimony.loadAntimonyString("\n".join(text))
    runner = roadrunner.RoadRunner(antimony.getSBMLString("b1"))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = rtol, rtol * 1e-2
    runner.timeCourseSelections = ["time", "P"]
    result = np.empty((n, B1_TIMES.size))
    start = B1.initial_state(parameters)
    clock = _now()
    for i in range(n):
        runner.reset()
        for name, value in {**_person(parameters, i), **_person(start, i)}.items():
            runner[name] = value
        result[i, 0] = runner["P"]
        for begin, end, rate in SEGMENTS:
            runner["Rin"] = rate
            inside = _inside(begin, end)
            asked = np.unique(np.concatenate(([begin], B1_TIMES[inside], [end])))
            part = np.asarray(runner.simulate(times=asked.tolist()))
            result[i, inside] = part[1 : 1 + inside.sum(), 1]
    return result, *_since(clock)


def heyoka_taylor(parameters: Mapping[str, Any], n: int, rtol: float) -> Result:
    """heyoka, Taylor series, batches of 8 lanes."""
    import heyoka as hy

    width = 8
    symbols = dict(zip(STATES, hy.make_vars(*STATES), strict=True))
    space: dict[str, Any] = dict(symbols)
    space |= {name: hy.par[i] for i, name in enumerate([*PARAMETERS, "Rin"])}
    space["max"] = lambda a, b: a  # C never falls below C0 here; a Taylor step cannot cross the kink of a maximum
    for line in TEXT:
        if " : " not in line:
            name, expression = line.split(" = ")
            space[name] = eval(expression.replace("^2", "**2."), space)
    system = [
        (symbols[line.split(" : ")[0]], eval(line.split(" : ")[1].replace("TPO^g", "TPO**g"), space))
        for line in TEXT
        if " : " in line
    ]
    integrator = hy.taylor_adaptive_batch(system, np.ones((10, width)), tol=rtol, pars=np.ones((21, width)))
    result = np.empty((n, B1_TIMES.size))
    start = B1.initial_state(parameters)
    initial = np.array([np.broadcast_to(start[name], (n,)) for name in STATES])
    own = np.array([np.broadcast_to(parameters[name], (n,)) for name in PARAMETERS])
    integrator.propagate_until(np.full(width, 1e-3))  # compiles
    clock = _now()
    for lower in range(0, n, width):
        chosen = np.minimum(np.arange(lower, lower + width), n - 1)
        integrator.set_time(0.0)
        integrator.state[:] = initial[:, chosen]
        integrator.pars[:20] = own[:, chosen]
        result[chosen, 0] = initial[-1, chosen]
        for begin, end, rate in SEGMENTS:
            integrator.pars[20] = rate
            inside = _inside(begin, end)
            grid = np.unique(np.concatenate(([begin], B1_TIMES[inside], [end])))
            grid = np.repeat(grid[:, None], width, axis=1)
            values = integrator.propagate_grid(grid)
            values = values[-1] if isinstance(values, tuple) else values
            result[np.ix_(chosen, inside)] = values[1 : 1 + inside.sum(), -1].T
            integrator.set_time(end)
            integrator.state[:] = values[-1]
    return result, *_since(clock)


def diffrax_tsit5(parameters: Mapping[str, Any], n: int, rtol: float) -> Result:
    """diffrax, Tsit5, vmapped over people, steps clipped at the events."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax
    import jax.numpy as jnp

    def slope(t: Any, y: Any, p: Any) -> Any:
        rate = sum(jnp.where((t >= s) & (t < s + d), a / d, 0.0) for s, d, a in B1_DOSES)
        space = {**dict(zip(STATES, y, strict=True)), **dict(zip(PARAMETERS, p, strict=True)), "Rin": rate}
        space["max"] = jnp.maximum
        for line in TEXT:
            if " : " not in line:
                name, expression = line.split(" = ")
                space[name] = eval(expression.replace("^", "**"), space)
        return jnp.stack([eval(line.split(" : ")[1].replace("^", "**"), space) for line in TEXT if " : " in line])

    controller = diffrax.ClipStepSizeController(
        diffrax.PIDController(rtol=rtol, atol=rtol * 1e-2), jump_ts=jnp.array(EDGES[1:-1])
    )

    def one(y: Any, p: Any) -> Any:
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(slope), diffrax.Tsit5(), 0.0, 60.0, None, y, args=p,
            stepsize_controller=controller, saveat=diffrax.SaveAt(ts=jnp.array(B1_TIMES), fn=lambda t, y, a: y[-1]),
            max_steps=4096,
        )  # fmt: skip
        return solution.ys

    run = jax.jit(jax.vmap(one))
    start = B1.initial_state(parameters)
    y = jnp.array([np.broadcast_to(start[name], (n,)) for name in STATES]).T
    p = jnp.array([np.broadcast_to(parameters[name], (n,)) for name in PARAMETERS]).T
    run(y, p).block_until_ready()
    clock = _now()
    result = np.asarray(run(y, p).block_until_ready())
    return result, *_since(clock)


PEERS: dict[str, Callable[[Mapping[str, Any], int, float], Result]] = {
    "scipy": scipy_lsoda,
    "pydiffsol": pydiffsol_tsit45,
    "libroadrunner": libroadrunner_cvode,
    "heyoka": heyoka_taylor,
    "diffrax": diffrax_tsit5,
}
RTOL = {"scipy": 3e-7, "pydiffsol": 2e-6, "libroadrunner": 1e-7, "heyoka": 1e-5, "diffrax": 1e-6}  # for about 1e-5
