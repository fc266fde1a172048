"""Are the packages of the extra `trial` installed? If not, say how to get them."""

from __future__ import annotations

from typing import Any

from opsonin.errors import OpsoninError, of_extra


class TrialExtraMissing(OpsoninError):
    """The packages that write figures and tables of trials are missing; the message says how to install them."""


def need(module: str) -> Any:
    """The module, imported now; TrialExtraMissing with the remedy when it is not there."""
    otherwise = " The table and --json work without it."
    return of_extra(
        module, extra="trial", missing=TrialExtraMissing, needs="The files of a trial need", otherwise=otherwise
    )
