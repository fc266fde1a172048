"""The door for case files: text in, one sound Case out, or everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opsonin.case import values
from opsonin.case.against_shelf import check_shelf
from opsonin.case.case import Case
from opsonin.case.check_amounts import check_amounts
from opsonin.case.check_dates import check_dates
from opsonin.case.check_required import check_required
from opsonin.case.check_sense import check_sense
from opsonin.case.document import Document, Place, dotted, read_document
from opsonin.case.fields import SCHEMA
from opsonin.case.notes import Notes
from opsonin.case.shape import shape
from opsonin.case.sight import Sight
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge


def read_case(
    path_or_text: Path | str,
    *,
    source: str = "",
    on: date | None = None,
    today: date | None = None,
    pack: str | None = None,
    shelf: Callable[[date], Knowledge] | None = None,
) -> Case:
    """The case in a file, or in text (a string with a line break is text, any other is a path).

    `on` and `pack` override the file's `as_of` and `pack`; `today` stands in where neither `on` nor `as_of` says the
    day. `shelf` gives the knowledge of a day; with it, products, vials and pack must be known too. Raises InputRefused
    with every problem found; nothing is written and no clock is read.
    """
    text, source = _text(path_or_text, source)
    document = read_document(text)
    if () in document.problems:
        raise InputRefused(document.problems[()], source=source)
    _refuse_atg(document, source)
    document = _with_overrides(document, on, pack)
    notes = Notes(document)
    file = shape(document, notes)
    as_of = on or file.as_of or today
    sight = Sight(file, as_of, notes)
    if as_of is None:
        notes.missing(("as_of",), "is missing: dates are checked against it.", "Write it, for example 2026-11-20.")
    for check in (check_required, check_dates, check_amounts, check_sense):
        check(sight)
    if shelf is not None and as_of is not None:
        check_shelf(sight, shelf(as_of))
    if notes.places():
        raise InputRefused(notes.problems(), source=source)
    return _case(sight, document, text)


def _case(sight: Sight, document: Document, text: str) -> Case:
    file, as_of, age_years = sight.file, sight.as_of, sight.age_years
    assert as_of is not None and age_years is not None, "the checks passed a case without its day or an age"
    return Case(
        schema=SCHEMA,
        id=values.known(file.id),
        therapy=values.known(file.therapy),
        patient=values.patient(file, age_years),
        goal=values.goal(file),
        circumstances=values.circumstances(file, as_of, values.known(file.pack)),
        stated=_stated(document.content),
        text_hash=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )


def _text(path_or_text: Path | str, source: str) -> tuple[str, str]:
    """The text, and the name to show for it."""
    if isinstance(path_or_text, str) and "\n" in path_or_text:
        return path_or_text, source
    path = Path(path_or_text)
    source = source or str(path)
    try:
        return path.read_bytes().decode("utf-8-sig"), source
    except UnicodeDecodeError:
        problem = Problem("case", str(path), "is not text in UTF-8.", "Save it as UTF-8 text.")
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        remedy = "Check the path; `opsonin new ivig` writes a case to fill in."
        problem = Problem("case", str(path), f"cannot be read: {detail}.", remedy)
    raise InputRefused([problem], source=source)


def _refuse_atg(document: Document, source: str) -> None:
    """A case for ATG is refused as a whole: its other fields are not read, so they are not judged."""
    said = str(document.content.get("therapy", "")).strip().lower()
    if re.match(r"^(atg|anti-?thymocyte)", said):
        why = "is not planned by this version; it reads ivig-itp only, and keeps the fields of ATG reserved."
        raise InputRefused([Problem("therapy", said, why, "Plan IVIG, or wait for a version with ATG.")], source=source)


def _with_overrides(document: Document, on: date | None, pack: str | None) -> Document:
    overrides = {"as_of": on.isoformat() if on else None, "pack": pack}
    said = {name: value for name, value in overrides.items() if value is not None}
    written: dict[Place, str] = {**document.written, **{(name,): value for name, value in said.items()}}
    content: dict[str, Any] = {**document.content, **said}
    return Document(content, written, document.problems)


def _stated(content: dict[str, Any]) -> tuple[str, ...]:
    """The dotted path of every field with a value; an empty list counts, it says "none"."""
    found: list[str] = []

    def look(value: Any, place: Place) -> None:
        parts: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
        if isinstance(value, list):
            parts = list(enumerate(value))
        for part, below in parts:
            look(below, (*place, part))
        if value is not None and not parts and value != {}:
            found.append(dotted(place))

    look(content, ())
    return tuple(found)
