"""The door for exercises: the scenario files that come with the package, or one of your own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from opsonin.errors import InputRefused, Problem
from opsonin.infusion.happenings import SEVERITIES
from opsonin.infusion.scenario import Scenario, Scripted

_TEXTS = ("title", "story", "teaches", "pack")
_KEYS = {*_TEXTS, "regimen", "globulin", "person", "limits", "first_signs", "reactions", "by_chance"}
_REACTION = {
    "symptom", "severity", "from_step", "begins_after", "eases_after", "worsens_after", "worse", "also", "signs",
    "worse_signs", "only_adrenaline",
}  # fmt: skip
_SIGNS = {"temperature_c", "systolic", "diastolic", "pulse", "respiratory_rate", "oxygen_saturation"}


def scenarios() -> dict[str, Scenario]:
    """Every exercise that comes with the package, by id.

    >>> len(scenarios()) >= 10
    True
    """
    folder = files("opsonin.infusion").joinpath("scenarios")
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return {item.name[:-5]: _scenario(item.name[:-5], item.read_text(encoding="utf-8")) for item in found}


def read_scenario(name: str) -> Scenario:
    """One exercise: an id of the package, or the path of a file. Raises InputRefused."""
    known = scenarios()
    if name in known:
        return known[name]
    path = Path(name)
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        raise InputRefused([Problem("SCENARIO", name, "is not known.", f"Known: {', '.join(known)}; or a file.")])
    return _scenario(path.stem, path.read_text(encoding="utf-8"))


def _scenario(id: str, text: str) -> Scenario:
    try:
        content = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise InputRefused([Problem(id, "", f"is not YAML: {' '.join(str(error).split())}.", "Mend it.")]) from None
    problems = list(_problems(content if isinstance(content, dict) else {}))
    if problems:
        raise InputRefused(problems, source=f"scenario {id}")
    try:
        reactions = tuple(_reaction(one) for one in content.get("reactions") or [])
        signs = _decimals(content["first_signs"])
    except (InvalidOperation, ValueError) as error:
        raise InputRefused([Problem(id, "", f"holds something that is no number: {error}.", "Mend it.")]) from None
    return Scenario(
        id=id,
        **{name: " ".join(content[name].split()) for name in _TEXTS},
        person=content["person"],
        regimen=content.get("regimen") or "",
        globulin=content.get("globulin") or {},
        limits=content.get("limits") or {},
        first_signs=signs,
        reactions=reactions,
        by_chance=content.get("by_chance") == "true",
    )


def _problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    for name in (*_TEXTS, "person", "first_signs"):
        if not content.get(name):
            yield Problem(name, "", "is missing.", "Write it; the scenarios of the package show how.")
    for name in content.keys() - _KEYS:
        yield Problem(name, "", "is not a field of a scenario.", f"Known: {', '.join(sorted(_KEYS))}.")
    if not content.get("regimen") and not content.get("globulin"):
        yield Problem("regimen", "", "is missing.", "Name a course, or a globulin.")
    if set(content.get("first_signs") or _SIGNS) != _SIGNS:
        yield Problem("first_signs", "", "must hold every sign.", f"They are: {', '.join(sorted(_SIGNS))}.")
    for number, one in enumerate(content.get("reactions") or []):
        for name in one.keys() - _REACTION:
            yield Problem(f"reactions[{number}].{name}", "", "is not known.", f"Known: {', '.join(sorted(_REACTION))}.")
        if one.get("severity") not in SEVERITIES:
            yield Problem(
                f"reactions[{number}].severity", str(one.get("severity")), "is none.", f"One of {SEVERITIES}."
            )


def _reaction(one: Mapping[str, Any]) -> Scripted:
    def number(name: str) -> int | None:
        return int(one[name]) if one.get(name) not in (None, "", "null") else None

    return Scripted(
        symptom=one["symptom"],
        severity=one["severity"],
        from_step=number("from_step") or 1,
        begins_after=number("begins_after") or 0,
        eases_after=number("eases_after"),
        worsens_after=number("worsens_after"),
        worse=one.get("worse") or "",
        also=tuple((more["symptom"], more["severity"]) for more in one.get("also") or []),
        signs=_decimals(one.get("signs") or {}),
        worse_signs=_decimals(one["worse_signs"]) if one.get("worse_signs") else None,
        only_adrenaline=one.get("only_adrenaline") == "true",
    )


def _decimals(table: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in table.items()}


def case_text(scenario: Scenario) -> str:
    """The case of the virtual person, in the form of any other case."""
    who = scenario.person
    limits = "\n".join(f"  {name}: {value}" for name, value in scenario.limits.items())
    risks = "\n".join(f"  {name}: no" for name in _RISKS)
    return _CASE.format(
        id=f"exercise-{scenario.id}",
        pack=scenario.pack,
        risks=risks,
        limits=f"limits:\n{limits}\n" if limits else "",
        **who,
    )


_RISKS = (
    "renal", "thrombosis", "cardiac", "diabetes", "iga_deficiency", "anti_iga", "hyperprolinaemia",
    "fructose_intolerance", "corn_allergy", "immunoglobulin_reaction", "migraine", "volume_depletion",
    "paraproteinaemia", "oestrogen", "immobility", "sepsis", "glucose_meter_nonspecific",
)  # fmt: skip
_CASE = """\
schema: opsonin-case/1
id: {id}
therapy: ivig-itp
as_of: 2026-11-20
start: 2026-11-20T09:00+00:00
pack: {pack}
patient: {{age: {age}, sex: {sex}, height: {height}, blood_group: O+}}
weights:
  - {{value: {weight}, date: 2026-11-20}}
diagnosis: {{name: primary-itp, phase: chronic, since: 2024-05-01, spleen: in-place, bleeding: {{grade: 1}}}}
red_flags: []
goal: {{kind: raise-low-count, count: 50 x10^9/L}}
measured:
  - {{what: platelets, value: 12 x10^9/L, date: 2026-11-20}}
given: []
tolerated: []
risks:
{risks}
medicines: []
vaccines: []
pump: {{resolution: 1 mL/h}}
{limits}"""
