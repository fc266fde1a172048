"""Published effects of predictors of response, from predictors/*.csv: one row per comparison."""

from __future__ import annotations

from pathlib import Path

from opsonin.knowledge.blocks import Shelf
from opsonin.knowledge.predictor import PredictorEffect
from opsonin.knowledge.tables import read_table, twice
from opsonin.sources import Citation, Obtained, Status, is_own_page

_COUNTS = ("yes_with", "of_with", "yes_without", "of_without")
_WORDS = ("id", "predictor", "says", "population", "age_group", "outcome", "result")
_USE = ("acts_on", "studied_in", "use", "why", "note")
COLUMNS = (
    *("id", "predictor", "says", "population", "age_group", "outcome", *_COUNTS, "result", "acts_on", "studied_in"),
    *("use", "why", "source", "locator", "seen_at", "obtained", "status", "note"),
)
KNOWN = {
    "age_group": ("adult", "child", "mixed"),
    "acts_on": ("blockade_half", "natural_recovery", ""),
    "use": ("named", "effect", "none"),
    "obtained": tuple(Obtained),
    "status": tuple(Status),
}


def build_predictors(shelf: Shelf, name: str, path: Path) -> list[PredictorEffect]:
    """Every comparison of the table."""
    found = read_table(shelf, name, path, COLUMNS, _effect)
    for predictor in twice(effect.predictor for effect in found if effect.use == "named"):
        shelf.complaints.add(name, predictor, "use", "is 'named' twice.", "One effect stands for a predictor.")
    return found


def _effect(shelf: Shelf, name: str, row: dict[str, str]) -> PredictorEffect | None:
    problems = _problems(shelf, row)
    for column, why, remedy in problems:
        shelf.complaints.add(name, row["id"], column, why, remedy)
    if problems:
        return None
    words = {key: row[key] for key in (*_WORDS, *_USE)}
    yes_with, of_with, yes_without, of_without = (int(row[key]) if row[key] else None for key in _COUNTS)
    return PredictorEffect(
        **words,
        yes_with=yes_with,
        of_with=of_with,
        yes_without=yes_without,
        of_without=of_without,
        citation=Citation(row["source"], row["locator"], tuple(row["seen_at"].split())),
        obtained=Obtained(row["obtained"]),
        status=Status(row["status"]),
    )


def _problems(shelf: Shelf, row: dict[str, str]) -> list[tuple[str, str, str]]:
    """What is wrong with a row: column, why, remedy."""
    found = [
        (column, f"is {row[column]!r}.", f"One of: {', '.join(word or 'nothing' for word in known)}.")
        for column, known in KNOWN.items()
        if row[column] not in known
    ]
    if row["source"] not in shelf.sources:
        found.append(("source", f"names {row['source']!r}, which is not in a sources.yaml.", "Add the work first."))
    found += [(key, "is missing.", "Say it in words.") for key in (*_WORDS, "locator") if not row[key]]
    counts = [row[key] for key in _COUNTS]
    if any(counts) and not (all(count.isdecimal() for count in counts) and _parts(*map(int, counts))):
        found.append((", ".join(_COUNTS), f"are {', '.join(counts)}.", "Four whole numbers, parts of wholes, or none."))
    if (row["use"] == "none") == bool(row["acts_on"] and row["studied_in"] and all(counts)):
        found.append(
            ("use", f"is {row['use']!r}.", "What is used has counts, acts_on and studied_in; the rest is none.")
        )
    if (row["use"] == "named") == bool(row["why"]):
        found.append(
            ("why", f"is {row['why']!r}.", "Say why it is not used when its predictor is named, and only then.")
        )
    own = any(is_own_page(address) for address in row["seen_at"].split())
    if row["status"] == Status.VERIFIED and not (own and row["obtained"] in (Obtained.READ, Obtained.DERIVED)):
        found.append(("status", "is verified, but not read on the work's own page.", "Mark it unverified."))
    return found


def _parts(yes_with: int, of_with: int, yes_without: int, of_without: int) -> bool:
    return yes_with <= of_with and yes_without <= of_without
