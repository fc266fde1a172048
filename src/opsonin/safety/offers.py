"""Which products may this person be offered, and why not the rest? Four standings, each with its reason."""

from __future__ import annotations

from decimal import Decimal

from opsonin.knowledge import DoseSchedule, Guideline, Knowledge, Label, Pack, Product
from opsonin.patient import Circumstances, Patient
from opsonin.quantities import show
from opsonin.safety.check import check_patient, check_product
from opsonin.safety.finding import Finding, Offer, Standing


def offers(patient: Patient, circumstances: Circumstances, known: Knowledge) -> tuple[Offer, ...]:
    """Every product on the shelf with its standing for this person, best standing first, then by name."""
    about_person = check_patient(patient, circumstances, known)
    found = [
        _offer(patient, circumstances, product, known, about_person) for product in known.of_family("ivig").values()
    ]
    order = {"on-label": 0, "off-label-supported": 1, "not-supported": 2, "excluded": 3}
    return tuple(sorted(found, key=lambda o: (order[o.standing.kind], o.product.brand)))


def supporting_guidelines(patient: Patient, pack: Pack, known: Knowledge) -> tuple[Guideline, ...]:
    """Guidelines on the shelf that support immunoglobulin for someone like this, where this pack is used."""
    return tuple(g for g in known.guidelines if g.treat == "immunoglobulin" and speaks_to(g, patient, pack))


def speaks_to(guideline: Guideline, patient: Patient, pack: Pack) -> bool:
    """Whether a recommendation is about people like this one: place, age, phase, bleeding and count."""
    if guideline.fact.where and not {pack.id, pack.label_region} & set(guideline.fact.where):
        return False
    if guideline.age_group not in ("any", "adult" if patient.is_adult else "child"):
        return False
    if guideline.phases and patient.diagnosis.phase not in guideline.phases:
        return False
    if guideline.bleeding_grades and patient.bleeding.grade not in guideline.bleeding_grades:
        return False
    count = patient.latest("platelets")
    low, high = guideline.platelets_from, guideline.platelets_below
    if count is None:
        return low is None and high is None
    return (low is None or count.value >= low) and (high is None or count.value < high)


def regimen_standing(
    patient: Patient, offer: Offer, label: Label, schedule: DoseSchedule, pack: Pack, known: Knowledge
) -> Standing:
    """Where this schedule of this product stands: the label's own, a named guideline's, or neither."""
    on_label_schedule = any(s.id == schedule.id for s in label.schedules)
    if offer.standing.kind == "on-label" and on_label_schedule:
        return Standing(
            "on-label",
            "",
            f"{offer.product.brand} label ({label.region.upper()})",
            (label.itp_words, schedule.fact),
        )
    backing = [g for g in supporting_guidelines(patient, pack, known) if any(s.id == schedule.id for s in g.schedules)]
    if backing:
        why = offer.standing.reason if offer.standing.kind != "on-label" else "this schedule is not on the label"
        names = "; ".join(g.name for g in backing)
        return Standing("off-label-supported", "", f"{why}; supported by {names}", tuple(g.fact for g in backing))
    return Standing("not-supported", "", "neither the label nor a guideline on the shelf supports it", (schedule.fact,))


def _offer(
    patient: Patient,
    circumstances: Circumstances,
    product: Product,
    known: Knowledge,
    about_person: tuple[Finding, ...],
) -> Offer:
    findings = check_product(patient, circumstances, product, known)
    return Offer(product, _standing(patient, circumstances, product, known, (*about_person, *findings)), findings)


def _standing(
    patient: Patient,
    circumstances: Circumstances,
    product: Product,
    known: Knowledge,
    findings: tuple[Finding, ...],
) -> Standing:
    absolute = [f for f in findings if f.severity == "absolute"]
    if product.discontinued is not None:
        return Standing("excluded", "discontinued", "no longer made", (product.discontinued,))
    if absolute:
        facts = tuple(fact for f in absolute for fact in f.facts)
        return Standing("excluded", "contraindicated", "; ".join(f.message for f in absolute), facts)
    if not product.vials_g:
        return Standing("not-supported", "", "no vial sizes on the shelf, so no dose can be prepared", ())
    if not vials_at_hand(product, circumstances):
        return Standing("excluded", "not in stock", "not in the stock the case lists", ())
    pack = known.pack(circumstances.pack)
    region = pack.label_region
    label = product.labels.get(region)
    if label is None:
        return Standing("not-supported", "", f"no label facts for {region.upper()} on the shelf", ())
    outside = _outside_label(patient, label)
    if not outside and label.schedules:
        return Standing("on-label", "", f"{region.upper()} label covers ITP for this person", (label.itp_words,))
    reason = outside or "the label text on the shelf gives no ITP dose"
    backing = supporting_guidelines(patient, pack, known)
    if backing:
        names = "; ".join(g.name for g in backing)
        facts = (label.itp_words, *(g.fact for g in backing))
        return Standing("off-label-supported", "", f"{reason}; immunoglobulin as such is supported by {names}", facts)
    return Standing("not-supported", "", f"{reason}; no guideline on the shelf supports it here", (label.itp_words,))


def _outside_label(patient: Patient, label: Label) -> str:
    """Why this person is outside the label; "" when inside."""
    age = patient.age_years
    region = label.region.upper()
    if not label.itp:
        return f"the {region} label does not cover ITP"
    if label.age_years_min is not None and age < label.age_years_min:
        return f"the {region} label starts at {show(label.age_years_min)} years"
    if label.age_years_max is not None and age >= label.age_years_max + Decimal(1):
        return f"the {region} label ends at {show(label.age_years_max)} years"
    if label.phases and patient.diagnosis.phase not in label.phases:
        named = " or ".join(label.phases)
        return f"the {region} label is for {named} ITP; the phase here is {patient.diagnosis.phase or 'not known'}"
    return ""


def vials_at_hand(product: Product, circumstances: Circumstances) -> tuple[Decimal, ...]:
    """Vial sizes that are made and, where the case lists stock, in the cupboard."""
    if circumstances.stock is None:
        return product.vials_g
    item = next((item for item in circumstances.stock if item.product == product.id), None)
    if item is None:
        return ()
    return tuple(size for size in product.vials_g if item.vials_g is None or size in item.vials_g)
