"""The benchmark models: B1 (immunoglobulin in ITP, 10 states) and a drug by mouth in two compartments."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from opsonin.simulate import Model, maximum, power

DATA = Path(__file__).resolve().parents[1] / "tests" / "data" / "engine"


def _b1(y: Any, p: Any, u: Any) -> dict[str, Any]:
    c = y.A1 / p.V1
    kdeg = p.kcat * (1 - p.FRmax * p.Kf / (p.Kf + c))
    antibody = y.B1 / p.V1
    occupied = antibody / (p.KB + antibody)
    block = 1 / (1 + (maximum(c - p.C0, 0) / p.IC50) ** 2)
    return {
        "A1": u.A1 + p.kin - (kdeg + p.k12) * y.A1 + p.k21 * y.A2,
        "A2": p.k12 * y.A1 - p.k21 * y.A2,
        "B1": p.kinB - (kdeg + p.k12) * y.B1 + p.k21 * y.B2,
        "B2": p.k12 * y.B1 - p.k21 * y.B2,
        "TPO": p.kT * (1 + p.P0 / p.KP) - p.kT * (1 + y.P / p.KP) * y.TPO,
        "M1": p.ktr * (power(y.TPO, p.g) - y.M1),
        "M2": p.ktr * (y.M1 - y.M2),
        "M3": p.ktr * (y.M2 - y.M3),
        "M4": p.ktr * (y.M3 - y.M4),
        "P": p.kprod * y.M4 - (p.ksen + p.kmac * occupied * block) * y.P,
    }


def _b1_initial(p: Any) -> dict[str, Any]:
    tpo = (1 + p.P0 / p.KP) / (1 + p.Pss / p.KP)
    marrow = tpo**p.g
    a1, b1 = p.C0 * p.V1, p.V1
    rest = {"TPO": tpo, "M1": marrow, "M2": marrow, "M3": marrow, "M4": marrow, "P": p.Pss}
    return {"A1": a1, "A2": p.k12 / p.k21 * a1, "B1": b1, "B2": p.k12 / p.k21 * b1, **rest}


_B1_PARAMETERS = (
    *("V1", "kcat", "FRmax", "Kf", "k12", "k21", "C0", "KB", "IC50", "kT", "P0", "KP", "g", "ktr", "kprod"),
    *("ksen", "kmac", "kin", "kinB", "Pss"),
)

B1 = Model(
    name="B1",
    time_unit="d",
    states=dict.fromkeys(("A1", "A2", "B1", "B2"), "g")
    | dict.fromkeys(("TPO", "M1", "M2", "M3", "M4"), "1")
    | {"P": "10^9/L"},
    parameters=dict.fromkeys(_B1_PARAMETERS, "1"),
    inputs={"A1": "g/d"},
    equations=_b1,
    outputs=lambda y, p: {"C": y.A1 / p.V1},
    initial=_b1_initial,
)

B1_DOSES = [(0.0, 4 / 24, 70.0), (1.0, 4 / 24, 70.0)]
B1_TIMES = np.arange(241) * 0.25
B1_TYPICAL = {
    "V1": 3.5, "kcat": 0.35, "FRmax": 0.90, "Kf": 60.0, "k12": 0.25, "k21": 0.28, "C0": 10.0, "KB": 1.0, "IC50": 8.0,
    "kT": 1.0, "P0": 250.0, "KP": 100.0, "g": 0.5, "ktr": 0.8, "kprod": 35.75, "ksen": 0.11, "kmac": 5.0,
}  # fmt: skip


def complete(p: dict[str, Any]) -> dict[str, Any]:
    """Add what follows from steady state: production rates and the diseased platelet count (by bisection)."""
    kdeg = p["kcat"] * (1 - p["FRmax"] * p["Kf"] / (p["Kf"] + p["C0"]))
    kin, kin_b = kdeg * p["C0"] * p["V1"], kdeg * p["V1"]
    low, high = np.zeros_like(p["V1"]), np.full_like(p["V1"], 1e4)
    loss = p["ksen"] + p["kmac"] / (p["KB"] + 1)
    for _ in range(200):
        middle = 0.5 * (low + high)
        made = p["kprod"] * ((1 + p["P0"] / p["KP"]) / (1 + middle / p["KP"])) ** p["g"]
        low, high = np.where(made > loss * middle, middle, low), np.where(made > loss * middle, high, middle)
    return {**p, "kin": kin, "kinB": kin_b, "Pss": 0.5 * (low + high)}


def b1_population(n: int, seed: int = 20261120) -> dict[str, Any]:
    """Parameters of n individuals: log-normal, CV 30 %, on eight of them."""
    rng = np.random.default_rng(seed)
    p: dict[str, Any] = dict(B1_TYPICAL)
    for name in ("V1", "kcat", "Kf", "k12", "IC50", "kmac", "ksen", "ktr"):
        p[name] = p[name] * np.exp(np.sqrt(np.log(1.09)) * rng.standard_normal(n))
    return complete(p)


def b1_reference() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The stored 20 individuals: their parameters, and all states (20, 241) at rtol 1e-12."""
    with open(DATA / "b1_reference_parameters.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parameters = {name: np.array([float(row[name]) for row in rows]) for name in _B1_PARAMETERS}
    with open(DATA / "b1_reference_trajectories.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("ID", "time")]
    values = np.array([[float(row[name]) for name in names] for row in rows]).reshape(20, 241, len(names))
    return parameters, {name: values[:, :, i] for i, name in enumerate(names)}


def _itp(y: Any, p: Any, u: Any) -> dict[str, Any]:
    own, given = y.A1e / p.V1, y.A1x / p.V1
    clearance = p.CLu * (1 - p.FR0 / (1 + (own + given) / p.Km))
    made = p.CLu * (1 - p.FR0 / (1 + p.C0 / p.Km)) * p.C0
    out, back = (clearance + p.Q) / p.V1, p.Q / p.V2
    reach = maximum(y.X, 0)
    block = power(reach, p.h) / (power(p.IC50, p.h) + power(reach, p.h))
    antibody = y.A1e / (p.C0 * p.V1)
    ksen = 1 / p.life
    immune = maximum(p.kprod0 / p.P0 - ksen, 0.01)
    loss = ksen + immune * (p.phi + (1 - p.phi) * (1 - block)) * antibody
    marrow = (y.M1 + y.M2 + y.M3 + y.M4) / 4
    t0 = 1 / (0.1 + 0.5 * p.P0 / p.Pn + 0.4 * p.m0)
    stimulus = y.T / (3.52 + y.T) * (3.52 + t0) / t0
    return {
        "A1e": made - out * y.A1e + back * y.A2e,
        "A2e": p.Q / p.V1 * y.A1e - back * y.A2e,
        "A1x": u.A1x - out * y.A1x + back * y.A2x,
        "A2x": p.Q / p.V1 * y.A1x - back * y.A2x,
        "X": p.kon * maximum(given - y.X, 0) - p.koff * maximum(y.X - given, 0),
        "T": p.kT * (1 - (0.1 + 0.5 * y.P / p.Pn + 0.4 * p.m0 * marrow) * y.T),
        "M1": p.ktr * (stimulus - y.M1),
        "M2": p.ktr * (y.M1 - y.M2),
        "M3": p.ktr * (y.M2 - y.M3),
        "M4": p.ktr * (y.M3 - y.M4),
        "P": (immune + ksen) * p.P0 * y.M4 - loss * y.P,
    }


def _itp_initial(p: Any) -> dict[str, Any]:
    t0 = 1 / (0.1 + 0.5 * p.P0 / p.Pn + 0.4 * p.m0)
    rest = dict.fromkeys(("M1", "M2", "M3", "M4"), 1.0)
    return {"A1e": p.C0 * p.V1, "A2e": p.C0 * p.V2, "T": t0, "P": p.P0, **rest}


ITP = Model(
    name="immunoglobulin in ITP, 11 states",
    time_unit="d",
    states={"A1e": "g", "A2e": "g", "A1x": "g", "A2x": "g", "X": "g/L", "T": "1", "M1": "1", "M2": "1", "M3": "1"}
    | {"M4": "1", "P": "10^9/L"},
    parameters=dict.fromkeys(
        [
            "V1",
            "V2",
            "Q",
            "CLu",
            "FR0",
            "Km",
            "C0",
            "kon",
            "koff",
            "IC50",
            "h",
            "life",
            "kprod0",
            "P0",
            "phi",
            "Pn",
            "m0",
            "kT",
            "ktr",
        ],
        "1",
    ),
    inputs={"A1x": "g/d"},
    equations=_itp,
    outputs=lambda y, p: {"igg": (y.A1e + y.A1x) / p.V1},
    initial=_itp_initial,
)
ITP_DOSES = [(0.0, 5 / 24, 70.0), (1.0, 5 / 24, 70.0)]


def itp_population(n: int, seed: int = 3) -> dict[str, np.ndarray]:
    """Parameters over a deliberately wide range (weights 10-120 kg, IgG 4-16 g/L, platelets 2-28)."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(10, 120, n)

    def spread(value: float, sd: float) -> np.ndarray:
        return value * np.exp(sd * rng.standard_normal(n))

    size = (weight / 70) ** 0.75
    return {
        "V1": weight / 70 * spread(3.5, 0.2), "V2": weight / 70 * spread(2.8, 0.3), "Q": size * spread(0.8, 0.3),
        "CLu": size * spread(1.2, 0.3), "FR0": rng.uniform(0.9, 0.97, n), "Km": spread(73.0, 0.2),
        "C0": rng.uniform(4, 16, n), "kon": spread(3.0, 0.3), "koff": spread(0.15, 0.3), "IC50": spread(8.0, 0.5),
        "h": rng.uniform(1, 3, n), "life": spread(8.54, 0.1), "kprod0": spread(35.0, 0.4), "P0": rng.uniform(2, 28, n),
        "phi": rng.uniform(0, 0.6, n), "Pn": np.full(n, 250.0), "m0": rng.uniform(0.7, 2, n), "kT": spread(1.0, 0.2),
        "ktr": spread(0.8, 0.2),
    }  # fmt: skip


def _oral(y: Any, p: Any, u: Any) -> dict[str, Any]:
    exchange = p.Q / p.V2 * y.central - p.Q / p.V3 * y.outer
    return {
        "depot": u.depot - p.KA * y.depot,
        "central": p.KA * y.depot - p.CL / p.V2 * y.central - exchange,
        "outer": exchange,
    }


ORAL = Model(
    name="two compartments by mouth",
    time_unit="h",
    states={"depot": "mg", "central": "mg", "outer": "mg"},
    parameters={"KA": "1/h", "CL": "L/h", "V2": "L", "Q": "L/h", "V3": "L"},
    inputs={"depot": "mg/h"},
    equations=_oral,
    outputs=lambda y, p: {"CP": y.central / p.V2},
)
ORAL_DOSES = [(12.0 * k, 0.0, 100.0) for k in range(24)]
ORAL_TIMES = np.arange(145) * 2.0


def oral_population(n: int, seed: int = 20251121) -> dict[str, np.ndarray]:
    """CL 5, V2 50, Q 8, V3 100, KA 1.2, log-normal with SD 0.3."""
    rng = np.random.default_rng(seed)
    typical = {"CL": 5.0, "V2": 50.0, "Q": 8.0, "V3": 100.0, "KA": 1.2}
    return {name: value * np.exp(0.3 * rng.standard_normal(n)) for name, value in typical.items()}
