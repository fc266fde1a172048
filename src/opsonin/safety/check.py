"""Which rules speak? Each rule on the shelf says when it applies in the small vocabulary below; here it is read.

A condition holds only on what is known: a risk that was not stated never makes a rule speak, and the plan lists it
among what is not known. All conditions of one rule must hold. More known risks can only add findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from opsonin.errors import KnowledgeError
from opsonin.knowledge import Fact, Knowledge, Product, Rule
from opsonin.patient import Circumstances, Patient
from opsonin.quantities import show
from opsonin.regimen import Regimen
from opsonin.safety.finding import Finding

_MONTH = Decimal("30.4375")  # mean Gregorian month, for intervals stated in months


@dataclass(frozen=True)
class Course:
    """The facts of a regimen that rules look at.

    A dose counts as the larger of what was ordered (per dosing kilogram) and what is really given (per actual
    kilogram), so that neither rounding down to vials nor a lighter dosing weight takes a course below a threshold it
    was ordered at.
    """

    total_g_per_kg: Decimal
    daily_g_per_kg: Decimal
    daily_ml_per_kg: Decimal
    days: int

    @staticmethod
    def of(regimen: Regimen) -> Course:
        kg = regimen.weight.actual_kg
        ordered = regimen.schedule.g_per_kg_per_day
        return Course(
            total_g_per_kg=max(regimen.total_g / kg, ordered * regimen.schedule.days),
            daily_g_per_kg=max(max(i.dose.grams for i in regimen.infusions) / kg, ordered),
            daily_ml_per_kg=max(i.dose.volume_ml for i in regimen.infusions) / kg,
            days=len(regimen.infusions),
        )


@dataclass(frozen=True)
class Situation:
    """Everything one rule may look at."""

    patient: Patient
    circumstances: Circumstances
    product: Product | None
    course: Course | None
    schedule_g_per_kg_per_day: Decimal | None
    restart_after_weeks: Decimal | None


def names_any(texts: Iterable[str], wanted: Any) -> bool:
    """Whether a text names one of the wanted words: acronyms as whole words, other words by how they begin.

    >>> names_any(["Medication stopped, white cells normal"], ("DIC", "HIT"))
    False
    >>> names_any(["possible ttp", "Schistocytes seen"], ("TTP",)), names_any(["Schistocytes seen"], ("schistocyte",))
    (True, True)
    """
    patterns = [rf"\b{re.escape(word)}" + (r"\b" if word.isupper() else "") for word in map(str, _as_tuple(wanted))]
    return any(re.search(pattern, text, re.IGNORECASE) for text in texts for pattern in patterns)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _live_vaccine_within(s: Situation, months: Any) -> bool:
    latest = s.circumstances.as_of + timedelta(days=int(Decimal(months) * _MONTH))
    planned = s.patient.vaccines or ()
    return any(v.live is True and (v.planned_on is None or v.planned_on <= latest) for v in planned)


def starts_afresh(s: Situation) -> bool | None:
    """Whether this is a first infusion, a new brand, or a long gap; None when the history was not stated."""
    if s.product is None or (s.patient.tolerated is None and s.patient.given is None):
        return None
    history = [(earlier.product, earlier.given_on) for earlier in s.patient.tolerated or ()]
    history += [(earlier.product, earlier.given_on) for earlier in s.patient.given or ()]
    same = [given_on for product, given_on in history if product == s.product.id]
    if not same:
        return True
    if s.restart_after_weeks is None:
        return False
    return max(same) + timedelta(weeks=int(s.restart_after_weeks)) < s.circumstances.as_of


Condition = Callable[[Situation, Any], bool]

_ABOUT_PERSON: dict[str, Condition] = {
    "always": lambda s, v: bool(v),
    "risk": lambda s, v: s.patient.has(v),
    "any_risk": lambda s, v: any(s.patient.has(r) for r in _as_tuple(v)),
    "all_risks": lambda s, v: all(s.patient.has(r) for r in _as_tuple(v)),
    "unknown_risk": lambda s, v: s.patient.risks.get(v) is None,
    "age_years_below": lambda s, v: s.patient.age_years < Decimal(v),
    "age_years_from": lambda s, v: s.patient.age_years >= Decimal(v),
    "age_years_above": lambda s, v: s.patient.age_years > Decimal(v),
    "blood_group_in": lambda s, v: s.patient.blood_group in _as_tuple(v),
    "pregnant": lambda s, v: s.patient.pregnant is bool(v),
    "lactating": lambda s, v: s.patient.lactating is bool(v),
    "medicine_contains": lambda s, v: names_any([m.name for m in s.patient.medicines or ()], v),
    "live_vaccine_planned_within_months": _live_vaccine_within,
    "diagnosis_secondary": lambda s, v: (s.patient.diagnosis.name == "secondary-itp") is bool(v),
    "diagnosis_name_contains": lambda s, v: names_any([s.patient.diagnosis.name], v),
    "spleen": lambda s, v: s.patient.diagnosis.spleen == v,
    "red_flag_contains": lambda s, v: names_any(s.patient.red_flags, v),
    "bleeding_grade_from": lambda s, v: s.patient.bleeding.grade is not None and s.patient.bleeding.grade >= int(v),
    "weight_older_than_days": lambda s, v: (s.circumstances.as_of - s.patient.weight.taken_on).days > int(v),
}

_ABOUT_PRODUCT: dict[str, Condition] = {
    "first_infusion_or_switch_or_gap": lambda s, v: starts_afresh(s) is bool(v),
}

_ABOUT_COURSE: dict[str, Condition] = {
    "total_g_per_kg_from": lambda s, v: s.course is not None and s.course.total_g_per_kg >= Decimal(v),
    "daily_g_per_kg_above": lambda s, v: s.course is not None and s.course.daily_g_per_kg > Decimal(v),
    "schedule_g_per_kg_per_day_from": lambda s, v: (
        s.schedule_g_per_kg_per_day is not None and s.schedule_g_per_kg_per_day >= Decimal(v)
    ),
    "volume_ml_per_kg_above": lambda s, v: s.course is not None and s.course.daily_ml_per_kg > Decimal(v),
    "days_from": lambda s, v: s.course is not None and s.course.days >= int(v),
}

VOCABULARY: frozenset[str] = frozenset({**_ABOUT_PERSON, **_ABOUT_PRODUCT, **_ABOUT_COURSE})
_CONDITIONS: Mapping[str, Condition] = {**_ABOUT_PERSON, **_ABOUT_PRODUCT, **_ABOUT_COURSE}


def check_patient(patient: Patient, circumstances: Circumstances, known: Knowledge) -> tuple[Finding, ...]:
    """What is to be said about this person whatever is given: rules for every product that look at the person only."""
    situation = Situation(patient, circumstances, None, None, None, None)
    rules = [r for r in _for_pack(known, circumstances) if not r.products and set(r.when) <= set(_ABOUT_PERSON)]
    return _speak(rules, situation)


def check_product(
    patient: Patient, circumstances: Circumstances, product: Product, known: Knowledge
) -> tuple[Finding, ...]:
    """What is to be said about this product in this person, whatever the schedule."""
    situation = Situation(patient, circumstances, product, None, None, _restart_weeks(known, circumstances))
    rules = [
        r
        for r in _for_pack(known, circumstances)
        if _concerns(r, product)
        and not set(r.when) & set(_ABOUT_COURSE)
        and (r.products or set(r.when) & set(_ABOUT_PRODUCT))
    ]
    return _speak(rules, situation)


def check_regimen(
    patient: Patient, circumstances: Circumstances, regimen: Regimen, known: Knowledge
) -> tuple[Finding, ...]:
    """What is to be said about this dose of this product in this person."""
    situation = Situation(
        patient,
        circumstances,
        regimen.product,
        Course.of(regimen),
        regimen.schedule.g_per_kg_per_day,
        _restart_weeks(known, circumstances),
    )
    rules = [
        r for r in _for_pack(known, circumstances) if _concerns(r, regimen.product) and set(r.when) & set(_ABOUT_COURSE)
    ]
    return _speak(rules, situation)


def rate_at_risk(patient: Patient, known: Knowledge) -> tuple[tuple[str, ...], Fact]:
    """The facts about this person that call for the reduced maximum rate, and the policy that says so."""
    policy = known.fact("policies/rate_at_risk/applies_when")
    reasons = [risk for risk in _as_tuple(policy.value["risks"]) if patient.has(risk)]
    above = Decimal(policy.value["age_years_above"])
    if patient.age_years > above:
        reasons.append(f"age above {show(above)} years")
    return tuple(reasons), policy


def _for_pack(known: Knowledge, circumstances: Circumstances) -> list[Rule]:
    rules = known.rules_of("ivig")
    for rule in rules:
        unknown = set(rule.when) - VOCABULARY
        if unknown or not rule.when:  # a rule that cannot be read must never be passed over in silence
            odd = ", ".join(sorted(unknown)) or "no condition"
            raise KnowledgeError(f"Rule {rule.id} uses {odd}; known: {', '.join(sorted(VOCABULARY))}.")
    return [r for r in rules if not r.packs or circumstances.pack in r.packs]


def _concerns(rule: Rule, product: Product) -> bool:
    return not rule.products or product.id in rule.products


def _restart_weeks(known: Knowledge, circumstances: Circumstances) -> Decimal | None:
    fact = known.pack(circumstances.pack).restart_after_weeks
    return fact.number() if fact is not None and fact.found else None


def _speak(rules: Iterable[Rule], situation: Situation) -> tuple[Finding, ...]:
    findings = [Finding(r.id, r.severity, r.says, r.reason, r.remedy, (r.fact,)) for r in rules if _holds(r, situation)]
    order = {"absolute": 0, "conditional": 1, "advisory": 2}
    return tuple(sorted(findings, key=lambda f: (order[f.severity], f.rule)))


def _holds(rule: Rule, situation: Situation) -> bool:
    return all(_CONDITIONS[key](situation, value) for key, value in rule.when.items())
