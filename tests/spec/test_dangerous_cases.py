"""Cases that are well formed and dangerous, and the message each must produce, with what becomes of the products.

Each row: what is wrong; how it changes a woman of 70 kg with chronic ITP and nothing else; about whom the message is
(the person, a product, a course); how severe; the message, word for word as far as it is given. Rows about files that
cannot be read, impossible values and typing errors stand in tests/unit/case/test_bad_inputs.py and in
tests/unit/safety/test_guardrails.py.
"""

# ruff: noqa: E501  (one danger, one line)

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from opsonin.knowledge import load_knowledge
from opsonin.patient import (
    Bleeding,
    Diagnosis,
    Medicine,
    Patient,
    StockItem,
    ToleratedInfusion,
    Vaccine,
    Weight,
)
from opsonin.planning import candidates
from opsonin.safety import check_guardrails, check_patient, check_product, check_regimen, offers

KNOWN = load_knowledge()
PERSON = "the person"
WITHHELD = "Platelet-raising advice is withheld"
OCTAGAM_COURSE, PRIVIGEN_COURSE, GAMUNEX_COURSE = "octagam_10:1x2", "privigen:1x2", "gamunex_c:1x2"


def with_risk(*names):
    return {"risks": dict.fromkeys(names, True)}


def taking(name):
    return {"medicines": (Medicine(name, None, None, None),)}


def flagged(words):
    return {"red_flags": (words,)}


def diagnosed(name):
    return {"diagnosis": Diagnosis(name, "chronic", None, None, "in-place")}


MMR_IN_MARCH = {"vaccines": (Vaccine("MMR", True, date(2027, 3, 1)),)}

# what, changes of the person, changes of the setting, about, severity, message
TABLE = [
    ("severe reaction before", with_risk("immunoglobulin_reaction"), {}, PERSON, "absolute", "Immunoglobulin is contraindicated after an anaphylactic or severe systemic reaction"),
    ("IgA deficiency with antibodies", with_risk("iga_deficiency", "anti_iga"), {}, PERSON, "absolute", "Immunoglobulin is contraindicated in IgA deficiency with antibodies against IgA"),
    ("IgA deficiency, antibodies not known", {"risks": {"iga_deficiency": True, "anti_iga": None}}, {}, PERSON, "conditional", "IgA deficiency, and antibodies against IgA are not known."),
    ("antibodies against IgA", with_risk("anti_iga"), {}, PERSON, "conditional", "Antibodies against IgA are known."),
    ("IgA deficiency, much IgA: Intratect", with_risk("iga_deficiency"), {}, "intratect_10", "conditional", "This product may contain much IgA."),
    ("IgA deficiency, much IgA: Carimune", with_risk("iga_deficiency"), {}, "carimune_nf", "conditional", "This product may contain much IgA."),
    ("TTP noted", flagged("TTP cannot be ruled out"), {}, PERSON, "absolute", WITHHELD),
    ("TTP in full", flagged("thrombotic thrombocytopenic purpura?"), {}, PERSON, "absolute", WITHHELD),
    ("schistocytes on the film", flagged("2 % schistocytes"), {}, PERSON, "absolute", WITHHELD),
    ("fragmented red cells", flagged("fragmented red cells on the film"), {}, PERSON, "absolute", WITHHELD),
    ("HUS noted", flagged("possible HUS"), {}, PERSON, "absolute", WITHHELD),
    ("HUS, British spelling", flagged("haemolytic uraemic syndrome"), {}, PERSON, "absolute", WITHHELD),
    ("HUS, American spelling", flagged("hemolytic-uremic syndrome"), {}, PERSON, "absolute", WITHHELD),
    ("microangiopathy", flagged("microangiopathic picture"), {}, PERSON, "absolute", WITHHELD),
    ("DIC noted", flagged("DIC screen positive"), {}, PERSON, "absolute", WITHHELD),
    ("DIC in full", flagged("disseminated intravascular coagulation"), {}, PERSON, "absolute", WITHHELD),
    ("HIT noted", flagged("HIT score 6"), {}, PERSON, "absolute", WITHHELD),
    ("HIT in full", flagged("heparin-induced thrombocytopenia suspected"), {}, PERSON, "absolute", WITHHELD),
    ("the diagnosis is TTP", diagnosed("TTP"), {}, PERSON, "absolute", f"{WITHHELD}: the diagnosis given is not ITP."),
    ("the diagnosis is DIC", diagnosed("disseminated intravascular coagulation"), {}, PERSON, "absolute", f"{WITHHELD}: the diagnosis given is not ITP."),
    ("the diagnosis is HIT", diagnosed("heparin-induced thrombocytopenia"), {}, PERSON, "absolute", f"{WITHHELD}: the diagnosis given is not ITP."),
    ("secondary ITP", diagnosed("secondary-itp"), {}, PERSON, "conditional", "Secondary ITP: labels and trials are about primary ITP."),
    ("life-threatening bleeding", {"bleeding": Bleeding(5, ("head",))}, {}, PERSON, "conditional", "Life-threatening or intracranial bleeding: immunoglobulin alone is not enough."),
    ("bleeding that cannot wait", {"bleeding": Bleeding(4, ("bowel",))}, {}, PERSON, "advisory", "Bleeding that needs attention at once."),
    ("hyperprolinaemia", with_risk("hyperprolinaemia"), {}, "privigen", "absolute", "Privigen is contraindicated in hyperprolinaemia type I or II."),
    ("fructose intolerance: Flebogamma 10 %", with_risk("fructose_intolerance"), {}, "flebogamma_dif_10", "absolute", "Flebogamma DIF is contraindicated in hereditary fructose intolerance."),
    ("fructose intolerance: Flebogamma 5 %", with_risk("fructose_intolerance"), {}, "flebogamma_dif_5", "absolute", "Flebogamma DIF is contraindicated in hereditary fructose intolerance."),
    ("fructose intolerance: Gammaplex 5 %", with_risk("fructose_intolerance"), {}, "gammaplex_5", "absolute", "Gammaplex 5 % is contraindicated in hereditary intolerance to fructose."),
    ("a child of 18 months: Flebogamma 10 %", {"age_years": Decimal("1.5"), "kg": 11}, {}, "flebogamma_dif_10", "absolute", "Flebogamma DIF is contraindicated below 2 years of age."),
    ("a child of 18 months: Flebogamma 5 %", {"age_years": Decimal("1.5"), "kg": 11}, {}, "flebogamma_dif_5", "absolute", "Flebogamma DIF is contraindicated below 2 years of age."),
    ("a child of 18 months: Gammaplex 5 %", {"age_years": Decimal("1.5"), "kg": 11}, {}, "gammaplex_5", "absolute", "Gammaplex 5 % is contraindicated in infants in whom tolerance of sucrose or fructose"),
    ("corn allergy: Octagam 10 %", with_risk("corn_allergy"), {}, "octagam_10", "absolute", "Octagam is to be avoided with corn allergy."),
    ("corn allergy: Octagam 5 %", with_risk("corn_allergy"), {}, "octagam_5", "absolute", "Octagam is to be avoided with corn allergy."),
    ("diabetes and maltose", with_risk("diabetes"), {}, "octagam_10", "conditional", "With Octagam, blood glucose is measured only by a glucose-specific method."),
    ("a glucose meter that maltose misleads", with_risk("glucose_meter_nonspecific"), {}, "octagam_10", "conditional", "The glucose meter in use is not glucose-specific: it cannot be used with Octagam."),
    ("diabetes and glucose", with_risk("diabetes"), {}, "gammagard_sd", "advisory", "Gammagard S/D contains glucose."),
    ("diabetes and the kidney", with_risk("diabetes"), {}, PERSON, "advisory", "Diabetes, sepsis and paraproteinaemia predispose to kidney failure"),
    ("kidney disease", with_risk("renal"), {}, PERSON, "conditional", "Kidney disease or a risk of kidney failure: give the lowest practicable dose and rate."),
    ("kidney disease and sucrose", with_risk("renal"), {}, "carimune_nf", "conditional", "Carimune NF contains sucrose: avoid it with a risk of kidney failure."),
    ("volume depletion", with_risk("volume_depletion"), {}, PERSON, "conditional", "Volume depletion: correct it before the infusion begins."),
    ("sepsis and sucrose", with_risk("sepsis"), {}, "carimune_nf", "conditional", "Carimune NF contains sucrose: avoid it with a risk of kidney failure."),
    ("earlier thrombosis", with_risk("thrombosis"), {}, PERSON, "conditional", "Earlier thrombosis or a risk of it: give the lowest practicable dose and rate."),
    ("prolonged immobility", with_risk("immobility"), {}, PERSON, "advisory", "Oestrogens, immobility and hyperviscosity add to the risk of thrombosis."),
    ("hyperviscosity", with_risk("paraproteinaemia"), {}, PERSON, "advisory", "Oestrogens, immobility and hyperviscosity add to the risk of thrombosis."),
    ("an oestrogen among the medicines", taking("Ethinylestradiol 30 µg"), {}, PERSON, "advisory", "A medicine on the list contains an oestrogen."),
    ("heart failure", with_risk("cardiac"), {}, PERSON, "advisory", "Heart failure or another limit on fluid: count the volume and give it slowly."),
    ("heart failure and 1 g/kg a day", with_risk("cardiac"), {}, GAMUNEX_COURSE, "conditional", "High daily dose where fluid volume is a concern."),
    ("group A at 2 g/kg", {"blood_group": "A"}, {}, OCTAGAM_COURSE, "conditional", "Blood group A, B or AB with 2 g/kg or more: risk of haemolysis."),
    ("group B at 2 g/kg", {"blood_group": "B"}, {}, OCTAGAM_COURSE, "conditional", "Blood group A, B or AB with 2 g/kg or more: risk of haemolysis."),
    ("group AB at 2 g/kg", {"blood_group": "AB"}, {}, PRIVIGEN_COURSE, "conditional", "Blood group A, B or AB with 2 g/kg or more: risk of haemolysis."),
    ("2 g/kg and the meninges", {}, {}, OCTAGAM_COURSE, "advisory", "Aseptic meningitis is more frequent after 2 g/kg."),
    ("migraine", with_risk("migraine"), {}, PERSON, "advisory", "Migraine adds to the risk of headache and aseptic meningitis."),
    ("66 years old", {"age_years": Decimal(66)}, {}, PERSON, "advisory", "From 65 years of age: do not exceed the recommended dose"),
    ("pregnant", {"pregnant": True}, {}, PERSON, "advisory", "Pregnancy: give only if needed."),
    ("breast-feeding", {"lactating": True}, {}, PERSON, "advisory", "Breast-feeding: immunoglobulin passes into milk."),
    ("furosemide", taking("Furosemide 40 mg"), {}, PERSON, "conditional", "A loop diuretic together with immunoglobulin is to be avoided."),
    ("Lasix, by its brand", taking("LASIX"), {}, PERSON, "conditional", "A loop diuretic together with immunoglobulin is to be avoided."),
    ("torasemide", taking("torasemide 10 mg daily"), {}, PERSON, "conditional", "A loop diuretic together with immunoglobulin is to be avoided."),
    ("ibuprofen", taking("Ibuprofen as needed"), {}, PERSON, "advisory", "A medicine that can harm the kidney is on the list."),
    ("gentamicin", taking("gentamicin iv"), {}, PERSON, "advisory", "A medicine that can harm the kidney is on the list."),
    ("MMR within 11 months, US", MMR_IN_MARCH, {}, PERSON, "conditional", "A live vaccine is planned while antibodies from the infusion still circulate."),
    ("MMR within 12 months, EU", MMR_IN_MARCH, {"pack": "eu"}, PERSON, "conditional", "A live vaccine is planned while antibodies from the infusion still circulate."),
    ("MMR within 11 months, Australia", MMR_IN_MARCH, {"pack": "au"}, PERSON, "conditional", "A live vaccine is planned while antibodies from the infusion still circulate."),
    ("a live vaccine without a date", {"vaccines": (Vaccine("varicella", True, None),)}, {}, PERSON, "conditional", "A live vaccine is planned while antibodies from the infusion still circulate."),
    ("spleen removed", {"diagnosis": Diagnosis("primary-itp", "chronic", None, None, "removed")}, {}, PERSON, "advisory", "The spleen has been removed."),
    ("a weight of last spring", {"weight": Weight(Decimal(70), date(2026, 4, 1), "70 kg")}, {}, PERSON, "advisory", "The weight is more than half a year old."),
    ("another brand before", {"tolerated": (ToleratedInfusion("privigen", date(2026, 11, 1), None, None),)}, {}, "gamunex_c", "advisory", "First infusion, a new brand, or a long gap: begin at the lowest rate again"),
    ("under the skin in ITP", {}, {}, "gamunex_c", "advisory", "In ITP intravenously only, never under the skin."),
    ("no cap for risk: hours beyond a day", with_risk("renal"), {"pack": "eu"}, "privigen:1x1", "conditional", "One day's dose takes longer than a day: 33.333 h."),
    ("group A and Privigen", {"blood_group": "A"}, {}, PRIVIGEN_COURSE, "advisory", "Anti-A and anti-B are removed from Privigen by chromatography."),
]  # fmt: skip


def everything_said(patient, circumstances):
    """(about, severity, message) of every finding on the person, the products and the courses."""
    said = {(PERSON, f.severity, f.message) for f in check_patient(patient, circumstances, KNOWN)}
    for product in KNOWN.of_family("ivig").values():
        found = check_product(patient, circumstances, product, KNOWN)
        said |= {(product.id, f.severity, f.message) for f in found}
    offered = offers(patient, circumstances, KNOWN)
    for regimen, _ in candidates(patient, circumstances, offered, KNOWN):
        found = (
            *check_regimen(patient, circumstances, regimen, KNOWN),
            *check_guardrails(patient, circumstances, regimen, KNOWN),
        )
        said |= {(regimen.id, f.severity, f.message) for f in found}
    return said


@pytest.fixture
def told(person, setting):
    def tell(changes, places):
        return everything_said(person(**changes), setting(**places))

    return tell


def test_there_are_sixty_and_no_two_are_the_same():
    assert len(TABLE) >= 60
    assert len({row[0] for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize(
    ("what", "changes", "places", "about", "severity", "message"), TABLE, ids=[r[0] for r in TABLE]
)
def test_the_danger_is_named(told, what, changes, places, about, severity, message):
    said = told(changes, places)
    assert [m for who, how, m in said if who == about and how == severity and m.startswith(message)], sorted(said)


@pytest.mark.parametrize("row", [row for row in TABLE if row[4] == "absolute"], ids=lambda row: row[0])
def test_what_is_absolute_excludes_and_is_the_reason_given(person, setting, row):
    """About a person: nothing is offered at all. About a product: that one is excluded, and others remain."""
    _, changes, places, about, _, message = row
    offered = offers(person(**changes), setting(**places), KNOWN)
    excluded = {o.product.id: o.standing for o in offered if o.standing.excluded_because == "contraindicated"}
    if about == PERSON:
        still_made = {p.id for p in KNOWN.of_family("ivig").values() if p.discontinued is None}
        assert set(excluded) == still_made
        assert not candidates(person(**changes), setting(**places), offered, KNOWN)
    else:
        assert about in excluded and len(excluded) <= 5
        assert any(o.standing.kind == "on-label" or o.standing.kind == "off-label-supported" for o in offered) or (
            person(**changes).age_years < 18
        )
    assert all(message in standing.reason for id, standing in excluded.items() if about in (PERSON, id))


@pytest.mark.parametrize("row", [row for row in TABLE if row[1]], ids=lambda row: row[0])
def test_the_sound_person_is_not_told_so(told, row):
    """The message comes from the danger, not from something everybody is told."""
    _, _, places, about, severity, message = row
    if row[0] != "another brand before":  # a first infusion is told to anyone who never had one
        assert not [m for who, how, m in told({}, places) if who == about and how == severity and m.startswith(message)]


STANDINGS = [
    ("no longer made", {}, {}, "carimune_nf", "excluded", "no longer made"),
    ("not in the cupboard", {}, {"stock": (StockItem("privigen", None),)}, "octagam_10", "excluded", "not in the stock the case lists"),
    ("a child on an adult label", {"age_years": Decimal(9), "kg": 30}, {}, "octagam_10", "off-label-supported", "the US label starts at 18 years"),
    ("a phase the label does not name", {"diagnosis": Diagnosis("primary-itp", "newly-diagnosed", None, None, None)}, {}, "privigen", "off-label-supported", "the US label is for chronic ITP"),
    ("a pack without labels", {}, {"pack": "au"}, "privigen", "not-supported", "no label facts for AU on the shelf"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "changes", "places", "id", "kind", "reason"), STANDINGS, ids=[r[0] for r in STANDINGS]
)
def test_why_a_product_cannot_simply_be_given(person, setting, what, changes, places, id, kind, reason):
    offered = {o.product.id: o.standing for o in offers(person(**changes), setting(**places), KNOWN)}
    assert offered[id].kind == kind
    assert offered[id].reason.startswith(reason)


def test_every_rule_of_the_shelf_is_met_by_a_row():
    """Nothing on the shelf goes without an input that makes it speak."""
    unmet = {rule.id for rule in KNOWN.rules_of("ivig") if not any(rule.says.startswith(row[5][:40]) for row in TABLE)}
    assert not unmet


def test_life_threatening_bleeding_calls_for_combined_treatment_and_the_emergency_pathway(person, setting):
    patient = person(bleeding=Bleeding(5, ("head",)))
    (finding,) = (
        f for f in check_patient(patient, setting(), KNOWN) if f.rule == "diagnosis/life_threatening_bleeding"
    )
    assert "intravenous corticosteroid and platelet transfusion" in finding.reason
    assert finding.remedy == "Call the emergency pathway now; do not wait for this plan."


def test_the_patient_is_never_changed_by_looking(person, setting):
    patient: Patient = person(risks={"renal": True})
    before = replace(patient)
    everything_said(patient, setting())
    assert patient == before
