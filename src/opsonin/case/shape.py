"""Does the content have the fields and types of a case? What fits is kept, so that it can be checked further."""

from __future__ import annotations

import copy
import re
import typing
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from opsonin.case.document import Document, Place
from opsonin.case.notes import Notes

File = TypeVar("File", bound=BaseModel)
_ROUNDS = 5  # one finds everything; what it uncovers inside a mended block, the next


def shape(document: Document, notes: Notes, model: type[File]) -> File:
    """The case's fields, as this model has them; those that do not fit are noted and left empty."""
    content = copy.deepcopy(document.content)
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(content)
        except ValidationError as errors:
            for error in errors.errors(include_url=False):
                place = tuple(error["loc"])
                _note(place, error["type"], error.get("ctx", {}), notes, model)
                _take_out(content, place, error["type"])
    raise RuntimeError("what does not fit was taken out of the case, and still it does not fit")


def block_at(place: Place, model: type[BaseModel]) -> type[BaseModel] | None:
    """The model of the block at a place of a file, or None where there is no block.

    >>> from opsonin.case.fields import CaseFile
    >>> block_at(("weights", 0), CaseFile).__name__
    'WeightBlock'
    """
    here: Any = model
    for part in place:
        here = _without_none(here)
        if isinstance(part, int):
            here = typing.get_args(here)[0]
            continue
        if not (isinstance(here, type) and issubclass(here, BaseModel)):
            return None
        named = {field.alias or name: field for name, field in here.model_fields.items()}
        if part not in named:
            return None
        here = named[part].annotation
    here = _without_none(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def field_names(block: type[BaseModel]) -> list[str]:
    """The names of a block's fields, as they are written."""
    return [field.alias or name for name, field in block.model_fields.items()]


def _without_none(annotation: Any) -> Any:
    choices = [choice for choice in typing.get_args(annotation) if choice is not type(None)]
    is_optional = len(choices) < len(typing.get_args(annotation))
    return choices[0] if is_optional else annotation


def _note(place: Place, kind: str, context: dict[str, Any], notes: Notes, model: type[BaseModel]) -> None:
    if kind == "refused":
        notes.add(place, context["why"], context["remedy"])
    elif kind == "extra_forbidden":
        _note_unknown_field(place, notes, model)
    elif kind == "list_type":
        notes.add(place, "is not a list.", 'Write each entry on a line of its own, starting with "- "; [] for none.')
    else:
        block = block_at(place, model)
        known = f" {', '.join(field_names(block))}" if block else " of product and price"
        notes.add(place, "is not a block of fields.", f"Write its fields below it, indented:{known}.")


def _note_unknown_field(place: Place, notes: Notes, model: type[BaseModel]) -> None:
    name = str(place[-1])
    if re.match(r"\d", name):
        why = "is not a field of a case; a comma inside a number parts it in two."
        notes.add(place, why, "Write a point for decimals: 72.5 kg, not 72,5 kg.")
        return
    block = block_at(place[:-1], model)
    known = field_names(block) if block else []
    notes.add(place, "is not a field of a case.", f"{_hint(name, known, model)}Known here: {', '.join(known)}.")


def _hint(name: str, known: list[str], model: type[BaseModel]) -> str:
    """The field that was probably meant, here or in another block.

    >>> from opsonin.case.fields import CaseFile
    >>> _hint("heigth", ["weights", "goal"], CaseFile)
    'Did you mean "height", under patient? '
    """
    blocks = {place: found for place in field_names(model) if (found := block_at((place,), model)) is not None}
    homes = {field: place for place, block in blocks.items() for field in field_names(block)}
    close = get_close_matches(name.lower(), [*known, *homes], n=1, cutoff=0.6)
    if not close:
        return ""
    where = "" if close[0] in known else f", under {homes[close[0]]}"
    return f'Did you mean "{close[0]}"{where}? '


def _take_out(content: Any, place: Place, kind: str) -> None:
    here = content
    for part in place[:-1]:
        here = here[part]
    if kind == "extra_forbidden":
        del here[place[-1]]
    elif isinstance(place[-1], int) and kind != "refused":
        here[place[-1]] = {}
    else:
        here[place[-1]] = None
