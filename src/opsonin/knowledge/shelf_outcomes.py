"""Published results by indication and arm, from trials/<therapy>/*.csv: one row per endpoint of an arm, as printed."""

from __future__ import annotations

from pathlib import Path

from opsonin.knowledge.blocks import Shelf
from opsonin.knowledge.outcome import PublishedOutcome
from opsonin.knowledge.tables import read_table
from opsonin.sources import Citation, Obtained, Status, is_own_page

COLUMNS = (
    *("id", "therapy", "indication", "study", "design", "design_obtained", "population", "age_group", "arm"),
    *("regimen", "n", "n_says", "endpoint", "value", "unit", "qualifier", "source", "locator", "seen_at"),
    *("obtained", "status", "note"),
)
INDICATIONS = ("kidney", "heart", "lung", "liver", "gvhd", "aplastic-anaemia", "itp", "type-1-diabetes", "any")
AGE_GROUPS = ("adult", "child", "")
_DESIGN_KNOWN = {"": None, "read": Obtained.READ, "recalled": Obtained.RECALLED}


def build_outcomes(shelf: Shelf, name: str, path: Path) -> list[PublishedOutcome]:
    """Every result of the table."""
    return read_table(shelf, name, path, COLUMNS, _outcome)


def _outcome(shelf: Shelf, name: str, row: dict[str, str]) -> PublishedOutcome | None:
    problems = list(_problems(shelf, row))
    for column, why, remedy in problems:
        shelf.complaints.add(name, row["id"], column, why, remedy)
    if problems:
        return None
    text = {column: row[column] for column in ("id", "therapy", "indication", "study", "design", "population")}
    more = {column: row[column] for column in ("age_group", "arm", "regimen", "n_says", "endpoint", "value")}
    return PublishedOutcome(
        **text,
        **more,
        design_obtained=_DESIGN_KNOWN[row["design_obtained"]],
        n=int(row["n"]) if row["n"] else None,
        unit=row["unit"],
        qualifier=row["qualifier"],
        citation=Citation(row["source"], row["locator"], tuple(row["seen_at"].split())),
        obtained=Obtained(row["obtained"]),
        status=Status(row["status"]),
        note=row["note"],
    )


def _problems(shelf: Shelf, row: dict[str, str]) -> list[tuple[str, str, str]]:
    """What is wrong with a row: column, why, remedy."""
    found = []
    for column, known in (("indication", INDICATIONS), ("age_group", AGE_GROUPS), ("obtained", tuple(Obtained))):
        if row[column] not in known:
            found.append((column, f"is {row[column]!r}.", f"One of: {', '.join(known)}."))
    if row["design_obtained"] not in _DESIGN_KNOWN or bool(row["design"]) != bool(row["design_obtained"]):
        found.append(("design_obtained", f"is {row['design_obtained']!r}.", "read or recalled beside a design."))
    if row["source"] not in shelf.sources:
        found.append(("source", f"names {row['source']!r}, which is not in a sources.yaml.", "Add the work first."))
    if row["n"] and not row["n"].isdecimal():
        found.append(("n", f"is {row['n']!r}.", "A whole number, or nothing and the words in n_says."))
    if bool(row["value"]) == (row["obtained"] == Obtained.NOT_FOUND):
        found.append(("value", f"is {row['value']!r}.", "Empty exactly where it was not found."))
    if row["status"] == Status.VERIFIED and not _read_on_its_own_page(row):
        found.append(("status", "is verified, but not read on the work's own page.", "Mark it unverified."))
    if row["status"] not in tuple(Status):
        found.append(("status", f"is {row['status']!r}.", f"One of: {', '.join(Status)}."))
    return found


def _read_on_its_own_page(row: dict[str, str]) -> bool:
    return row["obtained"] == Obtained.READ and any(is_own_page(address) for address in row["seen_at"].split())
