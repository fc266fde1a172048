"""What do the shelf's calibrations say? A file as `opsonin calibrate` writes it, and one fact per fitted value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from opsonin.errors import KnowledgeError
from opsonin.knowledge.blocks import Shelf, facts_of
from opsonin.knowledge.fitted import FittedGroup, FittedModel

SCHEMA = "opsonin-calibration/1"
SOURCE = "opsonin_calibration_2026_11"
SAYS: Mapping[str, tuple[str, str]] = {
    "kprod0": ("Production of platelets before treatment", "10^9/L/day"),
    "kprod0_cv": ("Spread between people of the production of platelets (coefficient of variation)", "1"),
    "IC50": ("Concentration of infused IgG that blocks half of the uptake", "g/L"),
    "IC50_cv": ("Spread between people of the half-blocking concentration (coefficient of variation)", "1"),
    "h": ("Steepness of the blockade (Hill exponent)", "1"),
    "koff": ("Offset of the blockade", "1/day"),
    "kon": ("Onset of the blockade", "1/day"),
    "recovery_median": ("Day by which the disease has gone by itself, median, counted from treatment", "days"),
    "recovery_cv": ("Spread between people of the day of natural recovery (coefficient of variation)", "1"),
    "recovery_shape": ("Shape of natural recovery: the logarithm of the count has gone (t/day)^shape of its way", "1"),
    "trial_sd": ("How much trials differ beyond chance (standard deviation, logit scale)", "1"),
}


def read_fitted(path: Path) -> FittedModel:
    """A calibration as `opsonin calibrate` writes it; KnowledgeError when the file is not one."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        groups = {name: _group(group) for name, group in document["groups"].items()}
        if document["schema"] != SCHEMA or not groups.keys() >= {"adults", "children"}:
            raise ValueError(f"schema {document['schema']!r}, groups {sorted(groups)}")
        made_on = date.fromisoformat(document["made_on"])
        return FittedModel(document["name"], made_on, document["command"], MappingProxyType(groups))
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{path}: is not a calibration ({error}). Make one with: opsonin calibrate --out {path}"
        raise KnowledgeError(why) from error


def _group(group: Mapping[str, Any]) -> FittedGroup:
    names = tuple(group["names"])
    sets = tuple(tuple(Decimal(value) for value in row) for row in group["sets"])
    if not sets or any(len(row) != len(names) for row in sets):
        raise ValueError("a set without a value for every name")

    def table(key: str) -> Mapping[str, Decimal]:
        return MappingProxyType({name: Decimal(value) for name, value in group[key].items()})

    return FittedGroup(
        tuple(group["fitted_to"]), names, table("fixed"), sets, table("mean"), table("low_95"), table("high_95")
    )


def build_fitted(shelf: Shelf, name: str, path: Path) -> FittedModel | None:
    """The calibration in this file, and its values put on the shelf as facts."""
    try:
        fitted = read_fitted(path)
    except KnowledgeError as error:
        shelf.complaints.add(name, "", "", str(error), "")
        return None
    facts_of(shelf, name, dict(_blocks(fitted)))
    return fitted


def _blocks(fitted: FittedModel) -> Iterator[tuple[str, dict[str, Any]]]:
    for group_name, group in fitted.groups.items():
        for symbol in group.names:
            says, unit = SAYS[symbol]
            yield (
                f"{group_name}_{symbol}",
                {
                    "says": f"{says}; {group_name}.",
                    "value": group.mean[symbol],
                    "unit": unit,
                    "spread": {"low_95": group.low_95[symbol], "high_95": group.high_95[symbol]},
                    "obtained": "calibrated",
                    "status": "unverified",
                    "sources": ({"key": SOURCE, "at": f"{fitted.command}, {fitted.made_on.isoformat()}"},),
                    "checked": fitted.made_on.isoformat(),
                },
            )
