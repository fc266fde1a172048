"""Which populations do the data allow? Fitted sets of parameters, and the same people under another set.

A set gives other middles and other spreads than the shelf's draft. A person keeps their place in the population: the
middle moves, and the distance from it stretches with the spread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from opsonin.errors import KnowledgeError
from opsonin.knowledge import Knowledge
from opsonin.mechanism import spreads, typical
from opsonin.mechanism.natural_history import Recovery
from opsonin.population.draws import Floats, log_normal_width

SET = "parameter set"  # the purpose and the column by which a person is given a set
RECOVERY = "recovery"  # … and a day of natural recovery
_OWN = ("recovery_median", "recovery_cv", "recovery_steps", "recovery_shape", "trial_sd")


@dataclass(frozen=True)
class ParameterSet:
    """Other values than the draft's: typical values by symbol, and log-normal spreads (CV as a fraction) by symbol.

    recovery_days: median and CV (a fraction) of the day on which the disease of newly diagnosed children goes by
    itself; None: it does not. recovery_steps, recovery_shape: in how many steps it goes, and when (see `Recovery`).
    trial_sd: how much trials differ beyond chance, as a standard deviation on the logit scale of every share of people
    (see `trial.likelihood`).
    """

    values: Mapping[str, float] = field(default_factory=dict)
    cvs: Mapping[str, float] = field(default_factory=dict)
    recovery_days: tuple[float, float] | None = None
    recovery_steps: int = 1
    recovery_shape: float = 1.0
    trial_sd: float = 0.0


def as_parameters(values: Mapping[str, float]) -> ParameterSet:
    """Named values as a parameter set: NAME_cv is a spread, recovery_median and recovery_cv the natural recovery."""
    middle = {k: float(v) for k, v in values.items() if not k.endswith("_cv") and k not in _OWN}
    cvs = {k.removesuffix("_cv"): float(v) for k, v in values.items() if k.endswith("_cv") and k not in _OWN}
    recovery = None
    if "recovery_median" in values:
        recovery = (float(values["recovery_median"]), float(values["recovery_cv"]))
    steps, shape = int(values.get("recovery_steps", 1)), float(values.get("recovery_shape", 1.0))
    return ParameterSet(middle, cvs, recovery, steps, shape, float(values.get("trial_sd", 0.0)))


def fitted_sets(knowledge: Knowledge, group: str) -> tuple[ParameterSet, ...]:
    """The equally likely sets of "adults" or "children", from the most to the least sensitive population.

    Sources: models/ivig_itp_2026_11_26b.
    """
    if knowledge.fitted is None:
        raise KnowledgeError("The shelf holds no fitted model. Put a calibration into shelves/models/.")
    rows = knowledge.fitted.groups[group].named_sets()
    made = (as_parameters({name: float(value) for name, value in row.items()}) for row in rows)
    return tuple(sorted(made, key=lambda one: one.values["IC50"]))


def which_set(z: Floats, sets: Sequence[ParameterSet]) -> NDArray[np.int64]:
    """The number of each person's set; z standard normal, every set equally likely.

    >>> which_set(np.array([-9.0, 0.1, 9.0]), (ParameterSet(), ParameterSet()))
    array([0, 1, 1])
    """
    return np.minimum((ndtr(z) * len(sets)).astype(np.int64), len(sets) - 1)


def place_of(u: Floats) -> Floats:
    """A uniform place as the standard normal number that `which_set` reads."""
    return np.asarray(ndtri(u))


def under(
    people: Mapping[str, Floats], knowledge: Knowledge, sets: Sequence[ParameterSet], which: NDArray[np.int64]
) -> dict[str, Floats]:
    """The same people, each in the population of their set: x → middle'·(x/middle)^(width'/width)."""
    found = dict(people)
    middle, spread = typical(knowledge), spreads(knowledge)
    for symbol in sorted({name for one in sets for name in (*one.values, *one.cvs)}):
        new_middle = np.array([one.values.get(symbol, middle[symbol]) for one in sets])[which]
        stretch = np.ones(len(sets))
        if any(symbol in one.cvs for one in sets):
            usual = log_normal_width(spread[symbol].size)
            stretch = np.array([log_normal_width(one.cvs[symbol]) / usual if symbol in one.cvs else 1 for one in sets])
        found[symbol] = np.asarray(new_middle * (found[symbol] / middle[symbol]) ** stretch[which])
    return found


def recovery_of(z: Floats, sets: Sequence[ParameterSet], which: NDArray[np.int64]) -> Recovery | None:
    """How the disease of each person goes by itself, z standard normal; None where it does not."""
    if any(one.recovery_days is None for one in sets):
        return None
    days = [one.recovery_days for one in sets if one.recovery_days is not None]
    medians, widths = np.array([median for median, _ in days]), np.array([log_normal_width(cv) for _, cv in days])
    shapes = np.array([one.recovery_shape for one in sets])
    return Recovery(np.asarray(medians[which] * np.exp(widths[which] * z)), sets[0].recovery_steps, shapes[which])


def between_sets(values: Floats, which: NDArray[np.int64]) -> tuple[float, float]:
    """Variance of (people,) values between sets and within them, chance taken out of the first (analysis of variance).

    >>> between_sets(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    (2.0, 0.0)
    """
    _, mine, size = np.unique(which, return_inverse=True, return_counts=True)
    mean = np.bincount(mine, values) / size
    n, k = values.size, size.size
    if k < 2 or n <= k:
        return 0.0, float(np.var(values))
    within = float(((values - mean[mine]) ** 2).sum()) / (n - k)
    among = float((size * (mean - values.mean()) ** 2).sum()) / (k - 1)
    usual = (n - float((size**2).sum()) / n) / (k - 1)
    return max(0.0, (among - within) / usual), within
