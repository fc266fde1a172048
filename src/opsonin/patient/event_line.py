"""How does an event stand on a line, and what event does a line hold? There and back without loss.

A line is a mapping of the fields of `opsonin schema event`. `event_from_line` expects one whose fields were checked at
the door, or that `line_from_event` wrote; amounts are read again from what was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from opsonin.errors import InputRefused, Problem
from opsonin.patient.event import IMMUNOGLOBULIN, BloodPressure, Event, Hung, VitalSigns
from opsonin.quantities import Quantity, read_quantity

MEASURED = {  # in a case of immunoglobulin: what → kind of quantity
    "platelets": "platelets", "igg": "immunoglobulin", "iga": "immunoglobulin", "creatinine": "creatinine",
    "haemoglobin": "haemoglobin",
}  # fmt: skip
ATG_LEVELS = {"total-atg": "atg_level", "active-atg": "active_atg"}  # what → kind; each names its assay
ATG_MEASURED = {  # in a case of antithymocyte globulin
    "white-cells": "white_cells", "lymphocytes": "white_cells", "platelets": "platelets", "cd3": "t_cells",
    "cd2": "t_cells", "cd4": "t_cells", "haemoglobin": "haemoglobin", "creatinine": "creatinine",
    **ATG_LEVELS,
}  # fmt: skip
EVER_MEASURED = {**MEASURED, **ATG_MEASURED}  # in an event of any case
AMOUNTS = {  # field → kind of quantity
    "grams": "mass", "rate": "pump_rate", "volume": "volume", "weight": "weight", "concentration": "concentration",
    "pulse": "per_minute", "respiratory_rate": "per_minute", "oxygen_saturation": "saturation",
}  # fmt: skip
_WORDS = ("id", "case", "infusion", "says", "corrects", "severity", "reason", "about", "rule", "outcome", "dose",
          "route", "judged", "assay")  # fmt: skip
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_PRESSURE = re.compile(r"^\s*([0-9]{1,3})\s*/\s*([0-9]{1,3})\s*mm\s?Hg\s*$", re.IGNORECASE)
_FAHRENHEIT = re.compile(r"^\s*([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*°?\s*F\s*$")
_CELSIUS = re.compile(r"^\s*([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*°?\s*C\s*$")


def event_from_line(line: Mapping[str, Any], *, place: str) -> Event:
    """The event that a line holds.

    >>> line = {"kind": "rate", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "rate": "60 mL/h"}
    >>> event_from_line(line, place="line 1").amount
    Decimal('60')
    """
    kind = str(line["kind"])
    what = str(line.get("what") or "").strip().lower().replace(" ", "-")
    product = line.get("product")
    value = str(line.get("value") or "")
    amount = _amount(kind, what, line)
    hangs = kind in ("start", "bag")
    words: dict[str, Any] = {name: str(line.get(name) or "") for name in _WORDS}
    return Event(
        kind=kind,
        at=_moment(line["at"]),
        who=str(line["who"]),
        source=str(line["source"]),
        place=place,
        what=what or (IMMUNOGLOBULIN if product and kind == "given" else ""),
        product=product,
        amount=amount.amount if amount is not None else None,
        written=str(line.get("grams") or value or line.get("rate") or "") if amount is not None else "",
        below=value.lstrip().startswith("<"),
        until=_moment_or_none(line.get("ended")),
        interruptions=tuple((_moment(a), _moment(b)) for a, b in line.get("interruptions") or ()),
        raises_platelets=_YES_NO.get(str(line.get("raises_platelets")).lower()),
        noted=_moment_or_none(line.get("noted")),
        made=_moment_or_none(line.get("made")),
        rate=read_field("rate", line),
        volume=None if hangs else read_field("volume", line),
        weight=read_field("weight", line),
        hung=_hung(line) if hangs else None,
        lots=() if hangs else tuple(line.get("lots") or ()),
        vitals=_vitals(line) if kind == "vitals" else None,
        plan=line.get("plan"),
        **words,
    )


def line_from_event(event: Event) -> dict[str, Any]:
    """The line that holds an event: only what is known, in a fixed order.

    >>> line = {"kind": "rate", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "rate": "60 mL/h"}
    >>> line_from_event(event_from_line(line, place=""))["at"]
    '2026-11-21T09:30:00+01:00'
    """
    hung, vitals, yes_no = event.hung, event.vitals, {True: "yes", False: "no", None: None}
    line: dict[str, Any] = {
        "kind": event.kind,
        "at": event.at.isoformat(),
        "noted": event.noted.isoformat() if event.noted else None,
        "who": event.who,
        "source": event.source,
        "what": event.what,
        "product": event.product,
        "grams": event.written if event.kind == "given" else None,
        "value": event.written if event.kind == "measured" else None,
        "rate": event.rate.written if event.rate else event.written if event.kind == "rate" else None,
        "ended": event.until.isoformat() if event.until else None,
        "interruptions": [[a.isoformat(), b.isoformat()] for a, b in event.interruptions],
        "raises_platelets": yes_no[event.raises_platelets],
        "lots": list(hung.lots if hung else event.lots),
        "vials": [vial.written for vial in hung.vials] if hung else None,
        "concentration": _written(hung.concentration if hung else None),
        "volume": _written(hung.volume if hung else event.volume),
        "made": event.made.isoformat() if event.made else None,
        "weight": _written(event.weight),
        "plan": dict(event.plan) if event.plan is not None else None,
        **{name: getattr(event, name) for name in _WORDS},
    }
    for name in ("pulse", "blood_pressure", "temperature", "respiratory_rate", "oxygen_saturation"):
        line[name] = _written(getattr(vitals, name, None))
    return {name: value for name, value in line.items() if value not in (None, "", [])}


def read_field(name: str, line: Mapping[str, Any]) -> Quantity | None:
    """The amount in a field of a line, in the canonical unit of its kind. Raises InputRefused when it is none."""
    if line.get(name) is None:
        return None
    return read_quantity(line[name], AMOUNTS[name], field=name)


def read_value(what: str, written: str) -> Quantity:
    """A laboratory value; a `<` before it is left out. Raises InputRefused when it is none."""
    return read_quantity(written.lstrip("< "), EVER_MEASURED[what], field="value")


def read_pressure(written: str) -> BloodPressure:
    """Systolic over diastolic.

    >>> read_pressure("118/74 mmHg").systolic_mmhg
    Decimal('118')
    """
    match = _PRESSURE.match(written)
    if match is None:
        why = "is not a blood pressure in mmHg."
        raise InputRefused([Problem("blood_pressure", written, why, 'Write "118/74 mmHg".')])
    return BloodPressure(Decimal(match[1]), Decimal(match[2]), written)


def read_temperature(written: str) -> Quantity:
    """A body temperature, in °C or °F.

    >>> read_temperature("98.6 °F").amount
    Decimal('37.0')
    """
    if match := _CELSIUS.match(written):
        return Quantity(Decimal(match[1]), "°C", written)
    if match := _FAHRENHEIT.match(written):
        return Quantity((Decimal(match[1]) - 32) * 5 / 9, "°C", written)
    why = "is not a temperature with its unit."
    raise InputRefused([Problem("temperature", written, why, 'Write "36.8 °C", or "98.2 °F".')])


def read_vials(written: Sequence[str]) -> tuple[Quantity, ...]:
    """The vials, one entry for each. Raises InputRefused when an entry is no mass."""
    return tuple(read_quantity(one, "mass", field="vials") for one in written)


def _amount(kind: str, what: str, line: Mapping[str, Any]) -> Quantity | None:
    if kind == "given":
        return read_field("grams", line)
    if kind == "measured":
        return read_value(what, str(line["value"]))
    return read_field("rate", line) if kind == "rate" else None


def _hung(line: Mapping[str, Any]) -> Hung:
    return Hung(
        lots=tuple(line.get("lots") or ()),
        vials=read_vials(line.get("vials") or ()),
        concentration=read_field("concentration", line),
        volume=read_field("volume", line),
    )


def _vitals(line: Mapping[str, Any]) -> VitalSigns:
    pressure, temperature = line.get("blood_pressure"), line.get("temperature")
    return VitalSigns(
        pulse=read_field("pulse", line),
        blood_pressure=read_pressure(pressure) if pressure else None,
        temperature=read_temperature(temperature) if temperature else None,
        respiratory_rate=read_field("respiratory_rate", line),
        oxygen_saturation=read_field("oxygen_saturation", line),
    )


def _written(amount: Quantity | BloodPressure | None) -> str | None:
    return amount.written if amount is not None else None


def _moment(written: str | datetime) -> datetime:
    return written if isinstance(written, datetime) else datetime.fromisoformat(written)


def _moment_or_none(written: str | datetime | None) -> datetime | None:
    return _moment(written) if written else None
