"""How likely are the published values, if these are the people? A likelihood that respects what was published.

Rates are binomial. A mean lies around the expected one with its standard error: from the published spread, else from
the spread of the virtual people. A median of n lies between two visits with the binomial probability that half of n
people do; how near it has to be is as near as the visits tell. The highest of several medians is taken with the
standard error of a median at its visit. Endpoints of one arm come from the same people, so the sum over an arm is
divided by the square root of how many there are: between counting them as independent and counting them as one.

Trials of one treatment differ by more than chance. An arm may do better or worse than expected: every share of people
moves by the same amount on the logit scale, normal with the standard deviation `trial_sd`, integrated out over the arm
by Gauss–Hermite quadrature. A mean moves by that amount over π/√3 standard deviations of the people, the standard
deviation of a logistic distribution. Times move the other way; levels of IgG do not move.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import expit, logit, logsumexp
from scipy.stats import binom, norm

from opsonin.population.draws import Floats
from opsonin.trial.declaration import Arm, Endpoint, Published
from opsonin.trial.endpoints import Observed, values_of

MEDIAN_ERROR = 1.2533  # standard error of a median over that of a mean, in a normal distribution: √(π/2)
LEAST_DAYS = 0.5  # half of the finest distance between visits
LOGIT_SD = float(np.pi / np.sqrt(3))  # standard deviation of the logistic distribution
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
DIRECTION = {"rate": 1, "count": 1, "duration": 1, "time": -1, "level": 0}  # where better leads
ALIKE = np.zeros(1)  # trials that differ by chance only
NEVER = -30.0  # log-likelihood of what the virtual people cannot show at all


def log_likelihood_of_arm(arm: Arm, seen: Observed, trial_sds: Floats = ALIKE) -> Floats:
    """Of everything published of an arm that can be computed, over how much better or worse the arm may do.

    One number for each of these standard deviations between trials; (trial_sds,).
    """
    computed = [e for e in arm.endpoints if not e.unused and e.published is not None]
    if not computed:
        return np.zeros(trial_sds.size)
    better = trial_sds[:, None] * NODES
    each = np.sum([log_likelihood(e, arm.n, seen, better=better) for e in computed], axis=0)
    return np.asarray(logsumexp(each / np.sqrt(len(computed)), b=NODE_WEIGHTS / NODE_WEIGHTS.sum(), axis=1))


def log_likelihood(endpoint: Endpoint, n: int, seen: Observed, *, better: Floats = ALIKE) -> Floats:
    """Of the published value of one endpoint from n people who do so much better than expected (logit scale).

    One number for each value of `better`, in its shape.
    """
    published = endpoint.published
    assert published is not None and endpoint.statistic is not None and endpoint.kind is not None
    values = values_of(endpoint, seen)
    present = values[~np.isnan(values if values.ndim == 1 else values[:, 0])]
    if present.shape[0] < 2:
        return np.full(better.shape, NEVER)
    size, shift = published.n or n, DIRECTION[endpoint.kind] * better
    if endpoint.statistic == "median":
        found = _median(present, published.value, size, _half_gap(seen.days, published.value), shift)
        if published.range is not None:
            last = published.range[1]
            found = found + _last(present, last, size, _half_gap(seen.days, last), shift)
    else:
        found = _BY_STATISTIC[endpoint.statistic](present, published, size, shift)
    return np.maximum(found, NEVER)


def shifted(share: float, shift: Floats) -> Floats:
    """A share of people moved on the logit scale, by each of these shifts.

    >>> shifted(0.5, np.array([0.0, 1.0])).round(3)
    array([0.5  , 0.731])
    """
    return np.asarray(expit(logit(share) + shift))


def _rate(values: Floats, published: Published, n: int, shift: Floats) -> Floats:
    events = published.events if published.events is not None else published.value * n / 100
    share = shifted((values.sum() + 0.5) / (values.size + 1), shift)
    low = np.floor(events)  # a percentage may stand between two whole numbers of people
    below, above = (binom.logpmf(low + step, n, share) for step in (0, 1))
    return np.asarray(below if events == low else (1 - (events - low)) * below + (events - low) * above)


def _mean(values: Floats, published: Published, n: int, shift: Floats) -> Floats:
    if not np.isfinite(values).all():
        return np.full(shift.shape, NEVER)
    sd = published.sd if published.sd is not None else float(values.std())
    if sd == 0:  # the few virtual people left are all alike
        return np.full(shift.shape, NEVER)
    return np.asarray(norm.logpdf(published.value, values.mean() + shift / LOGIT_SD * values.std(), sd / np.sqrt(n)))


def _half_gap(days: Floats, value: float) -> float:
    """Half of the distance between the visits around a day: how finely visits can tell it."""
    after = int(np.searchsorted(days, value))
    if after in (0, days.size):
        return LEAST_DAYS
    return max(float(days[after] - days[after - 1]) / 2, LEAST_DAYS)


def _median(values: Floats, published: float, n: int, step: float, shift: Floats) -> Floats:
    """A median between two visits is as likely as the middle people standing at either of them, ends included."""
    below = ((values < published - step).sum() + 0.5) / (values.size + 1)
    up_to = ((values <= published + step).sum() + 0.5) / (values.size + 1)
    reached = [
        binom.sf((n - 1) // 2, n, shifted(share, shift)) for share in (below, up_to)
    ]  # the middle person is among them
    return np.log(np.maximum(reached[1] - reached[0], np.exp(NEVER)))


def _last(values: Floats, published: float, n: int, step: float, shift: Floats) -> Floats:
    """The upper end of a published range is the last of n people, who stands between two visits as a median does.

    Half a person more is counted there, so that a place where no virtual person stands is unlikely, not impossible.
    """
    earlier, there = (values < published - step).sum(), (np.abs(values - published) <= step).sum()
    before, up_to = (
        shifted(count / (values.size + 1), shift) ** n for count in (earlier + 0.25, earlier + there + 0.75)
    )
    return np.asarray(np.log(up_to - before))


def _highest_median(values: Floats, published: Published, n: int, shift: Floats) -> Floats:
    medians = np.median(values, axis=0)
    at = values[:, int(medians.argmax())]
    if at.std() == 0:
        return np.full(shift.shape, NEVER)
    moved = medians.max() + shift / LOGIT_SD * at.std()
    return np.asarray(norm.logpdf(published.value, moved, MEDIAN_ERROR * at.std() / np.sqrt(n)))


def _sd(values: Floats, published: Published, n: int, shift: Floats) -> Floats:
    found = norm.logpdf(published.value, values.std(), values.std() / np.sqrt(2 * n))
    return np.full(shift.shape, found)  # a spread is not moved


_BY_STATISTIC: dict[str, Callable[[Floats, Published, int, Floats], Floats]] = {
    "percent": _rate,
    "mean": _mean,
    "highest-median": _highest_median,
    "sd": _sd,
}


def total(arms: Sequence[tuple[Arm, Observed]], trial_sds: Floats = ALIKE) -> Floats:
    """The log-likelihood of several arms, which are different people, for each standard deviation between trials."""
    return np.asarray(np.sum([log_likelihood_of_arm(arm, seen, trial_sds) for arm, seen in arms], axis=0))
