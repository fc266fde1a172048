"""What the checks look at: the fields that could be read, the day, the age, and where to note problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from opsonin.case.age import age_in_years
from opsonin.case.atg_fields import AtgCaseFile, RecipientBlock
from opsonin.case.fields import CaseFile, PatientBlock
from opsonin.case.notes import Notes


class Seen(Protocol):
    """What checks look at that hold for a case of any therapy: its fields, the day, the age, where to note."""

    @property
    def file(self) -> Any: ...
    @property
    def as_of(self) -> date | None: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def born(self) -> date | None: ...
    @property
    def age_years(self) -> Decimal | None: ...


@dataclass(frozen=True)
class Sight:
    """One case under check."""

    file: CaseFile
    as_of: date | None
    notes: Notes

    @property
    def born(self) -> date | None:
        return self.file.patient.birth_date if self.file.patient else None

    @property
    def age_years(self) -> Decimal | None:
        """Age on `as_of`, when it can be known."""
        return age_on(self.file.patient, self.as_of)


@dataclass(frozen=True)
class AtgSight:
    """One case of antithymocyte globulin under check."""

    file: AtgCaseFile
    as_of: date | None
    notes: Notes
    doses_beside: bool = False  # what was given may stand in a file of events, so the start may be past

    @property
    def born(self) -> date | None:
        return self.file.patient.birth_date if self.file.patient else None

    @property
    def age_years(self) -> Decimal | None:
        """Age on `as_of`, when it can be known."""
        return age_on(self.file.patient, self.as_of)


def age_on(patient: PatientBlock | RecipientBlock | None, as_of: date | None) -> Decimal | None:
    """The age of this person on a day, when it can be known."""
    if patient is None:
        return None
    if patient.birth_date is not None and as_of is not None:
        return age_in_years(patient.birth_date, as_of) if patient.birth_date <= as_of else None
    return patient.age.amount if patient.age is not None and patient.age.amount >= 0 else None


Check = Callable[[Sight], None]
