"""Which protocols fit what is asked for, and what does each make of it? Every course is calculated twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from opsonin.knowledge import Knowledge, Protocol
from opsonin.patient import Circumstances, Recipient, Request
from opsonin.planning.atg_build import WeightFacts, courses, dosing_weight_for, infusion_times
from opsonin.planning.atg_calendar import course_days, windows
from opsonin.planning.atg_plan import PlannedCourse
from opsonin.quantities import show
from opsonin.regimen import GlobulinCourse
from opsonin.safety import check_globulin
from opsonin.safety.atg_recalculate import recalculate_globulin

_LIGHT_KG = 20


def fitting(request: Request, known: Knowledge, product: str | None = None) -> tuple[Protocol, ...]:
    """Every protocol on the shelf for this use (of one product, when one is asked for), labels first."""
    order = {"label": 0, "handbook": 1, "published": 2}
    found = [
        protocol
        for protocol in known.protocols.values()
        if request.indication in protocol.indications and product in (None, protocol.product)
    ]
    return tuple(sorted(found, key=lambda protocol: (order[protocol.kind], protocol.product, protocol.id)))


def chosen(request: Request, known: Knowledge, product: str | None) -> tuple[tuple[Protocol, ...], Request, str]:
    """The protocols to plan, the request as it then stands, and what another product changes ("" when none is asked).

    Another product takes nothing along: neither protocol, dose, number of doses, volume nor hours.
    """
    named = known.protocols[request.protocol] if request.protocol is not None else None
    if product is None or (named is not None and named.product == product):
        return ((named,) if named is not None else fitting(request, known)), request, ""
    free = replace(
        request,
        protocol=None,
        dose_mg_per_kg=None,
        doses=None,
        final_volume_ml=None,
        hours_first=None,
        hours_later=None,
    )
    found = fitting(free, known, product)
    brand = known.product(product).brand
    was = f"{known.product(named.product).brand} ({named.name}: {named.says.rstrip('.')})" if named else "no product"
    says = (
        f"{brand} was asked for in place of {was}. Antithymocyte globulins are not interchangeable by dose: protocol, "
        "dose, number of doses, volume and hours of the case were not carried over"
    )
    if not found:
        return (), free, f"{says}. No protocol of {brand} for {request.indication} stands on the shelf."
    return found, free, f"{says}; the protocols of {brand} are planned instead."


def afresh(recipient: Recipient, circumstances: Circumstances) -> tuple[Recipient, Circumstances]:
    """The same person before a course of another product: what was given of the first one belongs to that one.

    A start that lies behind today was the first course's, so the new one has no dates yet.
    """
    past = circumstances.start is not None and circumstances.start.date() < circumstances.as_of
    return replace(recipient, given=None), replace(circumstances, start=None) if past else circumstances


def planned(
    recipient: Recipient,
    request: Request,
    circumstances: Circumstances,
    protocols: tuple[Protocol, ...],
    known: Knowledge,
) -> tuple[PlannedCourse, ...]:
    """Every course of these protocols, checked, with its calendar."""
    facts = WeightFacts(
        known.fact("policies/atg_dosing_weight/obese_from"), known.fact("policies/atg_dosing_weight/ideal_weight")
    )
    found = []
    for protocol in protocols:
        product = known.product(protocol.product)
        for course in courses(
            recipient,
            request,
            protocol,
            product,
            start=circumstances.start,
            times=infusion_times(product, protocol, circumstances.pack, request),
            weight=dosing_weight_for(recipient, protocol, facts),
            pump_resolution_ml_per_h=pump_resolution(recipient, circumstances, known),
        ):
            recalculate_globulin(recipient, request, course)
            limit = protocol.cumulative_mg_per_kg
            found.append(
                PlannedCourse(
                    course=course,
                    findings=check_globulin(recipient, request, circumstances, course, known),
                    days=course_days(course, recipient, request, known),
                    windows=windows(course, recipient, request, known),
                    limit_mg_per_kg=limit[1] if limit else None,
                    in_stock=_in_stock(course.product.id, circumstances),
                    price=_price(course, circumstances),
                )
            )
    return tuple(found)


def _in_stock(product: str, circumstances: Circumstances) -> bool | None:
    return None if circumstances.stock is None else any(item.product == product for item in circumstances.stock)


def _price(course: GlobulinCourse, circumstances: Circumstances) -> Decimal | None:
    """Every vial opened, what is left in it included."""
    per_gram = circumstances.prices_per_g.get(course.product.id)
    opened_mg = sum((infusion.mg + infusion.discarded_mg for infusion in course.infusions), Decimal(0))
    return per_gram * opened_mg / 1000 if per_gram is not None else None


def hours_of(request: Request, circumstances: Circumstances, known: Knowledge) -> tuple[float, float] | None:
    """Hours of the first and of a later infusion: by the protocol, else as the case says; None where neither does."""
    if request.protocol is not None:
        protocol = known.protocols[request.protocol]
        times = infusion_times(known.product(protocol.product), protocol, circumstances.pack, request)
        return float(times.planned[0]), float(times.planned[1])
    if request.hours_first is None or request.hours_later is None:
        return None
    return float(request.hours_first), float(request.hours_later)


def pump_resolution(recipient: Recipient, circumstances: Circumstances, known: Knowledge) -> Decimal:
    """The step of the pump: the case's, or the pack's for this weight."""
    if circumstances.pump_resolution_ml_per_h is not None:
        return circumstances.pump_resolution_ml_per_h
    pack = known.pack(circumstances.pack)
    if recipient.weight.kg < _LIGHT_KG:
        return pack.pump_resolution_below_20_kg_ml_per_h
    return pack.pump_resolution_ml_per_h


def in_a_sentence(request: Request, courses: tuple[PlannedCourse, ...]) -> str:
    """What this plan is."""
    words = request.indication.replace("-", " ").replace("gvhd", "GVHD").replace("itp", "ITP")
    if not courses:
        return f"No course is planned for {words}."
    use = words[0].upper() + words[1:]
    names = list(dict.fromkeys(planned.course.protocol.name for planned in courses))
    if len(courses) == 1:
        course = courses[0].course
        return (
            f"{use}: {course.product.brand}, {len(course.infusions)} doses, "
            f"{show(course.total_mg_per_kg)} mg/kg in all ({names[0]})."
        )
    if len(names) == 1:
        return f"{use}: both ends of {names[0]}; the case names neither, and the plan chooses neither."
    return f"{use}: {len(names)} protocols that fit; the case names none, and the plan chooses none."


def why_nothing(request: Request, courses: tuple[PlannedCourse, ...], known: Knowledge) -> str:
    """Why no course is planned; "" when one is."""
    if courses:
        return ""
    if request.indication == "severe-itp":
        return known.fact("classes/atg/severe_itp").says
    return f"No protocol on the shelf is for {request.indication.replace('-', ' ')}."
