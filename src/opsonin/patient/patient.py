"""A person as the clinic knows them on one day. What is not known is None, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

# Conditions and history that change what may be given. Each is True, False, or None (not known).
RISKS: dict[str, str] = {
    "renal": "kidney disease or a risk of kidney failure",
    "thrombosis": "earlier thrombosis or a risk of it",
    "cardiac": "heart failure or another reason to limit fluid volume",
    "diabetes": "diabetes",
    "iga_deficiency": "IgA deficiency",
    "anti_iga": "antibodies against IgA",
    "hyperprolinaemia": "hyperprolinaemia type I or II",
    "fructose_intolerance": "hereditary fructose intolerance",
    "corn_allergy": "corn allergy",
    "immunoglobulin_reaction": "an earlier severe reaction to immunoglobulin",
    "migraine": "migraine",
    "volume_depletion": "volume depletion",
    "paraproteinaemia": "paraproteinaemia or hyperviscosity",
    "oestrogen": "oestrogen treatment",
    "immobility": "prolonged immobility",
    "sepsis": "sepsis",
    "glucose_meter_nonspecific": "a glucose meter that is not glucose-specific",
}


@dataclass(frozen=True)
class Measurement:
    """A laboratory value in its canonical unit, the day it was taken, and how it was written."""

    what: str  # platelets | igg | iga | creatinine | haemoglobin
    value: Decimal
    unit: str
    taken_on: date
    written: str
    taken_at: datetime | None = None  # with zone, when the time is known
    assay: str = ""  # of a level of antithymocyte globulin; assays are not interchangeable


@dataclass(frozen=True)
class Weight:
    """A body weight, the day it was taken, and how it was written."""

    kg: Decimal
    taken_on: date
    written: str


@dataclass(frozen=True)
class Diagnosis:
    """What the person has, since when, in which phase."""

    name: str  # "primary-itp" | "secondary-itp" | another diagnosis in words
    phase: str | None  # "newly-diagnosed" | "persistent" | "chronic"
    since: date | None
    secondary_to: str | None
    spleen: str | None  # "in-place" | "removed"


@dataclass(frozen=True)
class Bleeding:
    """How much bleeding there is, and where."""

    grade: int | None  # Buchanan scale 0–5
    sites: tuple[str, ...]


@dataclass(frozen=True)
class EarlierTreatment:
    """What was tried before, and how it went."""

    treatment: str
    response: str | None  # "complete" | "response" | "none" | "not-tolerated"
    last_on: date | None
    product: str | None  # product id, for immunoglobulin


@dataclass(frozen=True)
class Medicine:
    """A medicine the person takes; whether it raises platelets may not be known."""

    name: str
    started_on: date | None
    changed_on: date | None
    raises_platelets: bool | None


@dataclass(frozen=True)
class ToleratedInfusion:
    """An earlier infusion of a product: the highest rate reached, and any reaction."""

    product: str
    given_on: date
    highest_rate_ml_per_kg_per_h: Decimal | None
    reaction: str | None


@dataclass(frozen=True)
class GivenDose:
    """Immunoglobulin that was already given."""

    product: str
    grams: Decimal
    given_on: date
    started_at: datetime | None  # with zone, when the time is known


@dataclass(frozen=True)
class Vaccine:
    """A vaccination that is planned."""

    name: str
    live: bool | None
    planned_on: date | None


@dataclass(frozen=True)
class Patient:
    """Who this is, on the day the plan is made."""

    id: str
    sex: str | None  # "female" | "male"
    age_years: Decimal
    weight: Weight
    height_cm: Decimal | None
    blood_group: str | None  # "O" | "A" | "B" | "AB"
    pregnant: bool | None
    lactating: bool | None
    diagnosis: Diagnosis
    bleeding: Bleeding
    red_flags: tuple[str, ...]
    measurements: tuple[Measurement, ...]  # oldest first
    treatments: tuple[EarlierTreatment, ...]
    corticosteroids: str | None  # "possible" | "failed" | "not-possible" | "current"
    risks: Mapping[str, bool | None]  # keys of RISKS
    medicines: tuple[Medicine, ...] | None  # None: not stated
    tolerated: tuple[ToleratedInfusion, ...] | None  # None: not stated; (): none so far
    vaccines: tuple[Vaccine, ...] | None
    given: tuple[GivenDose, ...] | None = None  # None: not stated; (): none so far
    rhesus: str | None = None  # "positive" | "negative"

    def latest(self, what: str) -> Measurement | None:
        """The most recent measurement of this kind, or None."""
        found = [m for m in self.measurements if m.what == what]
        return max(found, key=lambda m: m.taken_on) if found else None

    def has(self, risk: str) -> bool:
        """Whether this risk is known to be present."""
        return self.risks.get(risk) is True

    @property
    def is_adult(self) -> bool:
        return self.age_years >= 18


@dataclass(frozen=True)
class Goal:
    """What the treatment is for."""

    kind: str  # "stop-bleeding" | "before-procedure" | "raise-low-count"
    count_10e9_per_l: Decimal | None  # the count to reach
    by: date | None  # the day it is needed
    procedure: str | None

    def says(self) -> str:
        count = f" to {self.count_10e9_per_l} ×10⁹/L" if self.count_10e9_per_l is not None else ""
        by = f" by {self.by.isoformat()}" if self.by else ""
        words = {
            "stop-bleeding": f"stop the bleeding and raise platelets{count}{by}",
            "before-procedure": f"raise platelets{count}{by} before {self.procedure or 'a procedure'}",
            "raise-low-count": f"raise a very low platelet count{count}{by}",
        }
        return words[self.kind]


@dataclass(frozen=True)
class StockItem:
    """A product in the cupboard, and its vial sizes where stated."""

    product: str
    vials_g: tuple[Decimal, ...] | None  # None: any size


@dataclass(frozen=True)
class Circumstances:
    """Where and when: the rules in force, the cupboard and the pump."""

    as_of: date
    start: datetime | None  # planned start of the first infusion, with zone
    pack: str
    stock: tuple[StockItem, ...] | None  # None: not stated
    pump_resolution_ml_per_h: Decimal | None  # None: the pack's
    prices_per_g: Mapping[str, Decimal]  # product id → price; empty when not given
    team: Mapping[str, str]
    limits: Mapping[str, Decimal] = field(default_factory=dict)  # the team's limits for vital signs (knowledge.LIMITS)
