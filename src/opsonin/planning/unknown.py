"""What the case does not say, and what the plan did about it; and what it says that nothing looked at."""

from __future__ import annotations

from opsonin.knowledge import Knowledge
from opsonin.patient import RISKS, Circumstances, Patient
from opsonin.planning.plan import NotKnown
from opsonin.safety.check import names_any


def not_known(patient: Patient, circumstances: Circumstances) -> tuple[NotKnown, ...]:
    """Every optional fact that is missing, with its consequence. Nothing is defaulted in silence."""
    found = [NotKnown(field, therefore) for field, missing, therefore in _checks(patient, circumstances) if missing]
    unknown = [words for risk, words in RISKS.items() if patient.risks.get(risk) is None]
    if unknown:
        therefore = "no rule about them could speak; ask before giving: " + "; ".join(unknown)
        found.append(NotKnown("risks", therefore))
    return tuple(found)


def _checks(patient: Patient, circumstances: Circumstances) -> list[tuple[str, bool, str]]:
    woman_of_childbearing_age = patient.sex != "male" and 12 <= patient.age_years <= 55
    return [
        ("start", circumstances.start is None, "no clock times; the course is taken to start on the case's date"),
        ("patient.sex", patient.sex is None, "no ideal weight can be calculated; pregnancy cannot be ruled out"),
        ("patient.height", patient.height_cm is None, "the pack's rule for adjusted weight cannot be applied; actual weight is used"),
        ("patient.blood_group", patient.blood_group is None, "the haemolysis rule for groups A, B and AB cannot speak; test before high doses"),
        ("patient.pregnant", patient.pregnant is None and woman_of_childbearing_age, "taken as not pregnant in the forecast; ask"),
        ("patient.lactating", patient.lactating is None and woman_of_childbearing_age, "no advice on breastfeeding is shown"),
        ("diagnosis.phase", patient.diagnosis.phase is None, "labels that name a phase do not cover this person"),
        ("diagnosis.spleen", patient.diagnosis.spleen is None, "taken as in place in the forecast"),
        ("diagnosis.bleeding.grade", patient.bleeding.grade is None, "guideline statements that depend on bleeding cannot be chosen"),
        ("diagnosis.corticosteroids", patient.corticosteroids is None, "whether corticosteroids come first is not weighed"),
        ("measured: platelets", patient.latest("platelets") is None, "no forecast without a baseline count"),
        ("measured: igg", patient.latest("igg") is None, "a forecast would draw serum IgG from the population"),
        ("measured: creatinine", patient.latest("creatinine") is None, "no glomerular filtration rate can be estimated; the stated risk alone counts; measure before the dose"),
        ("measured: haemoglobin", patient.latest("haemoglobin") is None, "no baseline for haemolysis checks; measure before the dose"),
        ("medicines", patient.medicines is None, "no interaction could be checked; the forecast takes it that no platelet-raising drug was started or changed"),
        ("tolerated", patient.tolerated is None, "treated as a first infusion: the ladder starts at its first step"),
        ("vaccines", patient.vaccines is None, "no interval to a planned live vaccine could be checked"),
        ("stock", circumstances.stock is None, "every product still made is considered; check the cupboard"),
    ]  # fmt: skip


def not_used(patient: Patient, circumstances: Circumstances, known: Knowledge) -> tuple[str, ...]:
    """Facts the case states that neither a rule nor the forecast looked at."""
    looked_for = tuple(_medicine_words(known))
    lines = [
        f"medicine “{m.name}”: no rule on the shelf looks at it"
        for m in patient.medicines or ()
        if not names_any([m.name], looked_for)
    ]
    lines += [
        f"earlier treatment “{t.treatment}” (response: {t.response or 'not stated'}): shown, not part of ranking or forecast"
        for t in patient.treatments
    ]
    lines += [f"vaccine “{v.name}”: not stated whether live" for v in patient.vaccines or () if v.live is None]
    for what in ("haemoglobin", "iga"):
        latest = patient.latest(what)
        if latest is not None:
            lines.append(f"{what} {latest.written}: baseline for monitoring; no rule or forecast uses it")
    if patient.bleeding.sites:
        lines.append(f"bleeding sites ({', '.join(patient.bleeding.sites)}): guideline statements go by grade")
    return tuple(lines)


def _medicine_words(known: Knowledge) -> set[str]:
    words: set[str] = set()
    for rule in known.rules_of("ivig"):
        wanted = rule.when.get("medicine_contains", ())
        words.update(map(str, wanted if isinstance(wanted, tuple) else (wanted,)))
    return words
