"""Nothing is felt: begin, rise, stay, keep under the limit, note the end, watch."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from opsonin.infusion.advised import Advice, onset_words, signs_words
from opsonin.infusion.chart import Chart
from opsonin.infusion.checks import next_check, whole
from opsonin.infusion.forecast import begin_rule, in_use_until
from opsonin.infusion.raising import conditions, next_rate
from opsonin.infusion.reactions import ceiling
from opsonin.knowledge import Fact
from opsonin.quantities import show


def before_start(chart: Chart, now: datetime) -> Advice:
    rate, order = chart.order.rates[0], chart.order
    if chart.onsets:
        used = tuple(onset_words(onset) for onset in chart.onsets)
        return Advice("ask", "Something was there before the start: ask the prescriber first.", "start", None, used)
    latest = whole(chart)
    if latest is None or now - latest.at > order.rules.checks.baseline_age:
        old = "no whole set of vital signs yet" if latest is None else f"the last set is of {latest.at:%H:%M}"
        facts = order.rules.checks.facts
        return Advice("check", "Take vital signs before the start.", "start", None, (), (old,), facts)
    if latest.acceptable is False:
        return Advice("ask", "Vital signs were judged not acceptable: ask first.", "start", None, (signs_words(chart),))
    says = f"Begin at {show(rate)} mL/h. Record product and lot."
    used, facts = (signs_words(chart), order.heading), order.facts
    soon = begin_rule(chart)
    if soon is not None:
        used, facts = (*used, f"{soon.says} {show(soon.number())} {soon.unit}; write when it was made"), (*facts, soon)
    return Advice("begin", says, "start", rate, used, (), facts)


def too_fast(chart: Chart, now: datetime) -> bool:
    return chart.ml_per_h is not None and chart.ml_per_h > _highest(chart)[0]


def _highest(chart: Chart) -> tuple[Decimal, str, tuple[Fact, ...]]:
    """The highest rate that may run now, and why."""
    order, after = chart.order, ceiling(chart)
    highest, says, facts = order.maximum_ml_per_h, "the maximum that applies", order.facts
    if after is not None:
        limit = after.ml_per_h
        came_at = chart.reaction_ml_per_h
        if limit is None and came_at is not None:
            limit = came_at - order.pump_step_ml_per_h
        if limit is not None and limit < highest:
            return limit, after.says, after.facts
    return highest, says, facts


def slow_to_limit(chart: Chart, now: datetime) -> Advice:
    highest, why, facts = _highest(chart)
    to = chart.order.on_pump(highest)
    used = (f"the pump runs at {show(chart.ml_per_h or Decimal(0))} mL/h",)
    if to <= 0:
        return Advice("pause", f"Pause: {why}.", "above the highest rate allowed", None, used, (), facts)
    says = f"Slow to {show(to)} mL/h or less: {why}."
    return Advice("slow", says, "above the highest rate allowed", to, used, (), facts)


def bag_is_in(chart: Chart, now: datetime) -> bool:
    return chart.pump == "running" and chart.ran_ml(now) >= chart.order.volume_ml


def note_end(chart: Chart, now: datetime) -> Advice:
    says = "By rate and time the bag is in. Note the end, or correct the rates to what the pump shows."
    return Advice("end", says, "the volume is in", None, (f"{show(chart.order.volume_ml)} mL ordered",))


def hangs_too_long(chart: Chart, now: datetime) -> bool:
    limit = in_use_until(chart)
    return limit is not None and chart.pump in ("running", "paused") and now > limit[0]


def bag_too_old(chart: Chart, now: datetime) -> Advice:
    limit = in_use_until(chart)
    assert limit is not None
    at, fact, from_start = limit
    begun = chart.bags[-1].at
    if begun > at:
        says = f"This bag had to be begun by {at:%H:%M} and was begun at {begun:%H:%M}. Stop it; ask for a new bag."
        return Advice("ask", says, "in-use time", None, (), (), (fact,))
    missing = ("when the bag was made: counted from the start",) if from_start else ()
    says = f"This bag may not hang longer than until {at:%H:%M}. Stop it; ask for a new bag."
    return Advice("ask", says, "in-use time", None, (), missing, (fact,))


def rise_or_hold(chart: Chart, now: datetime) -> Advice:
    found = conditions(chart, now)
    open_ones = [(name, one) for name, one in found if one.met is not True]
    rate = chart.ml_per_h
    assert rate is not None
    facts = tuple(dict.fromkeys(fact for _, one in found for fact in one.facts))
    if not open_ones:
        to = next_rate(chart)
        assert to is not None
        used = tuple(one.says for name, one in found if name in _WORTH_SAYING)
        return Advice("raise", f"Raise to {show(to)} mL/h.", "raise step by step", to, used, (), facts)
    if next_rate(chart) is None:
        after = ceiling(chart)
        why = after.says if after is not None else "the highest step ordered"
        says = f"Stay at {show(rate)} mL/h: {why}."
        return Advice(
            "hold", says, "highest rate", None, (), (), after.facts if after is not None else chart.order.facts
        )
    times = dict(found)["the step's time"]
    if times.met is False and times.at is not None:
        says = f"Stay at {show(rate)} mL/h until {times.at:%H:%M}."
        missing = tuple(one.says for name, one in open_ones if one.met is None and name != "vital signs in date")
        return replace(Advice("hold", says, "the step's time", None, (times.says,), missing, facts), earliest=times.at)
    missing = tuple(one.says for _, one in open_ones)
    says = f"Stay at {show(rate)} mL/h: a rise needs what is missing."
    kind = "check" if any(name == "vital signs in date" for name, _ in open_ones) else "hold"
    if kind == "check":
        says = "Take vital signs before the next step."
    return Advice(kind, says, "raise step by step", None, (), missing, facts)


def after_end(chart: Chart, now: datetime) -> Advice:
    """After the end: vital signs, and how long to watch."""
    due, fact = next_check(chart, now), chart.order.rules.observe
    minutes = fact.value[-1] if chart.order.first_infusion is not False else fact.value[0]
    assert chart.finished is not None
    until = chart.finished + timedelta(minutes=int(minutes))
    if due is None and now >= until:
        return Advice(
            "done", "The time of watching is over. Tell whom to call at home.", "after the end", facts=(fact,)
        )
    says = f"Watch until {until:%H:%M}."
    if due is not None:
        says = f"{says} Vital signs at {due.at:%H:%M}, {due.says}."
    why = {True: "first infusion, new brand or long gap", False: "not the first infusion", None: "history not known"}
    used = (why[chart.order.first_infusion],)
    return Advice("observe", says, "after the end", None, used, (), (fact, *chart.order.rules.checks.facts))


_WORTH_SAYING = (
    "no symptom",
    "the step's time",
    "first vital signs",
    "vital signs in date",
    "vital signs within limits",
)
