"""The answer of a follow-up of antithymocyte globulin: exploratory courses with and without results. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from opsonin.patient import Circumstances, Recipient, Request
from opsonin.update.atg_history import AtgHistory
from opsonin.update.course import CourseBand
from opsonin.update.fit import Fit

ATG_FOLLOW_UP_SCHEMA = "opsonin-atg-update/1"
_UNITS = {"total-atg": "µg/mL", "active-atg": "AU/mL"}


def unit_of(what: str) -> str:
    """The unit in which a count or a level is followed.

    >>> unit_of("cd3"), unit_of("active-atg")
    ('cells/µL', 'AU/mL')
    """
    return _UNITS.get(what, "cells/µL")


@dataclass(frozen=True)
class AtgCourse:
    """One count or level, as a laboratory would report it, from the first infusion to the horizon."""

    what: str  # "lymphocytes" | "cd3" | "cd4" | "total-atg" | "active-atg"
    unit: str
    assay: str  # "" for a count
    prior: CourseBand  # before any result since the first infusion
    posterior: CourseBand
    changed: str  # what the results changed, in words


@dataclass(frozen=True)
class AtgFollowUpStamp:
    """What made this answer: enough to make it again."""

    package_version: str
    knowledge_version: str
    model: str
    parameters: str  # their name and seal
    as_of: date
    seed: int
    people: int
    horizon_days: int


@dataclass(frozen=True)
class AtgFollowUp:
    """The whole answer. Exploratory: no dose, day or finding is taken from it."""

    schema: str
    exploratory: tuple[str, ...]  # that it is, and why; stands first wherever it is shown
    recipient: Recipient
    request: Request
    circumstances: Circumstances
    history: AtgHistory
    fit: Fit
    courses: tuple[AtgCourse, ...]  # empty when withheld
    withheld: tuple[str, ...]
    notes: tuple[str, ...]
    fact_ids: tuple[str, ...]
    stamp: AtgFollowUpStamp
    safety_frame: str

    @property
    def first_infusion(self) -> datetime:
        return self.history.zero
