"""What is known, for whom, where and since when: the frozen values the loader makes from the shelves.

Numbers are `Decimal`, lists are tuples, mappings are read-only. Every value keeps the `Fact` it came from, so that a
plan can show its source and its mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from opsonin.errors import KnowledgeError
from opsonin.knowledge.fact import Fact as Fact
from opsonin.knowledge.fact import Guardrail as Guardrail
from opsonin.knowledge.fact import Rate as Rate
from opsonin.knowledge.fitted import FittedModel as FittedModel
from opsonin.knowledge.harm import HarmCount as HarmCount
from opsonin.knowledge.outcome import PublishedOutcome as PublishedOutcome
from opsonin.knowledge.predictor import PredictorEffect as PredictorEffect
from opsonin.knowledge.protocol import Protocol as Protocol
from opsonin.sources import Citation, Obtained, Source, Status


@dataclass(frozen=True)
class LadderFacts:
    """What a label says of the rate in ITP: start, how long, steps, maximum, and the maximum under risk."""

    start: Rate
    start_minutes: Fact | None  # None: not found
    steps: tuple[Rate, ...]  # the label's own steps including start and maximum; () when it gives none
    step_minutes: tuple[Decimal, Decimal] | None  # shortest and longest the label allows per step
    maximum: Rate
    maximum_at_risk: Rate | None  # None: the label gives no number
    at_risk_words: Fact | None  # the label's statement for renal or thrombotic risk
    facts: tuple[Fact, ...]  # everything above, for the bibliography


@dataclass(frozen=True)
class DoseSchedule:
    """A way to give the course: so much per kilogram and day, on so many consecutive days."""

    id: str  # "1x1", "1x2", "0.4x5", "0.8x1": g/kg/day x days
    g_per_kg_per_day: Decimal
    days: int
    says: str  # conditions in words ("second dose may be withheld if …"); "" when none
    fact: Fact


@dataclass(frozen=True)
class Label:
    """One product's label in one region, as far as ITP is concerned."""

    region: str  # "us" | "eu"
    itp: bool
    itp_words: Fact
    phases: tuple[str, ...]  # phases the label names; () when it names none (all)
    age_years_min: Decimal | None
    age_years_max: Decimal | None
    schedules: tuple[DoseSchedule, ...]
    ladder: LadderFacts | None
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Product:
    """One product strength."""

    id: str
    brand: str
    concentration_mg_per_ml: Decimal
    vials_g: tuple[Decimal, ...]
    discontinued: Fact | None  # set when the product is no longer made
    labels: Mapping[str, Label]
    facts: Mapping[str, Fact]  # every fact by its short name (composition, storage, warnings, trial result, …)
    family: str = "ivig"  # "ivig" | "atg": families are never compared or exchanged


@dataclass(frozen=True)
class Guideline:
    """A recommendation on whom to treat and with what, from a named guideline."""

    id: str
    name: str
    says: str
    phases: tuple[str, ...]  # () = any
    age_group: str  # "adult" | "child" | "any"
    bleeding_grades: tuple[int, ...]  # grades it speaks to; () = any
    platelets_below: Decimal | None
    treat: str  # "observe" | "immunoglobulin" | "corticosteroid" | "other"
    schedules: tuple[DoseSchedule, ...]  # immunoglobulin schedules it supports
    fact: Fact
    platelets_from: Decimal | None = None  # it speaks of counts from here upwards


@dataclass(frozen=True)
class WeightRule:
    """On which body weight the dose is calculated."""

    kind: str  # "actual" | "adjusted-above-threshold"
    adjusted_factor: Decimal | None  # ideal + factor x (actual - ideal)
    bmi_threshold: Decimal | None  # adjusted from this body-mass index upwards
    over_ideal_threshold: Decimal | None  # … or above this multiple of ideal weight
    actual_above_kg: Decimal | None  # … or above this actual weight
    adults_only: bool
    says: str
    fact: Fact
    ideal_fact: Fact | None  # the ideal-weight formula
    height_from_cm: Decimal | None = None  # adjusted also from this height upwards, when heavier than the weight below
    weight_above_kg_male: Decimal | None = None
    weight_above_kg_female: Decimal | None = None


@dataclass(frozen=True)
class RoundingRule:
    """How a calculated daily dose becomes whole vials."""

    direction: str  # "nearest" | "down" | "up"
    tolerance_percent: Decimal | None  # None: the rule states no limit
    says: str
    fact: Fact
    to_grams: Decimal | None = None  # round the dose to a multiple of this, instead of to the nearest vials


@dataclass(frozen=True)
class LadderScheme:
    """Steps for a product whose label gives only a start and a maximum."""

    factor: Decimal  # each step = factor x the one before
    step_minutes: Decimal
    says: str
    fact: Fact


@dataclass(frozen=True)
class Pack:
    """What one authority or site does: which labels it relies on and how it weighs, rounds and infuses.

    A rule that is None is a silence: the plan says "this pack has no rule on …".
    """

    id: str
    name: str
    label_region: str
    dosing_weight: WeightRule | None
    rounding: RoundingRule | None
    ladder_scheme: LadderScheme | None
    cap_at_risk: Rate | None  # used where the label says "minimum practicable" without a number
    restart_after_weeks: Fact | None
    pump_resolution_ml_per_h: Decimal
    pump_resolution_below_20_kg_ml_per_h: Decimal
    statements: Mapping[str, tuple[Fact, ...]]  # topic → statements (see STATEMENT_TOPICS)
    version: str
    supervision: Mapping[str, Fact] = field(
        default_factory=dict
    )  # rule of the bedside → fact (shelf_packs.SUPERVISION)


# Limits a team may set for vital signs during an infusion; the unit stands in the name.
LIMITS = (
    "pulse_below_per_min",
    "pulse_above_per_min",
    "pulse_change_percent",
    "systolic_below_mmhg",
    "systolic_above_mmhg",
    "systolic_change_percent",
    "temperature_above_c",
    "temperature_rise_c",
    "respiratory_rate_below_per_min",
    "respiratory_rate_above_per_min",
    "oxygen_saturation_below_percent",
    "check_every_min",
)

STATEMENT_TOPICS = (
    "premedication",
    "hydration",
    "before",
    "during",
    "after",
    "delayed",
    "haemolysis",
    "vaccines",
    "record",
)


@dataclass(frozen=True)
class Rule:
    """A safety rule: when it applies, how severe it is, what it says and what to do."""

    id: str
    when: Mapping[str, Any]  # the small vocabulary of safety/check.py
    severity: str  # "absolute" | "conditional" | "advisory"
    products: tuple[str, ...]  # () = all
    packs: tuple[str, ...]  # () = all
    says: str
    reason: str
    remedy: str
    fact: Fact
    family: str = "ivig"  # the family of products it speaks of


@dataclass(frozen=True)
class RankingRule:
    """In which order candidates are compared, and what counts as a difference."""

    probabilities_shaded: tuple[Decimal, ...]  # lower bounds, highest first
    ignore_probability_below: Decimal
    order: tuple[str, ...]
    fact: Fact


@dataclass(frozen=True)
class PublishedArm:
    """One arm of a published study, for showing beside or instead of a forecast."""

    id: str
    study: str
    population: str
    age_group: str  # "adult" | "child" | "mixed"
    immunoglobulin: bool  # False: untreated or comparator arm
    regimen: str
    n: int | None
    endpoint: str
    result: str
    citation: Citation
    obtained: Obtained
    status: Status
    phase: str = ""  # disease phase as the study names it


@dataclass(frozen=True)
class Knowledge:
    """Everything on the shelves, on one day, with the seal of its content."""

    version: str  # short hash over the shelves
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]  # every fact by id
    products: Mapping[str, Product]
    packs: Mapping[str, Pack]
    guidelines: tuple[Guideline, ...]
    rules: tuple[Rule, ...]
    ranking: RankingRule
    published: tuple[PublishedArm, ...]
    guardrails: tuple[Guardrail, ...] = ()
    outcomes: tuple[PublishedOutcome, ...] = ()
    harm_counts: tuple[HarmCount, ...] = ()
    predictors: tuple[PredictorEffect, ...] = ()  # published effects of what may predict a response
    protocols: Mapping[str, Protocol] = field(default_factory=dict)  # of antithymocyte globulin
    fitted: FittedModel | None = None  # the fitted populations of the model in ITP

    def __repr__(self) -> str:
        return f"<Knowledge {self.version}: {len(self.facts)} facts, {len(self.products)} products>"

    def fact(self, id: str) -> Fact:
        """The fact with this id, or KnowledgeError naming near ids."""
        try:
            return self.facts[id]
        except KeyError:
            from difflib import get_close_matches

            near = ", ".join(get_close_matches(id, self.facts, n=3)) or "none"
            raise KnowledgeError(f"No fact {id!r} on the shelf. Near: {near}.") from None

    def facts_under(self, shelf: str) -> tuple[Fact, ...]:
        """Every fact whose id begins with this shelf, in the order it stands there."""
        return tuple(fact for id, fact in self.facts.items() if id.startswith(f"{shelf}/"))

    def of_family(self, family: str) -> Mapping[str, Product]:
        """The products of one family ("ivig" or "atg"), by id."""
        return {id: product for id, product in self.products.items() if product.family == family}

    def rules_of(self, family: str) -> tuple[Rule, ...]:
        """The safety rules that speak of one family of products."""
        return tuple(rule for rule in self.rules if rule.family == family)

    def product(self, id: str) -> Product:
        """The product with this id; '-' and '_' are the same."""
        wanted = id.strip().lower().replace("-", "_")
        if wanted not in self.products:
            known = ", ".join(sorted(self.products))
            raise KnowledgeError(f"No product {id!r} on the shelf. Known: {known}.")
        return self.products[wanted]

    def pack(self, id: str) -> Pack:
        if id not in self.packs:
            raise KnowledgeError(f"No policy pack {id!r}. Known: {', '.join(sorted(self.packs))}.")
        return self.packs[id]
