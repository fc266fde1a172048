"""How thick does the serum become? Viscosity follows the rise of IgG; what that does to thrombosis is not known."""

from __future__ import annotations

from math import exp

from opsonin.knowledge import Fact, Knowledge
from opsonin.mechanism.harm.haemolysis import daily_g_per_kg, falls
from opsonin.mechanism.harm.harms import SHELF
from opsonin.patient import Patient
from opsonin.regimen import Regimen

THROMBOSIS = f"{SHELF}/thrombosis"


def viscosity_rise_cp(igg_rise_g_per_l: float, knowledge: Knowledge) -> float:
    """By how much serum viscosity (cP) lies over that before, when IgG has risen by so much (g/L).

    Sources: harms/thrombosis/viscosity_before, viscosity_slope.

    >>> from opsonin.knowledge import load_knowledge
    >>> round(viscosity_rise_cp(30, load_knowledge()), 2)
    0.53
    """
    before, slope = (float(knowledge.fact(f"{THROMBOSIS}/viscosity_{name}").number()) for name in ("before", "slope"))
    return before * (exp(slope * igg_rise_g_per_l) - 1)


def viscosity_of(patient: Patient, regimen: Regimen, knowledge: Knowledge) -> tuple[str, tuple[Fact, ...]]:
    """What this course does to the serum of a typical person of this age group and weight, in words, and the facts."""
    daily, beyond = daily_g_per_kg(regimen)
    rise = viscosity_rise_cp(beyond * falls(daily, knowledge, patient).igg_rise_g_per_l, knowledge)
    facts = tuple(knowledge.fact(f"{THROMBOSIS}/viscosity_{name}") for name in ("before", "slope", "published"))
    return f"Serum viscosity rises by about {rise:.1f} cP at its height ({facts[2].says})", facts
