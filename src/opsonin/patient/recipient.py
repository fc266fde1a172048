"""A person who is to have antithymocyte globulin, and what is asked for. What is not known is None, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from opsonin.patient.patient import Measurement, Medicine, Vaccine, Weight

# What bears on whether and how antithymocyte globulin may be given. Each is True, False, or None (not known).
ATG_RISKS: dict[str, str] = {
    "active_infection": "an active infection",
    "rabbit_allergy": "allergy to rabbit protein",
    "horse_allergy": "allergy to horse protein",
    "component_allergy": "allergy to another component of the product",
    "malignancy": "a malignancy",
    "cardiac": "heart disease or a reason to limit fluid volume",
    "hypertension": "high blood pressure",
    "hepatic": "liver disease",
    "renal": "kidney disease",
    "lung": "lung disease",
}


@dataclass(frozen=True)
class GlobulinDose:
    """A dose of the present course that was given."""

    product: str
    mg: Decimal
    given_on: date
    started_at: datetime | None  # with zone, when the time is known
    ended_at: datetime | None = None


@dataclass(frozen=True)
class EarlierCourse:
    """An earlier course of antithymocyte globulin, and any reaction to it."""

    product: str
    last_on: date | None
    reaction: str | None  # "none", or in words; None: not stated


@dataclass(frozen=True)
class SkinTest:
    """A skin test with the product."""

    result: str  # "negative" | "positive" | "not-done"
    done_on: date | None


@dataclass(frozen=True)
class Serostatus:
    """Antibodies against a virus in donor and recipient."""

    donor: bool | None  # True: positive
    recipient: bool | None


@dataclass(frozen=True)
class Recipient:
    """Who this is, on the day the plan is made."""

    id: str
    sex: str | None  # "female" | "male"
    age_years: Decimal
    weight: Weight
    height_cm: Decimal | None
    pregnant: bool | None
    lactating: bool | None
    measurements: tuple[Measurement, ...]  # oldest first
    risks: Mapping[str, bool | None]  # keys of ATG_RISKS
    medicines: tuple[Medicine, ...] | None  # None: not stated
    vaccines: tuple[Vaccine, ...] | None
    given: tuple[GlobulinDose, ...] | None  # of this course, oldest first; None: not stated
    previous: tuple[EarlierCourse, ...] | None
    skin_test: SkinTest | None
    cmv: Serostatus | None
    ebv: Serostatus | None

    def latest(self, what: str) -> Measurement | None:
        """The most recent measurement of this kind, or None."""
        found = self.series(what)
        return found[-1] if found else None

    def series(self, what: str) -> tuple[Measurement, ...]:
        """Every measurement of this kind, oldest first."""
        return tuple(sorted((m for m in self.measurements if m.what == what), key=lambda m: m.taken_on))

    def has(self, risk: str) -> bool:
        """Whether this risk is known to be present."""
        return self.risks.get(risk) is True


@dataclass(frozen=True)
class Request:
    """What is asked for: the purpose, the protocol, what the clinician chose inside it, and how it is to be given."""

    indication: str  # "kidney-prophylaxis", "gvhd-prophylaxis", "aplastic-anaemia", …
    graft: str | None  # "living-donor", "cord-blood", …
    transplant_on: date | None
    transplant_at: datetime | None  # with zone, when the time is known
    protocol: str | None  # id on the shelf; None: every protocol that fits is shown
    dose_mg_per_kg: Decimal | None  # inside the protocol's range; None: both ends are shown
    doses: tuple[int, ...] | None  # for each phase of the protocol; None: both ends are shown
    redosing: str | None  # id of a redosing pack
    route: str | None  # "intravenous" | "oral" | "intramuscular" | "subcutaneous"
    line: str | None  # "central" | "high-flow" | "shunt-or-fistula" | "peripheral"
    diluent: str | None
    final_volume_ml: Decimal | None  # of one prepared infusion
    hours_first: Decimal | None  # infusion time the clinician chose
    hours_later: Decimal | None
