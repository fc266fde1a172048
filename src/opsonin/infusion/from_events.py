"""From the one vocabulary of events to what happened at this bedside. Corrections are applied; nothing is defaulted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from opsonin.errors import InputRefused, Problem
from opsonin.infusion import happenings as has
from opsonin.infusion.happenings import Happening
from opsonin.patient.event import IMMUNOGLOBULIN, Event, standing

_FIX = "Write it; `opsonin schema event` prints the form of a line."
CHART = "infusion chart"  # the source of the event that says what ran in; it is made from the others
AT_BEDSIDE = ("start", "rate", "vitals", "symptom", "given", "pause", "resume", "bag", "stop", "end", "note")


def name_of(regimen: str, day: int) -> str:
    """The name under which the events of one day's infusion belong together.

    >>> name_of("gamunex_c:1x2", 2)
    'gamunex_c:1x2:day-2'
    """
    return f"{regimen}:day-{day}"


def named(infusion: str) -> tuple[str, int] | None:
    """Regimen and day of such a name; None when it is another kind of name."""
    regimen, _, day = infusion.rpartition(":day-")
    return (regimen, int(day)) if regimen and day.isdigit() else None


def happened(events: Iterable[Event], infusion: str, symptoms: Mapping[str, Any]) -> tuple[Happening, ...]:
    """What these events say of one infusion, oldest first. Raises InputRefused naming what a line lacks.

    `symptoms`: the symptoms of the shelf; any other is entered as "other", with its words.
    """
    found, problems = [], []
    for event in standing(tuple(events)):
        if event.infusion != infusion or event.kind not in AT_BEDSIDE:
            continue
        problems += [Problem(f"{event.place}.{name}", "", why, _FIX) for name, why in _lacks(event)]
        if not problems and not (event.kind == "given" and (event.what == IMMUNOGLOBULIN or event.source == CHART)):
            found.append(_MAKE[event.kind](event, symptoms))
    if problems:
        raise InputRefused(problems, source="events of the infusion")
    return tuple(found)


def _lacks(event: Event) -> list[tuple[str, str]]:
    """What the chart needs beyond what the vocabulary asks for."""
    if event.kind == "start" and event.rate is None:
        return [("rate", "is missing: the chart counts from the first rate.")]
    if event.kind == "start" and (event.hung is None or event.hung.concentration is None):
        return [("concentration", "is missing.")]
    if event.kind == "symptom" and not event.severity:
        return [("severity", "is missing: the rules answer to how bad it is.")]
    if event.kind == "symptom" and event.severity == "passed" and not event.what:
        return [("what", f'is missing: say which symptom passed, or "{has.EVERYTHING}".')]
    return []


def _about(event: Event) -> dict[str, Any]:
    return {"at": event.at, "who": event.who, "place": event.place}


def _start(event: Event, _: Mapping[str, Any]) -> Happening:
    hung, rate = event.hung, event.rate
    assert hung is not None and hung.concentration is not None and rate is not None
    return has.Started(
        **_about(event),
        product=event.product or "",
        ml_per_h=rate.amount,
        mg_per_ml=hung.concentration.amount,
        lot=", ".join(hung.lots),
        vials_g=tuple(vial.amount for vial in hung.vials),
        pooled_at=event.made,
    )


def _rate(event: Event, _: Mapping[str, Any]) -> Happening:
    assert event.rate is not None
    return has.RateSet(**_about(event), ml_per_h=event.rate.amount)


def _signs(event: Event, _: Mapping[str, Any]) -> Happening:
    vitals = event.vitals
    assert vitals is not None
    pressure = vitals.blood_pressure
    return has.VitalSigns(
        **_about(event),
        temperature_c=_amount(vitals.temperature),
        systolic=pressure.systolic_mmhg if pressure is not None else None,
        diastolic=pressure.diastolic_mmhg if pressure is not None else None,
        pulse=_amount(vitals.pulse),
        respiratory_rate=_amount(vitals.respiratory_rate),
        oxygen_saturation=_amount(vitals.oxygen_saturation),
        acceptable={"acceptable": True, "not-acceptable": False}.get(event.judged),
    )


def _symptom(event: Event, symptoms: Mapping[str, Any]) -> Happening:
    what = event.what if event.what in symptoms or event.what == has.EVERYTHING else "other"
    if event.severity == "passed":
        return has.SymptomPassed(**_about(event), what=what)
    return has.Symptom(**_about(event), what=what, severity=event.severity, says=event.says)


def _medicine(event: Event, _: Mapping[str, Any]) -> Happening:
    words = " ".join(part for part in (event.what, event.dose, event.route) if part)
    return has.MedicineGiven(**_about(event), what=words, says=event.says)


def _bag(event: Event, _: Mapping[str, Any]) -> Happening:
    hung = event.hung
    assert hung is not None
    vials = tuple(vial.amount for vial in hung.vials)
    return has.BagChanged(**_about(event), lot=", ".join(hung.lots), vials_g=vials, pooled_at=event.made)


def _amount(quantity: Any) -> Decimal | None:
    return quantity.amount if quantity is not None else None


_MAKE: Mapping[str, Callable[[Event, Mapping[str, Any]], Happening]] = {
    "start": _start,
    "rate": _rate,
    "vitals": _signs,
    "symptom": _symptom,
    "given": _medicine,
    "pause": lambda event, _: has.Paused(**_about(event), says=event.reason, pump_ml=_amount(event.volume)),
    "resume": lambda event, _: has.Resumed(**_about(event), ml_per_h=_amount(event.rate)),
    "bag": _bag,
    "stop": lambda event, _: has.Stopped(**_about(event), says=event.reason, pump_ml=_amount(event.volume)),
    "end": lambda event, _: has.Ended(**_about(event), pump_ml=_amount(event.volume)),
    "note": lambda event, _: has.Noted(**_about(event), says=event.says),
}
