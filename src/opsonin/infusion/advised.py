"""What is an advice, and in which words does it name what was recorded?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from opsonin.infusion import vitals
from opsonin.infusion.chart import DANGER, SIGNS, Chart, Onset
from opsonin.infusion.checks import Due, whole
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


def onset_words(onset: Onset) -> str:
    name = {SIGNS: "vital signs beyond limits", DANGER: "vital signs in danger"}.get(onset.what, onset.what)
    words = f" ({onset.says})" if onset.says else ""
    rate = f" at {show(onset.ml_per_h)} mL/h" if not onset.before_start else " before the start"
    return f"{name}, {onset.severity}, since {onset.began:%H:%M}{rate}{words}"


def has_onset(chart: Chart, what: str) -> bool:
    return any(onset.what == what for onset in chart.onsets)


def signs_words(chart: Chart) -> str:
    latest = whole(chart)
    return f"vital signs at {latest.at:%H:%M}: {vitals.in_words(latest)}" if latest is not None else ""


def treated_words(chart: Chart) -> str:
    given = [medicine.what for medicine in chart.medicines]
    return f"Given so far: {', '.join(given)}." if given else ""
