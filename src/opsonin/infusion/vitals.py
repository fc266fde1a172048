"""Are these vital signs complete, within the team's limits against the first set, or a sign of danger by themselves?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from opsonin.infusion.happenings import VitalSigns
from opsonin.infusion.rules import Rules
from opsonin.quantities import show

NAMES = {
    "temperature": "temperature",
    "systolic": "blood pressure",
    "pulse": "pulse",
    "respiratory_rate": "breathing rate",
    "oxygen_saturation": "oxygen saturation",
}
# Limit → (sign, comparison, unit). "change" is either way, in percent of the first set; "rise" in the sign's own unit.
_LIMITS = {
    "pulse_below_per_min": ("pulse", "below", "/min"),
    "pulse_above_per_min": ("pulse", "above", "/min"),
    "pulse_change_percent": ("pulse", "change", "%"),
    "systolic_below_mmhg": ("systolic", "below", "mmHg"),
    "systolic_above_mmhg": ("systolic", "above", "mmHg"),
    "systolic_change_percent": ("systolic", "change", "%"),
    "temperature_above_c": ("temperature", "above", "°C"),
    "temperature_rise_c": ("temperature", "rise", "°C"),
    "respiratory_rate_below_per_min": ("respiratory_rate", "below", "/min"),
    "respiratory_rate_above_per_min": ("respiratory_rate", "above", "/min"),
    "oxygen_saturation_below_percent": ("oxygen_saturation", "below", "%"),
}


def value(signs: VitalSigns, name: str) -> Decimal | None:
    """One sign of a set by its name."""
    found: Decimal | None = getattr(signs, "temperature_c" if name == "temperature" else name)
    return found


def signs_asked(needed: tuple[str, ...], limits: Mapping[str, Decimal]) -> tuple[str, ...]:
    """What a set must hold: what the rules ask for, and every sign the team has a limit for."""
    extra = (_LIMITS[limit][0] for limit in limits if limit in _LIMITS)
    return tuple(dict.fromkeys((*needed, *extra)))


def missing(signs: VitalSigns, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The names, in words, of what this set lacks."""
    return tuple(NAMES[name] for name in asked if value(signs, name) is None)


def beyond(signs: VitalSigns, first: VitalSigns | None, limits: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Every limit of the team that this set passes, in words."""
    return tuple(_passed(signs, first, limits))


def _passed(signs: VitalSigns, first: VitalSigns | None, limits: Mapping[str, Decimal]) -> Iterator[str]:
    for limit, at in limits.items():
        if limit not in _LIMITS:
            continue
        name, how, unit = _LIMITS[limit]
        now, before = value(signs, name), value(first, name) if first is not None else None
        if now is None:
            continue
        if how == "below" and now < at:
            yield f"{NAMES[name]} {show(now)} {unit} is below {show(at)}"
        elif how == "above" and now > at:
            yield f"{NAMES[name]} {show(now)} {unit} is above {show(at)}"
        elif how == "rise" and before is not None and now - before > at:
            yield f"{NAMES[name]} has risen by {show(now - before)} {unit}, more than {show(at)}"
        elif how == "change" and before and abs(now - before) * 100 > at * before:
            percent = (now - before) * 100 / before
            yield f"{NAMES[name]} has moved by {show(percent, 0)} % from {show(before)}, more than {show(at)} %"


def unlimited(asked: tuple[str, ...], limits: Mapping[str, Decimal]) -> tuple[str, ...]:
    """The names, in words, of signs for which the team has named no limit."""
    limited = {_LIMITS[limit][0] for limit in limits if limit in _LIMITS}
    return tuple(NAMES[name] for name in asked if name not in limited)


def danger(signs: VitalSigns, first: VitalSigns | None, *, is_adult: bool, rules: Rules) -> dict[str, str]:
    """Organ system → why this set is a sign of a severe reaction by itself, from the scales on the shelf.

    An absolute pressure counts only where the first set was not already below it.
    """
    found = {}
    oxygen = rules.severe_signs.value["oxygen_saturation_at_most"]
    if signs.oxygen_saturation is not None and signs.oxygen_saturation <= oxygen:
        found["breathing"] = f"oxygen saturation {show(signs.oxygen_saturation)} %, at or below {show(oxygen)}"
    start = first.systolic if first is not None else None
    if signs.systolic is None:
        return found
    low = rules.low_pressure.value["systolic_below_in_adults"]
    fall = rules.low_pressure.value["fall_percent_above"]
    if is_adult and signs.systolic < low and (start is None or start >= low):
        found["circulation"] = f"systolic pressure {show(signs.systolic)} mmHg, below {show(low)}"
    elif start is not None and (start - signs.systolic) * 100 > fall * start:
        found["circulation"] = (
            f"systolic pressure {show(signs.systolic)} mmHg, more than {show(fall)} % below {show(start)}"
        )
    return found


def in_words(signs: VitalSigns) -> str:
    """The set on one line: 36.8 °C, 120/75 mmHg, 80/min, 16 breaths/min, 98 %."""
    pressure = ""
    if signs.systolic is not None:
        lower = f"/{show(signs.diastolic)}" if signs.diastolic is not None else ""
        pressure = f"{show(signs.systolic)}{lower} mmHg"
    parts = [
        f"{show(signs.temperature_c)} °C" if signs.temperature_c is not None else "",
        pressure,
        f"pulse {show(signs.pulse)}" if signs.pulse is not None else "",
        f"breathing {show(signs.respiratory_rate)}" if signs.respiratory_rate is not None else "",
        f"SpO₂ {show(signs.oxygen_saturation)} %" if signs.oxygen_saturation is not None else "",
        {True: "judged acceptable", False: "judged not acceptable", None: ""}[signs.acceptable],
    ]
    return ", ".join(part for part in parts if part)
