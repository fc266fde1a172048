"""From offers to ranked candidates: the one place where regimens, findings and forecasts meet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from opsonin.knowledge import Knowledge
from opsonin.mechanism.harm import chances
from opsonin.patient import Circumstances, Goal, Patient
from opsonin.planning.calendar import alternatives_for, calendar, schedule_notes, timing
from opsonin.planning.choose import rank
from opsonin.planning.plan import Alternative, Candidate, Forecast, NoForecast, NoTreatment
from opsonin.regimen import Regimen
from opsonin.safety import Finding, Offer, Standing, check_guardrails, check_regimen, loads
from opsonin.safety.offers import speaks_to

Regimens = tuple[tuple[Regimen, Standing], ...]


def assemble(
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    regimens: Regimens,
    offered: tuple[Offer, ...],
    forecasts: Mapping[str, Forecast | NoForecast],
    known: Knowledge,
) -> tuple[Candidate, ...]:
    """Every regimen with its findings and forecast, ranked for the goal by the rule on the shelf."""
    about_product = {offer.product.id: offer.findings for offer in offered}
    found = []
    for regimen, standing in regimens:
        findings = _by_severity(
            (
                *about_product[regimen.product.id],
                *check_regimen(patient, circumstances, regimen, known),
                *check_guardrails(patient, circumstances, regimen, known),
            )
        )
        forecast = forecasts[regimen.id]
        when = timing(regimen, goal, circumstances, forecast)
        found.append(
            Candidate(
                regimen=regimen,
                standing=standing,
                findings=findings,
                forecast=forecast,
                rank=None,
                reasons=(),
                price=_price(circumstances, regimen),
                loads=loads(regimen),
                timing=when,
                calendar=calendar(patient, regimen, when, {finding.rule for finding in findings}, known),
                notes=schedule_notes(regimen),
                harms=chances(patient, regimen, known),
            )
        )
    return rank(found, known.ranking, patient, goal)


def alternatives(patient: Patient, known: Knowledge) -> tuple[Alternative, ...]:
    """Other ways to raise platelets, with onset and main harms for this person's age; named, not dosed."""
    return tuple(Alternative(name, facts) for name, facts in alternatives_for(patient, known).items())


def no_treatment(patient: Patient, circumstances: Circumstances, known: Knowledge) -> NoTreatment:
    """What guidelines on the shelf say for this person about giving no immunoglobulin now."""
    pack = known.pack(circumstances.pack)
    speaking = [g for g in known.guidelines if g.treat != "immunoglobulin" and speaks_to(g, patient, pack)]
    untreated = tuple(
        arm
        for arm in known.published
        if not arm.immunoglobulin and arm.age_group == ("adult" if patient.is_adult else "child")
    )
    if not speaking:
        says = (
            "No guideline on the shelf speaks to this bleeding grade, age and phase without immunoglobulin; "
            "the clinician weighs observation and other treatment."
        )
        return NoTreatment(says, (), untreated)
    says = " ".join(f"{g.name}: {g.says}" for g in speaking)
    return NoTreatment(says, tuple(g.fact for g in speaking), untreated)


def _by_severity(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    order = {"absolute": 0, "conditional": 1, "advisory": 2}
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: (order[f.severity], f.rule)))


def _price(circumstances: Circumstances, regimen: Regimen) -> Decimal | None:
    per_gram = circumstances.prices_per_g.get(regimen.product.id)
    return per_gram * (regimen.total_g + regimen.discarded_g) if per_gram is not None else None
