"""Do these words fit this entry? As they are typed: without regard to case, hyphens, underscores and slashes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Entry = TypeVar("Entry")
AGES = {"adults": "adult", "children": "child"}  # a word → the age group it means


def plain(text: str) -> str:
    """A text as words are looked for in it.

    >>> plain("Aplastic-anaemia  FCGR2B_232/II")
    'aplastic anaemia fcgr2b 232 ii'
    """
    return " ".join(re.sub(r"[-_/]", " ", text.lower()).split())


def fitting(entries: Iterable[Entry], words: Sequence[str], text_of: Callable[[Entry], str]) -> tuple[Entry, ...]:
    """The entries in whose text every word stands, in their order; all of them without a word."""
    wanted = [AGES.get(word.lower(), plain(word)) for word in words]
    texts = ((entry, plain(text_of(entry))) for entry in entries)
    return tuple(entry for entry, text in texts if all(word in text for word in wanted))
