"""Is what draws the report installed? If not, say how to get it."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from opsonin.errors import OpsoninError


class ReportNotInstalled(OpsoninError):
    """The packages that write the report are missing; the message says how to install them."""


def need(module: str) -> ModuleType:
    """The module, imported now; ReportNotInstalled with the remedy when it is not there."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ReportNotInstalled(
            f"The report needs {package}, which is not installed. Install opsonin[report], for example: "
            'pip install "opsonin[report]". The terminal summary and --json work without it.'
        ) from error
