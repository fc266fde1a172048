"""What was fitted, and how surely: equally likely sets of a population's parameters, with their date and command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class FittedGroup:
    """One age group: what was fitted, to which studies, and the sets that the data allow, all equally likely."""

    fitted_to: tuple[str, ...]
    names: tuple[str, ...]  # symbols of the model; NAME_cv is a spread between people, a fraction
    fixed: Mapping[str, Decimal]  # taken from another group
    sets: tuple[tuple[Decimal, ...], ...]  # in the order of names
    mean: Mapping[str, Decimal]  # geometric
    low_95: Mapping[str, Decimal]
    high_95: Mapping[str, Decimal]

    def named_sets(self) -> tuple[dict[str, Decimal], ...]:
        """Every set by name, with what is fixed."""
        return tuple({**self.fixed, **dict(zip(self.names, row, strict=True))} for row in self.sets)


@dataclass(frozen=True)
class FittedModel:
    """The fitted parameters of a model, by age group ("adults", "children")."""

    name: str
    made_on: date
    command: str
    groups: Mapping[str, FittedGroup]
