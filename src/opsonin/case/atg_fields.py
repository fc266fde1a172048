"""Which fields does a case of antithymocyte globulin have? As fields.py, block by block; nothing is defaulted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from opsonin.case import readers as read
from opsonin.case.fields import (
    CONFIRMED,
    ID_TEXT,
    PACK_TEXT,
    SCHEMA,
    SCHEMA_TEXT,
    Block,
    Day,
    LimitsBlock,
    MedicineBlock,
    ProductId,
    PumpBlock,
    StockBlock,
    TeamBlock,
    VaccineBlock,
    WeightBlock,
    Words,
    YesNo,
    fact,
    in_its_unit,
)
from opsonin.knowledge.shelf_protocols import INDICATIONS
from opsonin.patient.event_line import ATG_MEASURED
from opsonin.quantities import Quantity

THERAPY = "atg"
GRAFTS = ("living-donor", "deceased-donor", "bone-marrow", "peripheral-blood", "cord-blood")
ROUTES = ("intravenous", "oral", "intramuscular", "subcutaneous")
LINES = ("central", "high-flow", "shunt-or-fistula", "peripheral")
DILUENTS = (
    "sodium-chloride-0.9", "dextrose-5", "dextrose-5-sodium-chloride-0.225", "dextrose-5-sodium-chloride-0.45",
    "other",
)  # fmt: skip
PROTOCOL_PATTERN = r"^[a-z0-9_]+/[a-z0-9.-]+$"
_PROTOCOL = read.text("the id of a protocol: file/name", PROTOCOL_PATTERN, "is not the id of a protocol.")
_REDOSING = read.text("the id of a redosing pack", r"^[a-z][a-z0-9-]*$", "is not the id of a redosing pack.")


class RecipientBlock(Block):
    birth_date: Day = fact("Date of birth; give this or the age.", "1979-03-02")
    age: Annotated[Quantity | None, read.amount("age")] = fact(
        "Age on `as_of`; give this or the birth date.", "47 years"
    )
    sex: Annotated[str | None, read.choice("female", "male")] = fact("Sex, for ideal weight.", "female")
    height: Annotated[Quantity | None, read.amount("height")] = fact("Height, for ideal weight.", "168 cm")
    pregnant: YesNo = fact("Whether pregnant.", "no")
    lactating: YesNo = fact("Whether breast-feeding.", "no")


class TransplantBlock(Block):
    graft: Annotated[str | None, read.choice(*GRAFTS)] = fact("Donor of an organ, or source of stem cells.", GRAFTS[0])
    date: Day = fact("Day of the transplantation (day 0); give this or the time.", "2026-11-21")
    time: Annotated[datetime | None, read.moment()] = fact(
        "Reperfusion or graft infusion, with time zone; give this or the date.", "2026-11-21T14:00+01:00"
    )


class AtgMeasuredBlock(Block):
    what: Annotated[str | None, read.choice(*ATG_MEASURED)] = fact(
        "What was measured.", "white-cells", needed="a value means nothing without its quantity"
    )
    value: Annotated[Quantity | None, read.any_amount(set(ATG_MEASURED.values()))] = fact(
        "The value with its unit: white-cells, lymphocytes and platelets in 10^9/L, 10^3/uL, /uL or /mm3; cd2, cd3 and "
        "cd4 in /uL, /mm3 or 10^6/L; haemoglobin in g/L or g/dL; creatinine in umol/L or mg/dL; total-atg in ug/mL or "
        "mg/L; active-atg in AU/mL.",
        "2600 /mm3",
        needed="a measurement is its value",
    )
    assay: Words = fact(
        "Of total-atg and active-atg, where it is needed: by which assay, for assays do not compare. "
        "The models know total-rabbit-igg, total-horse-igg and active-au.",
        "active-au",
    )
    date: Day = fact("Day the sample was taken; give this or the time.", "2026-11-23")
    time: Annotated[datetime | None, read.moment()] = fact(
        "When the sample was taken, with time zone; give this or the date.", "2026-11-23T06:30+01:00"
    )
    confirmed: YesNo = CONFIRMED

    @property
    def day(self) -> Day:
        """The day the sample was taken."""
        return self.time.date() if self.time is not None else self.date

    @field_validator("value", mode="after")
    @classmethod
    def _in_its_unit(cls, value: Any, info: ValidationInfo) -> Quantity | None:
        return in_its_unit(value, info, ATG_MEASURED)


class DoseBlock(Block):
    product: ProductId = fact("Which product.", "thymoglobulin", needed="products are not interchangeable by dose")
    dose: Annotated[Quantity | None, read.amount("mass")] = fact(
        "Amount given.", "105 mg", needed="a dose is its amount"
    )
    date: Day = fact("Day it was given; give this or the time.", "2026-11-21")
    time: Annotated[datetime | None, read.moment()] = fact(
        "Start of the infusion with time zone; give this or the date.", "2026-11-21T08:00+01:00"
    )
    ended: Annotated[datetime | None, read.moment()] = fact(
        "Its end with time zone, when it is known.", "2026-11-21T14:00+01:00"
    )


class EarlierCourseBlock(Block):
    product: ProductId = fact("Which product.", "thymoglobulin", needed="what one meets again depends on the animal")
    last: Day = fact("Last day it was given.", "2021-05-02")
    reaction: Words = fact('Any reaction, in words, or "none".', "none")


class SkinTestBlock(Block):
    result: Annotated[str | None, read.choice("negative", "positive", "not-done")] = fact(
        "Result of the skin test.", "negative", needed="a skin test is its result"
    )
    date: Day = fact("Day of the test.", "2026-11-20")


class SerostatusBlock(Block):
    donor: Annotated[str | None, read.choice("positive", "negative", "unknown")] = fact(
        "Antibodies of the donor.", "positive"
    )
    recipient: Annotated[str | None, read.choice("positive", "negative", "unknown")] = fact(
        "Antibodies of the recipient.", "negative"
    )


class HoursBlock(Block):
    first: Annotated[Quantity | None, read.amount("duration")] = fact("Of the first infusion.", "6 h")
    later: Annotated[Quantity | None, read.amount("duration")] = fact("Of each later infusion.", "4 h")


class AtgRisksBlock(Block):
    active_infection: YesNo = fact("An active infection.", "no")
    rabbit_allergy: YesNo = fact("Allergy to rabbit protein.", "no")
    horse_allergy: YesNo = fact("Allergy to horse protein.", "unknown")
    component_allergy: YesNo = fact("Allergy to another component of the product.", "no")
    malignancy: YesNo = fact("A malignancy.", "no")
    cardiac: YesNo = fact("Heart disease or a reason to limit fluid volume.", "no")
    hypertension: YesNo = fact("High blood pressure.", "no")
    hepatic: YesNo = fact("Liver disease.", "no")
    renal: YesNo = fact("Kidney disease.", "yes")
    lung: YesNo = fact("Lung disease.", "no")


class AtgCaseFile(Block):
    schema_: Annotated[str | None, SCHEMA_TEXT] = Field(
        default=None, alias="schema", description="Format and version of this file.", examples=[SCHEMA],
        json_schema_extra={"x-needed": "it says how the file is read"},
    )  # fmt: skip
    id: Annotated[str | None, ID_TEXT] = fact(
        "Pseudonym of this case; never a name.", "kidney-induction", needed="every printed page carries it"
    )
    therapy: Annotated[str | None, read.choice(THERAPY)] = fact(
        "Therapy to plan.", THERAPY, needed="it decides which fields and rules apply"
    )
    as_of: Day = fact(
        "The day the case describes; nothing may be measured later. `--on DATE` overrides it; without both it is "
        "today.",
        "2026-11-20",
    )
    start: Annotated[datetime | None, read.moment()] = fact(
        "Planned start of the first infusion with time zone, for dates and clock times.", "2026-11-21T08:00+01:00"
    )
    pack: Annotated[str | None, PACK_TEXT] = fact(
        "Policy pack: the country whose texts apply. `--pack ID` overrides it.", "us",
        needed="labels differ between countries",
    )  # fmt: skip
    patient: RecipientBlock | None = fact("Who this is.", {"age": "47 years"}, needed="labels and doses depend on age")
    weights: list[WeightBlock] | None = fact(
        "Body weights, oldest first.", [{"value": "72 kg", "date": "2026-11-19"}],
        needed="the dose is given per kilogram",
    )  # fmt: skip
    indication: Annotated[str | None, read.choice(*INDICATIONS)] = fact(
        "What it is for.", "kidney-prophylaxis", needed="there is no universal dose"
    )
    transplant: TransplantBlock | None = fact("The transplantation.", {"date": "2026-11-21"})
    protocol: Annotated[str | None, _PROTOCOL] = fact(
        "Protocol on the shelf; without it every protocol that fits is shown and none chosen.",
        "thymoglobulin_us/kidney-prophylaxis",
    )
    dose_mg_per_kg: Annotated[Decimal | None, read.number("a dose in mg/kg")] = fact(
        "Single dose in mg/kg, inside the protocol's range; without it both ends are shown and neither chosen.", 1.5
    )
    doses: list[Annotated[int | None, read.whole_number(0, 60)]] | None = fact(
        "Number of doses in each phase of the protocol, inside its range; without it both ends are shown.", [5]
    )
    redosing: Annotated[str | None, _REDOSING] = fact(
        "Redosing pack for T-cell-guided doses; none is used unless named.", "cd3-30"
    )
    route: Annotated[str | None, read.choice(*ROUTES)] = fact("Route; the plan is for intravenous only.", ROUTES[0])
    line: Annotated[str | None, read.choice(*LINES)] = fact("Where the infusion goes in.", LINES[0])
    diluent: Annotated[str | None, read.choice(*DILUENTS)] = fact("Infusion solution.", DILUENTS[0])
    final_volume: Annotated[Quantity | None, read.amount("volume")] = fact(
        "Volume of one prepared infusion, product included.", "500 mL"
    )
    infusion_hours: HoursBlock | None = fact(
        "Infusion times the clinician chose, not shorter than the minimum.", {"first": "6 h", "later": "4 h"}
    )
    skin_test: SkinTestBlock | None = fact("Skin test with the product.", {"result": "negative"})
    previous_atg: list[EarlierCourseBlock] | None = fact(
        "Earlier courses of any antithymocyte globulin; [] when there were none.",
        [{"product": "thymoglobulin", "reaction": "none"}],
    )
    cmv: SerostatusBlock | None = fact("Cytomegalovirus antibodies.", {"donor": "positive", "recipient": "negative"})
    ebv: SerostatusBlock | None = fact("Epstein-Barr virus antibodies.", {"donor": "positive", "recipient": "positive"})
    measured: list[AtgMeasuredBlock] | None = fact(
        "Laboratory values, oldest first for each quantity; [] when there are none yet.",
        [{"what": "white-cells", "value": "2600 /mm3", "date": "2026-11-23"}],
    )
    given: list[DoseBlock] | None = fact(
        "Doses of this course already given, oldest first; [] when none.",
        [{"product": "thymoglobulin", "dose": "105 mg", "date": "2026-11-21"}],
    )
    risks: AtgRisksBlock | None = fact("What bears on giving it: yes, no or unknown.", {"active_infection": "no"})
    medicines: list[MedicineBlock] | None = fact(
        "Every other medicine; [] when there are none.", [{"name": "tacrolimus", "started": "2026-11-20"}]
    )
    vaccines: list[VaccineBlock] | None = fact(
        "Planned vaccines; [] when there are none.", [{"name": "MMR", "live": "yes", "date": "2027-03-01"}]
    )
    stock: list[StockBlock] | None = fact(
        "Products at hand; left out: not stated.", [{"product": "thymoglobulin", "vials": ["25 mg"]}]
    )
    prices: dict[str, Annotated[Decimal | None, read.price()]] | None = fact(
        "Price per gram of each product, in the site's currency.", {"thymoglobulin": 1000}
    )
    pump: PumpBlock | None = fact("The infusion pump.", {"resolution": "1 mL/h"})
    limits: LimitsBlock | None = fact(
        "The team's own limits for vital signs while the infusion runs.", {"systolic_change": "20 %"}
    )
    team: TeamBlock | None = fact("Who signs and whom to call.", {"signer": "transplant pharmacist"})
