"""A product and its labels, from products/<id>.yaml; `family: atg` heads a file of antithymocyte globulin.

The typed parts are built from facts with fixed names; every other fact keeps its own name in `facts`. A label's fixed
names: itp, phases, age_years_min, age_years_max, schedule_…, rate_start, rate_start_minutes, rate_steps,
rate_step_minutes, rate_maximum, rate_maximum_at_risk, at_risk_words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from opsonin.knowledge.blocks import Shelf, is_fact, read_fact
from opsonin.knowledge.knowledge import DoseSchedule, Fact, Label, LadderFacts, Product, Rate
from opsonin.knowledge.units import is_rate

_SCHEDULE = re.compile(r"(\d+(?:\.\d+)?)x(\d+)")
FAMILIES = ("ivig", "atg")
REGIONS = ("us", "eu", "uk", "ch")
_TO_MG_PER_ML = {"g/100 mL": Decimal(10), "mg/mL": Decimal(1)}
_LADDER = (
    "rate_start",
    "rate_start_minutes",
    "rate_steps",
    "rate_step_minutes",
    "rate_maximum",
    "rate_maximum_at_risk",
    "at_risk_words",
)


def build_product(shelf: Shelf, name: str, stem: str, document: Mapping[str, Any]) -> Product | None:
    """The product in this file, or None when the file is unusable (the reasons are with the complaints)."""
    before = len(shelf.complaints.found)
    family = document.get("family", FAMILIES[0])
    if family not in FAMILIES:
        shelf.complaints.add(name, "", "family", f"is {family!r}.", f"One of: {', '.join(FAMILIES)}.")
    facts = _facts(shelf, name, "", {k: v for k, v in document.items() if k not in ("brand", "family", "labels")})
    labels = {}
    for region, blocks in (document.get("labels") or {}).items():
        if region not in REGIONS:
            shelf.complaints.add(name, "labels", region, "is not a label region.", f"One of: {', '.join(REGIONS)}.")
            continue
        label = _label(shelf, name, region, blocks)
        if label is not None:
            labels[region] = label
    brand, strength = document.get("brand"), facts.get("concentration")
    if not isinstance(brand, str):
        shelf.complaints.add(name, "", "brand", "is missing.", "Name the product as it is sold.")
    if strength is None or strength.unit not in _TO_MG_PER_ML:
        why = f"is missing or not in {' or '.join(_TO_MG_PER_ML)}."
        shelf.complaints.add(name, "concentration", "", why, "Give the strength.")
    if len(shelf.complaints.found) > before or strength is None:
        return None
    vials = facts.get("vials")
    return Product(
        id=stem,
        brand=str(brand),
        concentration_mg_per_ml=min(_decimals(strength)) * _TO_MG_PER_ML[strength.unit],
        vials_g=tuple(sorted(_grams(vials))) if vials is not None else (),
        discontinued=facts.get("discontinued"),
        labels=MappingProxyType(labels),
        facts=MappingProxyType(facts),
        family=str(family),
    )


def _grams(vials: Fact) -> tuple[Decimal, ...]:
    """The vial sizes in grams, whichever unit they are written in."""
    return tuple(size / 1000 if vials.unit == "mg" else size for size in _decimals(vials))


def _facts(
    shelf: Shelf, name: str, path: str, blocks: Mapping[str, Any], where: tuple[str, ...] = ()
) -> dict[str, Fact]:
    found = {}
    for key, block in blocks.items():
        here = f"{path}/{key}" if path else key
        if not is_fact(block):
            shelf.complaints.add(name, path, key, "is not a fact block.", "Give it 'says' or 'value' and its source.")
            continue
        fact = read_fact(shelf, name, here, block, where=where)
        if fact is not None:
            found[key] = fact
    return found


def _label(shelf: Shelf, name: str, region: str, blocks: Mapping[str, Any]) -> Label | None:
    path = f"labels/{region}"
    facts = _facts(shelf, name, path, blocks, (region,))
    itp = facts.get("itp")
    if itp is None or not isinstance(itp.value, bool):
        if "itp" not in blocks:
            shelf.complaints.add(name, path, "itp", "is missing.", "Say true or false, with the label's words.")
        return None
    phases = facts.get("phases")
    return Label(
        region=region,
        itp=itp.value,
        itp_words=itp,
        phases=phases.value if phases is not None and phases.found else (),
        age_years_min=_number(facts.get("age_years_min")),
        age_years_max=_number(facts.get("age_years_max")),
        schedules=_schedules(shelf, name, path, facts),
        ladder=_ladder(shelf, name, path, facts),
        facts=MappingProxyType(facts),
    )


def _schedules(shelf: Shelf, name: str, path: str, facts: Mapping[str, Fact]) -> tuple[DoseSchedule, ...]:
    """The schedules a label states: each fact 'schedule_…' maps schedule ids to their conditions in words."""
    found = []
    for key, fact in facts.items():
        if not key.startswith("schedule") or not fact.found:
            continue
        if not isinstance(fact.value, Mapping):
            shelf.complaints.add(name, path, key, "is not a table.", "Write value: {1x2: condition in words or ''}.")
            continue
        for id, condition in fact.value.items():
            schedule = parse_schedule(id, condition or "", fact)
            if schedule is None:
                shelf.complaints.add(name, path, key, f"holds the schedule {id!r}.", "Write g/kg/day x days: 0.4x5.")
            else:
                found.append(schedule)
    return tuple(found)


def parse_schedule(id: str, says: str, fact: Fact) -> DoseSchedule | None:
    """'0.4x5' as a schedule: grams per kilogram and day, times days."""
    match = _SCHEDULE.fullmatch(id)
    if match is None:
        return None
    return DoseSchedule(id, Decimal(match.group(1)), int(match.group(2)), says, fact)


def _ladder(shelf: Shelf, name: str, path: str, facts: Mapping[str, Fact]) -> LadderFacts | None:
    start, maximum = _rate(shelf, facts.get("rate_start")), _rate(shelf, facts.get("rate_maximum"))
    if start is None or maximum is None:
        return None
    steps, minutes = facts.get("rate_steps"), facts.get("rate_step_minutes")
    words, start_minutes = facts.get("at_risk_words"), facts.get("rate_start_minutes")
    each: tuple[Rate, ...] = ()
    if steps is not None and steps.found and is_rate(steps.unit):
        each = tuple(Rate(value, steps.unit, steps) for value in _decimals(steps))
    spans = sorted(_decimals(minutes)) if minutes is not None and minutes.found else []
    return LadderFacts(
        start=start,
        start_minutes=start_minutes if start_minutes is not None and start_minutes.found else None,
        steps=each,
        step_minutes=(spans[0], spans[-1]) if spans else None,
        maximum=maximum,
        maximum_at_risk=_rate(shelf, facts.get("rate_maximum_at_risk")),
        at_risk_words=words,
        facts=tuple(facts[key] for key in _LADDER if key in facts),
    )


def _rate(shelf: Shelf, fact: Fact | None) -> Rate | None:
    if fact is None or not fact.found:
        return None
    if not is_rate(fact.unit) or not isinstance(fact.value, Decimal):
        shelf.complaints.add(
            fact.id, "", "unit", "is not an infusion rate per body weight.", "Use mg/kg/min or mL/kg/…."
        )
        return None
    return Rate(fact.value, fact.unit, fact)


def _number(fact: Fact | None) -> Decimal | None:
    return fact.number() if fact is not None and fact.found else None


def _decimals(fact: Fact) -> tuple[Decimal, ...]:
    if not fact.found:
        return ()
    return fact.value if isinstance(fact.value, tuple) else (fact.value,)
