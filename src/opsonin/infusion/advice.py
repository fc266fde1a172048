"""What do the rules say now, and why? One ordered table of situations; the first that applies speaks.

An advice names its rule, the recorded facts it used, the source, what is missing and the next check. It never orders,
alarms or sets a pump; where a pack is silent it says so and hands the question to the prescriber.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from opsonin.infusion import vitals
from opsonin.infusion.chart import DANGER, SIGNS, Chart, Onset
from opsonin.infusion.checks import Due, next_check, whole
from opsonin.infusion.forecast import in_use_until
from opsonin.infusion.raising import conditions, next_rate
from opsonin.infusion.reactions import ceiling, restart_rate, slower, worst
from opsonin.infusion.statechart import NO_RESTART
from opsonin.knowledge import Fact
from opsonin.quantities import show

AID = "Training and charting aid: controls no pump and raises no alarm."


@dataclass(frozen=True)
class Advice:
    """What the rules say at one moment."""

    kind: str  # one of KINDS
    says: str
    rule: str  # id of the situation
    to_ml_per_h: Decimal | None = None
    used: tuple[str, ...] = ()  # recorded facts
    missing: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()  # the rule's sources
    elsewhere: tuple[tuple[str, Fact], ...] = ()  # what other authorities say of the same
    next_check: Due | None = None
    earliest: datetime | None = None  # when a rise or restart may be advised, if time alone does it


KINDS = {
    "begin": "begin",
    "raise": "raise the rate",
    "hold": "stay at this rate",
    "slow": "slow down",
    "pause": "pause",
    "wait": "stay paused",
    "restart": "start again",
    "stop": "stop",
    "stop-at-once": "STOP AT ONCE",
    "check": "take vital signs",
    "ask": "ask the prescriber",
    "end": "note the end",
    "observe": "watch",
    "done": "nothing is due",
}


def advice(chart: Chart, now: datetime) -> Advice:
    """The advice at this moment, with the next check."""
    for situation in SITUATIONS:
        if situation.applies(chart, now):
            said = situation.speak(chart, now)
            return replace(said, next_check=next_check(chart, now))
    raise AssertionError("the last situation always applies")


@dataclass(frozen=True)
class Situation:
    """When a rule speaks, and what it says."""

    id: str
    applies: Callable[[Chart, datetime], bool]
    speak: Callable[[Chart, datetime], Advice]


def _emergency(chart: Chart, now: datetime) -> Advice:
    running = chart.pump == "running"
    says = " ".join(fact.says for fact in chart.order.rules.emergency)
    if not running:
        says = f"The infusion stays stopped. {says}"
    rules = chart.order.rules
    facts = (*rules.emergency, rules.suspicion)
    used = (f"anaphylaxis suspected: {chart.suspicion}",)
    return Advice("stop-at-once" if running else "stop", says, "suspected anaphylaxis", None, used, (), facts)


def _barred(chart: Chart, now: datetime) -> Advice:
    rules = chart.order.rules
    fact = rules.reactions.get("on_severe")
    if chart.episodes > 1 and rules.stops_on_return:
        fact = rules.on_return
    severe = [o for o in chart.onsets if o.severity in ("severe", "life-threatening") or o.what in rules.serious]
    used = tuple(_onset(onset) for onset in severe or chart.onsets)
    facts = (*((fact,) if fact is not None else ()), *((rules.severe_signs,) if _has(chart, DANGER) else ()))
    if chart.pump in ("running", "paused"):
        says = "Stop the infusion, for good, and call a doctor. What ran in is kept; the dose is incomplete."
        return Advice("stop", says, "severe reaction", None, used, (), facts, rules.elsewhere("on_severe"))
    says = "Stopped for this day: it is not started again. What ran in is kept; what to do next is for the prescriber."
    return Advice("stop", says, "stopped", None, used, (), facts)


def _reaction(chart: Chart, now: datetime) -> Advice:
    """A symptom is there while the pump runs: slow, pause or stop by the worst of them, as the pack says."""
    rules, used = chart.order.rules, tuple(_onset(onset) for onset in chart.active)
    came = tuple(onset for onset in chart.active if not onset.before_start)
    if not came:
        says = "No rise while it lasts: it was there before the start. If it gets worse, enter it anew."
        return Advice("hold", says, "symptom before the start", None, used)
    severity = worst(came)
    action, fact = rules.action(severity)
    rule = f"{severity} reaction"
    facts = (fact,) if fact is not None else ()
    missing = () if fact is not None else (f"the pack “{rules.pack}” has no rule on a {severity} reaction",)
    others = rules.elsewhere(f"on_{severity}" if severity in ("mild", "moderate") else "on_severe")
    if action == "slow":
        return _slow(chart, now, rule, used, missing, others)
    if action == "pause":
        says = f"Pause the infusion until it has passed, and tell the medical team. {_treat(chart)}".rstrip()
        return Advice("pause", says, rule, None, used, missing, facts, others)
    return Advice("stop", "Stop the infusion, for good, and call a doctor.", rule, None, used, missing, facts, others)


def _slow(
    chart: Chart,
    now: datetime,
    rule: str,
    used: tuple[str, ...],
    missing: tuple[str, ...],
    others: tuple[tuple[str, Fact], ...],
) -> Advice:
    target, why, facts = slower(chart)
    came_at, rate = chart.reaction_ml_per_h, chart.ml_per_h
    assert came_at is not None and rate is not None
    if rate < came_at and (target is None or rate <= target):
        says = f"Stay at {show(rate)} mL/h while the symptom lasts. If it gets worse, enter it anew."
        if _check_overdue(chart, now):
            due = _check(chart, now)
            return Advice("check", f"{says} {due.says}", rule, None, used, due.missing, facts, others)
        return Advice("hold", says, rule, None, used, missing, facts, others)
    if target is not None:
        says = f"Slow to {show(target)} mL/h: {why}."
        return Advice("slow", says, rule, target, used, missing, facts, others)
    if chart.highest_tolerated is not None:
        missing = (*missing, f"a rate to slow to: {why}")
        before = f"{show(chart.highest_tolerated)} mL/h was tolerated before"
        says = f"Slow down or stop. {before}; the rate is the prescriber's."
        return Advice("slow", says, rule, None, used, missing, facts, others)
    says = f"Pause until it has passed: {why}."
    return Advice("pause", says, rule, None, used, missing, facts, others)


def _restart(chart: Chart, now: datetime) -> Advice:
    """The pump stands still: may it run again, and how fast?"""
    rules = chart.order.rules
    if chart.active:
        used = tuple(_onset(onset) for onset in chart.active)
        says = "Stay paused until every symptom has passed."
        if _is_due(chart, now):
            due = _check(chart, now)
            return Advice("check", f"{says} {due.says}", "paused with a reaction", None, used, due.missing, due.facts)
        return Advice("wait", says, "paused with a reaction", None, used)
    if chart.reaction_ml_per_h is None:
        return _resume(chart, now)
    others = rules.elsewhere("restart")
    used = (f"the reaction passed at {chart.passed:%H:%M}",) if chart.passed is not None else ()
    if chart.episodes > 1 and rules.on_return is None:
        says = "The reaction has come back once already: whether to go on is for the prescriber."
        missing = (f"the pack “{rules.pack}” has no rule on a reaction that returns",)
        return Advice("ask", says, "restart", None, used, missing, (), rules.elsewhere("on_return"))
    rate, why, facts = restart_rate(chart)
    if rate is None:
        says = "Whether and how fast to start again is for the prescriber."
        return Advice("ask", says, "restart", None, used, (why,), facts, others)
    restart = rules.restart
    assert restart is not None
    paused = chart.pauses[-1][0]
    if restart.after is not None and now < paused + restart.after:
        at = paused + restart.after
        says = f"Stay paused until {at:%H:%M}."
        return replace(Advice("wait", says, "restart", None, used, (), facts, others), earliest=at)
    lacking = _signs_missing(chart, now)
    if lacking:
        return Advice("check", "Take vital signs before starting again.", "restart", None, used, lacking, facts, others)
    says = f"Start again at {show(rate)} mL/h: {why}."
    return Advice("restart", says, "restart", rate, (*used, _signs(chart)), (), facts, others)


def _resume(chart: Chart, now: datetime) -> Advice:
    """Paused without a reaction: the rate that ran before is no rise."""
    rate = chart.last_ml_per_h
    assert rate is not None
    rate = min(rate, chart.order.maximum_ml_per_h)
    lacking = _signs_missing(chart, now)
    if lacking:
        return Advice("check", "Take vital signs before going on.", "pause without a reaction", None, (), lacking)
    says = f"Go on at {show(rate)} mL/h, the rate before the pause."
    used = (_signs(chart), "no reaction in this infusion")
    return Advice("restart", says, "pause without a reaction", rate, used)


def _signs_missing(chart: Chart, now: datetime) -> tuple[str, ...]:
    """What the vital signs lack for a start or restart: a whole set, in date, taken since, within limits."""
    found = dict(conditions(chart, now))
    wanted = ["vital signs in date", "vital signs within limits"]
    if chart.started is not None:
        wanted.append("first vital signs")
    return tuple(found[name].says for name in wanted if found[name].met is not True)


def _too_fast(chart: Chart, now: datetime) -> bool:
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


def _slow_to_limit(chart: Chart, now: datetime) -> Advice:
    highest, why, facts = _highest(chart)
    to = chart.order.on_pump(highest)
    used = (f"the pump runs at {show(chart.ml_per_h or Decimal(0))} mL/h",)
    if to <= 0:
        return Advice("pause", f"Pause: {why}.", "above the highest rate allowed", None, used, (), facts)
    says = f"Slow to {show(to)} mL/h or less: {why}."
    return Advice("slow", says, "above the highest rate allowed", to, used, (), facts)


def _begin(chart: Chart, now: datetime) -> Advice:
    rate, order = chart.order.rates[0], chart.order
    if chart.onsets:
        used = tuple(_onset(onset) for onset in chart.onsets)
        return Advice("ask", "Something was there before the start: ask the prescriber first.", "start", None, used)
    latest = whole(chart)
    if latest is None or now - latest.at > order.rules.checks.baseline_age:
        old = "no whole set of vital signs yet" if latest is None else f"the last set is of {latest.at:%H:%M}"
        facts = order.rules.checks.facts
        return Advice("check", "Take vital signs before the start.", "start", None, (), (old,), facts)
    if latest.acceptable is False:
        return Advice("ask", "Vital signs were judged not acceptable: ask first.", "start", None, (_signs(chart),))
    says = f"Begin at {show(rate)} mL/h. Record product and lot."
    return Advice("begin", says, "start", rate, (_signs(chart), order.heading), (), order.facts)


def _bag_is_in(chart: Chart, now: datetime) -> bool:
    return chart.pump == "running" and chart.ran_ml(now) >= chart.order.volume_ml


def _note_end(chart: Chart, now: datetime) -> Advice:
    says = "By rate and time the bag is in. Note the end, or correct the rates to what the pump shows."
    return Advice("end", says, "the volume is in", None, (f"{show(chart.order.volume_ml)} mL ordered",))


def _hangs_too_long(chart: Chart, now: datetime) -> bool:
    limit = in_use_until(chart)
    return limit is not None and chart.pump in ("running", "paused") and now > limit[0]


def _bag_too_old(chart: Chart, now: datetime) -> Advice:
    limit = in_use_until(chart)
    assert limit is not None
    at, fact, from_start = limit
    missing = ("when the bag was made: counted from the start",) if from_start else ()
    says = f"This bag may not hang longer than until {at:%H:%M}. Stop it; ask for a new bag."
    return Advice("ask", says, "in-use time", None, (), missing, (fact,))


def _check_overdue(chart: Chart, now: datetime) -> bool:
    return chart.pump == "running" and _is_due(chart, now)


def _is_due(chart: Chart, now: datetime) -> bool:
    due = next_check(chart, now)
    return due is not None and now >= due.at


def _check(chart: Chart, now: datetime) -> Advice:
    due = next_check(chart, now)
    assert due is not None
    late = f", due at {due.at:%H:%M}" if due.is_overdue(now) else ""
    says = f"Take vital signs ({due.says}{late}). No rise before."
    missing = (f"vital signs {due.says}",)
    return Advice("check", says, "vital signs", None, (), missing, chart.order.rules.checks.facts)


def _rise_or_hold(chart: Chart, now: datetime) -> Advice:
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


def _over(chart: Chart, now: datetime) -> Advice:
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

SITUATIONS = (
    Situation("suspected anaphylaxis", lambda c, n: c.supervision == "emergency", _emergency),
    Situation("no restart", lambda c, n: c.supervision in NO_RESTART, _barred),
    Situation("not started", lambda c, n: c.started is None, _begin),
    Situation("ended", lambda c, n: c.finished is not None and c.pump != "running", _over),
    Situation("reaction", lambda c, n: bool(c.active) and c.pump == "running", _reaction),
    Situation("in-use time", _hangs_too_long, _bag_too_old),
    Situation("paused", lambda c, n: c.pump == "paused", _restart),
    Situation("too fast", _too_fast, _slow_to_limit),
    Situation("volume in", _bag_is_in, _note_end),
    Situation("check due", _check_overdue, _check),
    Situation("running", lambda c, n: True, _rise_or_hold),
)


def _onset(onset: Onset) -> str:
    name = {SIGNS: "vital signs beyond limits", DANGER: "vital signs in danger"}.get(onset.what, onset.what)
    words = f" ({onset.says})" if onset.says else ""
    rate = f" at {show(onset.ml_per_h)} mL/h" if not onset.before_start else " before the start"
    return f"{name}, {onset.severity}, since {onset.began:%H:%M}{rate}{words}"


def _has(chart: Chart, what: str) -> bool:
    return any(onset.what == what for onset in chart.onsets)


def _signs(chart: Chart) -> str:
    latest = whole(chart)
    return f"vital signs at {latest.at:%H:%M}: {vitals.in_words(latest)}" if latest is not None else ""


def _treat(chart: Chart) -> str:
    given = [medicine.what for medicine in chart.medicines]
    return f"Given so far: {', '.join(given)}." if given else ""
