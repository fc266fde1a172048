"""What would change the plan? Real recalculations with one thing different: weight, stock, a risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from opsonin.knowledge import Knowledge
from opsonin.patient import RISKS, Circumstances, Goal, Patient
from opsonin.planning.assemble import assemble
from opsonin.planning.candidates import candidates, weight_for_dosing
from opsonin.planning.plan import Candidate, Forecast, NoForecast
from opsonin.quantities import show
from opsonin.regimen import daily_dose
from opsonin.safety import offers
from opsonin.safety.offers import vials_at_hand

_RISKS_TRIED = ("renal", "thrombosis", "cardiac")
_MOST_KG = 10


def what_would_change(
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    ranked: Sequence[Candidate],
    forecasts: Mapping[str, Forecast | NoForecast],
    known: Knowledge,
) -> tuple[str, ...]:
    """One line for each thing that would change what stands first."""
    first = next((c for c in ranked if c.rank == 1), None)
    if first is None:
        return ()
    lines = [
        *_weight(patient, circumstances, first, known),
        *_stock(patient, goal, circumstances, ranked, first, forecasts, known),
    ]
    for risk in _RISKS_TRIED:
        if not patient.has(risk):
            with_risk = replace(patient, risks={**patient.risks, risk: True})
            lines.extend(_difference(_if_risk(patient, risk), with_risk, goal, circumstances, first, forecasts, known))
    return tuple(lines)


def _weight(patient: Patient, circumstances: Circumstances, first: Candidate, known: Knowledge) -> list[str]:
    """The smallest change of weight, each way, that changes the grams on a day."""
    pack, regimen = known.pack(circumstances.pack), first.regimen
    now = regimen.infusions[0].dose.grams
    lines = []
    for sign, word in ((-1, "lighter"), (1, "heavier")):
        for kg in range(1, _MOST_KG + 1):
            other_kg = patient.weight.kg + sign * kg
            if other_kg <= 0:
                break
            other = replace(patient, weight=replace(patient.weight, kg=other_kg))
            dose = daily_dose(
                1,
                weight_kg=weight_for_dosing(other, pack).kg,
                g_per_kg=regimen.schedule.g_per_kg_per_day,
                vial_sizes_g=vials_at_hand(regimen.product, circumstances),
                concentration_mg_per_ml=regimen.product.concentration_mg_per_ml,
                rounding=pack.rounding,
            )
            if abs(dose.grams - now) >= Decimal(1):
                lines.append(f"{kg} kg {word}: {show(dose.grams)} g instead of {show(now)} g a day.")
                break
    return lines


def _stock(
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    ranked: Sequence[Candidate],
    first: Candidate,
    forecasts: Mapping[str, Forecast | NoForecast],
    known: Knowledge,
) -> list[str]:
    product = first.regimen.product
    next_one = next((c for c in ranked if c.rank is not None and c.regimen.product.id != product.id), None)
    then = f"{_name(next_one)} would stand first" if next_one else "nothing else could be offered"
    lines = [f"Without {product.brand} in stock: {then}."]
    if circumstances.stock is not None:
        everything = replace(circumstances, stock=None)
        lines.extend(_difference("If every product could be had", patient, goal, everything, first, forecasts, known))
    return lines


def _difference(
    condition: str,
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    first: Candidate,
    forecasts: Mapping[str, Forecast | NoForecast],
    known: Knowledge,
) -> list[str]:
    """A line when, under this one change, another candidate stands first or the first one takes longer."""
    offered = offers(patient, circumstances, known)
    regimens = candidates(patient, circumstances, offered, known)
    by_schedule = {id.split(":")[1]: forecast for id, forecast in forecasts.items()}
    usable = {r.id: forecasts.get(r.id, by_schedule.get(r.schedule.id)) for r, _ in regimens}
    regimens = tuple((r, s) for r, s in regimens if usable[r.id] is not None)
    forecast_of = {id: forecast for id, forecast in usable.items() if forecast is not None}
    ranked = assemble(patient, goal, circumstances, regimens, offered, forecast_of, known)
    other = next((c for c in ranked if c.rank == 1), None)
    if other is None:
        return [f"{condition}: nothing could be offered."]
    if other.regimen.id != first.regimen.id:
        return [f"{condition}: {_name(other)} would stand first ({show(other.regimen.hours, 1)} h)."]
    if abs(other.regimen.hours - first.regimen.hours) >= Decimal("0.5"):
        hours = f"{show(other.regimen.hours, 1)} h instead of {show(first.regimen.hours, 1)} h"
        return [f"{condition}: the same course would take {hours}."]
    return []


def _if_risk(patient: Patient, risk: str) -> str:
    stated = "not known" if patient.risks.get(risk) is None else "stated absent"
    return f"If there were {RISKS[risk]} ({stated})"


def _name(candidate: Candidate) -> str:
    return f"{candidate.regimen.product.brand} {describe_schedule(candidate)}"


def describe_schedule(candidate: Candidate) -> str:
    """The schedule in words: so much per kilogram, on so many days."""
    schedule = candidate.regimen.schedule
    days = "once" if schedule.days == 1 else f"on {schedule.days} days"
    return f"{show(schedule.g_per_kg_per_day)} g/kg {days}"
