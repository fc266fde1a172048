"""With which numbers are the ATG models run, for whom do they hold, and who says so?

The shelf's own set is a derivation from published summaries. A site that holds a published population table loads it
instead, as a set of the same form with its own name, source, assays and domain; what it leaves out stays the shelf's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_models import ATG_MODELS

MODEL_FACT = "models/atg/model"

SIZE_FACTS: dict[str, str] = {
    "W": "models/atg/reference_weight",
    "clearance": "models/atg/clearance_size_power",
    "volume": "models/atg/volume_size_power",
}

TOTAL_FACTS: dict[str, str] = {
    "CL": "models/atg_total/clearance",
    "V1": "models/atg_total/central_volume",
    "Q": "models/atg_total/distribution_clearance",
    "V2": "models/atg_total/peripheral_volume",
    "f_ADA": "models/atg_total/antibody_factor",
    "t_ADA": "models/atg_total/antibody_day",
}

ACTIVE_FACTS: dict[str, str] = {
    "CLa": "models/atg_active/clearance",
    "V1a": "models/atg_active/central_volume",
    "Qa": "models/atg_active/distribution_clearance",
    "V2a": "models/atg_active/peripheral_volume",
    "theta_ALC": "models/atg_active/lymphocyte_effect",
    "ALC_from": "models/atg_active/lymphocyte_effect_from",
    "Vmax": "models/atg_active/saturable_maximum",
    "Km": "models/atg_active/saturable_half",
}

T_CELL_FACTS: dict[str, str] = {
    "k_b": "models/atg_t_cells/blood_kill",
    "EC50": "models/atg_t_cells/half_kill",
    "hill": "models/atg_t_cells/steepness",
    "k_r": "models/atg_t_cells/refill",
    "k_t": "models/atg_t_cells/reservoir_kill",
    "s4": "models/atg_t_cells/reservoir_regrowth",
    "share_cd4": "models/atg_t_cells/cd4_share",
    "share_cd8": "models/atg_t_cells/cd8_share",
    "share_nk": "models/atg_t_cells/nk_share",
    "share_b": "models/atg_t_cells/b_share",
}

HORSE_FACTS: dict[str, str] = {"CL": "models/atg_horse/clearance", "V1": "models/atg_horse/volume"}

FACTS_OF: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "thymoglobulin": TOTAL_FACTS | ACTIVE_FACTS | T_CELL_FACTS,
        "grafalon": TOTAL_FACTS,
        "atgam": HORSE_FACTS,
    }
)

SCALES: dict[str, str] = {  # per kilogram on the shelf; which power of weight takes it to a person
    **dict.fromkeys(("CL", "Q", "CLa", "Qa", "Vmax"), "clearance"),
    **dict.fromkeys(("V1", "V2", "V1a", "V2a"), "volume"),
}

TOTAL_OUTPUTS = ("total_ug_per_ml",)
ACTIVE_OUTPUTS = ("active_au_per_ml", "active_auc")
T_CELL_OUTPUTS = ("cd4", "cd8", "t_cells", "lymphocytes")

TOTAL_ASSAYS = {"thymoglobulin": "total-rabbit-igg", "grafalon": "total-rabbit-igg", "atgam": "total-horse-igg"}
ACTIVE_ASSAY = "active-au"


@dataclass(frozen=True)
class AtgParameters:
    """One set of numbers for one product: values per kilogram, how people differ, assays, domain, and who says so."""

    product: str
    name: str  # "shelf", or a site's own name
    source: str  # in words, printed with every result
    seal: str  # hash of the site's file, or the version of the shelf
    values: Mapping[str, float]  # symbol → value, per kilogram where SCALES says so
    ln_sd: Mapping[str, float]  # symbol → standard deviation of the logarithm between people
    reference_weight_kg: float
    powers: Mapping[str, float]  # "clearance", "volume" → power of weight
    assays: Mapping[str, str]  # "total", "active" → the assay its concentrations speak of
    age_years: tuple[Decimal | None, Decimal | None]
    weight_kg: tuple[Decimal | None, Decimal | None]
    fact_ids: tuple[str, ...]
    replaced: tuple[str, ...] = ()  # symbols that a site's file gave

    @property
    def t_cells_scaled(self) -> bool:
        """Whether the killing constants speak of the same assay as the active concentration."""
        return self.assays.get("active") == ACTIVE_ASSAY or "EC50" in self.replaced

    @property
    def stamp(self) -> str:
        """What every result made with these numbers carries."""
        return f"EXPLORATORY, not validated: no dose may be taken from it. Parameters: {self.name} ({self.seal})"

    def sized(self, weight_kg: float) -> dict[str, float]:
        """The values of a person of this weight: clearances in L/d, volumes in L.

        Sources: models/atg/reference_weight, clearance_size_power, volume_size_power.
        """
        W = self.reference_weight_kg
        by = {symbol: W * (weight_kg / W) ** self.powers[kind] for symbol, kind in SCALES.items()}
        return {symbol: value * by.get(symbol, 1.0) for symbol, value in self.values.items()}


def shelf_parameters(knowledge: Knowledge, product: str) -> AtgParameters:
    """The shelf's own numbers for a product, or InputRefused naming the products there are.

    >>> from opsonin.knowledge import load_knowledge
    >>> shelf_parameters(load_knowledge(), "thymoglobulin").assays["active"]
    'active-au'
    """
    if product not in FACTS_OF:
        remedy = f"Name one: {', '.join(FACTS_OF)}. Products are never interchangeable."
        raise InputRefused([Problem("product", product, "has no ATG model.", remedy)])
    facts = {symbol: knowledge.fact(id) for symbol, id in FACTS_OF[product].items()}
    size = {name: float(knowledge.fact(id).number()) for name, id in SIZE_FACTS.items()}
    hard: Mapping[str, Any] = knowledge.fact(MODEL_FACT).holds_for["hard"]
    assays = {"total": TOTAL_ASSAYS[product]}
    if set(ACTIVE_OUTPUTS) <= set(ATG_MODELS[product].output_names()):
        assays["active"] = ACTIVE_ASSAY
    return AtgParameters(
        product=product,
        name="shelf",
        source="Opsonin's derivation from published summaries of adults",
        seal=f"knowledge {knowledge.version}",
        values=MappingProxyType({symbol: float(fact.number()) for symbol, fact in facts.items()}),
        ln_sd=MappingProxyType(
            {
                symbol: float(fact.spread["between_people_ln_sd"])
                for symbol, fact in facts.items()
                if "between_people_ln_sd" in fact.spread
            }
        ),
        reference_weight_kg=size["W"],
        powers=MappingProxyType({"clearance": size["clearance"], "volume": size["volume"]}),
        assays=MappingProxyType(assays),
        age_years=tuple(hard["age_years"]),
        weight_kg=tuple(hard["weight_kg"]),
        fact_ids=tuple(sorted({*FACTS_OF[product].values(), *SIZE_FACTS.values(), MODEL_FACT})),
    )
