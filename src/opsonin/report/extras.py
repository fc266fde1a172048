"""Is what draws the report installed? If not, say how to get it."""

from __future__ import annotations

from types import ModuleType

from opsonin.errors import OpsoninError, of_extra


class ReportNotInstalled(OpsoninError):
    """The packages that write the report are missing; the message says how to install them."""


def need(module: str) -> ModuleType:
    """The module, imported now; ReportNotInstalled with the remedy when it is not there."""
    otherwise = " The terminal summary and --json work without it."
    found: ModuleType = of_extra(
        module, extra="report", missing=ReportNotInstalled, needs="The report needs", otherwise=otherwise
    )
    return found
