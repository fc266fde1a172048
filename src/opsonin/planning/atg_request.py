"""Does what is asked of an ATG outlook make sense? What does not is refused, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from opsonin.errors import InputRefused, Problem
from opsonin.mechanism.atg_domain import SETTINGS
from opsonin.mechanism.atg_parameters import T_CELL_OUTPUTS
from opsonin.population.atg_courses import AtgDose


def refuse_nonsense(
    doses: Sequence[AtgDose], setting: str, weight_kg: float, counts: Mapping[str, float], graft_day: float | None
) -> None:
    """Doses, a setting, counts or a day that make no sense, all refused at once."""
    problems = list(_nonsense(doses, setting, counts))
    if not (np.isfinite(weight_kg) and weight_kg > 0):
        problems.append(Problem("weight", f"{weight_kg:g} kg", "is not a body weight.", "Give it in kg."))
    if graft_day is not None and not np.isfinite(graft_day):
        problems.append(Problem("graft day", str(graft_day), "is not a day.", "Count from the first infusion."))
    if problems:
        raise InputRefused(problems, source="ATG outlook")


def _nonsense(doses: Sequence[AtgDose], setting: str, counts: Mapping[str, float]) -> Iterator[Problem]:
    if not doses:
        yield Problem("doses", "", "there are none.", "Give at least one infusion.")
    for number, dose in enumerate(doses):
        field = f"doses[{number}]"
        if not (np.isfinite(dose.mg) and dose.mg > 0):
            yield Problem(f"{field}.mg", f"{dose.mg:g}", "is not an amount.", "Give milligrams above 0.")
        if not (np.isfinite(dose.hours) and dose.hours > 0):
            remedy = "ATG is infused over hours, never given at once."
            yield Problem(f"{field}.hours", f"{dose.hours:g}", "is no infusion.", remedy)
        if not (np.isfinite(dose.start_day) and dose.start_day >= 0):
            remedy = "The first infusion starts on day 0."
            yield Problem(f"{field}.start_day", f"{dose.start_day:g}", "is before the course.", remedy)
    if setting not in SETTINGS:
        yield Problem("setting", setting, "is not a setting.", f"State one: {', '.join(SETTINGS)}.")
    for what, count in counts.items():
        if what not in T_CELL_OUTPUTS:
            yield Problem(f"counts.{what}", "", "is not followed.", f"Known: {', '.join(T_CELL_OUTPUTS)}.")
        elif not (np.isfinite(count) and 0 < count < 100_000):
            yield Problem(f"counts.{what}", f"{count:g}", "is not a count.", "Give cells/µL above 0.")
