"""What is known, for whom, as of when?

Takes: the YAML and CSV shelves. Gives: a frozen Knowledge.
May import: sources, quantities, errors (YAML only in load.py; no array libraries).
"""

from opsonin.knowledge.blocks import BadPack
from opsonin.knowledge.knowledge import (
    DoseSchedule,
    Fact,
    Guardrail,
    Guideline,
    HarmCount,
    Knowledge,
    Label,
    Pack,
    PredictorEffect,
    Product,
    Protocol,
    PublishedArm,
    PublishedOutcome,
    Rate,
    Rule,
)
from opsonin.knowledge.load import load_knowledge

__all__ = [
    "BadPack",
    "DoseSchedule",
    "Fact",
    "Guardrail",
    "Guideline",
    "HarmCount",
    "Knowledge",
    "Label",
    "Pack",
    "PredictorEffect",
    "Product",
    "Protocol",
    "PublishedArm",
    "PublishedOutcome",
    "Rate",
    "Rule",
    "load_knowledge",
]
