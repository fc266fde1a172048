"""How did this person bear the infusions so far: which steps were reached, at which rates, with what reaction?

Read from what was charted (start, rate, pause, resume, symptom, stop, end), never guessed. A rate counts as borne when
it ran to its own end (the next rate, or the end of the infusion) without a symptom felt while it ran and without the
infusion being paused or stopped out of it. How long it ran is said beside it: whether that was long enough is for the
reader, or the ladder, to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from opsonin.errors import InputRefused, Problem
from opsonin.infusion.as_given import as_given
from opsonin.patient import GivenDose, Patient, ToleratedInfusion
from opsonin.patient.event import IMMUNOGLOBULIN, Event

_RUNNING = ("start", "rate", "resume")
_HALTED = ("pause", "stop", "end")


@dataclass(frozen=True)
class Step:
    """One constant rate: how long it ran, and whether it was borne."""

    ml_per_h: Decimal
    ml_per_kg_per_h: Decimal | None  # None when no body weight was charted
    minutes: Decimal
    borne: bool


@dataclass(frozen=True)
class Tolerance:
    """One infusion of a product: its steps, the reactions in words with their severity, and how it ended."""

    product: str
    started: datetime
    steps: tuple[Step, ...]
    reactions: tuple[str, ...]
    ended: str  # "end", "stop", or "" when neither is charted

    @property
    def highest_rate_borne(self) -> Decimal | None:
        """mL/kg/h; None when no rate was borne to its end, or no weight is known."""
        rates = [step.ml_per_kg_per_h for step in self.steps if step.borne and step.ml_per_kg_per_h is not None]
        return max(rates, default=None)

    def as_tolerated(self) -> ToleratedInfusion:
        """What the case's `tolerated:` says of it."""
        reaction = "; ".join(self.reactions) or ("none" if self.ended == "end" else None)
        return ToleratedInfusion(self.product, self.started.date(), self.highest_rate_borne, reaction)


def tolerance(events: Sequence[Event]) -> tuple[Tolerance, ...]:
    """The infusions of one case, oldest first. Corrections are applied; a dose that was given but not charted step by
    step counts with its symptoms alone."""
    withdrawn = {event.corrects for event in events if event.kind == "correction"}
    stand = sorted((e for e in events if not (e.id and e.id in withdrawn)), key=lambda e: e.at)
    starts = [event for event in stand if event.kind == "start"]
    charted = []
    for start, following in zip(starts, [*starts[1:], None], strict=False):
        until = following.at if following is not None else None
        charted.append(_charted([e for e in stand if _belongs(e, start, until)]))
    doses = [e for e in stand if e.kind == "given" and e.what == IMMUNOGLOBULIN and not _is_charted(e, starts)]
    plain = [
        Tolerance(dose.product, dose.at, (), _reactions(_during(dose, stand)), "end" if dose.until else "")
        for dose in doses
        if dose.product is not None
    ]
    return tuple(sorted((*charted, *plain), key=lambda one: one.started))


def as_history(
    events: Sequence[Event], patient: Patient
) -> tuple[tuple[ToleratedInfusion, ...] | None, tuple[GivenDose, ...] | None]:
    """`tolerated` and `given` of a patient, with what the record adds to them. What the case states stays as it is
    stated; an infusion of the same product on the same day is the same one. Raises InputRefused when the amounts
    differ."""
    said = {(one.product, one.given_on) for one in patient.tolerated or ()}
    new = [one.as_tolerated() for one in tolerance(events)]
    tolerated = (*(patient.tolerated or ()), *(one for one in new if (one.product, one.given_on) not in said))
    doses = [
        GivenDose(event.product, event.amount, event.at.date(), event.at)
        for event in as_given(events)
        if event.kind == "given" and event.what == IMMUNOGLOBULIN
        if event.product is not None and event.amount is not None
    ]
    stated = {(dose.product, dose.given_on): dose.grams for dose in patient.given or ()}
    problems = [
        Problem(
            "given",
            f"{dose.product} on {dose.given_on.isoformat()}: {stated[dose.product, dose.given_on]} g",
            f"is {dose.grams} g in the record.",
            "Correct the case, or add a correction to the record.",
        )
        for dose in doses
        if stated.get((dose.product, dose.given_on), dose.grams) != dose.grams
    ]
    if problems:
        raise InputRefused(problems, source="case and record")
    given = (*(patient.given or ()), *(dose for dose in doses if (dose.product, dose.given_on) not in stated))
    return tolerated if tolerated else patient.tolerated, given if given else patient.given


def _belongs(event: Event, start: Event, until: datetime | None) -> bool:
    """Whether an event is of the infusion that began with `start`: after it, before the next, not named otherwise."""
    inside = start.at <= event.at and (until is None or event.at < until)
    return event is start or (inside and event.kind != "start" and event.infusion in ("", start.infusion))


def _is_charted(dose: Event, starts: Iterable[Event]) -> bool:
    """Whether this dose is the sum of an infusion that was charted from its start."""
    return any(
        start.product == dose.product
        and (start.at.date() == dose.at.date() if not dose.infusion else start.infusion == dose.infusion)
        for start in starts
    )


def _charted(events: Sequence[Event]) -> Tolerance:
    start = events[0]
    steps: list[Step] = []
    rate, since, weight = None, start.at, start.weight.amount if start.weight is not None else None
    felt: list[Event] = []
    for event in events:
        if event.kind == "symptom" and event.severity != "passed":
            felt.append(event)
        if event.kind not in (*_RUNNING, *_HALTED):
            continue
        if rate is not None and event.kind != "start":
            borne = event.kind not in ("pause", "stop") and not any(since <= one.at <= event.at for one in felt)
            steps.append(_step(rate, weight, since, event.at, borne=borne))
        last = rate if rate is not None else (steps[-1].ml_per_h if steps else None)
        rate = None if event.kind in _HALTED else event.rate.amount if event.rate is not None else last
        since = event.at
        if event.kind in ("stop", "end"):
            break
    if rate is not None and events[-1].at > since:
        steps.append(_step(rate, weight, since, events[-1].at, borne=False))
    ended = next((event.kind for event in events if event.kind in ("stop", "end")), "")
    return Tolerance(start.product or "", start.at, tuple(steps), _reactions(events), ended)


def _step(rate: Decimal, weight: Decimal | None, since: datetime, until: datetime, *, borne: bool) -> Step:
    minutes = Decimal(round((until - since).total_seconds())) / 60
    return Step(rate, rate / weight if weight is not None else None, minutes, borne)


def _during(dose: Event, events: Sequence[Event]) -> list[Event]:
    """The symptoms of the day of a dose, from its start."""
    return [
        e for e in events if e.at >= dose.at and e.at.date() == dose.at.date() and e.infusion in ("", dose.infusion)
    ]


def _reactions(events: Iterable[Event]) -> tuple[str, ...]:
    """What was felt, once each, with its severity where it was charted."""
    said = (
        f"{e.what or e.says} ({e.severity})" if e.severity else e.what or e.says
        for e in events
        if e.kind == "symptom" and e.severity != "passed"
    )
    return tuple(dict.fromkeys(said))
