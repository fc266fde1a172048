"""An exercise: a virtual person, an order, and what this person will feel if the infusion runs too fast or too long.

The numbers of a scenario are invented for teaching; they describe nobody and are no facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Scripted:
    """One thing the virtual person will feel: what brings it, what eases it, what it turns into.

    Times are in minutes of exposure (the pump runs at `from_step` or faster) or of relief (it does not).
    """

    symptom: str
    severity: str
    from_step: int  # 1: at any rate
    begins_after: int
    eases_after: int | None  # None: it does not pass by slowing down
    worsens_after: int | None = None
    worse: str = ""  # severity it then has
    also: tuple[tuple[str, str], ...] = ()  # (symptom, severity) that then come with it
    signs: Mapping[str, Decimal] | None = None  # change of vital signs while it is there
    worse_signs: Mapping[str, Decimal] | None = None
    only_adrenaline: bool = False  # once worse, it passes only when the pump stands still and adrenaline was given


@dataclass(frozen=True)
class Scenario:
    """One exercise."""

    id: str
    title: str
    story: str
    teaches: str
    person: Mapping[str, str]  # age, sex, weight, height
    pack: str
    regimen: str  # immunoglobulin: id of the course; "" for antithymocyte globulin
    globulin: Mapping[str, str]  # antithymocyte globulin: product, amount, volume, first
    limits: Mapping[str, str]
    first_signs: Mapping[str, Decimal]
    reactions: tuple[Scripted, ...]
    by_chance: bool = False  # reactions drawn from the hazards on the shelf, besides the scripted ones
