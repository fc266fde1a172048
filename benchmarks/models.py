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


_B1_PARAMETERS = "V1 kcat FRmax Kf k12 k21 C0 KB IC50 kT P0 KP g ktr kprod ksen kmac kin kinB Pss".split()

B1 = Model(
    name="B1",
    time_unit="d",
    states={name: "g" for name in ("A1", "A2", "B1", "B2")}
    | {name: "1" for name in ("TPO", "M1", "M2", "M3", "M4")}
    | {"P": "10^9/L"},
    parameters={name: "1" for name in _B1_PARAMETERS},
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
