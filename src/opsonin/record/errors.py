"""What can go wrong with a record, in words, and whether what it needs is installed."""

from __future__ import annotations

from typing import Any

from opsonin.errors import CheckFailed, OpsoninError, of_extra


class RecordNotInstalled(OpsoninError):
    """The packages that keep a record are missing; the message says how to install them."""


class RecordUnavailable(OpsoninError):
    """The record cannot be reached or read just now."""


class NotRecorded(OpsoninError):
    """The store refused or failed; the message says whether the event may still be there."""


class RecordBroken(CheckFailed):
    """The record does not verify: something in it was changed, lost, or put in another order."""


class RecordWarning(UserWarning):
    """Recorded, but something beside it failed, such as keeping the head outside the table."""


def need(module: str) -> Any:
    """The module, imported now; RecordNotInstalled with the remedy when it is not there."""
    return of_extra(module, extra="record", missing=RecordNotInstalled, needs="A record needs")
