"""How well do the kidneys work, as far as creatinine says? The estimate and its formula; no threshold is made up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.knowledge import Fact, Knowledge
from opsonin.patient import Patient
from opsonin.quantities import round_half_up, show

_WHOLE = Decimal(1)
_ADULT_FROM, _CHILD_FROM = Decimal(18), Decimal(1)


@dataclass(frozen=True)
class KidneyFunction:
    """An estimate of the glomerular filtration rate, and what it does and does not decide."""

    ml_per_min_per_173_m2: Decimal | None  # None: it could not be worked out
    formula: str
    says: str
    facts: tuple[Fact, ...]


def kidney_function(patient: Patient, known: Knowledge) -> KidneyFunction:
    """Kidney function from the latest creatinine: CKD-EPI 2021 from 18 years, bedside Schwartz from 1 year."""
    threshold = known.fact("policies/kidney/risk_threshold")
    words = known.fact("policies/kidney/risk_words")
    creatinine = patient.latest("creatinine")
    if creatinine is None:
        return _unknown("creatinine is not known", words)
    conversion = known.fact("policies/kidney/creatinine_conversion")
    mg_per_100_ml = creatinine.value / conversion.number()
    if patient.age_years >= _ADULT_FROM:
        if patient.sex is None:
            return _unknown("sex is not known, which the adult formula needs", words)
        formula = known.fact("policies/kidney/ckd_epi_2021")
        rate = _ckd_epi(mg_per_100_ml, patient.age_years, patient.sex, formula)
        name = "CKD-EPI 2021"
    else:
        if patient.height_cm is None or patient.age_years < _CHILD_FROM:
            missing = "height is not known" if patient.height_cm is None else "no formula read holds below 1 year"
            return _unknown(missing, words)
        formula = known.fact("policies/kidney/schwartz_2009")
        rate = formula.number() * patient.height_cm / mg_per_100_ml
        name = "bedside Schwartz 2009"
    shown = round_half_up(rate, _WHOLE)
    says = (
        f"Estimated glomerular filtration rate {show(shown)} mL/min per 1.73 m² ({name}, from creatinine "
        f"{creatinine.written} on {creatinine.taken_on.isoformat()}). {threshold.note}"
    )
    return KidneyFunction(shown, name, says, (formula, conversion, words))


def _ckd_epi(mg_per_100_ml: Decimal, age: Decimal, sex: str, formula: Fact) -> Decimal:
    value = formula.value
    ratio = mg_per_100_ml / value[f"kappa_{sex}"]
    below = min(ratio, _WHOLE) ** value[f"alpha_{sex}"]
    above = max(ratio, _WHOLE) ** value["above_kappa"]
    rate = Decimal(value["factor"]) * below * above * value["per_year"] ** age
    return rate * (value["female"] if sex == "female" else _WHOLE)


def _unknown(why: str, words: Fact) -> KidneyFunction:
    return KidneyFunction(
        None, "", f"Glomerular filtration rate not estimated: {why}; the renal risk is what the case states.", (words,)
    )
