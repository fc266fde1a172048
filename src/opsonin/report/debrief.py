"""What does the debrief say? Each action beside the rules, each delay, and the minutes in which something changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from opsonin.infusion import AID
from opsonin.infusion.advised import KINDS
from opsonin.infusion.debrief import AGAINST, AS_ADVISED, LESS, MORE_CAREFUL, NOTED, Debrief
from opsonin.infusion.training import Exercise
from opsonin.quantities import show

VERDICTS = (AS_ADVISED, MORE_CAREFUL, LESS, AGAINST, NOTED)


def debrief_lines(found: Debrief, exercise: Exercise) -> Iterator[str]:
    """The debrief, line by line."""
    yield f"\nDebrief: {exercise.scenario.title}"
    yield AID
    yield f"What it teaches: {exercise.scenario.teaches}"
    yield "  ".join(f"{verdict}: {found.count(verdict)}" for verdict in VERDICTS)
    yield f"Given: {show(found.given_share * 100, 1)} % of the dose. Reaction: {found.tolerated.reaction}."
    if found.suspicion:
        yield f"Anaphylaxis was suspected: {found.suspicion}."
    if found.grade is not None:
        yield f"CTCAE 5 grade {found.grade.grade}: {found.grade.because}."
    yield "\nWhat you did, and what the rules said just before"
    for one in found.judged:
        yield f"  {_clock(exercise, one.act.minute)}  {_what(one.act.line):30} {one.verdict}"
        if one.why:
            yield f"         {one.why}"
    yield "\nWhat waited"
    for delay in found.delays:
        until = "then done" if delay.followed else "and still did at the end"
        waited = f"{KINDS[delay.kind]} waited {delay.minutes} minutes, {until}"
        yield f"  {_clock(exercise, delay.since)}  {waited}: {delay.says}"
    if not found.delays:
        yield "  Nothing the rules asked for waited more than a minute."
    yield "\nMinute by minute (where something changed)"
    before: tuple[Any, ...] = ()
    for minute in found.minutes:
        here = (minute.pump, minute.ml_per_h, minute.supervision, minute.advice.kind, minute.advice.says)
        if here != before:
            runs = f"{show(minute.ml_per_h)} mL/h" if minute.ml_per_h is not None else minute.pump
            yield f"  {_clock(exercise, minute.minute)}  {runs:12} {minute.supervision:11} {minute.advice.says}"
        before = here


def debrief_to_dict(found: Debrief, exercise: Exercise, seed: int) -> dict[str, Any]:
    """The debrief as JSON, with every minute and the events as lines."""
    return {
        "schema": "opsonin-debrief/1",
        "aid": AID,
        "scenario": exercise.scenario.id,
        "seed": seed,
        "counts": {verdict: found.count(verdict) for verdict in VERDICTS},
        "given_percent": show(found.given_share * 100, 3),
        "suspicion": found.suspicion or None,
        "grade": found.grade.grade if found.grade is not None else None,
        "reaction": found.tolerated.reaction,
        "actions": [
            {
                "minute": one.act.minute,
                "did": _what(one.act.line),
                "advised": one.act.before.kind,
                "says": one.act.before.says,
                "verdict": one.verdict,
                "why": one.why,
            }
            for one in found.judged
        ],
        "delays": [
            {"kind": d.kind, "since": d.since, "minutes": d.minutes, "followed": d.followed, "says": d.says}
            for d in found.delays
        ],
        "minutes": [
            {
                "minute": m.minute,
                "pump": m.pump,
                "ml_per_h": show(m.ml_per_h) if m.ml_per_h is not None else None,
                "supervision": m.supervision,
                "advice": m.advice.kind,
                "says": m.advice.says,
            }
            for m in found.minutes
        ],
        "events": exercise.lines,
    }


def _what(line: Any) -> str:
    words = [str(line["kind"]), *(str(line[name]) for name in ("rate", "what", "dose", "reason") if line.get(name))]
    if line["kind"] == "vitals":
        words = ["vitals", line["blood_pressure"], line["temperature"]]
    return " ".join(words)


def _clock(exercise: Exercise, minute: int) -> str:
    return f"{exercise.begins + timedelta(minutes=minute):%H:%M}"
