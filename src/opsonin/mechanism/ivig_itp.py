"""The model of intravenous immunoglobulin in immune thrombocytopenia: eleven states, put together.

Draft: fitted to published summary results of adults, not yet validated. Every parameter is a fact on the shelf
`models/ivig_itp_draft`; the equations stand in `igg.py` and `platelets.py` and are explained in
docs/explanation/itp-model.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opsonin.knowledge import Fact, Knowledge
from opsonin.mechanism.igg import IGG_FACTS, IGG_PARAMETERS, IGG_STATES, SHELF, igg_baseline, igg_slopes
from opsonin.mechanism.platelets import (
    PLATELET_FACTS,
    PLATELET_PARAMETERS,
    PLATELET_STATES,
    platelet_baseline,
    platelet_slopes,
)
from opsonin.simulate import Model

FACTS: dict[str, str] = IGG_FACTS | PLATELET_FACTS

SIZE_FACTS: dict[str, str] = {
    "W": f"{SHELF}/reference_weight",
    "clearance": f"{SHELF}/clearance_size_power",
    "volume": f"{SHELF}/volume_size_power",
}

REPORT_FACTS: dict[str, tuple[str, str]] = {
    "platelets": (f"{SHELF}/platelet_report_proportional", f"{SHELF}/platelet_report_additive"),
    "igg": (f"{SHELF}/igg_report_proportional", f"{SHELF}/igg_report_additive"),
}


def equations(y: Any, p: Any, u: Any) -> dict[str, Any]:
    """Rates of change of all eleven states, per day."""
    Cx = y.A1x / p.V1
    a = y.A1e / (p.C0 * p.V1)  # autoantibody, relative to before treatment
    return igg_slopes(y, p, u.A1x) | platelet_slopes(y, p, infused_g_per_l=Cx, antibody=a)


def outputs(y: Any, p: Any) -> dict[str, Any]:
    """What is looked at: the platelet count, total serum IgG, and the infused part of it."""
    return {
        "platelets": y.P,
        "igg_g_per_l": (y.A1e + y.A1x) / p.V1,
        "infused_igg_g_per_l": y.A1x / p.V1,
    }


def initial(p: Any) -> dict[str, Any]:
    """The exact steady state before treatment."""
    return {**igg_baseline(p), **platelet_baseline(p)}


MODEL = Model(
    name="ivig_itp_draft",
    time_unit="d",
    states=IGG_STATES | PLATELET_STATES,
    parameters=IGG_PARAMETERS | PLATELET_PARAMETERS,
    inputs={"A1x": "g/d"},
    equations=equations,
    outputs=outputs,
    initial=initial,
    output_units={"platelets": "1e9/L", "igg_g_per_l": "g/L", "infused_igg_g_per_l": "g/L"},
)


def typical(knowledge: Knowledge) -> dict[str, float]:
    """The parameters of a typical adult at the reference weight."""
    return {symbol: float(knowledge.fact(id).number()) for symbol, id in FACTS.items()}


def typical_of(knowledge: Knowledge, group: str) -> dict[str, float]:
    """The parameters of a typical person of a fitted age group, "adults" or "children", at the reference weight.

    Sources: the fitted model's geometric means; models/ivig_itp_draft for what was not fitted.
    """
    if knowledge.fitted is None:
        return typical(knowledge)
    found = knowledge.fitted.groups[group]
    fitted = {symbol: float(value) for symbol, value in {**found.fixed, **found.mean}.items() if symbol in FACTS}
    return typical(knowledge) | fitted


def sized(parameters: Mapping[str, Any], knowledge: Knowledge, *, weight_kg: float) -> dict[str, Any]:
    """The same parameters for another body weight: clearances and volumes scale, rate constants do not.

    Sources: reference_weight, clearance_size_power, volume_size_power.
    """
    W, b_CL, b_V = (float(knowledge.fact(id).number()) for id in SIZE_FACTS.values())
    by = {"CLu": b_CL, "Q": b_CL, "V1": b_V, "V2": b_V}
    return dict(parameters) | {name: parameters[name] * (weight_kg / W) ** b for name, b in by.items()}


@dataclass(frozen=True)
class Spread:
    """How a parameter differs between people: log-normal by its CV, or normal on the logit scale."""

    scale: str  # "log-normal" | "logit-normal"
    size: float  # CV as a fraction | standard deviation on the logit scale


def spreads(knowledge: Knowledge) -> dict[str, Spread]:
    """For every parameter that differs between people, how much."""
    found = {symbol: _spread(knowledge.fact(id)) for symbol, id in FACTS.items()}
    return {symbol: spread for symbol, spread in found.items() if spread is not None}


def _spread(fact: Fact) -> Spread | None:
    cv, logit_sd = fact.spread.get("between_people_cv_percent"), fact.spread.get("between_people_logit_sd")
    if cv is not None and cv > 0:
        return Spread("log-normal", float(cv) / 100)
    return Spread("logit-normal", float(logit_sd)) if logit_sd is not None else None


@dataclass(frozen=True)
class ReportError:
    """How a laboratory's report differs from the true value: value·(1 + proportional·ε₁) + additive·ε₂."""

    proportional: float
    additive: float


def report_errors(knowledge: Knowledge) -> dict[str, ReportError]:
    """The reporting errors of "platelets" (10⁹/L) and "igg" (g/L)."""
    return {
        what: ReportError(*(float(knowledge.fact(id).number()) for id in ids)) for what, ids in REPORT_FACTS.items()
    }


def fact_ids() -> tuple[str, ...]:
    """Every fact the model reads, for the bibliography."""
    reports = (id for ids in REPORT_FACTS.values() for id in ids)
    return tuple(sorted({*FACTS.values(), *SIZE_FACTS.values(), *reports}))
