"""When does a rule speak? Its conditions in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from opsonin.patient import RISKS
from opsonin.report.bibliography import show_value
from opsonin.report.wording import joined


def _risks(value: Any) -> list[str]:
    return [RISKS.get(risk, risk.replace("_", " ")) for risk in (value if isinstance(value, tuple) else (value,))]


def _either(value: Any) -> str:
    items = value if isinstance(value, tuple) else (value,)
    return joined([show_value(item).replace("-", " ") for item in items], last="or")


WORDS: Mapping[str, Callable[[Any], str]] = {
    "always": lambda v: "always",
    "risk": lambda v: f"the case states {_risks(v)[0]}",
    "any_risk": lambda v: f"the case states {joined(_risks(v), last='or')}",
    "all_risks": lambda v: f"the case states {joined(_risks(v))} together",
    "unknown_risk": lambda v: f"the case does not say whether there is {_risks(v)[0]}",
    "age_years_below": lambda v: f"age below {show_value(v)} years",
    "age_years_from": lambda v: f"age from {show_value(v)} years",
    "age_years_above": lambda v: f"age above {show_value(v)} years",
    "days_from": lambda v: f"a course of {show_value(v)} days or more",
    "blood_group_in": lambda v: f"blood group {_either(v)}",
    "total_g_per_kg_from": lambda v: f"a course of {show_value(v)} g/kg or more in all",
    "daily_g_per_kg_above": lambda v: f"a daily dose above {show_value(v)} g/kg",
    "schedule_g_per_kg_per_day_from": lambda v: f"a schedule of {show_value(v)} g/kg a day or more",
    "pregnant": lambda v: "pregnancy",
    "lactating": lambda v: "breast-feeding",
    "medicine_contains": lambda v: f"a medicine whose name contains {_either(v)}",
    "live_vaccine_planned_within_months": lambda v: f"a live vaccine planned within {show_value(v)} months",
    "diagnosis_secondary": lambda v: "secondary immune thrombocytopenia",
    "diagnosis_name_contains": lambda v: f"a diagnosis named {_either(v)}",
    "spleen": lambda v: f"spleen {_either(v)}",
    "red_flag_contains": lambda v: f"a red flag that mentions {_either(v)}",
    "volume_ml_per_kg_above": lambda v: f"a daily volume above {show_value(v)} mL/kg",
    "bleeding_grade_from": lambda v: f"bleeding of grade {show_value(v)} or worse",
    "weight_older_than_days": lambda v: f"a weight taken more than {show_value(v)} days ago",
    "animal": lambda v: f"a product from the {_either(v)}",
    "indication_in": lambda v: f"the indication is {_either(v)}",
    "indication_not_in": lambda v: f"the indication is not {_either(v)}",
    "outside_protocol_age": lambda v: "an age the protocol does not hold for",
    "route_not": lambda v: f"a route other than {_either(v)}",
    "line_is": lambda v: f"a {_either(v)} line",
    "diluent_refused": lambda v: "an infusion solution the product must not be diluted in",
    "diluent_not_listed": lambda v: "an infusion solution that is not among those read for the product",
    "skin_test_in": lambda v: f"a skin test that is {_either(v)}",
    "infusion_below_minimum": lambda v: "an infusion shorter than the minimum",
    "live_vaccine_planned": lambda v: "a live vaccine planned",
    "inactivated_vaccine_planned": lambda v: "an inactivated vaccine planned",
    "may_become_pregnant": lambda v: "a woman of childbearing age",
    "white_cells_below": lambda v: f"white cells below {show_value(v)} ×10⁹/L",
    "platelets_below": lambda v: f"platelets below {show_value(v)} ×10⁹/L",
    "protocol_of_elsewhere": lambda v: "a protocol from the label of another country",
    "previous_same_product": lambda v: "an earlier course of the same product",
    "previous_reaction": lambda v: "a reaction to an earlier course",
    "cmv_at_risk": lambda v: (
        "a recipient with cytomegalovirus antibodies, or a donor with them and a recipient without"
    ),
    "ebv_mismatch": lambda v: "a donor with Epstein–Barr virus antibodies and a recipient without",
    "above_limit": lambda v: "a course above the cumulative dose of its protocol",
    "over_concentration": lambda v: "a volume that would exceed the highest concentration",
    "volume_impossible": lambda v: "a volume smaller than the concentrate itself",
    "volume_not_known": lambda v: "no known volume of the infusion",
    "dosed_on_ideal_weight": lambda v: "a dose on ideal weight",
    "cytopenia_is_the_disease": lambda v: "low counts are the disease treated",
    "cytopenia_is_not_the_disease": lambda v: "low counts are not the disease treated",
    "first_infusion_or_switch_or_gap": lambda v: "a first infusion, another brand than before, or a long gap",
}


def when_in_words(when: Mapping[str, Any]) -> str:
    """The conditions in words; all of them must hold.

    >>> when_in_words({"blood_group_in": ("A", "B"), "age_years_from": Decimal(65)})
    'Blood group A or B, and age from 65 years.'
    """
    said = [WORDS[key](value) if key in WORDS else _unspoken(key, value) for key, value in when.items()]
    text = ", and ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _unspoken(key: str, value: Any) -> str:
    """A condition that has no words of its own yet."""
    unit = " ".join(key.split("_"))
    return (
        unit if value is True else f"{unit} {_either(value) if not isinstance(value, Decimal) else show_value(value)}"
    )
