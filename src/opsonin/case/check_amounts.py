"""Is every amount possible, and plausible at this age? Slipped points, wrong units and wrong fields are caught here."""

from __future__ import annotations

from decimal import Decimal

from opsonin.case import limits
from opsonin.case.document import Place
from opsonin.case.limits import Limits, implausible
from opsonin.case.sight import Seen, Sight
from opsonin.quantities import Quantity, show


def check_amounts(sight: Sight) -> None:
    body(sight)
    weight_change(sight)
    measured_amounts(sight)
    _goal_count(sight)
    _doses_and_rates(sight)
    _stock_and_pump(sight)
    team_limits(sight)


def within(sight: Seen, place: Place, quantity: Quantity | None, within: Limits) -> bool:
    """Note an amount outside its limits; whether there is one inside them."""
    if quantity is None:
        return False
    found = implausible(quantity, within)
    if found is not None:
        sight.notes.add(place, *found)
    return found is None


def body(sight: Seen) -> None:
    age = sight.age_years if sight.age_years is not None and sight.age_years <= limits.OLDEST_YEARS else None
    height = sight.file.patient.height if sight.file.patient else None
    height_fits = within(sight, ("patient", "height"), height, limits.height_limits(age))
    for index, weight in enumerate(sight.file.weights or []):
        place = ("weights", index, "value")
        fits = within(sight, place, weight.value, limits.weight_limits(age))
        if fits and height_fits and weight.value and height:
            last = index == len(sight.file.weights or []) - 1
            if last and (age is None or age >= limits.BODY_MASS_INDEX_FROM_YEARS):
                _body_mass_index(sight, place, weight.value, height)


def _body_mass_index(sight: Seen, place: Place, weight: Quantity, height: Quantity) -> None:
    index = weight.amount / (height.amount / 100) ** 2
    low, high = limits.BODY_MASS_INDEX
    if low <= index <= high:
        return
    what = f"a body-mass index of {show(index, 1)} kg/m²"
    why = f"with a height of {show(height.amount, 1)} cm gives {what}, which is not plausible."
    other = weight.amount * _LB_IN_KG / (height.amount / 100) ** 2
    meant = "Was lb meant? " if index > high and low <= other <= high else ""
    sight.notes.add(place, why, f"{meant}Correct the weight or the height.")


_LB_IN_KG = Decimal("0.45359237")


def weight_change(sight: Seen) -> None:
    """A weight far from the one before it: swapped digits, or pounds among kilograms."""
    low, high = limits.WEIGHT_CHANGE
    if sight.age_years is None or sight.age_years < 1:
        return
    weights = sight.file.weights or []
    for index in range(1, len(weights)):
        before, now, place = weights[index - 1], weights[index], ("weights", index, "value")
        if not (before.value and now.value and before.date and now.date) or sight.notes.touched(place):
            continue
        if before.value.amount <= 0 or not 0 < (now.date - before.date).days <= limits.WEIGHT_CHANGE_DAYS:
            continue
        if not low <= now.value.amount / before.value.amount <= high:
            why = f"is too far from {before.value.written} on {before.date.isoformat()} to be the same person's weight."
            sight.notes.add(place, why, "Weigh again, or correct the number or the unit of one of the two.")


def measured_amounts(sight: Seen) -> None:
    for index, one in enumerate(sight.file.measured or []):
        if one.what is not None:
            within(sight, ("measured", index, "value"), one.value, limits.measured_limits(one.what))


def _goal_count(sight: Sight) -> None:
    goal = sight.file.goal
    if goal is not None:
        within(sight, ("goal", "count"), goal.count, limits.GOAL_COUNT)


def _doses_and_rates(sight: Sight) -> None:
    for index, given in enumerate(sight.file.given or []):
        within(sight, ("given", index, "grams"), given.grams, limits.GRAMS_GIVEN)
    for index, tolerated in enumerate(sight.file.tolerated or []):
        rate, place = tolerated.highest_rate, ("tolerated", index, "highest_rate")
        if rate is not None and rate.unit != "mL/kg/h":
            why = "is a rate of protein, which becomes a volume only with the product's strength."
            remedy = "Write mL/kg/h: 1 mg/kg/min is 0.6 mL/kg/h of a 10 % and 1.2 mL/kg/h of a 5 % product."
            sight.notes.add(place, why, remedy)
        else:
            within(sight, place, rate, limits.TOLERATED_RATE)


def _stock_and_pump(sight: Sight) -> None:
    for index, item in enumerate(sight.file.stock or []):
        for number, vial in enumerate(item.vials or []):
            within(sight, ("stock", index, "vials", number), vial, limits.VIAL)
    if sight.file.pump is not None:
        within(sight, ("pump", "resolution"), sight.file.pump.resolution, limits.PUMP_STEP)


def team_limits(sight: Seen) -> None:
    """Limits for vital signs that a living person could pass, the lower below the higher."""
    said = sight.file.limits
    for name in type(said).model_fields if said is not None else ():
        change = "change" if name.endswith("_change") else name
        sign = name.rpartition("_")[0]
        within(
            sight, ("limits", name), getattr(said, name), limits.TEAM_CHANGES.get(change) or limits.TEAM_LIMITS[sign]
        )
    for sign in ("pulse", "systolic", "respiratory_rate"):
        low, high = (getattr(said, f"{sign}_{side}", None) for side in ("below", "above"))
        if low is not None and high is not None and low.amount >= high.amount:
            why = f"is not below {sign}_above, {high.written}."
            sight.notes.add(("limits", f"{sign}_below"), why, "Correct one of the two.")
