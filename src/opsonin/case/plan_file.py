"""How is a plan written down? The plan as JSON, exact and versioned, and the JSON Schema of it.

Decimals are strings, exact to the last digit ("70", "0.5"); simulated numbers are JSON numbers to six significant
digits; days and moments are ISO 8601. A fact is written once, under `facts`, and named by its id wherever the plan
rests on it.
"""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Fact, Knowledge, Product
from opsonin.planning.plan import Plan
from opsonin.regimen import GlobulinCourse
from opsonin.regimen.regimen import RateLadder, Regimen
from opsonin.sources import Citation, Source

SCHEMA_ID = "opsonin-plan/1"
Json = Any

# What a value can work out about itself is written with it, so that a reader need not.
_WORKED_OUT: dict[type, tuple[str, ...]] = {
    Regimen: ("id", "total_g", "total_ml", "discarded_g"),
    RateLadder: ("minutes",),
    GlobulinCourse: ("id", "total_mg", "total_mg_per_kg"),
}
_PRODUCT_FIELDS = ("id", "brand", "concentration_mg_per_ml", "vials_g", "discontinued")
_FACT_FIELDS = ("id", "says", "value", "unit", "obtained", "status", "mark", "citations", "note")
_SOURCE_FIELDS = ("key", "kind", "title", "authors", "year", "edition", "doi", "pmid")
_CITATION_FIELDS = ("source", "locator")
_ONLY: dict[type, tuple[str, ...]] = {
    Product: _PRODUCT_FIELDS,
    Source: _SOURCE_FIELDS,
    Citation: _CITATION_FIELDS,
}
_INTRODUCTION = """\
# The plan file

`opsonin plan CASE --json` prints a plan in this form (`"schema": "{schema}"`). `opsonin schema plan` prints its JSON
Schema. This page is made from that schema.

- Decimals (doses, volumes, rates, weights) are **strings**, exact to the last digit: read them with a decimal type.
- Simulated numbers (bands, probabilities) are JSON numbers, to six significant digits.
- Days and moments are ISO 8601.
- Where the plan rests on a fact it names its id; the fact itself stands once under `facts`, with its value, unit,
  source and mark. Works stand under `sources`.
- `null` means not known, not found, or beyond the horizon, as the field says; nothing is left out.
"""
_SIMULATED_DIGITS = 6  # far beyond what chance leaves of them
_DECIMAL = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_FACT_ID = {"type": "string", "description": "Id of a fact under `facts`."}


def plan_to_dict(plan: Plan, knowledge: Knowledge | None = None) -> dict[str, Json]:
    """The plan, ready for `json.dumps`. With `knowledge`, the model's parameters and the cited works come with it."""
    facts: dict[str, Fact] = {}
    written: dict[str, Json] = _write(plan, facts)
    if knowledge is not None:
        for fact_id in _parameter_ids(plan):
            facts.setdefault(fact_id, knowledge.fact(fact_id))
    written["facts"] = {fact.id: _write_fact(fact) for fact in facts.values()}
    written["sources"] = _sources(written, knowledge) if knowledge is not None else {}
    return written


def plan_schema() -> dict[str, Json]:
    """The JSON Schema of what `plan_to_dict` gives."""
    return answer_schema(Plan, SCHEMA_ID, "Opsonin plan")


def answer_schema(kind: type, schema_id: str, title: str) -> dict[str, Json]:
    """The JSON Schema of an answer of this kind as it is written, with its facts and works."""
    definitions: dict[str, Json] = {}
    root = _object_schema(kind, definitions)
    properties = root["properties"]
    properties["schema"] = {"const": schema_id}
    properties["facts"] = _mapping(_fact_schema(definitions), "Every fact the plan rests on, by id.")
    works = _mapping(
        _schema_of(Source, definitions), "Every work cited, by key; empty when written without the shelves."
    )
    properties["sources"] = works
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": "Decimals are strings, exact; simulated numbers are numbers; days and moments are ISO 8601.",
        **root,
        "required": [*root["required"], "facts", "sources"],
        "$defs": dict(sorted(definitions.items())),
    }


def _parameter_ids(plan: Plan) -> list[str]:
    found: dict[str, None] = {}
    for candidate in plan.candidates:
        found.update(dict.fromkeys(getattr(candidate.forecast, "fact_ids", ())))
    return list(found)


def _sources(written: Mapping[str, Json], knowledge: Knowledge) -> dict[str, Json]:
    """The works behind the facts and the published arms, by key."""
    keys = {citation["source"] for fact in written["facts"].values() for citation in fact["citations"]}
    arms = list(written["no_treatment"]["published"])
    for candidate in written["candidates"]:
        arms += candidate["forecast"].get("published", [])
    keys |= {arm["citation"]["source"] for arm in arms}
    return {key: _write(knowledge.sources[key], {}) for key in sorted(keys)}


def _write(value: Any, facts: dict[str, Fact]) -> Json:
    """Any value of the plan as JSON; facts are noted in `facts` and written as their id."""
    if isinstance(value, Fact):
        facts.setdefault(value.id, value)
        return value.id
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _write(getattr(value, name), facts) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _write(item, facts) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_write(item, facts) for item in value]
    return _write_plain(value)


def _write_plain(value: Any) -> Json:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"a plan holds {value!r}; only finite numbers can be written down")
        return float(f"{value:.{_SIMULATED_DIGITS}g}")
    return str(value) if isinstance(value, str) else value


def _write_fact(fact: Fact) -> dict[str, Json]:
    return {name: _write(getattr(fact, name), {}) for name in _FACT_FIELDS}


def _names(kind: type) -> tuple[str, ...]:
    own = _ONLY.get(kind) or tuple(field.name for field in fields(kind))
    return own + _WORKED_OUT.get(kind, ())


def _object_schema(kind: type, definitions: dict[str, Json]) -> dict[str, Json]:
    hints = typing.get_type_hints(kind)
    for name in _WORKED_OUT.get(kind, ()):
        hints[name] = typing.get_type_hints(getattr(kind, name).fget)["return"]
    names = _names(kind)
    return {
        "type": "object",
        "description": _first_line(kind),
        "properties": {name: _schema_of(hints[name], definitions) for name in names},
        "required": list(names),
        "additionalProperties": False,
    }


def _first_line(kind: type) -> str:
    """What a value is, in its own words; its name in words when it has none (dataclasses then show their signature)."""
    line = (kind.__doc__ or "").strip().partition("\n")[0]
    return line if line and not line.startswith(f"{kind.__name__}(") else re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__)


def _schema_of(kind: Any, definitions: dict[str, Json]) -> dict[str, Json]:
    """The schema of one annotation; a dataclass becomes a definition of its own."""
    if kind is Fact:
        return dict(_FACT_ID)
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = _object_schema(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_schema_of(argument, definitions) for argument in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _schema_of(arguments[0], definitions)}
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_schema_of(arguments[1], definitions))
    return _plain_schema(kind)


def _plain_schema(kind: Any) -> dict[str, Json]:
    plain: dict[Any, dict[str, Json]] = {
        Decimal: _DECIMAL,
        datetime: {"type": "string", "format": "date-time"},
        date: {"type": "string", "format": "date"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
        type(None): {"type": "null"},
        Any: {},
    }
    if kind in plain:
        return dict(plain[kind])
    if isinstance(kind, type) and issubclass(kind, str):
        members = [str(member) for member in getattr(kind, "__members__", {}).values()]
        return {"type": "string", "enum": members} if members else {"type": "string"}
    raise TypeError(f"a plan holds {kind!r}, which has no JSON form yet")


def _fact_schema(definitions: dict[str, Json]) -> dict[str, Json]:
    hints = {**typing.get_type_hints(Fact), "mark": str}
    definitions["Fact"] = {
        "type": "object",
        "description": (Fact.__doc__ or "").strip(),
        "properties": {name: _schema_of(hints[name], definitions) for name in _FACT_FIELDS},
        "required": list(_FACT_FIELDS),
        "additionalProperties": False,
    }
    marks = {"enum": ["", "†", "‡"], "description": "† second-hand or not yet verified; ‡ recalled or assumed"}
    definitions["Fact"]["properties"]["mark"] = marks
    definitions["Fact"]["properties"]["value"] = {
        "description": "A decimal as a string, text, true or false, a list or a table of these; null: not found."
    }
    return {"$ref": "#/$defs/Fact"}


def _mapping(values: dict[str, Json], description: str = "") -> dict[str, Json]:
    schema: dict[str, Json] = {"type": "object", "additionalProperties": values}
    return {**schema, "description": description} if description else schema


def plan_file_page() -> str:
    """The reference page of the plan file, in Markdown, from its schema."""
    schema = plan_schema()
    lines = [
        *_INTRODUCTION.format(schema=SCHEMA_ID).splitlines(),
        "",
        *_part_lines("Plan", schema),
    ]
    for name, part in schema["$defs"].items():
        lines += _part_lines(name, part)
    return "\n".join(lines)


def _part_lines(name: str, part: Mapping[str, Json]) -> list[str]:
    rows = [f"| `{field}` | {_in_words(schema)} |" for field, schema in part["properties"].items()]
    return [f"## {name}", "", part["description"], "", "| field | holds |", "|---|---|", *rows, ""]


def _in_words(schema: Mapping[str, Json]) -> str:
    """One line on what a field holds."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_in_words(option) for option in schema["anyOf"])
    if "const" in schema:
        return f'`"{schema["const"]}"`'
    if "enum" in schema:
        return "one of " + ", ".join(f'`"{choice}"`' for choice in schema["enum"])
    if schema.get("type") == "array":
        return f"list of: {_in_words(schema['items'])}"
    if schema.get("type") == "object":
        return f"table of: {_in_words(schema['additionalProperties'])}"
    if schema == _FACT_ID:
        return "fact id"
    if schema == _DECIMAL:
        return "decimal as text"
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
        "null": "null",
    }
    named = {"date": "day", "date-time": "moment"}
    fallback = str(schema.get("description", "anything"))
    return named.get(schema.get("format", ""), words.get(schema.get("type", ""), fallback))
