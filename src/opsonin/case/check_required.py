"""Is everything there without which no plan can be made? Each missing field is named with the reason it is needed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from opsonin.case.document import Place
from opsonin.case.fields import CaseFile
from opsonin.case.sight import Seen, Sight
from opsonin.case.yaml_words import in_yaml


def check_required(sight: Sight) -> None:
    """Note every required field that is absent, in every block that is there."""
    block_complete(sight, CaseFile, sight.file, ())
    age_or_birth_date(sight)
    _goal(sight)
    _platelets(sight)
    _day_of_each_given(sight)


def block_complete(sight: Seen, model: type[BaseModel], block: BaseModel, place: Place) -> None:
    for name, field in model.model_fields.items():
        here = (*place, field.alias or name)
        value = getattr(block, name)
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        because = extra.get("x-needed")
        if because and (value is None or value == []):
            example = in_yaml(field.examples[0]) if field.examples else ""
            sight.notes.missing(here, f"is missing: {because}.", f"Write it, for example {example}.")
        _below(sight, value, here)


def _below(sight: Seen, value: Any, place: Place) -> None:
    if isinstance(value, BaseModel):
        block_complete(sight, type(value), value, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _below(sight, item, (*place, index))


def age_or_birth_date(sight: Seen) -> None:
    patient = sight.file.patient
    if patient is None:
        return
    if patient.birth_date is not None and patient.age is not None:
        why = "is given beside the birth date, from which it follows."
        sight.notes.add(("patient", "age"), why, "Keep one of the two.")
    birth_date, age = ("patient", "birth_date"), ("patient", "age")
    if patient.birth_date is None and patient.age is None and not sight.notes.touched(age):
        remedy = "Write birth_date: 1979-03-02, or age: 47 years."
        sight.notes.missing(birth_date, "is missing, and so is age: labels and doses depend on age.", remedy)


def _goal(sight: Sight) -> None:
    goal = sight.file.goal
    if goal is None or goal.kind != "before-procedure":
        return
    if goal.count is None:
        why = "is missing: before a procedure the plan aims for a count."
        sight.notes.missing(("goal", "count"), why, "Write the count the team asks for, for example 50 x10^9/L.")
    if goal.by is None:
        why = "is missing: before a procedure the plan is timed backwards from its day."
        sight.notes.missing(("goal", "by"), why, "Write the day, for example 2026-11-24.")


def _platelets(sight: Sight) -> None:
    measured = sight.file.measured
    if not measured or any(one.what == "platelets" for one in measured):
        return
    if any(sight.notes.touched(("measured", index, "what")) for index in range(len(measured))):
        return
    why = "has no platelet count; without one neither need nor answer can be judged."
    remedy = "Add {what: platelets, value: 14 x10^9/L, date: 2026-11-19}."
    sight.notes.missing(("measured",), why, remedy)


def _day_of_each_given(sight: Sight) -> None:
    for index, given in enumerate(sight.file.given or []):
        place = ("given", index, "date")
        if given.date is not None and given.time is not None:
            sight.notes.add(place, "is given beside the time, which holds the day.", "Keep one of the two.")
        elif given.date is None and given.time is None and not sight.notes.touched(("given", index, "time")):
            sight.notes.missing(place, "is missing, and so is time.", "Write the day it was given.")
