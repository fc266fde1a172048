"""Opsonin: open planning, simulation and explanation for pooled and animal-derived therapeutic antibodies.

The public names, in the order one teaches them. Heavy imports wait until a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "read_case": "opsonin.case",
    "load_knowledge": "opsonin.knowledge",
    "plan_therapy": "opsonin.therapy",
    "follow_up": "opsonin.therapy",
    "write_report": "opsonin.report",
    "open_case": "opsonin.case",
    "plan_course": "opsonin.therapy",
    "next_dose": "opsonin.therapy",
    "Model": "opsonin.simulate",
    "EventTable": "opsonin.simulate",
    "solve": "opsonin.simulate",
    "OpsoninError": "opsonin.errors",
    "InputRefused": "opsonin.errors",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'opsonin' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
