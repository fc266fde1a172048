"""The JSON Schema of a case file, made from the same fields that read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from opsonin.case.atg_fields import ATG_MEASURED, AtgCaseFile
from opsonin.case.atg_fields import THERAPY as ATG
from opsonin.case.fields import MEASURED, SCHEMA, CaseFile
from opsonin.case.readers import amount_pattern
from opsonin.patient.event_line import ATG_LEVELS
from opsonin.quantities import unit_kinds

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _InFileOrder(GenerateJsonSchema):
    """Keeps fields and examples in the order in which they are written."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value


def case_schema() -> dict[str, Any]:
    """The schema of a case file of any therapy (draft 2020-12). Absent and empty mean the same: not known.

    What reaches over several fields (dates that fit together, plausible amounts) is checked by reading the case.
    """
    ivig, atg = file_schema(CaseFile), file_schema(AtgCaseFile)
    head = {"$schema": _DIALECT, "title": SCHEMA, "description": "A case file: one person, one plan."}
    blocks = {**ivig.pop("$defs"), **atg.pop("$defs")}
    says_atg = {"properties": {"therapy": {"const": ATG}}, "required": ["therapy"]}
    by_therapy = {"if": says_atg, "then": {"$ref": "#/$defs/AtgCaseFile"}, "else": {"$ref": "#/$defs/CaseFile"}}
    return {**head, "type": "object", **by_therapy, "$defs": {"CaseFile": ivig, "AtgCaseFile": atg, **blocks}}


def file_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of the case file of one therapy, with its blocks under `$defs`."""
    schema = model.model_json_schema(by_alias=True, schema_generator=_InFileOrder)
    blocks = schema.pop("$defs")
    for block in (*blocks.values(), schema):
        _finish(block)
    if model is CaseFile:
        _add_what_goes_together(schema, blocks)
    else:
        _add_what_goes_together_in_atg(schema, blocks)
    return {**schema, "$defs": blocks}


def _finish(block: dict[str, Any]) -> None:
    """Say which fields are required, and that the others may be left empty."""
    for name in ("title", "description"):
        block.pop(name, None)
    required = []
    for name, field in block["properties"].items():
        field.pop("title", None)
        field.pop("default", None)
        because = field.pop("x-needed", None)
        if because:
            required.append(name)
            field["description"] = f"{field['description']} Required: {because}."
        block["properties"][name] = _without_null(field) if because else _or_null(field)
    if required:
        block["required"] = required


_ABOUT = ("description", "examples", "x-unit")  # said of a field, not of its type


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    about = {name: field[name] for name in _ABOUT if name in field}
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    return {**about, **kinds[0]} if kinds else {**about, **{k: v for k, v in field.items() if k not in about}}


def _or_null(field: dict[str, Any]) -> dict[str, Any]:
    if {"type": "null"} in field.get("anyOf", []):
        return field
    about = {name: field.pop(name) for name in _ABOUT if name in field}
    return {**about, "anyOf": [field, {"type": "null"}]}


def _add_what_goes_together(schema: dict[str, Any], blocks: dict[str, Any]) -> None:
    """The few conditions between fields that a schema can say."""
    blocks["PatientBlock"]["oneOf"] = [_written("birth_date"), _written("age")]
    blocks["GivenBlock"]["oneOf"] = [_written("date"), _written("time")]
    needs = [_written("count"), _written("by")]
    before_procedure = {"properties": {"kind": {"const": "before-procedure"}}}
    blocks["GoalBlock"].update({"if": before_procedure, "then": {"allOf": needs}})
    blocks["MeasuredBlock"]["allOf"] = _units_of(MEASURED)
    schema["properties"]["weights"]["minItems"] = 1
    schema["properties"]["measured"]["minItems"] = 1
    schema["properties"]["measured"]["contains"] = {"properties": {"what": {"const": "platelets"}}}


def _add_what_goes_together_in_atg(schema: dict[str, Any], blocks: dict[str, Any]) -> None:
    blocks["RecipientBlock"]["oneOf"] = [_written("birth_date"), _written("age")]
    blocks["DoseBlock"]["oneOf"] = [_written("date"), _written("time")]
    blocks["AtgMeasuredBlock"]["oneOf"] = [_written("date"), _written("time")]
    blocks["AtgMeasuredBlock"]["allOf"] = [*_units_of(ATG_MEASURED), *_with_assay()]
    schema["properties"]["weights"]["minItems"] = 1


def _units_of(measured: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each quantity in the units of its kind."""
    return [
        {
            "if": {"properties": {"what": {"const": what}}},
            "then": {"properties": {"value": {"pattern": amount_pattern(unit_kinds()[kind])}}},
        }
        for what, kind in measured.items()
    ]


def _with_assay() -> list[dict[str, Any]]:
    """A level of antithymocyte globulin names its assay."""
    return [{"if": {"properties": {"what": {"enum": list(ATG_LEVELS)}}}, "then": _written("assay")}]


def _written(name: str) -> dict[str, Any]:
    """This field is there and not empty."""
    return {"required": [name], "properties": {name: {"type": "string"}}}
