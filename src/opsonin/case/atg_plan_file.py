"""The plan and the answer of the morning as JSON: decimals exact as text, facts by id under `facts`."""

from __future__ import annotations

from typing import Any

from opsonin.case import plan_file
from opsonin.knowledge import Fact, Knowledge
from opsonin.planning.atg_next import NextDose
from opsonin.planning.atg_plan import AtgPlan


def atg_plan_schema() -> dict[str, Any]:
    """The JSON Schema of a plan of antithymocyte globulin."""
    return plan_file.answer_schema(AtgPlan, "opsonin-atg-plan/1", "Opsonin plan of antithymocyte globulin")


def next_dose_schema() -> dict[str, Any]:
    """The JSON Schema of the answer of `opsonin next-dose`."""
    return plan_file.answer_schema(NextDose, "opsonin-next-dose/1", "Opsonin next dose of antithymocyte globulin")


def atg_to_dict(answer: AtgPlan | NextDose, knowledge: Knowledge) -> dict[str, Any]:
    """The whole answer, ready for `json.dumps`; every fact once, and the works behind them."""
    facts: dict[str, Fact] = {}
    content: dict[str, Any] = plan_file._write(answer, facts)
    keys = sorted({citation.source for fact in facts.values() for citation in fact.citations})
    return {
        **content,
        "facts": {id: plan_file._write_fact(fact) for id, fact in facts.items()},
        "sources": {key: plan_file._write(knowledge.sources[key], {}) for key in keys},
    }
