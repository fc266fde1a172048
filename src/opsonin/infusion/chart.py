"""What has happened so far? The chart of one infusion: a fold over its events, pure, from nothing to now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from opsonin.errors import InputRefused, Problem
from opsonin.infusion import happenings as has
from opsonin.infusion import vitals
from opsonin.infusion.happenings import EVERYTHING, SEVERITIES, Happening, VitalSigns
from opsonin.infusion.order import Order
from opsonin.infusion.statechart import GUARDS, NO_RESTART, START, follow
from opsonin.infusion.totals import Segment, volume_ml

SIGNS = "vital-signs"  # vital signs beyond the team's limits, or judged not acceptable: answered as a symptom
DANGER = "danger-signs"  # vital signs that are a sign of a severe reaction by themselves


@dataclass(frozen=True)
class Onset:
    """Something the person felt or showed: when, how bad at worst, and the rate it came at."""

    what: str
    severity: str  # the worst entered so far
    began: datetime
    ml_per_h: Decimal  # the pump's rate, or the last one while it stood still
    before_start: bool = False
    passed: datetime | None = None
    says: str = ""


@dataclass(frozen=True)
class Reading:
    """What the pump said ran in so far, beside rate and time."""

    at: datetime
    pump_ml: Decimal
    ran_ml: Decimal

    @property
    def differs_ml(self) -> Decimal:
        return self.pump_ml - self.ran_ml


@dataclass(frozen=True)
class Chart:
    """One infusion so far. Nothing in it is advice."""

    order: Order
    pump: str = START["pump"]
    supervision: str = START["supervision"]
    started: has.Started | None = None
    ml_per_h: Decimal | None = None  # the rate now; None while the pump stands still
    since: datetime | None = None  # the pump is at this rate, or stands still, since
    last_ml_per_h: Decimal | None = None  # the rate now, or before the pause
    closed: tuple[Segment, ...] = ()
    signs: tuple[VitalSigns, ...] = ()
    onsets: tuple[Onset, ...] = ()
    medicines: tuple[has.MedicineGiven, ...] = ()
    bags: tuple[has.Started | has.BagChanged, ...] = ()
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    finished: datetime | None = None  # stopped or ended
    pump_ml: Decimal | None = None  # what the pump says ran in, as read at the end
    readings: tuple[Reading, ...] = ()  # of the pump, whenever it was read
    episodes: int = 0  # reactions, each from the first symptom until all have passed
    passed: datetime | None = None  # when the last symptom passed
    suspicion: str = ""  # why anaphylaxis is suspected
    against: tuple[str, ...] = ()  # what was done although a rule forbids it
    last: datetime | None = None

    @property
    def active(self) -> tuple[Onset, ...]:
        """What has not passed."""
        return tuple(onset for onset in self.onsets if onset.passed is None)

    @property
    def reaction_ml_per_h(self) -> Decimal | None:
        """The lowest rate at which a symptom came during this infusion."""
        return min((onset.ml_per_h for onset in self.onsets if not onset.before_start), default=None)

    @property
    def first_signs(self) -> VitalSigns | None:
        """The last whole set before the start: what later ones are compared with."""
        start = self.started.at if self.started is not None else None
        before = [one for one in self.signs if (start is None or one.at <= start) and not self.lacks(one)]
        return before[-1] if before else None

    @property
    def highest_tolerated(self) -> Decimal | None:
        """The highest rate that ran, below every rate at which a symptom came."""
        limit = self.reaction_ml_per_h
        ran = [segment.ml_per_h for segment in self.closed if segment.end > segment.start]
        ran += [self.ml_per_h] if self.ml_per_h is not None else []
        return max((rate for rate in ran if limit is None or rate < limit), default=None)

    def lacks(self, signs: VitalSigns) -> tuple[str, ...]:
        """What a set of vital signs does not hold and should."""
        return vitals.missing(signs, vitals.signs_asked(self.order.rules.checks.signs, self.order.limits))

    def segments(self, now: datetime) -> tuple[Segment, ...]:
        """Every segment until now, cut where the ordered volume was in."""
        if self.ml_per_h is None or self.since is None or now <= self.since:
            return self.closed
        return (*self.closed, Segment(self.since, now, self.ml_per_h))

    def ran_ml(self, now: datetime) -> Decimal:
        """The volume by rate and time; it may pass what was ordered when nobody noted the end."""
        return volume_ml(self.segments(now))

    def given_ml(self, now: datetime) -> Decimal:
        """The volume given until now: the pump's own reading where it was noted, else by rate and time; never more
        than the order holds."""
        return min(self.pump_ml if self.pump_ml is not None else self.ran_ml(now), self.order.volume_ml)


def chart(order: Order, happened: Iterable[Happening]) -> Chart:
    """The chart after these events, in the order of their time. Raises InputRefused naming every impossible one."""
    now, problems = Chart(order), []
    for event in sorted(happened, key=lambda one: one.at):
        why = impossible(now, event)
        if why:
            name = type(event).__name__
            problems.append(Problem(event.place or name, event.at.isoformat(), why, "Correct the time or the event."))
        else:
            now = after(now, event)
    if problems:
        raise InputRefused(problems, source="events of the infusion")
    return now


def after(before: Chart, event: Happening) -> Chart:
    """The chart after one more event."""
    now = replace(before, last=event.at)
    match event:
        case has.Started():
            return _at_rate(_start(now, event), "start", event.at, event.ml_per_h)
        case has.RateSet():
            return _at_rate(now, "rate", event.at, event.ml_per_h)
        case has.Resumed():
            return _resume(now, event)
        case has.Paused():
            return _read(replace(_standing(now, "pause", event.at), pauses=(*now.pauses, (event.at, None))), event)
        case has.Stopped() | has.Ended():
            return _finish(now, event)
        case has.BagChanged():
            return replace(now, bags=(*now.bags, event))
        case has.MedicineGiven():
            return replace(now, medicines=(*now.medicines, event))
        case has.Symptom():
            return _felt(now, event.what, event.severity, event.at, event.says)
        case has.SymptomPassed():
            return _gone(now, event.what, event.at)
        case has.VitalSigns():
            return _measured(now, event)
        case has.Noted():
            return now
    raise AssertionError(f"{event!r} is no happening")


_TRIGGERS = {
    has.Started: "start",
    has.RateSet: "rate",
    has.Paused: "pause",
    has.Resumed: "resume",
    has.BagChanged: "bag",
    has.Stopped: "stop",
    has.Ended: "end",
}


def impossible(chart: Chart, event: Happening) -> str:
    """Why this cannot have happened now; "" when it can."""
    trigger = _TRIGGERS.get(type(event))
    if trigger is not None and follow("pump", chart.pump, trigger) is None:
        return f"cannot be: “{trigger}” while the infusion is {chart.pump.replace('-', ' ')}."
    if isinstance(event, has.Started) and event.product != chart.order.product:
        return f"is {event.product}, but {chart.order.product} was ordered."
    if isinstance(event, has.Symptom) and event.what not in chart.order.rules.symptoms:
        return f"names {event.what!r}, which is not a symptom of the shelf."
    there = {EVERYTHING, *(onset.what for onset in chart.active)}
    if isinstance(event, has.SymptomPassed) and event.what not in there:
        return f"says that {event.what!r} passed, which was not there."
    return ""


def _start(now: Chart, event: has.Started) -> Chart:
    supervision = follow("supervision", now.supervision, "start") or now.supervision
    return replace(now, started=event, bags=(event,), supervision=supervision)


def _resume(now: Chart, event: has.Resumed) -> Chart:
    rate = event.ml_per_h if event.ml_per_h is not None else now.last_ml_per_h
    assert rate is not None, "nothing resumes that did not run"
    pauses = (*now.pauses[:-1], (now.pauses[-1][0], event.at)) if now.pump == "paused" else now.pauses
    return _at_rate(replace(now, pauses=pauses, finished=None, pump_ml=None), "resume", event.at, rate)


def _at_rate(now: Chart, trigger: str, at: datetime, ml_per_h: Decimal) -> Chart:
    against = now.against
    if trigger in ("start", "resume") and now.supervision in NO_RESTART:
        against = (*against, f"started again at {at:%H:%M} although the rules allow no restart")
    if ml_per_h > now.order.maximum_ml_per_h:
        against = (*against, f"set to {ml_per_h} mL/h at {at:%H:%M}, above the maximum {now.order.maximum_ml_per_h}")
    return replace(
        _standing(now, trigger, at), ml_per_h=ml_per_h, since=at, last_ml_per_h=ml_per_h, against=against
    )  # fmt: skip


def _standing(now: Chart, trigger: str, at: datetime) -> Chart:
    """The pump's next state, with the running segment closed."""
    pump = follow("pump", now.pump, trigger)
    assert pump is not None, "impossible() lets only possible triggers through"
    return replace(now, pump=pump, closed=now.segments(at), ml_per_h=None, since=at)


def _finish(now: Chart, event: has.Stopped | has.Ended) -> Chart:
    trigger = "stop" if isinstance(event, has.Stopped) else "end"
    supervision = follow("supervision", now.supervision, trigger) or now.supervision
    now = replace(_standing(now, trigger, event.at), finished=event.at, supervision=supervision)
    return _read(replace(now, pump_ml=event.pump_ml), event)


def _read(now: Chart, event: has.Paused | has.Stopped | has.Ended) -> Chart:
    """The pump's own reading, where one was noted, beside what ran by rate and time."""
    if event.pump_ml is None:
        return now
    return replace(now, readings=(*now.readings, Reading(event.at, event.pump_ml, now.ran_ml(event.at))))


def _felt(now: Chart, what: str, severity: str, at: datetime, says: str = "") -> Chart:
    """A symptom comes, or changes: noted, and followed through the statechart."""
    known = next((onset for onset in now.active if onset.what == what), None)
    episodes = now.episodes + (0 if now.active or now.started is None else 1)
    rate, before_start = now.last_ml_per_h or Decimal(0), now.started is None
    if known is None:
        onsets, worse = (*now.onsets, Onset(what, severity, at, rate, before_start, None, says)), True
    else:
        worse = SEVERITIES.index(severity) > SEVERITIES.index(known.severity)
        changed = replace(known, severity=severity) if worse else known
        if worse and known.before_start and not before_start:  # it was there before; that it got worse is a reaction
            changed = replace(changed, ml_per_h=rate, before_start=False)
        onsets = tuple(changed if onset is known else onset for onset in now.onsets)
    return _triggered(replace(now, onsets=onsets, episodes=episodes, passed=None), worse=worse)


def _gone(now: Chart, what: str, at: datetime) -> Chart:
    onsets = tuple(
        replace(onset, passed=at) if onset.passed is None and what in (EVERYTHING, onset.what) else onset
        for onset in now.onsets
    )
    now = replace(now, onsets=onsets)
    if now.active or now.passed is not None:
        return now
    return replace(now, passed=at, supervision=follow("supervision", now.supervision, "passed") or now.supervision)


def _measured(now: Chart, event: VitalSigns) -> Chart:
    first = now.first_signs
    now = replace(now, signs=(*now.signs, event))
    if now.started is None:
        return now
    rules, adult = now.order.rules, now.order.is_adult
    danger = vitals.danger(event, first, is_adult=adult, rules=rules)
    if danger:
        now = _felt(now, DANGER, "severe", event.at, "; ".join(danger.values()))
    beyond = vitals.beyond(event, first, now.order.limits)
    if event.acceptable is False:
        beyond = (*beyond, "judged not acceptable")
    if beyond and not danger:
        return _felt(now, SIGNS, "moderate", event.at, "; ".join(beyond))
    for what in (SIGNS, DANGER):
        there = what in {onset.what for onset in now.active}
        if there and not beyond and not danger and not now.lacks(event):
            now = _gone(now, what, event.at)
    return now


def _triggered(now: Chart, *, worse: bool) -> Chart:
    """Supervision after a symptom: suspicion of anaphylaxis before severity before reaction."""
    suspicion = now.suspicion or suspected(now)
    if suspicion:
        trigger = "suspicion"
    elif any(_is_severe(now, onset) for onset in now.active):
        trigger = "severe"
    else:
        trigger = "worse" if now.supervision == "reacting" and worse else "reaction"
    guards = frozenset(GUARDS) if now.order.rules.stops_on_return else frozenset()
    supervision = follow("supervision", now.supervision, trigger, guards) or now.supervision
    return replace(now, suspicion=suspicion, supervision=supervision)


def _is_severe(now: Chart, onset: Onset) -> bool:
    return onset.severity in ("severe", "life-threatening") or onset.what in now.order.rules.serious


def suspected(now: Chart) -> str:
    """Why anaphylaxis is suspected from what is there now; "" when it is not."""
    rules = now.order.rules
    systems: dict[str, str] = {}
    for onset in now.active:
        system = rules.systems.get(onset.what, "")
        if system == "all" or onset.severity == "life-threatening":
            return f"{onset.what} entered as {onset.severity}"
        if system:
            systems.setdefault(system, onset.what)
    if now.signs and now.started is not None:
        for system in vitals.danger(now.signs[-1], now.first_signs, is_adult=now.order.is_adult, rules=rules):
            systems.setdefault(system, "vital signs")
    if len(systems) < rules.suspicion.value["at_least"]:
        return ""
    return " and ".join(f"{system} ({what})" for system, what in systems.items())
