"""Which entry is meant? An id as typed, found on the shelf or refused with the near ones named."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from opsonin.errors import InputRefused, Problem

_NEAR = 4


def find_id(typed: str, known: Iterable[str], *, field: str, lists: str) -> str:
    """The id that is meant; '-' and '_' are equal, and the end of a path is enough where only one id has it.

    >>> find_id("Octagam-10", ["octagam_10", "privigen"], field="ID", lists="opsonin product")
    'octagam_10'
    """
    ids = {_plain(id): id for id in known}
    wanted = _plain(typed)
    if wanted in ids:
        return ids[wanted]
    ends = [id for plain, id in ids.items() if plain.endswith(f"/{wanted}")]
    if len(ends) == 1:
        return ends[0]
    raise InputRefused([Problem(field, typed, "is not on the shelf.", _remedy(wanted, ids, ends, lists))])


def _remedy(wanted: str, ids: dict[str, str], ends: list[str], lists: str) -> str:
    near = ends or [id for plain, id in ids.items() if wanted and wanted in plain]
    near += [ids[plain] for plain in get_close_matches(wanted, ids, n=_NEAR, cutoff=0.5) if ids[plain] not in near]
    last_parts = {plain.rpartition("/")[2]: id for plain, id in ids.items()}
    close = get_close_matches(wanted.rpartition("/")[2], last_parts, n=_NEAR, cutoff=0.6)
    near += [last_parts[part] for part in close if last_parts[part] not in near]
    named = f"Near: {', '.join(near[:_NEAR])}. " if near else ""
    return f"{named}All of them: {lists}"


def _plain(id: str) -> str:
    return id.strip().lower().replace("-", "_")
