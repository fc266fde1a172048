"""What safety says: findings about a person with a regimen, and whether a product may be offered at all."""

from __future__ import annotations

from dataclasses import dataclass

from opsonin.knowledge import Fact, Product

SEVERITIES = ("absolute", "conditional", "advisory")


@dataclass(frozen=True)
class Finding:
    """One thing safety has to say: how severe, what, why, what to do, and who says so."""

    rule: str
    severity: str  # one of SEVERITIES
    message: str
    reason: str
    remedy: str
    facts: tuple[Fact, ...]


STANDINGS = ("on-label", "off-label-supported", "not-supported", "excluded")


@dataclass(frozen=True)
class Standing:
    """Where a product or a regimen stands for this person: four different things, each with its reason."""

    kind: str  # one of STANDINGS
    excluded_because: str  # "" | "contraindicated" | "discontinued" | "not in stock" | "no label facts for this region"
    reason: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Offer:
    """A product on the shelf, and where it stands for this person."""

    product: Product
    standing: Standing
    findings: tuple[Finding, ...]
