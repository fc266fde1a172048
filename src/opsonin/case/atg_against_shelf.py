"""Does the shelf know what a case of antithymocyte globulin names, and does the choice lie inside its protocol?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from opsonin.case.document import Place
from opsonin.case.readers import read_product
from opsonin.case.sight import AtgSight
from opsonin.errors import did_you_mean
from opsonin.quantities import show

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge, Protocol

REDOSING = "policies/atg_redosing"


def check_atg_shelf(sight: AtgSight, knowledge: Knowledge) -> None:
    """Note what the case names and the shelf does not hold, and what it chooses outside its protocol."""
    file = sight.file
    _named(sight, ("pack",), file.pack, list(knowledge.packs), "policy pack")
    products = list(knowledge.of_family("atg"))
    for name in ("given", "previous_atg", "stock"):
        for index, entry in enumerate(getattr(file, name) or []):
            _named(sight, (name, index, "product"), entry.product, products, "antithymocyte globulin")
    for written in file.prices or {}:
        _named(sight, ("prices", written), read_product(written), products, "antithymocyte globulin")
    _vials(sight, knowledge)
    packs = [fact.id.rpartition("/")[2] for fact in knowledge.facts_under(REDOSING)]
    _named(sight, ("redosing",), file.redosing, packs, "redosing pack")
    if file.protocol is None or file.indication is None or sight.notes.touched(("indication",)):
        return
    fitting = [p.id for p in knowledge.protocols.values() if file.indication in p.indications]
    protocol = knowledge.protocols.get(file.protocol)
    if protocol is None:
        _named(sight, ("protocol",), file.protocol, fitting or list(knowledge.protocols), "protocol")
    elif file.indication not in protocol.indications:
        why = f"is for {', '.join(protocol.indications)}, not for {file.indication}."
        known = f"For {file.indication}: {', '.join(fitting) or 'none on the shelf'}."
        sight.notes.add(("protocol",), why, known)
    else:
        _inside(sight, protocol)


def _vials(sight: AtgSight, knowledge: Knowledge) -> None:
    """Sizes in the cupboard that the shelf does not know of this product."""
    for index, item in enumerate(sight.file.stock or []):
        product = knowledge.of_family("atg").get(item.product or "")
        for number, vial in enumerate(item.vials or []):
            place: Place = ("stock", index, "vials", number)
            if product and vial and vial.amount not in product.vials_g and not sight.notes.touched(place):
                sizes = ", ".join(f"{show(grams * 1000)} mg" for grams in product.vials_g)
                sight.notes.add(place, f"is not a vial of {product.id} on the shelf.", f"Known sizes: {sizes}.")


def _inside(sight: AtgSight, protocol: Protocol) -> None:
    """The dose, the number of doses, the product and the first day, against the protocol."""
    file = sight.file
    for index, given in enumerate(file.given or []):
        if given.product and given.product != protocol.product and not sight.notes.touched(("given", index, "product")):
            why = f"is not the product of the protocol, {protocol.product}: products are not interchangeable by dose."
            sight.notes.add(("given", index, "product"), why, "Correct one of the two.")
    _dose(sight, protocol)
    _doses(sight, protocol)
    day_zero = file.transplant and (file.transplant.time.date() if file.transplant.time else file.transplant.date)
    first = protocol.phases[0].first_day
    if protocol.counted_from == "transplant" and day_zero and file.start and first is not None:
        expected = day_zero + timedelta(days=first)
        if file.start.date() != expected and not sight.notes.touched(("start",)):
            why = f"is not day {first} of the protocol, which is {expected.isoformat()}."
            sight.notes.add(("start",), why, "Correct the start or the day of transplantation.")


def _dose(sight: AtgSight, protocol: Protocol) -> None:
    dose = sight.file.dose_mg_per_kg
    if dose is None or sight.notes.touched(("dose_mg_per_kg",)):
        return
    open_ranges = {
        phase.dose_mg_per_kg for phase in protocol.phases if phase.dose_mg_per_kg[0] < phase.dose_mg_per_kg[1]
    }
    ranges = open_ranges or {phase.dose_mg_per_kg for phase in protocol.phases}
    if len(ranges) > 1:
        why = "is one dose, but the protocol fixes a different one for each day."
        sight.notes.add(("dose_mg_per_kg",), why, "Leave it out.")
        return
    low, high = next(iter(ranges))
    if not low <= dose <= high:
        span = f"{show(low)} to {show(high)}" if low < high else show(low)
        why = f"is outside the protocol's {span} mg/kg ({protocol.name})."
        sight.notes.add(("dose_mg_per_kg",), why, "Correct the dose, or name the protocol it belongs to.")


def _doses(sight: AtgSight, protocol: Protocol) -> None:
    doses, place = sight.file.doses, ("doses",)
    if doses is None or sight.notes.touched(place) or None in doses:
        return
    written = str(doses)
    if len(doses) != len(protocol.phases):
        why = f"has {len(doses)} entries, but the protocol has {len(protocol.phases)} phases."
        sight.notes.add(place, why, "Write one number of doses for each phase.", written)
        return
    counts = [count or 0 for count in doses]
    for number, (count, phase) in enumerate(zip(counts, protocol.phases, strict=True), start=1):
        fewest, most = phase.doses
        if not fewest <= count <= most:
            span = f"{fewest} to {most}" if fewest < most else str(fewest)
            why = f"is outside the protocol: phase {number} has {span} doses ({protocol.name})."
            sight.notes.add(place, why, "Correct the number, or name the protocol it belongs to.", written)
    if protocol.most_doses is not None and sum(counts) > protocol.most_doses:
        why = f"is {sum(counts)} doses in all; the protocol ends at {protocol.most_doses}."
        sight.notes.add(place, why, "Correct the numbers.", written)


def _named(sight: AtgSight, place: Place, word: str | None, known: list[str], kind: str) -> None:
    if word is not None and word not in known and not sight.notes.touched(place):
        remedy = f"{did_you_mean(word, known)}Known: {', '.join(sorted(known)) or 'none'}."
        sight.notes.add(place, f"is not {'an' if kind[0] in 'aeiou' else 'a'} {kind} on the shelf.", remedy, word)
