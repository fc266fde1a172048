"""How is a block on a shelf read into a Fact?

A block that has `says` or `value` is a fact. Everything wrong with it is collected, not only the first thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from opsonin.errors import KnowledgeError, Problem
from opsonin.knowledge.knowledge import Fact
from opsonin.knowledge.units import ACCEPTED
from opsonin.sources import Citation, Obtained, Source, Status, is_own_page

FACT_KEYS = frozenset(
    {"says", "value", "unit", "obtained", "status", "sources", "where", "in_force", "checked", "note", "tags"}
    | {"holds_for", "spread"}
)
_CITATION_KEYS = frozenset({"key", "at", "seen"})
_WITHOUT_SOURCE = (Obtained.ASSUMED, Obtained.CALIBRATED)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Complaints:
    """Every problem found on the shelves, raised together."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, block: str, key: str, why: str, remedy: str) -> None:
        place = " · ".join(part for part in (file, block, key) if part)
        self.found.append(Problem(place, "", why, remedy))

    def raise_if_any(self) -> None:
        if self.found:
            noun = "problem" if len(self.found) == 1 else "problems"
            lines = "\n".join(f"  - {line}" for line in self.found)
            raise KnowledgeError(f"The shelf has {len(self.found)} {noun}:\n{lines}")


class BadPack(KnowledgeError):
    """A site's own pack cannot be used; carries every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"  - {problem}" for problem in self.problems))


class SiteComplaints(Complaints):
    """Every problem found in a site's own pack."""

    def raise_if_any(self) -> None:
        if self.found:
            raise BadPack(self.found)


@dataclass
class Shelf:
    """What has been read so far: the sources to resolve against, the facts by id, the complaints."""

    sources: Mapping[str, Source]
    on: date | None
    complaints: Complaints
    facts: dict[str, Fact] = field(default_factory=dict)


def is_fact(block: Any) -> bool:
    """Whether a block on a shelf states a fact, rather than grouping other blocks."""
    return isinstance(block, dict) and ("says" in block or "value" in block)


def facts_of(shelf: Shelf, name: str, document: Mapping[str, Any]) -> dict[str, Fact]:
    """Every fact of a file of plain facts, by block name; groups of blocks may nest."""
    return dict(_walk(shelf, name, "", document))


def _walk(shelf: Shelf, name: str, path: str, blocks: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
    for key, block in blocks.items():
        here = f"{path}/{key}" if path else key
        if is_fact(block):
            fact = read_fact(shelf, name, here, block)
            if fact is not None:
                yield here, fact
        elif isinstance(block, dict):
            yield from _walk(shelf, name, here, block)
        else:
            shelf.complaints.add(name, path, key, "is not a fact block.", "Give it 'says' or 'value' and its source.")


def read_fact(
    shelf: Shelf,
    name: str,
    block_name: str,
    block: Mapping[str, Any],
    *,
    also: frozenset[str] = frozenset(),
    where: tuple[str, ...] = (),
) -> Fact | None:
    """The fact in this block, put on the shelf; None when it is unusable or not in force on the day asked for.

    `also` names the keys that the caller reads itself (a rule's `when`, a guideline's `treat` …); `where` is where the
    fact holds when the block does not say (a label's region, a pack).
    """
    before = len(shelf.complaints.found)

    def complain(key: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, block_name, key, why, remedy)

    for key in block:
        if key not in FACT_KEYS and key not in also:
            known = ", ".join(sorted(FACT_KEYS | also))
            complain(key, "is not a key of this block.", f"Known keys: {known}.")
    says = block.get("says", "")
    value = _frozen(block["value"]) if "value" in block else says
    if not isinstance(says, str) or (says == "" and value in ("", None)):
        complain("says", "is missing.", "Say in a sentence what this fact states.")
    citations = tuple(_citations(shelf, block.get("sources", ()), complain))
    obtained, status = _marks(block, value, citations, complain)
    _check_unit(block, value, complain)
    start, end = _in_force(block.get("in_force"), complain)
    fact = Fact(
        id=f"{name}/{block_name}",
        says=says if isinstance(says, str) else "",
        value=value,
        unit=block.get("unit") or "",
        obtained=obtained,
        status=status,
        citations=citations,
        where=_texts(block, "where", complain) or where,
        in_force_from=start,
        in_force_until=end,
        checked=_day(block.get("checked"), "checked", complain),
        note=block.get("note") or "",
        tags=_texts(block, "tags", complain),
        holds_for=_table(block, "holds_for", complain),
        spread=_table(block, "spread", complain),
    )
    if len(shelf.complaints.found) > before:
        return None
    if shelf.on is not None and ((start and shelf.on < start) or (end and shelf.on > end)):
        return None
    shelf.facts[fact.id] = fact
    return fact


def _citations(shelf: Shelf, entries: Any, complain: Any) -> Iterator[Citation]:
    if not isinstance(entries, tuple):
        complain("sources", "is not a list.", "Write '- {key: …, at: …}' entries.")
        return
    for entry in entries:
        if not isinstance(entry, dict) or not entry.keys() <= _CITATION_KEYS or not isinstance(entry.get("key"), str):
            complain("sources", f"holds {entry!r}.", "Each entry is {key: source, at: place, seen: address or list}.")
            continue
        if entry["key"] not in shelf.sources:
            complain("sources", f"names {entry['key']!r}, which is not in sources.yaml.", "Add the work there first.")
        seen = entry.get("seen") or ()
        yield Citation(entry["key"], str(entry.get("at") or ""), (seen,) if isinstance(seen, str) else seen)


def _marks(
    block: Mapping[str, Any], value: Any, citations: tuple[Citation, ...], complain: Any
) -> tuple[Obtained, Status]:
    """How the fact was obtained and how far it is verified, with every way the two can contradict the block."""
    if value is None:
        if "obtained" in block or "status" in block:
            complain("value", "is not found but carries a mark.", "Leave 'obtained' and 'status' out of it.")
        return Obtained.NOT_FOUND, Status.UNVERIFIED
    try:
        obtained = Obtained(str(block.get("obtained")))
        status = Status(str(block.get("status")))
    except ValueError:
        complain(
            "obtained, status",
            f"are {block.get('obtained')!r} and {block.get('status')!r}.",
            f"obtained is one of {', '.join(o for o in Obtained if o is not Obtained.NOT_FOUND)}; "
            f"status one of {', '.join(Status)}.",
        )
        return Obtained.RECALLED, Status.UNVERIFIED
    if obtained is Obtained.NOT_FOUND:
        complain("obtained", "says not-found but there is a value.", "Write 'value: null' instead.")
    if not citations and not (obtained in _WITHOUT_SOURCE and block.get("note")):
        complain("sources", "names no source.", "Cite one, or write obtained: assumed with the reason as 'note'.")
    if status is Status.VERIFIED:
        if obtained not in (Obtained.READ, Obtained.DERIVED, Obtained.CALIBRATED):
            complain("status", f"is verified though it was {obtained}.", "Only what was read can be verified.")
        elif not any(is_own_page(seen) for citation in citations for seen in citation.seen_at):
            complain("status", "is verified, but no address is the work's own page.", "Mark it unverified.")
    return obtained, status


def _check_unit(block: Mapping[str, Any], value: Any, complain: Any) -> None:
    unit = block.get("unit")
    if unit is not None and unit not in ACCEPTED:
        complain("unit", f"{unit!r} is not a unit of the shelf.", "Use one listed in knowledge/units.py.")
    if _is_numeric(value) and unit is None:
        complain("unit", "is missing beside a number.", "Name the unit; '1' for a pure number.")
    if unit is not None and not (_is_numeric(value) or value is None):
        complain("unit", "stands beside a value that is not a number.", "Take the unit out.")


def _is_numeric(value: Any) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(_is_numeric(item) for item in value)
    return isinstance(value, Decimal)


def _in_force(block: Any, complain: Any) -> tuple[date | None, date | None]:
    if block is None:
        return None, None
    if not isinstance(block, dict) or not block.keys() <= {"from", "until"}:
        complain("in_force", f"is {block!r}.", "Write in_force: {from: 2024-01-31, until: null}.")
        return None, None
    return _day(block.get("from"), "in_force", complain), _day(block.get("until"), "in_force", complain)


def _day(text: Any, key: str, complain: Any) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        complain(key, f"holds {text!r}, which is not a date.", "Write it as 2024-01-31.")
        return None


def _texts(block: Mapping[str, Any], key: str, complain: Any) -> tuple[str, ...]:
    found = block.get(key) or ()
    if not isinstance(found, tuple) or not all(isinstance(item, str) for item in found):
        complain(key, f"is {found!r}.", "Write a list of words.")
        return ()
    return found


def _table(block: Mapping[str, Any], key: str, complain: Any) -> Mapping[str, Any]:
    found = block.get(key)
    if found is None:
        return _NOTHING
    if not isinstance(found, dict):
        complain(key, f"is {found!r}.", "Write names and values: {…: …}.")
        return _NOTHING
    frozen = _frozen(found)
    return frozen if isinstance(frozen, Mapping) else _NOTHING


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, tuple):
        return tuple(_frozen(item) for item in value)
    return value
