"""What does it change that the person has had this product before? The steps start at the first; the plan says why."""

from __future__ import annotations

from datetime import timedelta

from opsonin.knowledge import Knowledge, Pack, Product
from opsonin.patient import Circumstances, Patient, ToleratedInfusion
from opsonin.quantities import show

_FROM_THE_FIRST_STEP = (
    "the steps start at the first again: no source on the shelf starts a later infusion higher, so that stays the "
    "team's decision"
)


def rate_history(
    patient: Patient, circumstances: Circumstances, product: Product, pack: Pack, known: Knowledge
) -> tuple[str, ...]:
    """What the case states of earlier infusions, and what that means for the steps of this product.

    Empty when the case states nothing (the plan lists that among what is not known).
    """
    if patient.tolerated is None:
        return ()
    same = [earlier for earlier in patient.tolerated if earlier.product == product.id]
    if not same:
        others = f" ({'; '.join(_in_words(one, known) for one in patient.tolerated)})" if patient.tolerated else ""
        return (f"no earlier infusion of this product is stated{others}: the steps start at the first",)
    latest = max(same, key=lambda earlier: earlier.given_on)
    return (f"{_in_words(latest, known)}: {_long_ago(latest, circumstances, pack)}{_FROM_THE_FIRST_STEP}",)


def _in_words(earlier: ToleratedInfusion, known: Knowledge) -> str:
    rate = earlier.highest_rate_ml_per_kg_per_h
    reached = f"tolerated up to {show(rate, 2)} mL/kg/h" if rate is not None else "the rate reached is not stated"
    reaction = f"reaction: {earlier.reaction}" if earlier.reaction else "a reaction is not stated"
    return f"{known.product(earlier.product).brand} on {earlier.given_on.isoformat()}, {reached}, {reaction}"


def _long_ago(latest: ToleratedInfusion, circumstances: Circumstances, pack: Pack) -> str:
    """Whether the pack counts this infusion as a first one because of the gap."""
    gap = pack.restart_after_weeks
    if gap is None or not gap.found:
        return ""
    if latest.given_on + timedelta(weeks=int(gap.number())) >= circumstances.as_of:
        return ""
    return f"more than {show(gap.number())} weeks ago, which the pack “{pack.id}” counts as a first infusion; "
