"""Who is this, and what is it for? The person and the goal in labelled lines; what is not known is not printed here."""

from __future__ import annotations

from datetime import date

from opsonin.patient import RISKS, Measurement, Patient
from opsonin.planning.plan import Plan
from opsonin.quantities import show
from opsonin.report.wording import a_day, joined

_DIAGNOSES = {
    "primary-itp": "primary immune thrombocytopenia (ITP)",
    "secondary-itp": "secondary immune thrombocytopenia (ITP)",
}
_UNITS = {"10^9/L": "×10⁹/L", "umol/L": "µmol/L"}
_LABORATORY = {
    "platelets": "Platelets",
    "haemoglobin": "Haemoglobin",
    "creatinine": "Creatinine",
    "igg": "Serum IgG",
    "iga": "Serum IgA",
}


def identity(plan: Plan) -> list[tuple[str, str]]:
    """The lines that tell one person from another and carry the dose: for the head of the orders sheet."""
    patient = plan.patient
    lines = [
        ("Case", patient.id),
        ("Person", ", ".join(part for part in (patient.sex, _age(patient)) if part)),
        ("Diagnosis", _diagnosis(patient)),
        ("Weight", f"{show(patient.weight.kg)} kg, {_taken(patient.weight.taken_on, plan.circumstances.as_of)}"),
    ]
    if patient.height_cm is not None:
        lines.append(("Height", f"{show(patient.height_cm)} cm"))
    platelets = patient.latest("platelets")
    if platelets is not None:
        lines.append(("Platelets", measurement(platelets, plan.circumstances.as_of)))
    return lines


def everything_known(plan: Plan) -> list[tuple[str, str]]:
    """Identity, then what else the case says and the plan may have used."""
    patient = plan.patient
    lines = identity(plan)
    lines.append(("Bleeding", _bleeding(patient)))
    for what, name in _LABORATORY.items():
        found = patient.latest(what)
        if found is not None and what != "platelets":
            lines.append((name, measurement(found, plan.circumstances.as_of)))
    lines.append(("Blood group", patient.blood_group or ""))
    if patient.pregnant:
        lines.append(("Pregnancy", "pregnant"))
    if patient.lactating:
        lines.append(("Lactation", "lactating"))
    present = [RISKS.get(risk, risk) for risk, known in patient.risks.items() if known]
    lines.append(("Risks present", "; ".join(present)))
    lines.append(("Red flags", "; ".join(patient.red_flags)))
    treated = [f"{t.treatment.replace('-', ' ')} ({_response(t.response)})" for t in patient.treatments]
    lines.append(("Earlier treatment", "; ".join(treated)))
    lines.append(("Corticosteroids", (patient.corticosteroids or "").replace("-", " ")))
    return [(label, text) for label, text in lines if text]


def measurement(value: Measurement, as_of: date) -> str:
    unit = _UNITS.get(value.unit, value.unit)
    return f"{show(value.value, 1)} {unit}, {_taken(value.taken_on, as_of)}"


def _taken(taken_on: date, as_of: date) -> str:
    """The day a value was taken, and how old it is: an old weight or count is a hazard."""
    age = (as_of - taken_on).days
    old = "same day" if age == 0 else "1 day old" if age == 1 else f"{age} days old"
    return f"{a_day(taken_on)} ({old})"


def _age(patient: Patient) -> str:
    if patient.age_years < 2:
        return f"{int(patient.age_years * 12)} months"
    return f"{int(patient.age_years)} years"


def _diagnosis(patient: Patient) -> str:
    diagnosis = patient.diagnosis
    name = _DIAGNOSES.get(diagnosis.name, diagnosis.name)
    parts = [name, (diagnosis.phase or "").replace("-", " ")]
    if diagnosis.secondary_to:
        parts.append(f"secondary to {diagnosis.secondary_to}")
    if diagnosis.spleen == "removed":
        parts.append("spleen removed")
    return ", ".join(part for part in parts if part)


def _bleeding(patient: Patient) -> str:
    bleeding = patient.bleeding
    if bleeding.grade is None:
        return joined(list(bleeding.sites))
    sites = f" ({joined(list(bleeding.sites))})" if bleeding.sites else ""
    return f"grade {bleeding.grade}{sites}"


def _response(response: str | None) -> str:
    words = {
        "complete": "complete response",
        "response": "response",
        "none": "no response",
        "not-tolerated": "not tolerated",
    }
    return words.get(response or "", "response not known")
