"""Which fields does a case have? One pydantic model per block; schema, reference page and reading all come from here.

Every field may be absent as far as pydantic is concerned; `needed` says which must not be and why, so that one
reading reports what is missing together with everything else. An absent field stays None: nothing is defaulted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict

from opsonin.case import readers as read
from opsonin.patient.event import ID_PATTERN
from opsonin.patient.event_line import MEASURED
from opsonin.quantities import Quantity

SCHEMA = "opsonin-case/1"
THERAPY = "ivig-itp"
PACK_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"

BLEEDING_SITES = (
    "skin", "mouth", "nose", "conjunctiva", "gastrointestinal", "urinary", "gynaecological", "lung", "intracranial",
    "joint", "muscle", "wound", "other",
)  # fmt: skip

ID_TEXT = read.text("letters, digits, dots or dashes, without blanks", ID_PATTERN, "is not a pseudonym.")
PACK_TEXT = read.text("a policy pack such as us, eu or ca-on", PACK_PATTERN, "is not the id of a policy pack.")
SCHEMA_TEXT = read.text(SCHEMA, f"^{SCHEMA}$", "is not a format this version reads.")
Words = Annotated[str | None, read.text("words")]
YesNo = Annotated[bool | None, read.yes_no()]
Day = Annotated[date | None, read.day()]
ProductId = Annotated[str | None, read.product()]


def fact(says: str, example: Any, *, needed: str = "") -> Any:
    """A field: what it says, an example, and, when it must be there, why."""
    extra: JsonDict | None = {"x-needed": needed} if needed else None
    return Field(default=None, description=says, examples=[example], json_schema_extra=extra)


CONFIRMED: Any = fact("Yes when an unusual amount, with its unit, is right as written.", "yes")


class Block(BaseModel):
    """A block of fields; anything else is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PatientBlock(Block):
    birth_date: Day = fact("Date of birth; give this or the age.", "1979-03-02")
    age: Annotated[Quantity | None, read.amount("age")] = fact(
        "Age on `as_of`; give this or the birth date.", "47 years"
    )
    sex: Annotated[str | None, read.choice("female", "male")] = fact("Sex, for ideal weight and eGFR.", "female")
    height: Annotated[Quantity | None, read.amount("height")] = fact("Height, for ideal weight.", "168 cm")
    blood_group: Annotated[str | None, read.blood_group()] = fact("Blood group, for the risk of haemolysis.", "A+")
    pregnant: YesNo = fact("Whether pregnant.", "no")
    lactating: YesNo = fact("Whether breast-feeding.", "no")


class WeightBlock(Block):
    value: Annotated[Quantity | None, read.amount("weight")] = fact(
        "Measured body weight with its unit.", "72 kg", needed="the dose is given per kilogram"
    )
    date: Day = fact("Day of weighing.", "2026-11-19", needed="an old weight gives a wrong dose")
    confirmed: YesNo = CONFIRMED


class BleedingBlock(Block):
    grade: Annotated[int | None, read.whole_number(0, 5)] = fact(
        "Overall grade on the Buchanan scale: 0 none, 1 minor, 2 mild, 3 moderate (mucosal), 4 severe, "
        "5 life-threatening.",
        1,
    )
    sites: list[Annotated[str | None, read.choice(*BLEEDING_SITES)]] | None = fact("Where it bleeds.", ["skin"])


class TreatmentBlock(Block):
    treatment: Words = fact("The treatment.", "prednisone", needed="a response needs its treatment")
    response: Annotated[str | None, read.choice("complete", "response", "none", "not-tolerated")] = fact(
        "Best response: complete, response, none, or not tolerated.", "none"
    )
    last: Day = fact("Last day it was given.", "2026-08-01")
    product: ProductId = fact("For immunoglobulin: which product.", "gamunex-c")


class DiagnosisBlock(Block):
    name: Words = fact(
        'Diagnosis: "primary-itp", "secondary-itp", or another one in words.', "primary-itp",
        needed="labels and guidelines speak to a diagnosis",
    )  # fmt: skip
    phase: Annotated[str | None, read.choice("newly-diagnosed", "persistent", "chronic")] = fact(
        "Phase after the International Working Group 2009: newly diagnosed (up to 3 months), persistent "
        "(3 to 12 months), chronic (over 12 months).",
        "chronic",
    )
    since: Day = fact("Day of diagnosis.", "2024-05-01")
    secondary_to: Words = fact("For secondary ITP: the condition behind it.", "lupus erythematosus")
    spleen: Annotated[str | None, read.choice("in-place", "removed")] = fact("Spleen in place or removed.", "in-place")
    bleeding: BleedingBlock | None = fact("Bleeding now.", {"grade": 1, "sites": ["skin"]})
    earlier_treatments: list[TreatmentBlock] | None = fact(
        "Earlier treatments of this disease; [] when there were none.",
        [{"treatment": "prednisone", "response": "none", "last": "2026-08-01"}],
    )
    corticosteroids: Annotated[str | None, read.choice("possible", "failed", "not-possible", "current")] = fact(
        "Whether corticosteroids can be used, have failed, cannot be used, or are being taken.", "possible"
    )


class GoalBlock(Block):
    kind: Annotated[str | None, read.choice("stop-bleeding", "before-procedure", "raise-low-count")] = fact(
        "What the treatment is for.", "before-procedure", needed="regimens are ranked by the goal"
    )
    count: Annotated[Quantity | None, read.amount("platelets")] = fact(
        "Platelet count to reach; needed before a procedure.", "50 x10^9/L"
    )
    by: Day = fact("Day the count is needed; needed before a procedure.", "2026-11-24")
    procedure: Words = fact("The procedure, in words.", "cholecystectomy")


def in_its_unit(value: Any, info: ValidationInfo, kinds: Mapping[str, str]) -> Quantity | None:
    """The amount in the unit of what was measured (`kinds` of quantity by what); not read while that is not known."""
    what = info.data.get("what")
    if value is None or what is None:
        return None
    try:
        return read.read_amount(value, kinds[what])
    except read.Refused as refused:
        raise read.as_pydantic(refused) from None


class MeasuredBlock(Block):
    what: Annotated[str | None, read.choice(*MEASURED)] = fact(
        "What was measured.", "platelets", needed="a value means nothing without its quantity"
    )
    value: Annotated[Quantity | None, read.any_amount(set(MEASURED.values()))] = fact(
        "The value with its unit: platelets in 10^9/L, 10^3/uL or /uL; igg and iga in g/L, mg/dL or mg/L; "
        "creatinine in umol/L or mg/dL; haemoglobin in g/L or g/dL.",
        "14 x10^9/L",
        needed="a measurement is its value",
    )
    date: Day = fact("Day the sample was taken.", "2026-11-19", needed="an old count says little about today")
    confirmed: YesNo = CONFIRMED

    @property
    def day(self) -> Day:
        """The day the sample was taken."""
        return self.date

    @field_validator("value", mode="after")
    @classmethod
    def _in_its_unit(cls, value: Any, info: ValidationInfo) -> Quantity | None:
        return in_its_unit(value, info, MEASURED)


class GivenBlock(Block):
    what: Annotated[str | None, read.choice("immunoglobulin")] = fact(
        "What was given; immunoglobulin only, so far.", "immunoglobulin", needed="doses are counted by what they are"
    )
    product: ProductId = fact("Which product.", "gamunex-c", needed="products differ")
    grams: Annotated[Quantity | None, read.amount("mass")] = fact(
        "Amount given.", "70 g", needed="a dose is its amount"
    )
    date: Day = fact("Day it was given; give this or the time.", "2026-11-10")
    time: Annotated[datetime | None, read.moment()] = fact(
        "Start of the infusion with time zone; give this or the date.", "2026-11-10T09:00+01:00"
    )


class ToleratedBlock(Block):
    product: ProductId = fact("Which product.", "gamunex-c", needed="a rate is tolerated for one product")
    date: Day = fact("Day of that infusion.", "2026-10-01", needed="after a pause the infusion steps start again")
    highest_rate: Annotated[Quantity | None, read.amount("rate_per_weight")] = fact(
        "Highest rate that was tolerated, as a volume per body weight.", "4.8 mL/kg/h"
    )
    reaction: Words = fact('Any reaction, in words, or "none".', "none")


class RisksBlock(Block):
    renal: YesNo = fact("Kidney disease or a risk of kidney failure.", "no")
    thrombosis: YesNo = fact("Earlier thrombosis or a risk of it.", "no")
    cardiac: YesNo = fact("Heart failure or another reason to limit fluid volume.", "no")
    diabetes: YesNo = fact("Diabetes.", "no")
    iga_deficiency: YesNo = fact("IgA deficiency.", "unknown")
    anti_iga: YesNo = fact("Antibodies against IgA.", "unknown")
    hyperprolinaemia: YesNo = fact("Hyperprolinaemia type I or II.", "no")
    fructose_intolerance: YesNo = fact("Hereditary fructose intolerance.", "no")
    corn_allergy: YesNo = fact("Corn allergy.", "no")
    immunoglobulin_reaction: YesNo = fact("An earlier severe reaction to immunoglobulin.", "no")
    migraine: YesNo = fact("Migraine.", "no")
    volume_depletion: YesNo = fact("Volume depletion.", "no")
    paraproteinaemia: YesNo = fact("Paraproteinaemia or hyperviscosity.", "no")
    oestrogen: YesNo = fact("Oestrogen treatment.", "no")
    immobility: YesNo = fact("Prolonged immobility.", "no")
    sepsis: YesNo = fact("Sepsis.", "no")
    glucose_meter_nonspecific: YesNo = fact("A glucose meter in use that is not glucose-specific.", "no")


class MedicineBlock(Block):
    name: Words = fact("The medicine.", "furosemide", needed="an unnamed medicine cannot be checked")
    started: Day = fact("Day it was started.", "2026-01-10")
    changed: Day = fact("Day of the last change of dose.", "2026-06-01")
    raises_platelets: YesNo = fact("Whether it is given to raise platelets.", "no")


class VaccineBlock(Block):
    name: Words = fact("The vaccine.", "MMR", needed="an unnamed vaccine cannot be checked")
    live: YesNo = fact("Whether it is a live vaccine.", "yes")
    date: Day = fact("Planned day.", "2027-03-01")


class StockBlock(Block):
    product: ProductId = fact("A product in the cupboard.", "gamunex-c", needed="stock is of a product")
    vials: list[Annotated[Quantity | None, read.amount("mass")]] | None = fact(
        "Vial sizes at hand; left out: any size.", ["5 g", "10 g"]
    )


class PumpBlock(Block):
    resolution: Annotated[Quantity | None, read.amount("pump_rate")] = fact("Smallest step of the pump.", "1 mL/h")


class LimitsBlock(Block):
    """The team's own; no source on the shelf states any. Names as in `knowledge.LIMITS`, the unit with the number."""

    pulse_below: Annotated[Quantity | None, read.amount("per_minute")] = fact("Pulse not below this.", "50 /min")
    pulse_above: Annotated[Quantity | None, read.amount("per_minute")] = fact("Pulse not above this.", "120 /min")
    pulse_change: Annotated[Quantity | None, read.amount("percent")] = fact("Pulse: most change, either way.", "25 %")
    systolic_below: Annotated[Quantity | None, read.amount("pressure")] = fact("Systolic not below this.", "95 mmHg")
    systolic_above: Annotated[Quantity | None, read.amount("pressure")] = fact("Systolic not above this.", "170 mmHg")
    systolic_change: Annotated[Quantity | None, read.amount("percent")] = fact(
        "Systolic pressure: most change from the first set, either way.", "20 %"
    )
    temperature_above: Annotated[Quantity | None, read.amount("temperature")] = fact(
        "Temperature not above this.", "38.5 °C"
    )
    temperature_rise: Annotated[Quantity | None, read.amount("temperature")] = fact(
        "Temperature: most rise over the first set.", "1 °C"
    )
    respiratory_rate_below: Annotated[Quantity | None, read.amount("per_minute")] = fact(
        "Breaths not below this.", "10 /min"
    )
    respiratory_rate_above: Annotated[Quantity | None, read.amount("per_minute")] = fact(
        "Breaths not above this.", "24 /min"
    )
    oxygen_saturation_below: Annotated[Quantity | None, read.amount("saturation")] = fact(
        "Oxygen saturation not below this.", "94 %"
    )
    check_every: Annotated[Quantity | None, read.amount("duration")] = fact(
        "Vital signs at least this often, instead of the pack's times.", "15 min"
    )


class TeamBlock(Block):
    signer: Words = fact("Who signs the orders.", "ward pharmacist")
    contacts: Words = fact("Whom to call.", "haematology on call, extension 4242")
    premedication: Words = fact(
        "Medicines before the infusion, with doses and times, for the leaflet.", "paracetamol 500 mg at 08:30"
    )
    home_medicines: Words = fact("Medicines to take or pause at home, for the leaflet.", "continue as usual")
    texts: Words = fact("The site's own words for the leaflet.", "Come to day unit B at 08:30.")


class CaseFile(Block):
    schema_: Annotated[str | None, SCHEMA_TEXT] = Field(
        default=None, alias="schema", description="Format and version of this file.", examples=[SCHEMA],
        json_schema_extra={"x-needed": "it says how the file is read"},
    )  # fmt: skip
    id: Annotated[str | None, ID_TEXT] = fact(
        "Pseudonym of this case; never a name.", "adult-before-surgery", needed="every printed page carries it"
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
        "Planned start of the first infusion with time zone, for clock times.", "2026-11-21T09:00+01:00"
    )
    pack: Annotated[str | None, PACK_TEXT] = fact(
        "Policy pack: whose rules apply. `--pack ID` overrides it.", "us", needed="rules differ between countries"
    )
    patient: PatientBlock | None = fact("Who this is.", {"age": "47 years"}, needed="labels and doses depend on age")
    weights: list[WeightBlock] | None = fact(
        "Body weights, oldest first.", [{"value": "72 kg", "date": "2026-11-19"}],
        needed="the dose is given per kilogram",
    )  # fmt: skip
    diagnosis: DiagnosisBlock | None = fact(
        "The disease now.", {"name": "primary-itp"}, needed="labels and guidelines speak to a diagnosis"
    )
    red_flags: list[Words] | None = fact(
        "Signs of another disease or an emergency, as the clinician noted them; [] when looked for and none.",
        ["schistocytes on the blood film"],
    )
    goal: GoalBlock | None = fact(
        "What the treatment is for.", {"kind": "raise-low-count"}, needed="regimens are ranked by the goal"
    )
    measured: list[MeasuredBlock] | None = fact(
        "Laboratory values, oldest first for each quantity; at least one platelet count.",
        [{"what": "platelets", "value": "14 x10^9/L", "date": "2026-11-19"}],
        needed="without a platelet count neither need nor answer can be judged",
    )
    given: list[GivenBlock] | None = fact(
        "Immunoglobulin already given; [] when none.",
        [{"what": "immunoglobulin", "product": "gamunex-c", "grams": "70 g", "date": "2026-11-10"}],
    )
    tolerated: list[ToleratedBlock] | None = fact(
        "Earlier infusions and how they went; [] when there were none.",
        [{"product": "gamunex-c", "date": "2026-10-01", "highest_rate": "4.8 mL/kg/h", "reaction": "none"}],
    )
    risks: RisksBlock | None = fact("Risk factors: yes, no or unknown; a missing one is not known.", {"renal": "no"})
    medicines: list[MedicineBlock] | None = fact(
        "Other medicines; [] when there are none.", [{"name": "furosemide", "started": "2026-01-10"}]
    )
    vaccines: list[VaccineBlock] | None = fact(
        "Planned vaccines; [] when there are none.", [{"name": "MMR", "live": "yes", "date": "2027-03-01"}]
    )
    stock: list[StockBlock] | None = fact(
        "Products at hand; left out: not stated.", [{"product": "gamunex-c", "vials": ["5 g", "10 g"]}]
    )
    prices: dict[str, Annotated[Decimal | None, read.price()]] | None = fact(
        "Price per gram of each product, in the site's currency.", {"gamunex-c": 100}
    )
    pump: PumpBlock | None = fact("The infusion pump.", {"resolution": "1 mL/h"})
    limits: LimitsBlock | None = fact(
        "The team's own limits for vital signs while the infusion runs.", {"systolic_change": "20 %"}
    )
    team: TeamBlock | None = fact("Who signs and whom to call.", {"signer": "ward pharmacist"})
