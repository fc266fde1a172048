"""Published frequencies of harms, from harms/*.csv: one row per count."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from opsonin.knowledge.blocks import Shelf
from opsonin.knowledge.harm import HarmCount
from opsonin.knowledge.tables import read_table
from opsonin.sources import Citation, Obtained, Status, is_own_page

COLUMNS = (
    *("id", "harm", "event", "population", "age_group", "study", "happened", "of", "unit", "dose_g_per_kg"),
    *("counted_as", "result", "timing", "factors", "source", "locator", "seen_at", "obtained", "status", "note"),
)
AGE_GROUPS = ("adult", "child", "mixed")
UNITS = ("people", "infusions", "courses")


def build_harm_counts(shelf: Shelf, name: str, path: Path) -> list[HarmCount]:
    """Every count of the table."""
    return read_table(shelf, name, path, COLUMNS, _count)


def _count(shelf: Shelf, name: str, row: dict[str, str]) -> HarmCount | None:
    before = len(shelf.complaints.found)

    def complain(column: str, why: str, remedy: str) -> None:
        shelf.complaints.add(name, row["id"], column, why, remedy)

    if row["age_group"] not in AGE_GROUPS:
        complain("age_group", f"is {row['age_group']!r}.", f"One of: {', '.join(AGE_GROUPS)}.")
    if row["source"] not in shelf.sources:
        complain("source", f"names {row['source']!r}, which is not in sources.yaml.", "Add the work there first.")
    if not row["result"]:
        complain("result", "is missing.", "Say what was published.")
    happened, of = (int(row[key]) if row[key].isdecimal() else None for key in ("happened", "of"))
    if happened is None or of is None:
        if row["happened"] or row["of"] or row["unit"]:
            complain("happened, of, unit", f"are {row['happened']!r}, {row['of']!r}.", "Two whole numbers, or neither.")
    elif happened > of or row["unit"] not in UNITS:
        complain("happened, of, unit", f"are {happened} of {of} {row['unit']!r}.", f"A part of: {', '.join(UNITS)}.")
    seen = tuple(row["seen_at"].split())
    try:
        obtained, status = Obtained(row["obtained"]), Status(row["status"])
        dose = Decimal(row["dose_g_per_kg"]) if row["dose_g_per_kg"] else None
        if status is Status.VERIFIED and not any(is_own_page(address) for address in seen):
            complain("status", "is verified, but no address is the work's own page.", "Mark it unverified.")
    except (ValueError, InvalidOperation) as error:
        complain("obtained, status, dose_g_per_kg", f"{error!r}.", "See the marks in docs/reference/shelf.md.")
    if len(shelf.complaints.found) > before:
        return None
    words = {key: row[key] for key in ("id", "harm", "event", "population", "age_group", "study", "unit")}
    words |= {key: row[key] for key in ("counted_as", "result", "timing", "factors", "note")}
    citation = Citation(row["source"], row["locator"], seen)
    return HarmCount(
        **words, happened=happened, of=of, dose_g_per_kg=dose, citation=citation, obtained=obtained, status=status
    )
