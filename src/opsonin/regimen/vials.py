"""Which vials make up a day's dose? Exact: vials = dose given + what is discarded, always."""

from __future__ import annotations

from decimal import Decimal

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge.knowledge import RoundingRule
from opsonin.quantities import round_down, round_half_up, round_up, show
from opsonin.regimen.regimen import DailyDose, Vials

_MEASURABLE_G = Decimal("0.1")  # a part-vial dose is drawn up to the nearest 0.1 g (1 mL of a 10 % product)


def daily_dose(
    day: int,
    *,
    weight_kg: Decimal,
    g_per_kg: Decimal,
    vial_sizes_g: tuple[Decimal, ...],
    concentration_mg_per_ml: Decimal,
    rounding: RoundingRule | None,
) -> DailyDose:
    """The dose of one day from the vials that can be had.

    Whole vials when the pack's rule allows and its tolerance reaches; else the calculated dose, with the remainder of
    the last vial discarded and stated.
    """
    if not vial_sizes_g:
        raise InputRefused(
            [
                Problem(
                    "stock[].vials",
                    "",
                    "no vial size can be had for this product.",
                    "Name at least one size.",
                )
            ]
        )
    calculated = weight_kg * g_per_kg
    rounded = _rounded(calculated, vial_sizes_g, rounding)
    if rounded is not None and rounding is not None:
        grams, words = rounded, f"{rounding.says.rstrip('.')}: {_direction(rounded, calculated)}"
    else:
        grams = round_half_up(calculated, _MEASURABLE_G)
        words = f"{_why_not_rounded(rounding)}: the calculated dose to 0.1 g"
    vials = _covering(grams, vial_sizes_g)
    discarded = sum((v.size_g * v.count for v in vials), Decimal(0)) - grams
    if discarded:
        words += f", {show(discarded)} g discarded"
    return DailyDose(
        day=day,
        calculated_g=calculated,
        grams=grams,
        volume_ml=grams * 1000 / concentration_mg_per_ml,
        vials=vials,
        discarded_g=discarded,
        rounding=words,
        rounding_percent=(grams - calculated) / calculated * 100,
    )


def _why_not_rounded(rounding: RoundingRule | None) -> str:
    if rounding is None:
        return "this pack has no rule on rounding"
    limit = f" within {show(rounding.tolerance_percent)} %" if rounding.tolerance_percent is not None else ""
    return f"the rule reaches no dose{limit}"


def _direction(grams: Decimal, calculated: Decimal) -> str:
    percent = abs(grams - calculated) / calculated * 100
    if grams == calculated:
        return f"{show(grams)} g is whole vials as calculated"
    way = "up" if grams > calculated else "down"
    return f"rounded {way} from {show(calculated, 2)} g to {show(grams)} g ({show(percent, 1)} %)"


def _rounded(calculated: Decimal, sizes: tuple[Decimal, ...], rounding: RoundingRule | None) -> Decimal | None:
    """The dose the rule chooses (a multiple of its grams, else whole vials); None when its tolerance reaches none."""
    if rounding is None:
        return None
    if rounding.to_grams is not None:
        below, above = round_down(calculated, rounding.to_grams), round_up(calculated, rounding.to_grams)
    else:
        step, reachable = _reachable(sizes, up_to=calculated + max(sizes))
        below = max((a for a in reachable if a * step <= calculated), default=0) * step
        above = min(a for a in reachable if a * step >= calculated) * step
    choices = {"down": [below], "up": [above], "nearest": [above, below]}[rounding.direction]
    limit = rounding.tolerance_percent
    within = [a for a in choices if a > 0 and (limit is None or abs(a - calculated) * 100 <= limit * calculated)]
    return min(within, key=lambda a: abs(a - calculated), default=None)


def _covering(grams: Decimal, sizes: tuple[Decimal, ...]) -> tuple[Vials, ...]:
    """Vials that hold at least `grams`: least left over, then fewest vials."""
    step, counts = _fewest_table(sizes, grams + 2 * max(sizes))
    enough = int(round_up(grams, step) / step)
    total = next(t for t in range(enough, len(counts)) if counts[t] is not None)
    return _walk_back(total, step, sizes, counts)


def _reachable(sizes: tuple[Decimal, ...], up_to: Decimal) -> tuple[Decimal, list[int]]:
    step, counts = _fewest_table(sizes, up_to)
    return step, [total for total, count in enumerate(counts) if count is not None]


def _fewest_table(sizes: tuple[Decimal, ...], up_to: Decimal) -> tuple[Decimal, list[int | None]]:
    """For every multiple of the common step up to `up_to`: the fewest vials that add up to it, or None."""
    step = Decimal("0.5") if all(size % Decimal("0.5") == 0 for size in sizes) else Decimal("0.01")
    units = [int(size / step) for size in sizes]
    counts: list[int | None] = [0] + [None] * int(up_to / step)
    for total in range(1, len(counts)):
        before = [counts[total - unit] for unit in units if unit <= total]
        known = [count for count in before if count is not None]
        counts[total] = min(known) + 1 if known else None
    return step, counts


def _walk_back(total: int, step: Decimal, sizes: tuple[Decimal, ...], counts: list[int | None]) -> tuple[Vials, ...]:
    chosen: dict[Decimal, int] = {}
    while total > 0:
        here = counts[total]
        assert here is not None
        for size in sorted(sizes, reverse=True):
            unit = int(size / step)
            if unit <= total and counts[total - unit] == here - 1:
                chosen[size] = chosen.get(size, 0) + 1
                total -= unit
                break
    return tuple(Vials(size, count) for size, count in chosen.items())
