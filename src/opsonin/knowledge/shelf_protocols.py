"""Protocols of antithymocyte globulin from protocols/*.yaml: a head that says whose they are, then one block each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from opsonin.knowledge.blocks import Shelf, is_fact, read_fact
from opsonin.knowledge.knowledge import Protocol
from opsonin.knowledge.protocol import Phase

KINDS = ("label", "published", "handbook")
COUNTED = ("first-dose", "transplant")
WEIGHTS = ("ideal-when-obese",)
INDICATIONS = (
    *(f"{organ}-{what}" for organ in ("kidney", "pancreas", "liver", "heart", "lung", "intestine")
      for what in ("prophylaxis", "rejection")),
    "gvhd-prophylaxis", "gvhd-treatment", "aplastic-anaemia", "severe-itp",
)  # fmt: skip
_HEAD = ("name", "product", "kind", "where")
_ALSO = frozenset(
    {"indications", "counted_from", "phases", "most_doses", "cumulative_mg_per_kg", "minimum_hours", "advised_hours"}
    | {"dosing_weight", "cytopenia_is_the_disease"}
)
_PHASE = frozenset({"dose_mg_per_kg", "doses", "every_days", "first_day"})


def build_protocols(shelf: Shelf, name: str, stem: str, document: Mapping[str, Any]) -> dict[str, Protocol]:
    """Every protocol of this file, by id."""
    before = len(shelf.complaints.found)
    for key in ("name", "product"):
        if not isinstance(document.get(key), str):
            shelf.complaints.add(name, "", key, "is missing.", "Say whose protocols these are, and of which product.")
    if document.get("kind") not in KINDS:
        shelf.complaints.add(name, "", "kind", f"is {document.get('kind')!r}.", f"One of: {', '.join(KINDS)}.")
    if len(shelf.complaints.found) > before:
        return {}
    found = {}
    for key, block in document.items():
        if key in _HEAD:
            continue
        if not is_fact(block):
            shelf.complaints.add(name, key, "", "is not a protocol.", "Give it 'says', 'phases' and its source.")
            continue
        protocol = _protocol(shelf, name, stem, key, document, block)
        if protocol is not None:
            found[protocol.id] = protocol
    return found


def _protocol(
    shelf: Shelf, name: str, stem: str, key: str, head: Mapping[str, Any], block: Mapping[str, Any]
) -> Protocol | None:
    before = len(shelf.complaints.found)

    def complain(field: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, key, field, why, remedy)

    where = head.get("where") or ()
    fact = read_fact(shelf, name, key, block, also=_ALSO, where=where)
    for indication in block.get("indications") or ("",):
        if indication not in INDICATIONS:
            complain("indications", f"holds {indication!r}.", f"Known: {', '.join(INDICATIONS)}.")
    if block.get("counted_from", COUNTED[0]) not in COUNTED:
        complain("counted_from", f"is {block['counted_from']!r}.", f"One of: {', '.join(COUNTED)}.")
    if block.get("dosing_weight") not in (None, *WEIGHTS):
        complain("dosing_weight", f"is {block['dosing_weight']!r}.", f"One of: {', '.join(WEIGHTS)}.")
    parts: tuple[Any, ...] = block.get("phases") or ({},)
    for part in parts:
        if not isinstance(part, dict) or not {"dose_mg_per_kg", "doses"} <= part.keys() <= _PHASE:
            complain("phases", f"holds {part!r}.", f"Each phase is a table of {', '.join(sorted(_PHASE))}.")
    if fact is None or len(shelf.complaints.found) > before:
        return None
    try:
        phases = tuple(_phase(part, index) for index, part in enumerate(block["phases"]))
        cumulative, hours = _two(block.get("cumulative_mg_per_kg")), _hours(block.get("minimum_hours"))
    except ValueError as error:
        complain("", str(error), "Write ranges as [lowest, highest].")
        return None
    most = block.get("most_doses")
    return Protocol(
        id=f"{stem}/{key}",
        name=head["name"],
        product=head["product"],
        kind=head["kind"],
        where=where,
        indications=block["indications"],
        counted_from=block.get("counted_from", COUNTED[0]),
        phases=phases,
        most_doses=int(most) if most is not None else None,
        cumulative_mg_per_kg=cumulative,
        minimum_hours=hours,
        advised_hours=block.get("advised_hours"),
        dosing_weight=block.get("dosing_weight") or "",
        cytopenia_is_the_disease=block.get("cytopenia_is_the_disease") is True,
        says=fact.says,
        fact=fact,
    )


def _phase(part: Mapping[str, Any], index: int) -> Phase:
    dose, doses = _two(part["dose_mg_per_kg"]), _two(part["doses"])
    first = part.get("first_day")
    if dose is None or doses is None or dose[0] <= 0 or doses[0] < 0 or doses[1] < 1:
        raise ValueError("has a phase without doses")
    if any(count != int(count) for count in doses):
        raise ValueError("has a part of a dose")
    if index == 0 and first is None:
        raise ValueError("does not say on which day its first phase begins")
    every = int(part.get("every_days", 1))
    return Phase(dose, (int(doses[0]), int(doses[1])), every, int(first) if first is not None else None)


def _two(value: Any) -> tuple[Decimal, Decimal] | None:
    if value is None:
        return None
    if not (isinstance(value, tuple) and len(value) == 2 and all(isinstance(number, Decimal) for number in value)):
        raise ValueError(f"holds {value!r}, which is no range")
    if value[0] > value[1]:
        raise ValueError(f"holds a range that runs backwards, {value[0]} to {value[1]}")
    return value[0], value[1]


def _hours(value: Any) -> tuple[Decimal, Decimal] | None:
    """Shortest infusion, first and later: the later may be shorter."""
    if value is None:
        return None
    if not (isinstance(value, tuple) and len(value) == 2 and all(isinstance(number, Decimal) for number in value)):
        raise ValueError(f"holds {value!r}, which are no two numbers of hours")
    return value[0], value[1]
