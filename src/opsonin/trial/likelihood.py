"""How likely are the published values, if these are the people? A likelihood that respects what was published.

Rates are binomial. A mean lies around the expected one with its standard error: from the published spread, else from
the spread of the virtual people. A median of n lies between two visits with the binomial probability that half of n
people do; how near it has to be is as near as the visits tell. The highest of several medians is taken with the
standard error of a median at its visit. Endpoints of one arm come from the same people, so the sum over an arm is
divided by the square root of how many there are: between counting them as independent and counting them as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import binom, norm

from opsonin.population.draws import Floats
from opsonin.trial.declaration import Arm, Endpoint, Published
from opsonin.trial.endpoints import Observed, values_of

MEDIAN_ERROR = 1.2533  # standard error of a median over that of a mean, in a normal distribution: √(π/2)
LEAST_DAYS = 0.5  # half of the finest distance between visits
NEVER = -30.0  # log-likelihood of what the virtual people cannot show at all


def log_likelihood_of_arm(arm: Arm, seen: Observed) -> float:
    """Of everything published of an arm that can be computed."""
    found = [log_likelihood(e, arm.n, seen) for e in arm.endpoints if not e.unused and e.published is not None]
    return float(np.sum(found) / np.sqrt(len(found))) if found else 0.0


def log_likelihood(endpoint: Endpoint, n: int, seen: Observed) -> float:
    """Of the published value of one endpoint from n people."""
    published = endpoint.published
    assert published is not None and endpoint.statistic is not None
    values = values_of(endpoint, seen)
    present = values[~np.isnan(values if values.ndim == 1 else values[:, 0])]
    if present.shape[0] < 2:
        return NEVER
    size = published.n or n
    if endpoint.statistic == "median":
        return max(_median(present, published.value, size, _half_gap(seen.days, published.value)), NEVER)
    return max(_BY_STATISTIC[endpoint.statistic](present, published, size), NEVER)


def _rate(values: Floats, published: Published, n: int) -> float:
    events = published.events if published.events is not None else published.value * n / 100
    share = (values.sum() + 0.5) / (values.size + 1)
    low = np.floor(events)  # a percentage may stand between two whole numbers of people
    below, above = (binom.logpmf(low + step, n, share) for step in (0, 1))
    return float(below if events == low else (1 - (events - low)) * below + (events - low) * above)


def _mean(values: Floats, published: Published, n: int) -> float:
    if not np.isfinite(values).all():
        return NEVER
    sd = published.sd if published.sd is not None else float(values.std())
    return float(norm.logpdf(published.value, values.mean(), sd / np.sqrt(n)))


def _half_gap(days: Floats, value: float) -> float:
    """Half of the distance between the visits around a day: how finely visits can tell it."""
    after = int(np.searchsorted(days, value))
    if after in (0, days.size):
        return LEAST_DAYS
    return max(float(days[after] - days[after - 1]) / 2, LEAST_DAYS)


def _median(values: Floats, published: float, n: int, step: float) -> float:
    """A median between two visits is as likely as the middle people standing at either of them, ends included."""
    below = ((values < published - step).sum() + 0.5) / (values.size + 1)
    up_to = ((values <= published + step).sum() + 0.5) / (values.size + 1)
    reached = [binom.sf((n - 1) // 2, n, share) for share in (below, up_to)]  # the middle person is among them
    return float(np.log(max(reached[1] - reached[0], np.exp(NEVER))))


def _highest_median(values: Floats, published: Published, n: int) -> float:
    medians = np.median(values, axis=0)
    at = values[:, int(medians.argmax())]
    return float(norm.logpdf(published.value, medians.max(), MEDIAN_ERROR * at.std() / np.sqrt(n)))


def _sd(values: Floats, published: Published, n: int) -> float:
    return float(norm.logpdf(published.value, values.std(), values.std() / np.sqrt(2 * n)))


_BY_STATISTIC: dict[str, Callable[[Floats, Published, int], float]] = {
    "percent": _rate,
    "mean": _mean,
    "highest-median": _highest_median,
    "sd": _sd,
}


def total(arms: Sequence[tuple[Arm, Observed]]) -> float:
    """The log-likelihood of several arms, which are different people."""
    return float(sum(log_likelihood_of_arm(arm, seen) for arm, seen in arms))
