"""Which fields does one event have? The model that reads a line, and from which its schema is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import Field, field_validator, model_validator

from opsonin.case import limits
from opsonin.case import readers as read
from opsonin.case.fields import Block, ProductId, Words, YesNo, fact
from opsonin.errors import InputRefused
from opsonin.patient import event_line as lines
from opsonin.patient.event import (
    ALWAYS,
    ID_PATTERN,
    IMMUNOGLOBULIN,
    JUDGEMENTS,
    KINDS,
    OUTCOMES,
    SEAL,
    SEVERITIES,
    VITAL_SIGNS,
    WHEREVER,
)
from opsonin.patient.event_line import EVER_MEASURED
from opsonin.quantities import Quantity

T = TypeVar("T")
Moment = Annotated[datetime | None, read.moment()]
Case = Annotated[str | None, read.text("letters, digits, dots or dashes", ID_PATTERN, "is not a pseudonym.")]
_LIMITS = {
    "grams": limits.GRAMS_GIVEN, "rate": limits.PUMP_RATE, "volume": limits.VOLUME_RUN, "weight": limits.BODY_WEIGHT,
    "concentration": limits.CONCENTRATION, **limits.VITAL_SIGNS,
}  # fmt: skip


class RecordBlock(Block):
    """An entry's place in a record, written by `opsonin record export`; elsewhere it is passed over."""

    number: int = Field(description="The entry's number, from 1.", examples=[17], ge=1)
    recorded: str = Field(description="When the record took it, in UTC.", examples=["2026-11-23T11:00:02.114520Z"])
    previous: str = Field(description="The hash of the entry before; 64 zeros for the first.", examples=["0" * 64])
    hash: str = Field(description="The hash of this entry.", examples=["9f" * 32])
    clock_back_from: str | None = Field(
        default=None, description="The time of the entry before, when the clock had gone back since."
    )


class SealBlock(Block):
    """How long an export is, and the hash of its last entry."""

    record: str = Field(description="The record's own name.", examples=["1f0e6a52-6a0c-4f5e-9a39-0c6c8c1f0a11"])
    length: int = Field(description="How many entries there are.", examples=[412], ge=0)
    head: str = Field(description="The hash of the last entry.", examples=["9f" * 32])


class EventLine(Block):
    kind: Annotated[str | None, read.choice(*KINDS, SEAL)] = fact(
        "What kind of event: " + "; ".join(f"{name}: {kind.says}" for name, kind in KINDS.items()) + "; seal: the last "
        "line of a record's export.",
        "measured",
    )
    at: Moment = fact("When it happened, with time zone.", "2026-11-23T08:15+01:00")
    noted: Moment = fact("When it was written down, for a late entry.", "2026-11-23T12:00+01:00")
    who: Words = fact("Who says so; a role, never a patient's name.", "ward nurse")
    source: Words = fact("Where it comes from.", "laboratory")
    id: Words = fact("A name for this event, so that another can point to it.", "count-3")
    case: Case = fact("Pseudonym of the case; a record needs it.", "adult-before-surgery")
    infusion: Words = fact("A name under which the events of one infusion belong together.", "day-1")
    what: Words = fact(
        "given: immunoglobulin, platelet-transfusion, or a medicine; measured: platelets, white-cells, igg, …; "
        "symptom: its usual name.",
        "platelets",
    )
    product: ProductId = fact("given, start, bag: which product.", "privigen")
    grams: Words = fact("given, immunoglobulin: the amount that really ran in, with its unit.", "70 g")
    ended: Moment = fact("given: when the infusion ended.", "2026-11-21T14:10+01:00")
    interruptions: list[Annotated[list[Moment], Field(min_length=2, max_length=2)]] | None = fact(
        "given: when the infusion paused and when it ran again, pair by pair.",
        [["2026-11-21T10:00+01:00", "2026-11-21T10:40+01:00"]],
    )
    raises_platelets: YesNo = fact("given, a medicine: whether it raises platelets.", "no")
    dose: Words = fact("given, a medicine or antithymocyte globulin: how much.", "500 mg")
    route: Words = fact("given, a medicine: how.", "by mouth")
    value: Words = fact("measured: the value with its unit; < before it when below detection.", "<5 x10^9/L")
    assay: Words = fact("measured, a level of antithymocyte globulin: by which assay.", "active-au")
    lots: list[Words] | None = fact("start, bag, given: the lots, as printed on the vials.", ["A123B45"])
    vials: list[Words] | None = fact("start, bag: what each vial holds, one entry for each.", ["20 g", "20 g", "5 g"])
    concentration: Words = fact("start, bag: the strength of what runs in.", "100 mg/mL")
    volume: Words = fact("start, bag: the volume hung; pause, stop, end: in all so far, as the pump says.", "450 mL")
    made: Moment = fact("start, bag: when the bag was made or the vials were pooled.", "2026-11-21T08:40+01:00")
    weight: Words = fact("start: the body weight that rates per kilogram refer to.", "72 kg")
    rate: Words = fact("rate, start, resume: the rate the pump was set to.", "120 mL/h")
    pulse: Words = fact("vitals: pulse.", "82 /min")
    blood_pressure: Words = fact("vitals: systolic over diastolic.", "118/74 mmHg")
    temperature: Words = fact("vitals: body temperature, in °C or °F.", "36.8 °C")
    respiratory_rate: Words = fact("vitals: breaths.", "16 /min")
    oxygen_saturation: Words = fact("vitals: oxygen saturation.", "97 %")
    judged: Annotated[str | None, read.choice(*JUDGEMENTS)] = fact(
        "vitals: whether a person finds them acceptable, against those before the start.", "acceptable"
    )
    severity: Annotated[str | None, read.choice(*SEVERITIES)] = fact(
        "symptom: how bad; passed when it is over.", "moderate"
    )
    says: Words = fact("In words: symptom, note, decision; free for the others.", "headache")
    reason: Words = fact("Why: decision, override, pause, stop, correction, …", "headache since the third step")
    about: Words = fact("decision, override, check, note: the id of the event it is about.", "plan-1")
    rule: Words = fact("override: the id of the rule or finding that is not followed.", "rules/dose/max_per_day")
    outcome: Annotated[str | None, read.choice(*OUTCOMES)] = fact("check: whether the second person agrees.", "agrees")
    plan: dict[str, Any] | None = fact(
        "plan: what was issued, and the SHA-256 of the whole plan.", {"schema": "opsonin-plan/1", "sha256": "9f" * 32}
    )
    corrects: Words = fact("correction: the id of the event that is withdrawn; the right one follows.", "count-3")
    record: RecordBlock | None = fact("The entry's place in a record.", None)
    seal: SealBlock | None = fact("seal: how long the export is, and its last hash.", None)

    @field_validator(*_LIMITS, mode="after")
    @classmethod
    def _amount(cls, value: str | None, info: Any) -> str | None:
        if value is not None:
            quantity = _or_refuse(lambda: lines.read_field(info.field_name, {info.field_name: value}))
            if quantity is not None:
                _plausible(quantity, _LIMITS[info.field_name])
        return value

    @field_validator("vials", mode="after")
    @classmethod
    def _vials(cls, value: list[str] | None) -> list[str] | None:
        for vial in _or_refuse(lambda: lines.read_vials(value or [])):
            if not 0 < vial.amount <= 60:
                raise _refused(f"{vial.written}: is not what one vial holds.", "Write one entry for each vial.")
        return value

    @field_validator("blood_pressure", mode="after")
    @classmethod
    def _pressure(cls, value: str | None) -> str | None:
        if value is not None:
            pressure, (low, high) = _or_refuse(lambda: lines.read_pressure(value)), limits.PRESSURE_MMHG
            if not low <= pressure.diastolic_mmhg < pressure.systolic_mmhg <= high:
                raise _refused(f"is not plausible: expected {low} to {high} mmHg, the higher first.", "Correct it.")
        return value

    @field_validator("temperature", mode="after")
    @classmethod
    def _temperature(cls, value: str | None) -> str | None:
        if value is not None:
            taken, (low, high) = _or_refuse(lambda: lines.read_temperature(value)), limits.TEMPERATURE_CELSIUS
            if not low <= taken.amount <= high:
                raise _refused(f"is not plausible: expected {low} to {high} °C.", "Correct the number or the unit.")
        return value

    @model_validator(mode="after")
    def _measured(self) -> EventLine:
        if self.kind == "measured" and self.what is not None:
            if self.what not in EVER_MEASURED:
                known = ", ".join(EVER_MEASURED)
                raise _refused(f"what: {self.what!r} is not known.", f"Known: {known}.")
            if self.value is not None:
                what, value = self.what, self.value
                read_value = _or_refuse(lambda: lines.read_value(what, value))
                _plausible(read_value, limits.measured_limits(what), below=value.lstrip().startswith("<"))
        return self

    def misplaced(self) -> Iterator[tuple[str, str]]:
        """Fields that this kind of event needs and that are not there, and fields that do not belong to it: why."""
        kind = KINDS.get(self.kind or "")
        needs = [*ALWAYS, *(kind.needs if kind else ())]
        if self.kind == "given" and self.what == IMMUNOGLOBULIN:
            needs += ["product", "grams"]
        for name in needs:
            if not getattr(self, name):
                yield name, f"is missing: {self.kind or 'an event'} needs it."
        if self.kind == "vitals" and not any(getattr(self, name) for name in VITAL_SIGNS):
            yield "vitals", f"has none of {', '.join(VITAL_SIGNS)}."
        if kind is not None:
            for name in sorted(self.model_fields_set - {*needs, *kind.may, *WHEREVER}):
                if getattr(self, name) is not None:
                    yield name, f"does not belong to an event of the kind {self.kind}."

    def pauses(self) -> tuple[tuple[datetime, datetime], ...]:
        """Interruptions as pairs of moments."""
        pairs = [(pair[0], pair[1]) for pair in self.interruptions or []]
        return tuple((a, b) for a, b in pairs if a is not None and b is not None)


def _refused(why: str, remedy: str) -> Exception:
    return read.as_pydantic(read.Refused(why, remedy))


def _or_refuse(reading: Callable[[], T]) -> T:
    try:
        return reading()
    except InputRefused as refused:
        problem = refused.problems[0]
        raise _refused(problem.why, problem.remedy) from None


def _plausible(quantity: Quantity, limit: limits.Limits, *, below: bool = False) -> None:
    wrong = None if below else limits.implausible(quantity, limit)
    if wrong is not None:
        raise _refused(*wrong)
