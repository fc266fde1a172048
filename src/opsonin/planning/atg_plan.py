"""The plan of antithymocyte globulin: courses with findings and calendar, what was assessed, what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opsonin.knowledge import Fact, Protocol
from opsonin.patient import Circumstances, Recipient, Request
from opsonin.planning.plan import NotKnown
from opsonin.regimen import GlobulinCourse
from opsonin.safety import Finding


@dataclass(frozen=True)
class DayEntry:
    """One thing that falls on one day: a dose, a test, a protection, an effect or a harm to expect."""

    kind: str  # "dose" | "test" | "prophylaxis" | "effect" | "harm"
    says: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class CourseDay:
    """One day of the course."""

    day: int  # as the protocol counts
    on: date | None
    entries: tuple[DayEntry, ...]


@dataclass(frozen=True)
class Window:
    """Something due or expected over a span of days, counted from the first dose (0) on."""

    kind: str  # as DayEntry
    first: int
    last: int
    from_day: date | None
    to_day: date | None
    says: str
    fact: Fact


@dataclass(frozen=True)
class PlannedCourse:
    """A course with everything that is said about it."""

    course: GlobulinCourse
    findings: tuple[Finding, ...]
    days: tuple[CourseDay, ...]
    windows: tuple[Window, ...]
    limit_mg_per_kg: Decimal | None  # cumulative, of the protocol; None: its source states none
    in_stock: bool | None = None  # None: the case lists no stock
    price: Decimal | None = None  # of every vial opened, in the site's currency; None: the case names no price


@dataclass(frozen=True)
class Assessed:
    """Something about this person that was looked at, and what the shelf knows of it."""

    what: str
    state: str
    says: str  # "" when the shelf holds nothing on it
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class AtgStamp:
    """What made this plan: enough to make it again."""

    package_version: str
    knowledge_version: str
    pack: str
    pack_version: str
    as_of: date


@dataclass(frozen=True)
class AtgPlan:
    """The whole answer. The choice stays with the reader."""

    schema: str  # "opsonin-atg-plan/1"
    recipient: Recipient
    request: Request
    circumstances: Circumstances
    says: str  # what this plan is, in a sentence or two
    nothing_planned: str  # "" or why no course is planned
    protocols: tuple[Protocol, ...]  # those that fit the indication, whatever was chosen
    courses: tuple[PlannedCourse, ...]
    replaces: str  # "" or what another product changes
    assessed: tuple[Assessed, ...]
    alternatives: tuple[Fact, ...]
    statements: Mapping[str, tuple[Fact, ...]]  # title → facts
    not_known: tuple[NotKnown, ...]
    stamp: AtgStamp
    safety_frame: str

    @property
    def chosen(self) -> PlannedCourse | None:
        """The one course that is fully named, if it is."""
        return self.courses[0] if len(self.courses) == 1 and self.courses[0].course.end == "as-named" else None
