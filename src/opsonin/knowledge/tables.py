"""How is a table of the shelf read? One row per entry, in the shelf's own columns, each entry with its own id."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeVar

from opsonin.knowledge.blocks import Shelf


class _Entry(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Entry)


def read_table(
    shelf: Shelf,
    name: str,
    path: Path,
    columns: tuple[str, ...],
    entry_of: Callable[[Shelf, str, dict[str, str]], Entry | None],
) -> list[Entry]:
    """Every entry of a table of exactly these columns; `entry_of` complains of a row it cannot read and gives None."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        found = tuple(rows.fieldnames or ())
        if found != columns:
            shelf.complaints.add(name, "", ", ".join(found), "are not its columns.", f"Needed: {', '.join(columns)}.")
            return []
        made = [entry_of(shelf, name, row) for row in rows]
    kept = [entry for entry in made if entry is not None]
    for id in twice(entry.id for entry in kept):
        shelf.complaints.add(name, id, "id", "stands twice.", "Give each row its own id.")
    return kept


def twice(words: Iterable[str]) -> list[str]:
    """The words that stand more than once, in order of their first place.

    >>> twice(["a", "b", "a"])
    ['a']
    """
    return [word for word, times in Counter(words).items() if times > 1]
