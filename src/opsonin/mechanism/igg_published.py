"""How does immunoglobulin move in published population models? Linear, over one's own IgG as a constant that is added.

They hold infused IgG only, in one or two compartments, and know no saturable rescue: their clearance is that of the
doses they were fitted to. `opsonin validate` sets them beside the ITP model; no plan uses them. Amounts in g, volumes
in L, time in days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from opsonin.knowledge import Fact, Knowledge
from opsonin.simulate import Model

PUBLISHED_SHELF = "models/igg_published"
LEAN_MASS_FACT = f"{PUBLISHED_SHELF}/standard_lean_mass"

LINEAR_IGG = Model(
    name="immunoglobulin, linear, over a constant level of one's own",
    time_unit="d",
    states={"central": "g", "outer": "g"},
    parameters={"CL": "L/d", "V1": "L", "Q": "L/d", "V2": "L", "own": "g/L"},
    inputs={"central": "g/d"},
    equations=lambda y, p, u: {
        "central": u.central - (p.CL + p.Q) / p.V1 * y.central + p.Q / p.V2 * y.outer,
        "outer": p.Q / p.V1 * y.central - p.Q / p.V2 * y.outer,
    },
    outputs=lambda y, p: {"igg_g_per_l": y.central / p.V1 + p.own},
    output_units={"igg_g_per_l": "g/L"},
)

PARTS = {
    "CL": "clearance",
    "V1": "central_volume",
    "Q": "distribution_clearance",
    "V2": "peripheral_volume",
}
UNITS = {"CL": "l_per_day", "V1": "l", "Q": "l_per_day", "V2": "l"}


@dataclass(frozen=True)
class PublishedModel:
    """One published population model of immunoglobulin: its typical person."""

    fact: Fact

    @property
    def key(self) -> str:
        """The key of its paper among the sources, for example "tortorici_2021"."""
        return self.fact.id.rpartition("/")[2]

    @property
    def own_igg_g_per_l(self) -> float:
        """The level of one's own IgG that the model itself has, g/L."""
        return float(self.fact.value["own_igg_g_per_l"])

    @property
    def at_kg(self) -> float | None:
        """Body weight or lean mass (kg) at which the values are stated; None where size has no effect."""
        found = self.fact.value.get("at_kg")
        return None if found is None else float(found)

    def parameters(
        self, *, weight_kg: float, lean_mass_kg: float, own_igg_g_per_l: float | None = None
    ) -> dict[str, float]:
        """The parameters of LINEAR_IGG for a typical person of this size; own IgG is the model's unless given.

        One compartment is written as an exchange of 0 with an outer one of 1 L.
        """
        mass = lean_mass_kg if self.fact.value.get("size") == "lean-mass" else weight_kg
        V1 = self._sized("V1", mass)
        rate = self.fact.value.get("elimination_per_day")
        CL = self._sized("CL", mass) if rate is None else float(rate) * V1
        Q, V2 = self._sized("Q", mass, absent=0), self._sized("V2", mass, absent=1)
        own = self.own_igg_g_per_l if own_igg_g_per_l is None else own_igg_g_per_l
        return {"CL": CL, "V1": V1, "Q": Q, "V2": V2, "own": own}

    def _sized(self, symbol: str, mass_kg: float, *, absent: float | None = None) -> float:
        value: Any = self.fact.value
        name = f"{PARTS[symbol]}_{UNITS[symbol]}"
        if absent is not None and name not in value:
            return absent
        power = value.get(f"{PARTS[symbol]}_power")
        return float(value[name]) * (1 if power is None else (mass_kg / float(value["at_kg"])) ** float(power))


def published_models(knowledge: Knowledge) -> tuple[PublishedModel, ...]:
    """Every published population model of immunoglobulin on the shelf.

    Sources: models/igg_published.

    >>> from opsonin.knowledge import load_knowledge
    >>> published_models(load_knowledge())[0].key
    'landersdorfer_2013'
    """
    facts = knowledge.facts_under(PUBLISHED_SHELF)
    return tuple(PublishedModel(fact) for fact in facts if fact.id != LEAN_MASS_FACT)
