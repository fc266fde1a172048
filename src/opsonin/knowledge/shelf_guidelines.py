"""Recommendations on whom to treat and with what, from guidelines/*.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from opsonin.knowledge.blocks import Shelf, is_fact, read_fact
from opsonin.knowledge.knowledge import Guideline
from opsonin.knowledge.shelf_products import parse_schedule

_ALSO = frozenset({"phases", "age_group", "bleeding_grades", "platelets_below", "platelets_from", "treat", "schedules"})
TREATS = ("observe", "immunoglobulin", "corticosteroid", "other")
AGE_GROUPS = ("adult", "child", "any")
PHASES = ("newly-diagnosed", "persistent", "chronic")


def build_guidelines(shelf: Shelf, name: str, document: Mapping[str, Any]) -> list[Guideline]:
    """Every recommendation in this file; its `name` heads the file."""
    title = document.get("name")
    if not isinstance(title, str):
        shelf.complaints.add(name, "", "name", "is missing.", "Name the guideline.")
    found = []
    for key, block in document.items():
        if key == "name":
            continue
        if not is_fact(block):
            shelf.complaints.add(name, key, "", "is not a recommendation.", "Give it 'says', 'treat' and its source.")
            continue
        guideline = _guideline(shelf, name, key, str(title), block)
        if guideline is not None:
            found.append(guideline)
    return found


def _guideline(shelf: Shelf, name: str, key: str, title: str, block: Mapping[str, Any]) -> Guideline | None:
    fact = read_fact(shelf, name, key, block, also=_ALSO)
    before = len(shelf.complaints.found)

    def one_of(field: str, known: tuple[str, ...]) -> None:
        values = block.get(field) or ()
        for value in values if isinstance(values, tuple) else (values,):
            if value not in known:
                shelf.complaints.add(name, key, field, f"holds {value!r}.", f"One of: {', '.join(known)}.")

    one_of("treat", TREATS)
    one_of("age_group", AGE_GROUPS)
    one_of("phases", PHASES)
    if not block.get("treat"):
        shelf.complaints.add(name, key, "treat", "is missing.", f"One of: {', '.join(TREATS)}.")
    grades = block.get("bleeding_grades") or ()
    if any(not isinstance(grade, Decimal) or grade not in range(6) for grade in grades):
        shelf.complaints.add(name, key, "bleeding_grades", f"is {grades!r}.", "Whole grades from 0 to 5.")
    if fact is None or len(shelf.complaints.found) > before:
        return None
    schedules = []
    for id, condition in (block.get("schedules") or {}).items():
        schedule = parse_schedule(id, condition or "", fact)
        if schedule is None:
            shelf.complaints.add(name, key, "schedules", f"holds {id!r}.", "Write g/kg/day x days: 0.4x5.")
        else:
            schedules.append(schedule)
    return Guideline(
        id=fact.id.removeprefix("guidelines/"),
        name=title,
        says=fact.says,
        phases=block.get("phases") or (),
        age_group=block.get("age_group") or "any",
        bleeding_grades=tuple(int(grade) for grade in grades),
        platelets_below=block.get("platelets_below"),
        treat=block["treat"],
        schedules=tuple(schedules),
        fact=fact,
        platelets_from=block.get("platelets_from"),
    )
