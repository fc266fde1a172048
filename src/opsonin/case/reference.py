"""The reference page of the case file, written from its schema.

`python -m opsonin.case.reference > docs/reference/case-file.md` brings the page up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from opsonin.case.atg_fields import AtgCaseFile
from opsonin.case.fields import CaseFile
from opsonin.case.schema import file_schema
from opsonin.case.yaml_words import in_yaml

_HEAD = """\
# The case file

A case is one YAML file: one person on one day, and what the treatment is for. `opsonin new ivig` and `opsonin new atg`
write one to fill in, `opsonin check CASE` only checks it, `opsonin schema case` prints its JSON Schema, and `examples/`
holds complete ones. This page is written from the schema by `python -m opsonin.case.reference`.

- A number with a unit is written with its unit: `72 kg`. A number alone is refused. Decimals have a point.
- Days are year-month-day: `2026-11-20`. Times carry their zone: `2026-11-21T09:00+01:00`.
- Nothing is filled in. A field that is absent or empty is *not known*, and the plan says what follows from that. For
  lists, `[]` says "none", which is something else than leaving the list out.
- Unknown fields, repeated fields, amounts that cannot be, and dates that do not fit together are refused: all at
  once, each with its field, its value, why, and what to write instead. Nothing is written then.
- YAML anchors and tags are not used.
"""


_ATG = """\
# The case file of antithymocyte globulin

With `therapy: atg` a case has these fields instead. `opsonin plan CASE` plans it; `opsonin next-dose CASE` answers each
morning from the day's counts.
"""


def reference_page() -> str:
    """The page in Markdown: one table for each block of fields, for each therapy."""
    parts = [_HEAD, *_tables(file_schema(CaseFile)), _ATG, *_tables(file_schema(AtgCaseFile))]
    return "\n".join(parts).rstrip() + "\n"


def _tables(schema: dict[str, Any]) -> Iterator[str]:
    yield from _section("Top level", schema, schema)
    for path, block in _blocks(schema, schema, ""):
        yield from _section(f"`{path}`", block, schema)


def _blocks(block: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every block of fields below this one, with the path under which it is written."""
    for name, field in block["properties"].items():
        listed = _kind(field, schema).get("items", {})
        below = _kind(listed, schema) if "$ref" in listed else _kind(field, schema)
        if "properties" in below:
            here = f"{path}{name}{'[]' if '$ref' in listed else ''}"
            yield here, below
            yield from _blocks(below, schema, f"{here}.")


def _kind(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The type behind a field: without null, and with references resolved."""
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    found: dict[str, Any] = kinds[0] if kinds else field
    if "$ref" in found:
        found = schema["$defs"][found["$ref"].rsplit("/", 1)[-1]]
    return found


def _section(title: str, block: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| field | required | what | units or words | example |"
    yield "|---|---|---|---|---|"
    for name, field in block["properties"].items():
        required = "yes" if name in block.get("required", []) else "no"
        words = field.get("x-unit") or _words(_kind(field, schema), schema)
        yield f"| `{name}` | {required} | {field['description']} | {words} | `{in_yaml(field['examples'][0])}` |"
    yield ""


def _words(kind: dict[str, Any], schema: dict[str, Any]) -> str:
    if "enum" in kind:
        return ", ".join(f"`{word}`" for word in kind["enum"] if not isinstance(word, bool))
    if "items" in kind:
        return _words(kind["items"], schema) if "enum" in kind["items"] else "list"
    if "properties" in kind:
        return "fields below"
    if "minimum" in kind and "maximum" in kind:
        return f"{kind['minimum']} to {kind['maximum']}"
    return {"date": "day"}.get(kind.get("format", ""), "")


if __name__ == "__main__":
    print(reference_page(), end="")
