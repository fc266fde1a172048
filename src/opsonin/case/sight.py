"""What the checks look at: the fields that could be read, the day, the age, and where to note problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opsonin.case.age import age_in_years
from opsonin.case.fields import CaseFile
from opsonin.case.notes import Notes


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
        patient = self.file.patient
        if patient is None:
            return None
        if patient.birth_date is not None and self.as_of is not None:
            return age_in_years(patient.birth_date, self.as_of) if patient.birth_date <= self.as_of else None
        return patient.age.amount if patient.age is not None and patient.age.amount >= 0 else None


Check = Callable[[Sight], None]
