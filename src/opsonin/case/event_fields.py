"""Which fields does one event have? The model that reads a line, and from which its schema is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from opsonin.case import readers as read
from opsonin.case.fields import MEASURED, Block, ProductId, Words, YesNo, fact
from opsonin.quantities import Quantity
from opsonin.update.events import IMMUNOGLOBULIN, KINDS

Moment = Annotated[datetime | None, read.moment()]
_NEEDS = {
    "given": ("what",),
    "measured": ("what", "value"),
    "symptom": ("says",),
    "rate": ("rate",),
    "note": ("says",),
    "correction": ("corrects",),
}
_ALWAYS = ("kind", "at", "who", "source")


class EventLine(Block):
    kind: Annotated[str | None, read.choice(*KINDS)] = fact("What kind of event.", "measured")
    at: Moment = fact("When it happened, with time zone.", "2026-11-23T08:15+01:00")
    noted: Moment = fact("When it was written down, for a late entry.", "2026-11-23T12:00+01:00")
    who: Words = fact("Who says so; a role, never a patient's name.", "ward nurse")
    source: Words = fact("Where it comes from.", "laboratory")
    id: Words = fact("A name for this event, so that a correction can point to it.", "count-3")
    what: Words = fact(
        "given: immunoglobulin, platelet-transfusion, or a medicine; measured: platelets, igg, haemoglobin, …",
        "platelets",
    )
    product: ProductId = fact("given: which product.", "privigen")
    grams: Words = fact("given, immunoglobulin: the amount that really ran in, with its unit.", "70 g")
    ended: Moment = fact("given: when the infusion ended.", "2026-11-21T14:10+01:00")
    interruptions: list[Annotated[list[Moment], Field(min_length=2, max_length=2)]] | None = fact(
        "given: when the infusion paused and when it ran again, pair by pair.",
        [["2026-11-21T10:00+01:00", "2026-11-21T10:40+01:00"]],
    )
    raises_platelets: YesNo = fact("given, a medicine: whether it raises platelets.", "no")
    value: Words = fact("measured: the value with its unit; < before it when below detection.", "<5 x10^9/L")
    rate: Words = fact("rate: the rate the pump was set to, with its unit.", "120 mL/h")
    says: Words = fact("symptom, note: in words.", "headache")
    corrects: Words = fact("correction: the id of the event that is withdrawn; the right one follows.", "count-3")

    @field_validator("grams", "rate", mode="after")
    @classmethod
    def _amount(cls, value: str | None, info) -> str | None:  # type: ignore[no-untyped-def]
        if value is not None:
            _read(value, "mass" if info.field_name == "grams" else "pump_rate")
        return value

    @model_validator(mode="after")
    def _measured(self) -> EventLine:
        if self.kind == "measured" and self.what is not None:
            if self.what not in MEASURED:
                known = ", ".join(MEASURED)
                raise read.as_pydantic(read.Refused(f"what: {self.what!r} is not known.", f"Known: {known}."))
            if self.value is not None:
                _read(self.value.lstrip("< "), MEASURED[self.what])
        return self

    def missing(self) -> tuple[str, ...]:
        """Fields that this kind of event needs and that are not there."""
        needed = [*_ALWAYS, *_NEEDS.get(self.kind or "", ())]
        if self.kind == "given" and self.what == IMMUNOGLOBULIN:
            needed += ["product", "grams"]
        return tuple(name for name in needed if getattr(self, name) is None)

    @property
    def is_below(self) -> bool:
        return self.value is not None and self.value.lstrip().startswith("<")

    def pauses(self) -> tuple[tuple[datetime, datetime], ...]:
        """Interruptions as pairs of moments."""
        pairs = [(pair[0], pair[1]) for pair in self.interruptions or []]
        return tuple((a, b) for a, b in pairs if a is not None and b is not None)

    def read_amount(self) -> Quantity | None:
        """The amount given or measured, in its canonical unit."""
        if self.kind == "given" and self.grams is not None:
            return _read(self.grams, "mass")
        if self.kind == "measured" and self.value is not None and self.what is not None:
            return _read(self.value.lstrip("< "), MEASURED[self.what])
        return _read(self.rate, "pump_rate") if self.kind == "rate" and self.rate is not None else None


def _read(text: str, kind: str) -> Quantity:
    try:
        return read.read_amount(text, kind)
    except read.Refused as refused:
        raise read.as_pydantic(refused) from None
