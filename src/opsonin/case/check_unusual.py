"""Is an amount possible, but far likelier in another unit? Then the case must confirm it: a soft limit.

Pounds typed as kilograms more than double a dose and stay within what people can weigh, so no hard limit catches them.
An amount is asked about only when it is unusual as written and the same digits in another unit would be usual.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from opsonin.case import limits
from opsonin.case.document import Place
from opsonin.case.growth import usual_weight_kg
from opsonin.case.sight import Seen
from opsonin.quantities import show, unit_in_words, unit_kinds


def check_unusual(sight: Seen) -> None:
    for index, weight in enumerate(sight.file.weights or []):
        _ask(sight, ("weights", index, "value"), weight, "weight", lambda kg: _unusual_weight(sight, kg))
    for index, one in enumerate(sight.file.measured or []):
        if one.what is not None:
            within = limits.measured_limits(one.what)
            _ask(sight, ("measured", index, "value"), one, within.kind, partial(_unusual_value, within))


def _ask(sight: Seen, place: Place, entry: Any, kind: str, unusual: Callable[[Decimal], str]) -> None:
    """Note an amount that is unusual, and why, while its digits in another unit would be usual."""
    if entry.value is None or entry.confirmed or sight.notes.touched(place):
        return
    because = unusual(entry.value.amount)
    likelier: dict[Decimal, str] = {}
    for other in limits.in_other_units(entry.value, kind):
        if not unusual(other.amount):
            likelier.setdefault(other.amount, f'"{other.written}"')
    if because and likelier:
        meant = " or ".join(likelier.values())
        why = f"is possible but unusual ({because}), while {meant} would be usual."
        height = "give patient.height, or " if because == _NO_HEIGHT else ""
        sight.notes.add(place, why, f'Correct the unit; if it is right as written, {height}add "confirmed: yes" to it.')


def _unusual_value(within: limits.Limits, amount: Decimal) -> str:
    if within.usual(amount):
        return ""
    return f"usual is {within.usual_low} to {within.usual_high} {unit_in_words(unit_kinds()[within.kind][0])}"


_NO_HEIGHT = "and there is no height to compare it with"


def _unusual_weight(sight: Seen, kg: Decimal) -> str:
    """Why this weight is unusual for this person; empty when it is not, or when too little is known to say."""
    patient, age = sight.file.patient, sight.age_years
    if patient is None or age is None:
        return ""
    if age < limits.ADULT_FROM_YEARS:
        low, high = usual_weight_kg(age, patient.sex)
        if low <= kg <= high:
            return ""
        side = f"above {show(high, 1)} kg, the 97th" if kg > high else f"below {show(low, 1)} kg, the 3rd"
        return f"{side} percentile of the CDC growth charts at {show(age, 1)} years"
    if patient.height is not None and patient.height.amount > 0:
        index, (lowest, highest) = kg / (patient.height.amount / 100) ** 2, limits.USUAL_BODY_MASS_INDEX
        if lowest <= index <= highest:
            return ""
        return f"a body-mass index of {show(index, 1)} kg/m² with a height of {show(patient.height.amount, 1)} cm"
    lowest, highest = limits.USUAL_ADULT_KG
    return "" if lowest <= kg <= highest else _NO_HEIGHT
