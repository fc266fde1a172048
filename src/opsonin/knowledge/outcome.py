"""One published result of a study arm: shown beside a plan, never a prediction."""

from __future__ import annotations

from dataclasses import dataclass

from opsonin.sources import Citation, Obtained, Status


@dataclass(frozen=True)
class PublishedOutcome:
    """One endpoint of one arm of a published study, as printed."""

    id: str
    therapy: str  # "atg"
    indication: str  # "kidney", "heart", "lung", "liver", "gvhd", "aplastic-anaemia", "itp", …
    study: str
    design: str  # "" when it was not recorded
    design_obtained: Obtained | None  # how the design is known: read or recalled; None when it is not
    population: str
    age_group: str  # "adult" | "child" | "" (not stated)
    arm: str
    regimen: str
    n: int | None
    n_says: str  # where the number of people was printed otherwise ("227 in all arms")
    endpoint: str
    value: str  # as printed; "" when it was looked for and not found
    unit: str
    qualifier: str  # when, with which spread or test, as printed
    citation: Citation
    obtained: Obtained
    status: Status
    note: str

    @property
    def found(self) -> bool:
        return self.obtained is not Obtained.NOT_FOUND

    @property
    def result(self) -> str:
        """The result as printed, with its unit, time and spread; "not found" where there is none."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.value}{unit} {self.qualifier}".rstrip() if self.found else "not found"

    @property
    def size(self) -> str:
        """How many people: a number, the words of the source, or "not recorded"."""
        return str(self.n) if self.n is not None else self.n_says or "not recorded"
