"""What would another pack make of the course that stands first? Every difference, with both sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from opsonin.knowledge import Fact, Knowledge, Pack
from opsonin.knowledge.knowledge import STATEMENT_TOPICS
from opsonin.patient import Circumstances, Patient
from opsonin.planning.candidates import candidates, plan_statements, weight_for_dosing
from opsonin.planning.plan import Candidate, PackComparison, PackDifference
from opsonin.quantities import round_half_up, show
from opsonin.regimen import DailyDose, Infusion, Regimen, daily_dose
from opsonin.safety import offers
from opsonin.safety.offers import vials_at_hand

Side = tuple[str, tuple[Fact, ...]]  # what one pack does, and who says so
_TOPIC = "advice: {}"


def compare_packs(
    patient: Patient, circumstances: Circumstances, first: Candidate | None, also: str, known: Knowledge
) -> PackComparison:
    """The first-ranked course under this pack and under `also`: weight, grams, vials, steps, cap, hours, advice."""
    here, there = known.pack(circumstances.pack), known.pack(also)
    elsewhere = replace(circumstances, pack=also)
    pairs = [(topic, *sides) for topic, sides in _advice(patient, here, there)]
    if first is None:
        return _comparison(there, "", "No course stands first, so only advice is compared.", pairs)
    regimen = first.regimen
    offered = offers(patient, elsewhere, known)
    other = next((r for r, _ in candidates(patient, elsewhere, offered, known) if r.id == regimen.id), None)
    standing = next(o.standing for o in offered if o.product.id == regimen.product.id)
    pairs = [
        *_dose_pairs(patient, elsewhere, regimen, here, there),
        *(_rate_pairs(regimen, other) if other is not None else ()),
        *pairs,
    ]
    if other is not None:
        says = f"{regimen.product.brand} on the same schedule can be planned under “{there.id}”."
    else:
        why = standing.reason if standing.kind in ("excluded", "not-supported") else "this schedule is not supported"
        says = f"Under “{there.id}” this course is not planned: {why}. The dose is worked out; rates are not."
    return _comparison(there, regimen.id, says, pairs)


def _comparison(there: Pack, id: str, says: str, pairs: Iterable[tuple[str, Side, Side]]) -> PackComparison:
    differences, same = [], []
    for topic, here, other in pairs:
        if here[0] == other[0]:
            same.append(topic)
        else:
            differences.append(PackDifference(topic, here[0], other[0], here[1], other[1]))
    return PackComparison(there.id, there.name, id, says, tuple(differences), tuple(same))


def _dose_pairs(
    patient: Patient, elsewhere: Circumstances, regimen: Regimen, here: Pack, there: Pack
) -> list[tuple[str, Side, Side]]:
    weight = weight_for_dosing(patient, there)
    dose = daily_dose(
        1,
        weight_kg=weight.kg,
        g_per_kg=regimen.schedule.g_per_kg_per_day,
        vial_sizes_g=vials_at_hand(regimen.product, elsewhere),
        concentration_mg_per_ml=regimen.product.concentration_mg_per_ml,
        rounding=there.rounding,
    )
    ours, days = regimen.infusions[0].dose, regimen.schedule.days
    rounding_here, rounding_there = _rounding(here), _rounding(there)
    by_here, by_there = (*regimen.weight.facts, *rounding_here[1]), (*weight.facts, *rounding_there[1])
    return [
        (
            "dosing weight",
            (f"{show(regimen.weight.kg, 2)} kg, {regimen.weight.basis}", regimen.weight.facts),
            (f"{show(weight.kg, 2)} kg, {weight.basis}", weight.facts),
        ),
        ("rounding", rounding_here, rounding_there),
        ("grams a day", (_grams(ours), by_here), (_grams(dose), by_there)),
        (
            "grams in all",
            (f"{show(ours.grams * days)} g", by_here),
            (f"{show(dose.grams * days)} g", by_there),
        ),
        ("vials a day", (_vials(ours), by_here), (_vials(dose), by_there)),
    ]


def _rate_pairs(regimen: Regimen, other: Regimen) -> list[tuple[str, Side, Side]]:
    ours, theirs = regimen.infusions[0], other.infusions[0]
    return [
        ("rate cap", _cap(ours), _cap(theirs)),
        ("steps", (_steps(ours), ours.ladder.facts), (_steps(theirs), theirs.ladder.facts)),
        ("hours in all", (_hours(regimen), ours.ladder.facts), (_hours(other), theirs.ladder.facts)),
    ]


def _advice(patient: Patient, here: Pack, there: Pack) -> Iterable[tuple[str, tuple[Side, Side]]]:
    ours, theirs = plan_statements(patient, here), plan_statements(patient, there)
    for topic in STATEMENT_TOPICS:
        yield _TOPIC.format(topic), (_said(ours.get(topic, ())), _said(theirs.get(topic, ())))


def _said(facts: tuple[Fact, ...]) -> Side:
    return (" ".join(fact.says for fact in facts) or "this pack says nothing on it", facts)


def _rounding(pack: Pack) -> Side:
    return (pack.rounding.says, (pack.rounding.fact,)) if pack.rounding is not None else ("no rule in this pack", ())


def _grams(dose: DailyDose) -> str:
    return f"{show(dose.grams)} g"


def _vials(dose: DailyDose) -> str:
    counted = " + ".join(f"{vials.count} × {show(vials.size_g)} g" for vials in dose.vials)
    return f"{counted}, {show(dose.discarded_g)} g discarded" if dose.discarded_g else counted


def _cap(infusion: Infusion) -> Side:
    ladder = infusion.ladder
    return (f"{show(ladder.maximum_ml_per_kg_per_h, 3)} mL/kg/h ({ladder.reasons[0]})", ladder.facts)


def _steps(infusion: Infusion) -> str:
    rates = " → ".join(show(step.ml_per_h) for step in infusion.ladder.steps)
    return f"{rates} mL/h; {infusion.ladder.heading}"


def _hours(regimen: Regimen) -> str:
    return f"{show(round_half_up(regimen.hours, Decimal('0.1')))} h"
