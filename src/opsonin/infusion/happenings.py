"""What can happen at the bedside? One frozen value for each kind of event; the pump, the person, the nurse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

SEVERITIES = ("mild", "moderate", "severe", "life-threatening")  # as entered by the person who saw it
EVERYTHING = "all"  # symptom passed: every one


@dataclass(frozen=True, kw_only=True)
class Happened:
    """When something happened, who says so, and where it is written."""

    at: datetime  # with zone
    who: str = ""
    place: str = ""  # "line 3", "record 17"


@dataclass(frozen=True, kw_only=True)
class Started(Happened):
    """The infusion begins: what hangs, and how fast the pump is set."""

    product: str
    ml_per_h: Decimal
    mg_per_ml: Decimal
    lot: str = ""
    vials_g: tuple[Decimal, ...] = ()
    pooled_at: datetime | None = None  # when the vials were pooled or the bag was made, if known


@dataclass(frozen=True, kw_only=True)
class RateSet(Happened):
    """The pump runs on at another rate."""

    ml_per_h: Decimal


@dataclass(frozen=True, kw_only=True)
class VitalSigns(Happened):
    """One set of vital signs. `acceptable` is what a person judged, against the first set; None: nobody said."""

    temperature_c: Decimal | None = None
    systolic: Decimal | None = None  # mmHg
    diastolic: Decimal | None = None
    pulse: Decimal | None = None  # per minute
    respiratory_rate: Decimal | None = None  # per minute
    oxygen_saturation: Decimal | None = None  # %
    acceptable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Symptom(Happened):
    """The person feels or shows something, as bad as it is entered."""

    what: str  # a symptom of the shelf
    severity: str  # one of SEVERITIES
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class SymptomPassed(Happened):
    """A symptom is gone, or all of them."""

    what: str = EVERYTHING


@dataclass(frozen=True, kw_only=True)
class MedicineGiven(Happened):
    """A medicine beside the infusion, in words."""

    what: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Paused(Happened):
    """The pump stands still; the infusion may go on. `pump_ml`: what the pump says ran in so far, if read."""

    says: str = ""
    pump_ml: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Resumed(Happened):
    """The pump runs again; without a rate, at the one before the pause."""

    ml_per_h: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class BagChanged(Happened):
    """Another bag or bottle of the same product."""

    lot: str = ""
    vials_g: tuple[Decimal, ...] = ()
    pooled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Stopped(Happened):
    """The infusion is broken off for this day. `pump_ml`: what the pump says ran in, if read."""

    says: str = ""
    pump_ml: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Ended(Happened):
    """The bag is in."""

    pump_ml: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Noted(Happened):
    """Anything else, in words."""

    says: str


Happening = (
    Started
    | RateSet
    | VitalSigns
    | Symptom
    | SymptomPassed
    | MedicineGiven
    | Paused
    | Resumed
    | BagChanged
    | Stopped
    | Ended
    | Noted
)
