"""What happened to a patient? One vocabulary for all that is planned, decided, given, measured and felt.

An event is a value: what, when (with zone), who says so, where it comes from. Events are only ever added; what was
wrong is withdrawn by a later `correction`. Every room speaks these words: the file of events beside a case, the hours
at the bedside, follow-up, the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from opsonin.quantities import Quantity

IMMUNOGLOBULIN = "immunoglobulin"
TRANSFUSION = "platelet-transfusion"
SEAL = "seal"  # not an event: the last line of a record's export
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"  # of a case: a pseudonym has no blanks
SEVERITIES = ("mild", "moderate", "severe", "life-threatening", "passed")
OUTCOMES = ("agrees", "disagrees")
VITAL_SIGNS = ("pulse", "blood_pressure", "temperature", "respiratory_rate", "oxygen_saturation")


@dataclass(frozen=True)
class Kind:
    """One kind of event: what it says, the fields it needs, and the others it may carry."""

    says: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


ALWAYS = ("kind", "at", "who", "source")
WHEREVER = ("noted", "id", "case", "says", "record")  # may stand in an event of any kind
JUDGEMENTS = ("acceptable", "not-acceptable")
_HANGS = ("lots", "vials", "concentration", "volume")
KINDS: dict[str, Kind] = {
    "plan": Kind("a plan was issued", ("plan",)),
    "decision": Kind("something was decided", ("says", "reason"), ("about",)),
    "override": Kind("a rule or finding was not followed", ("rule", "reason"), ("about",)),
    "check": Kind("a second person checked an event", ("about", "outcome"), ("reason",)),
    "given": Kind(
        "a dose or a medicine was given",
        ("what",),
        ("product", "grams", "ended", "interruptions", "raises_platelets", "dose", "route", "reason", "lots",
         "infusion"),
    ),
    "measured": Kind("the laboratory measured", ("what", "value"), ("assay",)),
    "start": Kind(
        "an infusion began", ("product", "lots", "vials", "concentration"),
        ("volume", "weight", "rate", "made", "infusion")
    ),
    "rate": Kind("the pump was set to a rate", ("rate",), ("reason", "infusion")),
    "vitals": Kind("vital signs were taken", (), (*VITAL_SIGNS, "judged", "infusion")),
    "symptom": Kind("something was felt or seen", ("says",), ("what", "severity", "infusion")),
    "pause": Kind("the infusion was paused", ("reason",), ("volume", "infusion")),
    "resume": Kind("the infusion ran again", (), ("rate", "reason", "infusion")),
    "bag": Kind("another bag was hung", ("lots", "vials"),
                ("product", "concentration", "volume", "made", "infusion")),
    "stop": Kind("the infusion was stopped for good, before its end", ("reason",), ("volume", "infusion")),
    "end": Kind("the infusion ended as planned", (), ("volume", "infusion")),
    "note": Kind("anything else, in words", ("says",), ("about", "infusion")),
    "correction": Kind("an earlier event is withdrawn; the right one follows", ("corrects", "reason")),
}  # fmt: skip


@dataclass(frozen=True)
class BloodPressure:
    """Systolic over diastolic, in mmHg, and what was written."""

    systolic_mmhg: Decimal
    diastolic_mmhg: Decimal
    written: str


@dataclass(frozen=True)
class VitalSigns:
    """What was taken at one time; what was not taken is None."""

    pulse: Quantity | None = None  # /min
    blood_pressure: BloodPressure | None = None
    temperature: Quantity | None = None  # °C
    respiratory_rate: Quantity | None = None  # /min
    oxygen_saturation: Quantity | None = None  # %


@dataclass(frozen=True)
class Hung:
    """What hangs on the stand: the lots and vials it was made from, its strength, its volume where stated."""

    lots: tuple[str, ...]
    vials: tuple[Quantity, ...]  # g, one entry for each vial
    concentration: Quantity | None = None  # mg/mL
    volume: Quantity | None = None  # mL

    @property
    def grams(self) -> Decimal:
        """What the vials hold together."""
        return sum((vial.amount for vial in self.vials), Decimal(0))


@dataclass(frozen=True)
class Ran:
    """So many grams ran in from here to there, at one rate."""

    start: datetime
    end: datetime
    grams: Decimal


@dataclass(frozen=True)
class Event:
    """One thing that happened, when, who says so, and where it is written."""

    kind: str  # one of KINDS
    at: datetime  # with zone
    who: str  # a role
    source: str  # "case", or what the file says, such as "ward" or "laboratory"
    place: str  # "measured[2]" in the case, "line 3" in a file, "entry 17" in a record
    what: str = ""  # given: immunoglobulin, platelet-transfusion, a medicine; measured: platelets, …; symptom: its name
    product: str | None = None
    amount: Decimal | None = None  # given, measured, rate: in the canonical unit: g, 10^9/L, g/L, mL/h, …
    written: str = ""  # the amount as it was written
    below: bool = False  # measured: less than the amount, as in "<5 x10^9/L"
    until: datetime | None = None  # given: when it ended, if known
    interruptions: tuple[tuple[datetime, datetime], ...] = ()
    ran: tuple[Ran, ...] = ()  # given: the segments of constant rate, from the chart; on no line of its own
    raises_platelets: bool | None = None  # given, a medicine: None = not stated
    says: str = ""
    day_only: bool = False  # only the day is known
    id: str = ""
    corrects: str = ""  # correction: the id of the event that is withdrawn
    noted: datetime | None = None  # when it was written down, for a late entry
    case: str = ""  # pseudonym of the case
    infusion: str = ""  # the name under which one infusion's events belong together
    severity: str = ""  # symptom: one of SEVERITIES; "passed" when it is over
    reason: str = ""
    about: str = ""  # the id of the event that is decided on, overridden or checked
    rule: str = ""  # override: the id of the rule or finding
    outcome: str = ""  # check: one of OUTCOMES
    dose: str = ""  # given, a medicine: how much, as written
    route: str = ""
    assay: str = ""  # measured, a level of antithymocyte globulin
    rate: Quantity | None = None  # start, rate, resume: mL/h
    volume: Quantity | None = None  # pause, stop, end: mL in all, as the pump says
    weight: Quantity | None = None  # start: the body weight, kg, that rates per kilogram refer to
    hung: Hung | None = None  # start, bag
    lots: tuple[str, ...] = ()  # given
    made: datetime | None = None  # start, bag: when the bag was made or the vials were pooled
    judged: str = ""  # vitals: one of JUDGEMENTS, against the first set; "" when nobody judged
    vitals: VitalSigns | None = None
    plan: Mapping[str, Any] | None = field(default=None, hash=False)  # plan: what was issued


def standing(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events that still stand, oldest first: corrections and what they withdraw are gone."""
    withdrawn = {event.corrects for event in events if event.kind == "correction"}
    kept = [event for event in events if event.kind != "correction" and (not event.id or event.id not in withdrawn)]
    return tuple(sorted(kept, key=lambda event: event.at))
