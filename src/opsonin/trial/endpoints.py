"""Which response function does an endpoint name, and what does it say of these people?

The names a trial file may use, each the function of `response/` it stands for. Nothing else is computed, so that a
definition is always code that is tested with hand-made series.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opsonin.response import clocks, levels, responders
from opsonin.response.series import Floats, first_reaching, reached
from opsonin.trial.declaration import Criterion, Endpoint


@dataclass(frozen=True)
class Observed:
    """What a clinic would see of some people: reported counts (10⁹/L) and IgG (g/L), (people, visits)."""

    counts: Floats
    igg: Floats
    days: Floats

    @property
    def baseline(self) -> Floats:
        """The reported count at the visit on day 0; (people,)."""
        return responders.counts_on(self.counts, self.days, day=0)

    @property
    def igg_before(self) -> Floats:
        """The reported IgG at the visit on day 0; (people,)."""
        return responders.counts_on(self.igg, self.days, day=0)

    def until(self, day: float) -> Observed:
        """What has been seen by this day."""
        seen = self.days <= day
        return Observed(self.counts[:, seen], self.igg[:, seen], self.days[seen])


def counts_at_visits(counts: Floats, days: Floats) -> Floats:
    """The counts at visits after day 0, 10⁹/L, for the statistic that looks at the visits one by one."""
    return np.asarray(counts)[:, np.asarray(days) > 0]


RESPONDERS: Mapping[str, Callable[..., Any]] = {
    "reached": reached,
    "above": responders.above,
    "at-least-on": responders.at_least_on,
    "above-on": responders.above_on,
    "multiplied-on": responders.multiplied_on,
    "risen-by": responders.risen_by,
    "doubled": responders.doubled,
    "sustained": responders.sustained,
}
VALUES: Mapping[str, Callable[..., Any]] = {
    "first-reaching": first_reaching,
    "first-above": clocks.first_above,
    "duration-of-response": clocks.duration_of_response,
    "total-days-at-or-above": clocks.total_days_at_or_above,
    "highest": clocks.highest,
    "highest-rise": clocks.highest_rise,
    "day-of-highest": clocks.day_of_highest,
    "change-on": clocks.change_on,
    "count-on": responders.counts_on,
    "highest-level": levels.highest_level,
    "level-on": levels.level_on,
    "rise-of-level-on": levels.rise_on,
    "half-life": levels.half_life,
    "counts-at-visits": counts_at_visits,
}
MEASURES: Mapping[str, Callable[..., Any]] = {**RESPONDERS, **VALUES}
_FROM_THE_SERIES = ("counts", "levels", "days", "baseline", "before")


def arguments_wanted(measure: str) -> tuple[set[str], set[str]]:
    """The arguments a file may give this measure, and those it has to."""
    parameters = inspect.signature(MEASURES[measure]).parameters.values()
    own = [p for p in parameters if p.name not in _FROM_THE_SERIES]
    return {p.name for p in own}, {p.name for p in own if p.default is inspect.Parameter.empty}


def measured(measure: str, arguments: Mapping[str, Any], seen: Observed) -> NDArray[Any]:
    """What the measure says of everyone: true or false, a number, or the counts at visits."""
    function = MEASURES[measure]
    wanted = inspect.signature(function).parameters
    given: dict[str, Any] = {"days": seen.days}
    given |= {"levels": seen.igg} if "levels" in wanted else {"counts": seen.counts}
    if "baseline" in wanted:
        given["baseline"] = seen.baseline
    if "before" in wanted:
        given["before"] = seen.igg_before
    return np.asarray(function(**given, **arguments))


def who_meets(criterion: Criterion, seen: Observed) -> NDArray[np.bool_]:
    """Who meets a yes-or-no definition, or does not, if the criterion says so; (people,)."""
    return measured(criterion.measure, criterion.arguments, seen).astype(bool) == criterion.met


def values_of(endpoint: Endpoint, seen: Observed) -> Floats:
    """The endpoint of everyone as numbers, NaN for those it is not about: (people,), or (people, visits).

    A yes or no is 1 or 0. `among` leaves out those who do not meet its definition.
    """
    assert endpoint.measure is not None
    values = measured(endpoint.measure, endpoint.arguments, seen).astype(float)
    if endpoint.among is not None:
        inside = who_meets(endpoint.among, seen)
        values = np.where(inside[:, None] if values.ndim == 2 else inside, values, np.nan)
    return values
