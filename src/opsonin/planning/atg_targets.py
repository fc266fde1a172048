"""Is a published exposure reached? Only for a target that someone named, in its own setting and by its own assay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Fact, Knowledge
from opsonin.planning.atg_outlook import AtgOutlook

SHELF = "models/atg_targets"


def atg_targets(knowledge: Knowledge) -> Mapping[str, Fact]:
    """Every published exposure target on the shelf, by name."""
    return {fact.id.rpartition("/")[2]: fact for fact in knowledge.facts_under(SHELF)}


@dataclass(frozen=True)
class Attained:
    """How many of the virtual people reach an exposure that was named."""

    target: str
    says: str
    measure: str
    low: float | None
    high: float | None
    share: float
    share_below: float
    share_above: float
    note: str


def attained(outlook: AtgOutlook, target: str, *, knowledge: Knowledge) -> Attained:
    """How many of the virtual people reach a named exposure. There is no default target, and none is chosen here.

    Refused when the target is not on the shelf, speaks of another assay, or needs a graft day that was not given.
    """
    known = atg_targets(knowledge)
    wanted = target.replace("-", "_")
    if wanted not in known:
        remedy = f"Targets differ by setting; name one: {', '.join(known)}."
        raise InputRefused([Problem("target", target, "is not on the shelf.", remedy)])
    fact = known[wanted]
    measure, assay, product = fact.value["measure"], fact.value["assay"], fact.value["product"]
    if product != outlook.product:
        why = f"is of {product}; this course is of {outlook.product}. Products are never interchangeable."
        raise InputRefused([Problem("target", target, why, "Name a target of the same product.")])
    if assay not in outlook.assays.values():
        have = ", ".join(outlook.assays.values())
        why = f"speaks of the assay {assay}; these results are of {have}. Assays are not interchangeable."
        raise InputRefused([Problem("target", target, why, "Name a target of the same assay.")])
    if measure not in outlook.per_person:
        remedy = "State the day of the graft." if outlook.per_person else "See what was withheld."
        raise InputRefused([Problem("target", target, f"needs {measure}, which is not there.", remedy)])
    values = outlook.per_person[measure]
    low, high = (None if fact.value[end] is None else float(fact.value[end]) for end in ("low", "high"))
    below = np.zeros(values.shape, bool) if low is None else values < low
    above = np.zeros(values.shape, bool) if high is None else values > high
    return Attained(
        target=wanted,
        says=fact.says + fact.mark,
        measure=measure,
        low=low,
        high=high,
        share=float(np.mean(~(below | above))),
        share_below=float(np.mean(below)),
        share_above=float(np.mean(above)),
        note=f"Setting: {fact.value['setting']}. {fact.note} {outlook.stamp}.",
    )
