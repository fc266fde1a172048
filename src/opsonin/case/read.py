"""The door for case files: text in, one sound Case out, or everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opsonin.case import atg_values, values
from opsonin.case.against_shelf import check_shelf
from opsonin.case.atg_against_shelf import check_atg_shelf
from opsonin.case.atg_checks import check_atg
from opsonin.case.atg_fields import AtgCaseFile
from opsonin.case.case import AtgCase, Case
from opsonin.case.check_amounts import check_amounts
from opsonin.case.check_dates import check_dates
from opsonin.case.check_required import check_required
from opsonin.case.check_sense import check_sense
from opsonin.case.check_unusual import check_unusual
from opsonin.case.document import Document, Place, dotted, read_document
from opsonin.case.fields import SCHEMA, CaseFile
from opsonin.case.notes import Notes
from opsonin.case.shape import shape
from opsonin.case.sight import AtgSight, Seen, Sight
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
    """The IVIG case in a file, or in text (a string with a line break is text, any other is a path).

    `on` and `pack` override the file's `as_of` and `pack`; `today` stands in where neither `on` nor `as_of` says the
    day. `shelf` gives the knowledge of a day; with it, products, vials and pack must be known too. Raises InputRefused
    with every problem found; nothing is written and no clock is read.
    """
    text, source, document = _opened(path_or_text, source, on, pack)
    if _says_atg(document):
        why = "is a case of antithymocyte globulin, which this command does not read."
        remedy = "Use `opsonin plan` or `opsonin next-dose` for it."
        raise InputRefused([Problem("therapy", str(document.content["therapy"]), why, remedy)], source=source)
    return _read_ivig(text, source, document, on or today, shelf)


def open_case(
    path_or_text: Path | str,
    *,
    source: str = "",
    on: date | None = None,
    today: date | None = None,
    pack: str | None = None,
    shelf: Callable[[date], Knowledge] | None = None,
    doses_beside: bool = False,
) -> Case | AtgCase:
    """The case in a file or text, of whichever therapy it names; otherwise as `read_case`.

    `doses_beside`: what was given of an antithymocyte globulin stands in events, so its start may lie in the past.
    """
    text, source, document = _opened(path_or_text, source, on, pack)
    if _says_atg(document):
        return _read_atg(text, source, document, on or today, shelf, doses_beside)
    return _read_ivig(text, source, document, on or today, shelf)


def _opened(path_or_text: Path | str, source: str, on: date | None, pack: str | None) -> tuple[str, str, Document]:
    text, source = _text(path_or_text, source)
    document = read_document(text)
    if () in document.problems:
        raise InputRefused(document.problems[()], source=source)
    return text, source, _with_overrides(document, on, pack)


def _says_atg(document: Document) -> bool:
    said = str(document.content.get("therapy", "")).strip().lower()
    return re.match(r"^(atg|anti-?thymocyte)", said) is not None


Shelf = Callable[[date], "Knowledge"] | None


def _read_ivig(text: str, source: str, document: Document, day: date | None, shelf: Shelf) -> Case:
    notes = Notes(document)
    file = shape(document, notes, CaseFile)
    sight = Sight(file, _day(file, notes, day), notes)
    _need_a_day(sight)
    for check in (check_required, check_dates, check_amounts, check_sense, check_unusual):
        check(sight)
    if shelf is not None and sight.as_of is not None:
        check_shelf(sight, shelf(sight.as_of))
    if notes.places():
        raise InputRefused(notes.problems(), source=source)
    return _case(sight, document, text)


def _read_atg(
    text: str, source: str, document: Document, day: date | None, shelf: Shelf, doses_beside: bool
) -> AtgCase:
    notes = Notes(document)
    file = shape(document, notes, AtgCaseFile)
    sight = AtgSight(file, _day(file, notes, day), notes, doses_beside)
    _need_a_day(sight)
    check_atg(sight)
    if shelf is not None and sight.as_of is not None:
        check_atg_shelf(sight, shelf(sight.as_of))
    if notes.places():
        raise InputRefused(notes.problems(), source=source)
    as_of, age_years = sight.as_of, sight.age_years
    assert as_of is not None and age_years is not None, "the checks passed a case without its day or an age"
    return AtgCase(
        schema=SCHEMA,
        id=values.known(file.id),
        therapy=values.known(file.therapy),
        recipient=atg_values.recipient(file, age_years),
        request=atg_values.request(file),
        circumstances=atg_values.circumstances(file, as_of, values.known(file.pack)),
        stated=_stated(document.content),
        text_hash=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )


def _day(file: CaseFile | AtgCaseFile, notes: Notes, otherwise: date | None) -> date | None:
    """The day of the case; not known, rather than the other day, where the file's own cannot be read."""
    return file.as_of or (None if notes.touched(("as_of",)) else otherwise)


def _need_a_day(sight: Seen) -> None:
    if sight.as_of is None and not sight.notes.touched(("as_of",)):
        why = "is missing: dates are checked against it."
        sight.notes.missing(("as_of",), why, "Write it, for example 2026-11-20.")


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
