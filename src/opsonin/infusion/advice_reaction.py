"""Something is or was felt: slow, pause, stop, start again. As the pack says; where it is silent, ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from opsonin.infusion.advice_checks import ask_for_check, check_is_due, check_overdue, signs_missing
from opsonin.infusion.advised import Advice, has_onset, onset_words, signs_words, treated_words
from opsonin.infusion.chart import DANGER, Chart
from opsonin.infusion.reactions import restart_rate, slower, worst
from opsonin.knowledge import Fact
from opsonin.quantities import show


def suspected_anaphylaxis(chart: Chart, now: datetime) -> Advice:
    running = chart.pump == "running"
    says = " ".join(fact.says for fact in chart.order.rules.emergency)
    if not running:
        says = f"The infusion stays stopped. {says}"
    rules = chart.order.rules
    facts = (*rules.emergency, rules.suspicion)
    used = (f"anaphylaxis suspected: {chart.suspicion}",)
    return Advice("stop-at-once" if running else "stop", says, "suspected anaphylaxis", None, used, (), facts)


def no_restart(chart: Chart, now: datetime) -> Advice:
    rules = chart.order.rules
    fact = rules.reactions.get("on_severe")
    if chart.episodes > 1 and rules.stops_on_return:
        fact = rules.on_return
    severe = [o for o in chart.onsets if o.severity in ("severe", "life-threatening") or o.what in rules.serious]
    used = tuple(onset_words(onset) for onset in severe or chart.onsets)
    facts = (*((fact,) if fact is not None else ()), *((rules.severe_signs,) if has_onset(chart, DANGER) else ()))
    if chart.pump in ("running", "paused"):
        says = "Stop the infusion, for good, and call a doctor. What ran in is kept; the dose is incomplete."
        return Advice("stop", says, "severe reaction", None, used, (), facts, rules.elsewhere("on_severe"))
    says = "Stopped for this day: it is not started again. What ran in is kept; what to do next is for the prescriber."
    return Advice("stop", says, "stopped", None, used, (), facts)


def in_reaction(chart: Chart, now: datetime) -> Advice:
    """A symptom is there while the pump runs: slow, pause or stop by the worst of them, as the pack says."""
    rules, used = chart.order.rules, tuple(onset_words(onset) for onset in chart.active)
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
        says = f"Pause the infusion until it has passed, and tell the medical team. {treated_words(chart)}".rstrip()
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
        if check_overdue(chart, now):
            due = ask_for_check(chart, now)
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


def paused(chart: Chart, now: datetime) -> Advice:
    """The pump stands still: may it run again, and how fast?"""
    rules = chart.order.rules
    if chart.active:
        used = tuple(onset_words(onset) for onset in chart.active)
        says = "Stay paused until every symptom has passed."
        if check_is_due(chart, now):
            due = ask_for_check(chart, now)
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
    lacking = signs_missing(chart, now)
    if lacking:
        return Advice("check", "Take vital signs before starting again.", "restart", None, used, lacking, facts, others)
    says = f"Start again at {show(rate)} mL/h: {why}."
    return Advice("restart", says, "restart", rate, (*used, signs_words(chart)), (), facts, others)


def _resume(chart: Chart, now: datetime) -> Advice:
    """Paused without a reaction: the rate that ran before is no rise."""
    rate = chart.last_ml_per_h
    assert rate is not None
    rate = min(rate, chart.order.maximum_ml_per_h)
    lacking = signs_missing(chart, now)
    if lacking:
        return Advice("check", "Take vital signs before going on.", "pause without a reaction", None, (), lacking)
    says = f"Go on at {show(rate)} mL/h, the rate before the pause."
    used = (signs_words(chart), "no reaction in this infusion")
    return Advice("restart", says, "pause without a reaction", rate, used)
