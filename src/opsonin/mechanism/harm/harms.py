"""Which harms are on the shelf, when do they come, what drives them, and where do sources disagree?"""

from __future__ import annotations

from dataclasses import dataclass

from opsonin.knowledge import Fact, HarmCount, Knowledge
from opsonin.patient import Patient

SHELF = "harms"

HARMS: dict[str, str] = {
    "headache": "headache",
    "infusion_reaction": "reaction during an infusion",
    "aseptic_meningitis": "aseptic meningitis",
    "haemolysis": "haemolysis",
    "thrombosis": "arterial thrombosis",
    "renal_impairment": "kidney impairment",
    "anaphylaxis": "anaphylaxis",
    "neutropenia": "neutropenia",
}


@dataclass(frozen=True)
class HarmDriver:
    """Something that makes a harm more or less likely, and whether it holds for this person."""

    says: str
    effect: str  # "odds ratio 1.53 (1.02–2.30), any adverse event, hospitalised children"
    here: str  # "yes" | "no" | "not known" | "see the course"
    fact: Fact


@dataclass(frozen=True)
class Harm:
    """One harm: when it comes, what drives it in this person, where sources disagree, and what to keep in mind."""

    id: str
    title: str
    onset: Fact | None
    drivers: tuple[HarmDriver, ...]
    conflicts: tuple[Fact, ...]
    remarks: tuple[Fact, ...]


def harms(patient: Patient, knowledge: Knowledge) -> tuple[Harm, ...]:
    """Every harm on the shelf, with what drives it in this person.

    Sources: harms.
    """
    return tuple(_harm(id, title, patient, knowledge) for id, title in HARMS.items() if facts_of(id, knowledge))


def facts_of(id: str, knowledge: Knowledge, prefix: str = "") -> tuple[Fact, ...]:
    """The facts on one harm whose block name begins with a word."""
    start = f"{SHELF}/{id}/{prefix}"
    return tuple(fact for fact in knowledge.facts_under(f"{SHELF}/{id}") if fact.id.startswith(start))


def counts_of(id: str, knowledge: Knowledge) -> tuple[HarmCount, ...]:
    """What was counted of one harm."""
    return tuple(count for count in knowledge.harm_counts if count.harm == id)


def _harm(id: str, title: str, patient: Patient, knowledge: Knowledge) -> Harm:
    onset = facts_of(id, knowledge, "onset")
    return Harm(
        id=id,
        title=title,
        onset=onset[0] if onset else None,
        drivers=tuple(_driver(fact, patient) for fact in facts_of(id, knowledge, "driver_")),
        conflicts=facts_of(id, knowledge, "conflict_"),
        remarks=facts_of(id, knowledge, "unknown"),
    )


def _driver(fact: Fact, patient: Patient) -> HarmDriver:
    value = fact.value
    size = f" {value['effect']} ({value['low']}–{value['high']})" if "effect" in value else ""
    return HarmDriver(fact.says, f"{value['measure']}{size}: {value['of']}", _here(value["depends_on"], patient), fact)


def _here(depends_on: str, patient: Patient) -> str:
    """Whether what a driver depends on holds for this person; what the course decides stands with the course."""
    known: dict[str, bool | None] = {
        "first_infusion": first_infusion(patient),
        "corticosteroid": patient.corticosteroids == "current" if patient.corticosteroids is not None else None,
        "child": not patient.is_adult,
        "non_o": patient.blood_group != "O" if patient.blood_group else None,
        "premedication": None,
        **dict(patient.risks),
    }
    if depends_on not in known:
        return "see the course"
    return {True: "yes", False: "no", None: "not known"}[known[depends_on]]


def first_infusion(patient: Patient) -> bool | None:
    """Whether this would be the person's first immunoglobulin; None when the case does not say."""
    if patient.tolerated or patient.given or any(t.product for t in patient.treatments):
        return False
    return True if patient.tolerated == () else None
