"""What did the trainee do, beside what the rules said? Each action judged, each delay counted, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from opsonin.infusion.advised import Advice
from opsonin.infusion.delivered import Tolerated, tolerated
from opsonin.infusion.reactions import Grade, grade
from opsonin.infusion.training import Act, Exercise, Minute

AS_ADVISED, MORE_CAREFUL, LESS, AGAINST, NOTED = (
    "as advised", "more careful than the rules", "less than advised", "against the rules", "noted",
)  # fmt: skip
MUST = ("stop-at-once", "stop", "pause", "slow", "check", "end")  # advice that waits for an action
_STOPPING = ("stop", "pause")


@dataclass(frozen=True)
class Judged:
    """One action, and how it stands to the advice just before."""

    act: Act
    verdict: str
    why: str


@dataclass(frozen=True)
class Delay:
    """An advice that asked for something, and how many minutes it stood."""

    kind: str
    says: str
    since: int
    minutes: int
    followed: bool  # False: it still stood at the end


@dataclass(frozen=True)
class Debrief:
    """The exercise, looked back on."""

    judged: tuple[Judged, ...]
    delays: tuple[Delay, ...]
    minutes: tuple[Minute, ...]
    given_share: Decimal  # of the ordered volume
    suspicion: str
    grade: Grade | None
    tolerated: Tolerated

    def count(self, verdict: str) -> int:
        return sum(one.verdict == verdict for one in self.judged)


def debrief(exercise: Exercise) -> Debrief:
    """Compare every action with the rules."""
    so_far = exercise.chart
    return Debrief(
        judged=tuple(_judge(act) for act in exercise.acts),
        delays=tuple(_delays(exercise.minutes)),
        minutes=tuple(exercise.minutes),
        given_share=so_far.given_ml(exercise.now) / exercise.order.volume_ml,
        suspicion=so_far.suspicion,
        grade=grade(so_far),
        tolerated=tolerated(so_far),
    )


def _judge(act: Act) -> Judged:
    verdict, why = _verdict(act, str(act.line["kind"]), act.before)
    return Judged(act, verdict, why)


def _verdict(act: Act, kind: str, said: Advice) -> tuple[str, str]:
    if kind == "vitals":
        asked = said.kind == "check" or (said.kind == "hold" and said.missing)
        return (AS_ADVISED if asked else NOTED), said.says if asked else "taken unasked, which is never wrong"
    if kind in ("start", "rate", "resume"):
        return _rate_verdict(act, kind, said)
    if kind in _STOPPING:
        if said.kind in ("stop", "stop-at-once"):
            return (AS_ADVISED, said.says) if kind == "stop" else (LESS, "a stop was advised; a pause is not one")
        return (AS_ADVISED, said.says) if kind == "pause" == said.kind else (MORE_CAREFUL, f"advised: {said.says}")
    if kind == "end" and said.kind != "end":
        return NOTED, f"advised: {said.says}"
    return (AS_ADVISED if kind == "end" else NOTED), said.says if kind == "end" else ""


def _rate_verdict(act: Act, kind: str, said: Advice) -> tuple[str, str]:
    rate = _rate_of(act)
    wanted = {"start": "begin", "resume": "restart"}.get(kind)
    if wanted is not None:
        if said.kind != wanted:
            return AGAINST, f"advised: {said.says} {'; '.join(said.missing)}".rstrip()
        return _up_to(rate, said)
    before = act.ml_per_h or Decimal(0)
    if said.kind in ("raise", "slow") and said.to_ml_per_h is not None:
        if said.kind == "slow" and rate is not None and rate > said.to_ml_per_h:
            return (LESS if rate < before else AGAINST), said.says
        return _up_to(rate, said) if said.kind == "raise" else (AS_ADVISED, said.says)
    if rate is not None and rate < before:
        if said.kind == "slow":
            return AS_ADVISED, said.says
        return (LESS, said.says) if said.kind in ("pause", "stop", "stop-at-once") else (MORE_CAREFUL, said.says)
    if rate == before:
        return NOTED, "the same rate"
    lacks = "; ".join(said.missing)
    return AGAINST, f"no rise was advised: {said.says} {lacks}".rstrip()


def _up_to(rate: Decimal | None, said: Advice) -> tuple[str, str]:
    to = said.to_ml_per_h
    if rate is None or to is None or rate == to:
        return AS_ADVISED, said.says
    return (MORE_CAREFUL, said.says) if rate < to else (AGAINST, f"faster than advised: {said.says}")


def _rate_of(act: Act) -> Decimal | None:
    written = act.line.get("rate")
    return Decimal(str(written).split()[0]) if written else act.before.to_ml_per_h


def _delays(minutes: list[Minute]) -> Iterator[Delay]:
    """Runs of minutes in which the same advice waited for an action; those of a minute or less are no delay."""
    begun: Minute | None = None
    for minute in [*minutes, None]:
        here = _waits(minute)
        if begun is not None and (minute is None or here is None or here != _waits(begun)):
            last = minutes[-1].minute if minute is None else minute.minute
            if last > begun.minute:
                yield Delay(begun.advice.kind, begun.advice.says, begun.minute, last - begun.minute, minute is not None)
            begun = None
        if begun is None and here is not None:
            begun = minute
    return


def _waits(minute: Minute | None) -> tuple[str, str] | None:
    """What an advice waits for, if it does: not what was already done."""
    if minute is None or minute.advice.kind not in MUST:
        return None
    if minute.advice.kind == "stop" and minute.pump not in ("running", "paused"):
        return None
    return minute.advice.kind, minute.advice.rule
