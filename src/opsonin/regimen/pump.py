"""In which steps can the pump be set?"""

from __future__ import annotations

from decimal import Decimal

from opsonin.knowledge import Pack

_SMALL_PATIENT_KG = Decimal(20)  # below it a pack's finer pump resolution applies


def pump_resolution(own_ml_per_h: Decimal | None, pack: Pack, weight_kg: Decimal) -> Decimal:
    """The step the pump can be set to, in mL/h: the site's own, else the pack's for this body weight."""
    if own_ml_per_h is not None:
        return own_ml_per_h
    if weight_kg < _SMALL_PATIENT_KG:
        return pack.pump_resolution_below_20_kg_ml_per_h
    return pack.pump_resolution_ml_per_h
