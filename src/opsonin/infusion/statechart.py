"""Which states are there, and what leads from one to the next? Two small tables, read as they stand.

`PUMP` says what the pump does and follows what happened. `SUPERVISION` says what the rules still allow. They move side
by side: a pump that somebody starts again after a stop runs, and supervision still forbids it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Transition:
    """From one state to the next when this happens, and the guard holds ("" for always)."""

    source: str
    trigger: str
    target: str
    guard: str = ""


STATES = {
    "pump": {
        "not-started": "nothing has run",
        "running": "the pump runs at one rate",
        "paused": "the pump stands still; the infusion may go on",
        "stopped": "broken off for this day",
        "ended": "the bag is in",
    },
    "supervision": {
        "waiting": "before the start",
        "clear": "no reaction so far: the rate may rise step by step",
        "reacting": "a symptom is there: no rise; slow, pause or stop",
        "recovering": "the reaction has passed: go on as the pack says, below the rate that caused it",
        "barred": "stopped for this day: no restart",
        "emergency": "anaphylaxis suspected: stop at once, no way back",
        "over": "ended without a stop: watch",
    },
}
START = {"pump": "not-started", "supervision": "waiting"}

PUMP = (
    Transition("not-started", "start", "running"),
    Transition("running", "rate", "running"),
    Transition("running", "bag", "running"),
    Transition("paused", "bag", "paused"),
    Transition("running", "pause", "paused"),
    Transition("paused", "resume", "running"),
    Transition("running", "stop", "stopped"),
    Transition("paused", "stop", "stopped"),
    Transition("running", "end", "ended"),
    Transition("paused", "end", "ended"),
    Transition("stopped", "resume", "running"),  # a person did it; supervision stays barred
)

SUPERVISION = (
    Transition("waiting", "start", "clear"),
    Transition("waiting", "suspicion", "emergency"),
    Transition("waiting", "severe", "barred"),
    Transition("clear", "suspicion", "emergency"),
    Transition("clear", "severe", "barred"),
    Transition("clear", "reaction", "reacting"),
    Transition("clear", "stop", "barred"),
    Transition("clear", "end", "over"),
    Transition("reacting", "suspicion", "emergency"),
    Transition("reacting", "severe", "barred"),
    Transition("reacting", "worse", "barred", guard="the pack stops when a reaction returns or worsens"),
    Transition("reacting", "passed", "recovering"),
    Transition("reacting", "stop", "barred"),
    Transition("reacting", "end", "over"),
    Transition("recovering", "suspicion", "emergency"),
    Transition("recovering", "severe", "barred"),
    Transition("recovering", "reaction", "barred", guard="the pack stops when a reaction returns or worsens"),
    Transition("recovering", "reaction", "reacting"),
    Transition("recovering", "stop", "barred"),
    Transition("recovering", "end", "over"),
    Transition("barred", "suspicion", "emergency"),
    Transition("over", "suspicion", "emergency"),
)

REGIONS = {"pump": PUMP, "supervision": SUPERVISION}
GUARDS = tuple(dict.fromkeys(transition.guard for transition in SUPERVISION if transition.guard))
NO_WAY_BACK = ("emergency",)
NO_RESTART = ("barred", "emergency")


def follow(region: str, state: str, trigger: str, guards: frozenset[str] = frozenset()) -> str | None:
    """The state after this trigger: that of the first transition whose guard holds; None when there is none.

    >>> follow("supervision", "clear", "suspicion")
    'emergency'
    >>> follow("supervision", "emergency", "passed") is None
    True
    """
    for transition in REGIONS[region]:
        if (transition.source, transition.trigger) == (state, trigger) and transition.guard in ("", *guards):
            return transition.target
    return None


def as_mermaid(region: str) -> str:
    """One region as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {_name(START[region])}"]
    for state, says in STATES[region].items():
        lines.append(f"    {_name(state)} : {state} – {says.replace(':', ',')}")
    for one in REGIONS[region]:
        guard = f" [{one.guard}]" if one.guard else ""
        lines.append(f"    {_name(one.source)} --> {_name(one.target)} : {one.trigger}{guard}")
    return "\n".join(lines)


def _name(state: str) -> str:
    return state.replace("-", "_")
