"""Published study arms, from trials/*.csv: one row per arm, in the shelf's own columns."""

from __future__ import annotations

import csv
from pathlib import Path

from opsonin.knowledge.blocks import Shelf
from opsonin.knowledge.knowledge import PublishedArm
from opsonin.knowledge.tables import twice
from opsonin.sources import Citation, Obtained, Status, is_own_page

COLUMNS = (
    *("id", "study", "population", "age_group", "phase", "immunoglobulin", "regimen", "n", "endpoint", "result"),
    *("source", "locator", "seen_at", "obtained", "status", "note"),
)
AGE_GROUPS = ("adult", "child", "mixed")


def build_arms(shelf: Shelf, name: str, path: Path) -> list[PublishedArm]:
    """Every arm of the table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            shelf.complaints.add(name, "", ", ".join(missing), "are missing columns.", f"Needed: {', '.join(COLUMNS)}.")
            return []
        arms = [_arm(shelf, name, row) for row in rows]
    kept = [arm for arm in arms if arm is not None]
    for id in twice(arm.id for arm in kept):
        shelf.complaints.add(name, id, "id", "stands twice.", "Give each arm its own id.")
    return kept


def _arm(shelf: Shelf, name: str, row: dict[str, str]) -> PublishedArm | None:
    before = len(shelf.complaints.found)

    def complain(column: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, row["id"], column, why, remedy)

    if row["age_group"] not in AGE_GROUPS:
        complain("age_group", f"is {row['age_group']!r}.", f"One of: {', '.join(AGE_GROUPS)}.")
    if row["source"] not in shelf.sources:
        complain("source", f"names {row['source']!r}, which is not in sources.yaml.", "Add the work there first.")
    if row["n"] and not row["n"].isdecimal():
        complain("n", f"is {row['n']!r}.", "A whole number, or nothing.")
    if row["immunoglobulin"] not in ("yes", "no"):
        complain("immunoglobulin", f"is {row['immunoglobulin']!r}.", "yes or no.")
    seen = tuple(row["seen_at"].split())
    try:
        obtained, status = Obtained(row["obtained"]), Status(row["status"])
        if status is Status.VERIFIED and not any(is_own_page(address) for address in seen):
            complain("status", "is verified, but no address is the work's own page.", "Mark it unverified.")
    except ValueError as error:
        complain("obtained, status", f"{error}.", "See knowledge of marks in docs/reference/shelf.md.")
    if len(shelf.complaints.found) > before:
        return None
    return PublishedArm(
        id=row["id"],
        study=row["study"],
        population=row["population"],
        age_group=row["age_group"],
        regimen=row["regimen"],
        n=int(row["n"]) if row["n"] else None,
        endpoint=row["endpoint"],
        result=row["result"],
        citation=Citation(row["source"], row["locator"], seen),
        obtained=obtained,
        status=status,
        immunoglobulin=row["immunoglobulin"] == "yes",
        phase=row["phase"],
    )
