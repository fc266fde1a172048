"""On which of the next days would a count tell most? Expected information, from the people this patient could be.

The information a report Y carries about who this is, is its entropy less its mean entropy for each person:
I = H(Y) − E[H(Y | person)]. Each person's report is normal with the shelf's error; the entropy of Y is that of the
mixture, averaged over reports drawn from it.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from opsonin.population.draws import Floats, normals
from opsonin.update.answer import NextCount
from opsonin.update.history import History
from opsonin.update.likelihood import Errors, spread

LEAST_BITS = 0.1  # below it a count tells next to nothing
NEARLY = 0.9  # of the greatest expected information: an earlier day that tells so much is preferred
MOST_PEOPLE = 1000


def next_counts(true: Floats, days: Floats, history: History, errors: Errors, *, seed: int) -> tuple[NextCount, ...]:
    """The expected information of a count on each of these days; `true` counts are (people, days)."""
    found = []
    for column, day in enumerate(days):
        truth = true[:MOST_PEOPLE, column]
        bits, error = information(truth, spread(truth, errors["platelets"]), seed, f"next count, day {day:g}")
        on = (history.zero + timedelta(days=float(day))).date()
        found.append(NextCount(int(day), on, bits, error))
    return tuple(found)


def information(truth: Floats, width: Floats, seed: int, purpose: str) -> tuple[float, float]:
    """Bits that one report is expected to tell about who of these people it is of, and their standard error.

    >>> nobody, _ = information(np.full(500, 50.0), np.full(500, 10.0), 1, "x")
    >>> two, _ = information(np.repeat([50.0, 500.0], 250), np.full(500, 10.0), 1, "x")
    >>> round(nobody, 2), round(two, 2)
    (0.0, 1.0)
    """
    reports = truth + width * normals(seed, purpose, truth.size)
    away = (reports[:, None] - truth) / width
    each = -0.5 * away**2 - np.log(width)
    top = each.max(axis=1)
    mixture = np.log(np.exp(each - top[:, None]).mean(axis=1)) + top
    gain = (np.diag(each) - mixture) / np.log(2)
    return max(0.0, float(gain.mean())), float(gain.std() / np.sqrt(truth.size))


def best(found: tuple[NextCount, ...], *, before: float | None) -> NextCount | None:
    """The first day that tells nearly as much as the best, before the day of the goal; None where none tells much."""
    useful = [one for one in found if (before is None or one.day < before) and one.bits >= LEAST_BITS]
    most = max((one.bits for one in useful), default=0.0)
    return next((one for one in useful if one.bits >= NEARLY * most), None)
