"""Are the packages of the extra `trial` installed? If not, say how to get them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from opsonin.errors import OpsoninError


class TrialExtraMissing(OpsoninError):
    """The packages that write figures and tables of trials are missing; the message says how to install them."""


def need(module: str) -> Any:
    """The module, imported now; TrialExtraMissing with the remedy when it is not there."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise TrialExtraMissing(
            f"The files of a trial need {package}, which is not installed. Install opsonin[trial], for example: "
            'pip install "opsonin[trial]". The table and --json work without it.'
        ) from error
