"""A site's own parameters for an ATG model: one YAML file in, a validated set with its stamp out.

For a site that holds a published population table. What the file leaves out stays the shelf's, and the stamp says so;
every problem of the file is named at once, and nothing is run with a file that has one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_parameters import AtgParameters, shelf_parameters

SCHEMA = "opsonin-atg-parameters/1"
Product = Literal["thymoglobulin", "grafalon", "atgam"]

# What each symbol may be written in; the first is per kilogram where size matters, the second at the reference weight.
UNITS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("CL", "Q", "CLa", "Qa"), ("L/d/kg", "L/d")),
    **dict.fromkeys(("V1", "V2", "V1a", "V2a"), ("L/kg", "L")),
    "Vmax": ("mg/d/kg", "mg/d"),
    "f_ADA": ("1",),
    "t_ADA": ("d",),
    "theta_ALC": ("L/1e9",),
    "ALC_from": ("1e9/L",),
    **dict.fromkeys(("Km", "EC50"), ("AU/mL",)),
    **dict.fromkeys(("k_b", "k_r", "k_t", "s4"), ("1/d",)),
    **dict.fromkeys(("hill", "share_cd4", "share_cd8", "share_nk", "share_b"), ("1",)),
}
# Far outside any antibody: a sign of a mistaken unit. (low, high) per kilogram.
PLAUSIBLE: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("CL", "Q", "CLa", "Qa"), (1e-4, 10.0)),
    **dict.fromkeys(("V1", "V2", "V1a", "V2a"), (5e-3, 10.0)),
}
MAY_BE_ZERO = ("Vmax", "theta_ALC", "k_t", "s4", "Q", "Qa")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Value(Part):
    """One number with its unit, and how people differ (standard deviation of the logarithm)."""

    value: float
    unit: str
    ln_sd: float | None = Field(default=None, ge=0, le=2)


class Domain(Part):
    """For whom the numbers hold; null leaves an end open."""

    age_years: tuple[Decimal | None, Decimal | None]
    weight_kg: tuple[Decimal | None, Decimal | None]


class Powers(Part):
    """Powers of body weight, over the reference weight."""

    clearance: float = Field(ge=0, le=2)
    volume: float = Field(ge=0, le=2)


class SiteFile(Part):
    """A site's own parameters for one product's model."""

    schema_: Literal["opsonin-atg-parameters/1"] = Field(alias="schema")
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    source: str = Field(min_length=10, description="The work, with the table the numbers stand in.")
    read_on: date
    product: Product
    assays: dict[str, str] = Field(min_length=1)
    holds_for: Domain
    reference_weight_kg: float = Field(gt=0, le=150)
    powers: Powers
    parameters: dict[str, Value] = Field(min_length=1)


def atg_parameters_schema() -> dict[str, Any]:
    """The JSON Schema of such a file.

    >>> atg_parameters_schema()["title"]
    'SiteFile'
    """
    return SiteFile.model_json_schema(by_alias=True)


def read_atg_parameters(path: Path, knowledge: Knowledge) -> AtgParameters:
    """The set in a file, over the shelf's own numbers; InputRefused with every problem."""
    text, document = _document(path)
    try:
        file = SiteFile.model_validate(document)
    except ValidationError as error:
        raise InputRefused(_from_pydantic(error), source=str(path)) from error
    shelf = shelf_parameters(knowledge, file.product)
    problems = list(_problems(file, shelf))
    if problems:
        raise InputRefused(problems, source=str(path))
    return _over(shelf, file, seal=hashlib.sha256(text).hexdigest()[:12])


def _document(path: Path) -> tuple[bytes, Any]:
    try:
        text = path.read_bytes()
        document = yaml.safe_load(text.decode("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = f"cannot be read as YAML ({' '.join(str(error).split())})."
        raise InputRefused([Problem("--site", str(path), why, "Mend it, or name another file.")]) from error
    if not isinstance(document, dict):
        raise InputRefused([Problem("--site", str(path), "holds no parameters.", f"Begin with 'schema: {SCHEMA}'.")])
    return text, document


def _from_pydantic(error: ValidationError) -> list[Problem]:
    remedy = "See docs/explanation/atg-model.md, 'Your own parameters'."
    return [
        Problem(".".join(str(part) for part in e["loc"]), _shown(e.get("input")), f"{e['msg']}.", remedy)
        for e in error.errors(include_url=False)
    ]


def _shown(value: object) -> str:
    return "" if isinstance(value, dict | list) or value is None else str(value)


def _problems(file: SiteFile, shelf: AtgParameters) -> Iterator[Problem]:
    for symbol, given in file.parameters.items():
        field = f"parameters.{symbol}"
        if symbol not in shelf.values:
            known = ", ".join(shelf.values)
            yield Problem(field, "", f"is no parameter of {file.product}.", f"Known: {known}.")
            continue
        if given.unit not in UNITS[symbol]:
            yield Problem(f"{field}.unit", given.unit, "is not a unit of it.", f"Write {' or '.join(UNITS[symbol])}.")
            continue
        if given.value < 0 or (given.value == 0 and symbol not in MAY_BE_ZERO):
            yield Problem(f"{field}.value", f"{given.value:g}", "has to be above 0.", "Check the table.")
        elif symbol in PLAUSIBLE and given.value > 0:
            low, high = PLAUSIBLE[symbol]
            per_kg = _per_kg(given, file.reference_weight_kg)
            if not low <= per_kg <= high:
                why = f"is {per_kg:g} per kilogram, far outside any antibody ({low:g} to {high:g})."
                yield Problem(f"{field}.value", f"{given.value:g} {given.unit}", why, "Check the unit: L/d or L/h?")
    for analyte in file.assays:
        if analyte not in shelf.assays:
            yield Problem(f"assays.{analyte}", "", f"is not modelled for {file.product}.", "Leave it out.")
    for name in ("age_years", "weight_kg"):
        low_end, high_end = getattr(file.holds_for, name)
        if low_end is not None and high_end is not None and low_end >= high_end:
            shown = f"{low_end} to {high_end}"
            yield Problem(f"holds_for.{name}", shown, "ends before it begins.", "Write the lower end first.")


def _per_kg(given: Value, reference_weight_kg: float) -> float:
    return given.value if given.unit.endswith("/kg") else given.value / reference_weight_kg


def _over(shelf: AtgParameters, file: SiteFile, *, seal: str) -> AtgParameters:
    """The shelf's set with the file's numbers in place of its own.

    The file's weight rule holds for its own numbers; those left to the shelf are restated at the file's reference
    weight with the shelf's rule, so that they are the same there.
    """
    mine, W = file.parameters, file.reference_weight_kg
    kept = {symbol: value for symbol, value in shelf.values.items() if symbol not in mine}
    at_reference = shelf.sized(W)
    sized = {symbol: at_reference[symbol] / W for symbol in kept if UNITS[symbol][0].endswith("/kg")}
    given = {
        symbol: _per_kg(each, W) if UNITS[symbol][0].endswith("/kg") else each.value for symbol, each in mine.items()
    }
    spread = {symbol: sd for symbol, sd in shelf.ln_sd.items() if symbol not in mine}
    spread |= {symbol: each.ln_sd for symbol, each in mine.items() if each.ln_sd is not None}
    left = f"; left to the shelf: {', '.join(kept)}" if kept else ""
    return replace(
        shelf,
        name=file.name,
        source=f"{file.source}, read on {file.read_on.isoformat()}; replaced: {', '.join(mine)}{left}",
        seal=f"file {seal}, {shelf.seal}",
        values=MappingProxyType({**kept, **sized, **given}),
        ln_sd=MappingProxyType(spread),
        reference_weight_kg=W,
        powers=MappingProxyType(file.powers.model_dump()),
        assays=MappingProxyType({**shelf.assays, **file.assays}),
        age_years=file.holds_for.age_years,
        weight_kg=file.holds_for.weight_kg,
        replaced=tuple(mine),
    )
