"""What does the YAML text say, before anyone asks what it means?

YAML is read strictly: one document, no repeated keys, no anchors, no tags. Only whole numbers, yes/no/true/false and
empty values become something other than text, so dates and decimals arrive exactly as they were written
(`0.10` stays 0.10, `12:30` stays a time, `010` stays text).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from opsonin.errors import Problem

Place = tuple[str | int, ...]

_DEEPEST = 12  # a case nests four levels; anything far beyond is not a case
_LONGEST = 200_000  # characters; a full case has about 4,000
_LONGEST_WORD = 60  # characters of a field name
_PLACEHOLDER = re.compile(r"^<.*>$", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """The content of a case file as plain values, how each value was written, and what was wrong with the text."""

    content: dict[str, Any]
    written: dict[Place, str]
    problems: dict[Place, list[Problem]] = field(default_factory=dict)


class _CaseLoader(yaml.SafeLoader):
    """YAML 1.1 with yes/no, whole numbers and empty values; everything else is text."""


_CaseLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE)$", "yYnNtTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]{0,17})$", "-+0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    _CaseLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def dotted(place: Place) -> str:
    """A place in the file as users read it.

    >>> dotted(("weights", 0, "value"))
    'weights[0].value'
    """
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "case"


def read_document(text: str) -> Document:
    """The plain content of a case file; problems of the text itself are collected, not raised."""
    if len(text) > _LONGEST:
        why = f"has {len(text)} characters; a case has a few thousand."
        return _unreadable(Problem("case", "", why, "Hand in one case file."))
    try:
        nodes = list(_compose_all(text))
    except yaml.MarkedYAMLError as error:
        return _unreadable(_syntax(error))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return _unreadable(Problem("case", "", f"is not readable as YAML: {error}".rstrip(".") + ".", _WELL_FORMED))
    if len(nodes) != 1 or not isinstance(nodes[0], yaml.MappingNode):
        found = "is empty" if not nodes or nodes[0].value == "" else "is not one list of fields"
        remedy = 'Write fields such as "therapy: ivig-itp"; `opsonin new ivig` writes a case to fill in.'
        return _unreadable(Problem("case", "", f"{found}.", remedy))
    document = Document({}, {})
    content = _value(nodes[0], (), document)
    document.content.update(content)
    return document


_WELL_FORMED = "Correct the text; `opsonin new ivig` writes a well-formed case to compare with."


def _unreadable(problem: Problem) -> Document:
    return Document({}, {}, {(): [problem]})


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "case"
    detail = (error.problem or "").rstrip(".")
    return Problem(where, "", f"is not readable as YAML: {detail}.", _WELL_FORMED)


def _compose_all(text: str) -> Iterator[yaml.Node]:
    """The nodes of each YAML document, after refusing anchors and runaway nesting, which would cost time unread."""
    depth = 0
    for event in yaml.parse(text, Loader=_CaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused_at(event, "anchors and aliases (& and *) are not used in a case; put text in quotes")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _refused_at(event, "nested too deeply")
    yield from yaml.compose_all(text, Loader=_CaseLoader)


def _refused_at(event: yaml.Event, why: str) -> yaml.MarkedYAMLError:
    mark: Any = event.start_mark
    return yaml.MarkedYAMLError(problem=why, problem_mark=mark)


def _value(node: yaml.Node, place: Place, document: Document) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, place, document)


def _scalar(node: yaml.Node, place: Place, document: Document) -> Any:
    text = str(node.value)
    if not _is_text(text):
        why = "holds signs that are no text."
        _note(document, place, Problem(dotted(place), "", why, "Write it with ordinary letters."))
        return None
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if _PLACEHOLDER.match(text):
        problem = Problem(dotted(place), text, "is still to be filled in.", f"Write {text[1:-1].strip()}.")
        _note(document, place, problem)
        return None
    if kind != "null":
        document.written[place] = text
    if kind == "bool":
        return text.lower() in ("yes", "true")
    if kind == "int":
        return int(text)
    if kind == "null":
        return None
    if kind != "str":
        problem = Problem(dotted(place), text, f"carries the YAML tag {node.tag!r}.", "Leave the tag out.")
        _note(document, place, problem)
        return None
    return text


def _is_text(text: str) -> bool:
    """Whether this can be printed: no halves of characters, no control signs but line breaks and tabs."""
    return all(sign.isprintable() or sign in "\n\t" or unicodedata.category(sign) == "Zs" for sign in text)


def _is_word(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_WORD and text.isprintable()


def _mapping(node: yaml.MappingNode, place: Place, document: Document) -> dict[str, Any]:
    content: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or not _is_word(str(key_node.value)):
            why = f"has a field name on line {key_node.start_mark.line + 1} that is not a plain word."
            _note(document, place, Problem(dotted(place), "", why, "Write field names as plain words."))
            continue
        key, here = str(key_node.value), (*place, str(key_node.value))
        line = key_node.start_mark.line + 1
        if key in content:
            why = f"is written twice, on lines {lines[key]} and {line}."
            _note(document, here, Problem(dotted(here), "", why, "Keep the right one and delete the other."))
            continue
        lines[key] = line
        content[key] = _value(value_node, here, document)
    return content


def _note(document: Document, place: Place, problem: Problem) -> None:
    document.problems.setdefault(place, []).append(problem)
