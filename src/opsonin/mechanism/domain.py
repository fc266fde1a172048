"""For whom and for which courses does the model hold? The limits stand on the shelf with the model.

A fact that is missing is never filled in silence: without a count there is no forecast, and every other gap becomes
an assumption in words that the forecast carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Knowledge
from opsonin.patient import Patient
from opsonin.quantities import show
from opsonin.regimen import Regimen

FITTED_MODEL = "ivig_itp_2026_11_26b"
_DOMAINS = {group: f"models/{FITTED_MODEL}/{group}" for group in ("adults", "children")}


def group_of(patient: Patient) -> str:
    """Whose fitted population this is: "adults" or "children"."""
    return "adults" if patient.is_adult else "children"


def domain_fact(patient: Patient) -> str:
    """The id of the fact that says for whom the model of this age group holds."""
    return _DOMAINS[group_of(patient)]


@dataclass(frozen=True)
class Limit:
    """A limit this person or course lies beyond."""

    field: str
    value: str
    limit: str


def limits_passed(patient: Patient, regimen: Regimen, *, as_of: date, knowledge: Knowledge) -> tuple[Limit, ...]:
    """Every limit of the model's domain that this person or this course lies beyond; empty when it holds.

    Sources: models/ivig_itp_2026_11_26b (adults, children).
    """
    hard = knowledge.fact(domain_fact(patient)).holds_for["hard"]
    return (*_person(patient, hard, as_of), *_course(patient, regimen, hard))


def episode_limits(
    patient: Patient, courses: Sequence[tuple[Decimal, int]], *, as_of: date, knowledge: Knowledge
) -> tuple[Limit, ...]:
    """The same for courses that were really given: (grams, days from first to last infusion) of each.

    Given grams are rounded to vials, so grams per kilogram are judged to one decimal place.
    Sources: models/ivig_itp_2026_11_26b (adults, children).
    """
    hard = knowledge.fact(domain_fact(patient)).holds_for["hard"]
    found = list(_person(patient, hard, as_of))
    for grams, days in courses:
        per_kg = round(grams / patient.weight.kg, 1)
        found += _span("total dose per actual body weight", per_kg, hard["total_g_per_kg"], "g/kg")
        found += _span("length of the course", Decimal(days), hard["course_days"], "days")
    return tuple(dict.fromkeys(found))


def _person(patient: Patient, hard: Mapping[str, Any], as_of: date) -> Iterator[Limit]:
    diagnosis, count = patient.diagnosis, patient.latest("platelets")
    if diagnosis.name != hard["diagnosis"]:
        yield Limit("diagnosis", diagnosis.name, "primary immune thrombocytopenia")
    yield from _new_enough(patient, hard, as_of)
    yield from _span("age", patient.age_years, hard["age_years"], "years")
    yield from _span("weight", patient.weight.kg, hard["weight_kg"], "kg")
    if count is None:
        yield Limit("platelet count", "not known", "a measured platelet count is needed as the baseline")
    else:
        yield from _span("latest platelet count", count.value, hard["platelets_10e9_per_l"], "×10⁹/L")
    if diagnosis.spleen is not None and diagnosis.spleen != hard["spleen"]:
        yield Limit("spleen", diagnosis.spleen, "spleen in place")
    if patient.pregnant is True and hard["pregnant"] is False:
        yield Limit("pregnancy", "pregnant", "not pregnant")
    days = int(hard["days_since_platelet_raising_change"][0])
    for what, when in _recent(patient, as_of, days):
        limit = f"none started, changed or last given within {days} days"
        yield Limit("platelet-raising treatment", f"{what} on {when.isoformat()}", limit)


def _new_enough(patient: Patient, hard: Mapping[str, Any], as_of: date) -> Iterator[Limit]:
    """The phase and the time since diagnosis, where the domain names them."""
    diagnosis, phase, days = patient.diagnosis, hard["phase"], hard["days_since_diagnosis"]
    if phase is not None and diagnosis.phase != phase:
        yield Limit("phase", diagnosis.phase or "not known", phase.replace("-", " "))
    if days is not None and diagnosis.since is not None:
        yield from _span("time since diagnosis", Decimal((as_of - diagnosis.since).days), days, "days")


def _course(patient: Patient, regimen: Regimen, hard: Mapping[str, Any]) -> Iterator[Limit]:
    """Limits of the dose as calculated, before it is rounded to vials."""
    total_g = sum((i.dose.calculated_g for i in regimen.infusions), Decimal(0))
    per_kg = total_g / patient.weight.kg
    yield from _span("total dose per actual body weight", round(per_kg, 2), hard["total_g_per_kg"], "g/kg")
    days = max((i.dose.day for i in regimen.infusions), default=0)
    yield from _span("length of the course", Decimal(days), hard["course_days"], "days")


def _span(field: str, value: Decimal, span: tuple[Decimal, Decimal | None], unit: str) -> Iterator[Limit]:
    low, high = span
    if value < low or (high is not None and value > high):
        words = f"{low} {unit} or more" if high is None else f"{low}–{high} {unit}"
        yield Limit(field, f"{show(value, 2)} {unit}", words)


def _recent(patient: Patient, as_of: date, days: int) -> Iterator[tuple[str, date]]:
    """Platelet-raising medicines begun or changed, and treatments for ITP last given, in the last `days` days."""
    for medicine in patient.medicines or ():
        if medicine.raises_platelets:
            for word, when in (("started", medicine.started_on), ("changed", medicine.changed_on)):
                if when is not None and (as_of - when).days < days:
                    yield f"{medicine.name} {word}", when
    for dose in patient.given or ():
        if (as_of - dose.given_on).days <= days:
            yield f"immunoglobulin ({dose.product}) given", dose.given_on
    for treatment in patient.treatments:
        if treatment.last_on is not None and (as_of - treatment.last_on).days < days:
            yield f"{treatment.treatment} last given", treatment.last_on


def assumptions(patient: Patient, *, knowledge: Knowledge) -> tuple[str, ...]:
    """What the forecast takes for granted because the case does not say it, in words."""
    holds = knowledge.fact(domain_fact(patient)).holds_for
    hard = holds["hard"]
    days = int(hard["days_since_platelet_raising_change"][0])
    low, high = holds["soft"]["pregnancy_asked_at_years"]
    return tuple(_assumptions(patient, days, low, high, recovers=hard["days_since_diagnosis"] is not None))


def _assumptions(patient: Patient, days: int, low: Decimal, high: Decimal, *, recovers: bool) -> Iterator[str]:
    if patient.diagnosis.spleen is None:
        yield "Spleen not stated: taken as in place."
    if patient.pregnant is None and patient.sex != "male" and low <= patient.age_years <= high:
        yield "Pregnancy not stated: taken as not pregnant."
    if patient.medicines is None:
        yield f"Medicines not stated: taken as none that raises platelets started or changed in the last {days} days."
    for medicine in patient.medicines or ():
        if medicine.raises_platelets is None:
            yield f"Whether {medicine.name} raises platelets is not stated: taken as not."
        elif medicine.raises_platelets and medicine.started_on is None and medicine.changed_on is None:
            yield f"When {medicine.name} was started is not stated: taken as unchanged for more than {days} days."
    if patient.corticosteroids == "current":
        yield f"Corticosteroids are current: taken as unchanged for more than {days} days unless a date says otherwise."
    for treatment in patient.treatments:
        if treatment.last_on is None:
            yield f"When {treatment.treatment} was last given is not stated: taken as more than {days} days ago."
    if recovers:
        yield "The disease may go by itself; the clock of natural recovery starts with the first infusion."
        if patient.diagnosis.since is None:
            yield "Day of diagnosis not stated: taken as recent."
    if patient.latest("igg") is None:
        yield "Serum IgG not known: drawn from the population."
