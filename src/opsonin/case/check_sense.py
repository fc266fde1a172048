"""Do the statements agree with each other? Each contradiction is named once, with both sides."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from opsonin.case import limits
from opsonin.case.document import Place
from opsonin.case.readers import PRODUCT_PATTERN, read_product
from opsonin.case.sight import Seen, Sight
from opsonin.patient.event_line import ATG_LEVELS
from opsonin.quantities import show

_DIAGNOSES = ("primary-itp", "secondary-itp")


def check_sense(sight: Sight) -> None:
    pregnancy(sight)
    _diagnosis_name(sight)
    _spleen(sight)
    _bleeding(sight)
    _antibodies(sight)
    conflicting_measurements(sight)
    conflicting_weights(sight)
    stock(sight)
    prices(sight)
    _empty_items(sight)


def pregnancy(sight: Seen) -> None:
    patient = sight.file.patient
    if patient is None:
        return
    for name in ("pregnant", "lactating"):
        if getattr(patient, name) is True and patient.sex == "male":
            sight.notes.add(("patient", name), "contradicts sex: male.", "Correct one of the two.")
    youngest, oldest = limits.PREGNANCY_YEARS
    age = sight.age_years
    if patient.pregnant is True and patient.sex != "male" and age is not None and not youngest <= age <= oldest:
        why = f"is not plausible at {show(age, 1)} years."
        sight.notes.add(("patient", "pregnant"), why, "Correct this or the age.")


def normal_diagnosis(name: str) -> str:
    """A diagnosis as the rest of the program knows it: the two ids of ITP, or words.

    >>> normal_diagnosis("Primary ITP"), normal_diagnosis("Kawasaki disease")
    ('primary-itp', 'Kawasaki disease')
    """
    plain = re.sub(r"[\s_-]+", "-", name.strip().lower())
    return plain if plain in _DIAGNOSES else name.strip()


def _diagnosis_name(sight: Sight) -> None:
    diagnosis, place = sight.file.diagnosis, ("diagnosis", "name")
    if diagnosis is None or diagnosis.name is None:
        return
    name = normal_diagnosis(diagnosis.name)
    if name.lower() in ("itp", "immune thrombocytopenia", "immune thrombocytopaenia"):
        sight.notes.add(place, "does not say which.", "Write primary-itp or secondary-itp.")
    elif name not in _DIAGNOSES:
        near = [known for known in _DIAGNOSES if SequenceMatcher(None, name.lower(), known).ratio() > 0.75]
        if near:
            sight.notes.add(place, "is not known, but close to a known one.", f'Did you mean "{near[0]}"?')
    if diagnosis.secondary_to is not None and name == "primary-itp":
        place = ("diagnosis", "secondary_to")
        sight.notes.add(place, "contradicts name: primary-itp.", "Correct one of the two.")


def _spleen(sight: Sight) -> None:
    diagnosis = sight.file.diagnosis
    if diagnosis is None or diagnosis.spleen != "in-place":
        return
    for index, treatment in enumerate(diagnosis.earlier_treatments or []):
        if treatment.treatment and "splenectomy" in treatment.treatment.lower():
            why = f"is in-place, but diagnosis.earlier_treatments[{index}] is a splenectomy."
            sight.notes.add(("diagnosis", "spleen"), why, "Correct one of the two.", "")


def _bleeding(sight: Sight) -> None:
    bleeding = sight.file.diagnosis.bleeding if sight.file.diagnosis else None
    if bleeding is None:
        return
    sites = [site for site in bleeding.sites or [] if site]
    place: Place = ("diagnosis", "bleeding", "grade")
    if "gynaecological" in sites and sight.file.patient and sight.file.patient.sex == "male":
        at = ("diagnosis", "bleeding", "sites")
        sight.notes.add(at, "names gynaecological, which contradicts sex: male.", "Correct one of the two.")
    if bleeding.grade == 0 and sites:
        sight.notes.add(place, f"is no bleeding, but sites names {', '.join(sites)}.", "Correct one of the two.")
    if "intracranial" in sites and bleeding.grade in (1, 2, 3):
        why = "is too low for bleeding inside the skull, which is grade 5, or 4 when only suspected."
        sight.notes.add(place, why, "Correct the grade or the sites.")


def _antibodies(sight: Sight) -> None:
    risks = sight.file.risks
    if risks is not None and risks.anti_iga is True and risks.iga_deficiency is False:
        why = "contradicts iga_deficiency: no; these antibodies are looked for in IgA deficiency."
        sight.notes.add(("risks", "anti_iga"), why, "Correct one of the two.")


def conflicting_measurements(sight: Seen) -> None:
    """Two values of one quantity on one day; levels of antithymocyte globulin may be told apart by their time."""
    seen: dict[tuple[object, object], tuple[int, object]] = {}
    for index, one in enumerate(sight.file.measured or []):
        if one.what is None or one.value is None or one.day is None:
            continue
        when = one.time if one.what in ATG_LEVELS and one.time is not None else one.day
        first = seen.setdefault((one.what, when), (index, one.value.amount))
        if first[1] != one.value.amount:
            _conflict(sight, ("measured", index, "value"), f"measured[{first[0]}]", f"{one.what} on {when}")


def conflicting_weights(sight: Seen) -> None:
    seen: dict[object, tuple[int, object]] = {}
    for index, one in enumerate(sight.file.weights or []):
        if one.value is None or one.date is None:
            continue
        first = seen.setdefault(one.date, (index, one.value.amount))
        if first[1] != one.value.amount:
            _conflict(sight, ("weights", index, "value"), f"weights[{first[0]}]", f"weight on {one.date}")


def _conflict(sight: Seen, place: Place, first: str, what: str) -> None:
    sight.notes.add(place, f"differs from {first}, the same {what}.", "Keep the value to plan with.")


def stock(sight: Seen) -> None:
    """A product listed twice, or listed without a vial."""
    seen: dict[str, int] = {}
    for index, item in enumerate(sight.file.stock or []):
        if item.product is None:
            continue
        first = seen.setdefault(item.product, index)
        if first != index:
            why = f"is listed twice; it is also stock[{first}]."
            sight.notes.add(("stock", index, "product"), why, "List all its vials in one entry.")
        if item.vials == []:
            why = "is empty: no vial of this product is at hand."
            sight.notes.add(("stock", index, "vials"), why, "List the sizes, or delete the entry.")


def prices(sight: Seen) -> None:
    """A price of what is no product id, or two prices of one product."""
    seen: dict[str, str] = {}
    for written in sight.file.prices or {}:
        place: Place = ("prices", written)
        if not re.match(PRODUCT_PATTERN, written):
            sight.notes.add(place, "is not a product id.", 'Write for example "gamunex-c: 100".', "")
            continue
        first = seen.setdefault(read_product(written), written)
        if first != written:
            sight.notes.add(place, f'is the same product as "{first}".', "Keep one of the two.")


def _empty_items(sight: Sight) -> None:
    """List entries with nothing in them: a dash and then nothing."""
    lists: dict[Place, list[object] | None] = {("red_flags",): list(sight.file.red_flags or [])}
    if sight.file.diagnosis and sight.file.diagnosis.bleeding:
        lists[("diagnosis", "bleeding", "sites")] = list(sight.file.diagnosis.bleeding.sites or [])
    for index, item in enumerate(sight.file.stock or []):
        lists[("stock", index, "vials")] = list(item.vials or [])
    for place, items in lists.items():
        for index, entry in enumerate(items or []):
            if entry is None:
                sight.notes.missing((*place, index), "is an empty entry.", "Fill it in or delete the line.")
