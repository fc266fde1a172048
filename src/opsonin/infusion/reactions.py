"""How bad was the reaction, and how fast may it go on? The grade from what was recorded; the ceiling afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.infusion.chart import Chart, Onset
from opsonin.infusion.happenings import SEVERITIES
from opsonin.knowledge import Fact


@dataclass(frozen=True)
class Grade:
    """A grade of the infusion related reaction, and the recorded facts it follows from."""

    grade: int
    because: str
    open: str  # what a person still has to judge; "" when nothing
    fact: Fact


@dataclass(frozen=True)
class Ceiling:
    """The highest rate that may be advised after a reaction, and whose rule it is."""

    ml_per_h: Decimal | None  # None: no rise at all
    says: str
    facts: tuple[Fact, ...]


def worst(onsets: tuple[Onset, ...]) -> str:
    """The worst severity entered for these.

    >>> from datetime import datetime
    >>> nine = datetime(2026, 11, 21, 9)
    >>> worst((Onset("rash", "moderate", nine, Decimal(40)), Onset("fever", "mild", nine, Decimal(40))))
    'moderate'
    """
    return max((onset.severity for onset in onsets), key=SEVERITIES.index)


def during(chart: Chart) -> tuple[Onset, ...]:
    """What came after the start."""
    return tuple(onset for onset in chart.onsets if not onset.before_start)


def grade(chart: Chart) -> Grade | None:
    """CTCAE 5.0 grade of the infusion related reaction as far as the record shows it; None without a reaction."""
    onsets = during(chart)
    if not onsets:
        return None
    fact = chart.order.rules.grading
    if chart.suspicion or worst(onsets) == "life-threatening":
        return Grade(4, f"a threat to life: {chart.suspicion or 'entered as life-threatening'}", "", fact)
    if chart.episodes > 1:
        return Grade(3, f"it came back after it had passed ({chart.episodes} times in all)", "", fact)
    first = min(onset.began for onset in onsets)
    treated = [medicine.what for medicine in chart.medicines if medicine.at >= first]
    interrupted = any(begun >= first for begun, _ in chart.pauses) or chart.pump == "stopped"
    if not treated and not interrupted:
        return Grade(1, "neither interrupted nor treated", "", fact)
    how = " and ".join([*(["interrupted"] if interrupted else []), *(["treated"] if treated else [])])
    judge = "grade 3 when it lasted in spite of this, or led to admission"
    return Grade(2, f"{how} ({', '.join(treated)})" if treated else how, judge, fact)


def ceiling(chart: Chart) -> Ceiling | None:
    """How high the rate may go after a reaction in this infusion; None when there was none."""
    came_at = chart.reaction_ml_per_h
    if came_at is None:
        return None
    order, restart = chart.order, chart.order.rules.restart
    if restart is None:
        return Ceiling(None, "the pack has no rule on going on after a reaction: that is for the prescriber", ())
    if restart.then == "stay":
        return Ceiling(None, "the infusion is finished at the rate it was started again with", (restart.fact,))
    facts: tuple[Fact, ...] = (restart.fact,)
    if restart.then == "again":
        limit, says = order.maximum_ml_per_h, "the pack lets the rate rise again after a reaction"
    else:
        limit = _step_below(came_at, chart)
        says = f"below {came_at} mL/h, at which the reaction came"
    own = order.after_reaction_ml_per_h
    if own is not None and order.after_reaction is not None and own < limit:
        limit, facts = own, (*facts, order.after_reaction.fact)
        says = f"this product's own maximum after a reaction, {own} mL/h"
    return Ceiling(min(limit, order.maximum_ml_per_h), says, facts)


def _step_below(ml_per_h: Decimal, chart: Chart) -> Decimal:
    """The highest rung below this rate; just under it when there is none."""
    below = [rate for rate in chart.order.rates if rate < ml_per_h]
    return below[-1] if below else max(ml_per_h - chart.order.pump_step_ml_per_h, Decimal(0))


def slower(chart: Chart) -> tuple[Decimal | None, str, tuple[Fact, ...]]:
    """The rate to slow to under the pack's rule, why, and whose rule; None when it names none or none is left."""
    fact = chart.order.rules.reactions.get("on_mild")
    to = fact.value.get("to") if fact is not None else None
    fraction = fact.value.get("fraction_percent") if fact is not None else None
    return _target(chart, to, fraction / 100 if fraction is not None else None, (fact,) if fact is not None else ())


def restart_rate(chart: Chart) -> tuple[Decimal | None, str, tuple[Fact, ...]]:
    """The rate to start again with under the pack's rule; None when it has none, or none is left."""
    rule = chart.order.rules.restart
    if rule is None:
        return None, "the pack has no rule on the rate", ()
    return _target(chart, rule.to, rule.fraction, (rule.fact,))


def _target(
    chart: Chart, to: str | None, fraction: Decimal | None, facts: tuple[Fact, ...]
) -> tuple[Decimal | None, str, tuple[Fact, ...]]:
    came_at = chart.reaction_ml_per_h
    if to is None or came_at is None:
        return None, "the pack names no rate", facts
    if to == "fraction" and fraction is not None:
        rate: Decimal | None = chart.order.on_pump(came_at * fraction)
        says = f"{(fraction * 100).normalize():f} % of {came_at} mL/h, at which the reaction came"
    else:
        rate, says = chart.highest_tolerated, "the last rate that was tolerated"
    own = chart.order.after_reaction_ml_per_h
    if rate is not None and own is not None and chart.order.after_reaction is not None and own < rate:
        rate, facts = own, (*facts, chart.order.after_reaction.fact)
        says = "this product's own maximum after a reaction"
    if not rate:
        return None, "no lower rate was tolerated in this infusion", facts
    return rate, says, facts
