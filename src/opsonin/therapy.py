"""The clinic visit. Open this first.

A therapy course is data that flows one way: what is known → who this is → what may be offered → what could be given →
who this might be → what would happen → what is chosen, with reasons. Each line below is one room of the house.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from opsonin import __version__, planning, safety
from opsonin.knowledge import Knowledge
from opsonin.mechanism.harm import harms
from opsonin.patient import Circumstances, Goal, Patient, Recipient, Request
from opsonin.planning import Candidate, PackComparison, Plan, Stamp, atg_assess, atg_courses
from opsonin.planning.assemble import alternatives, assemble, no_treatment
from opsonin.planning.atg_next import NextDose, next_answer
from opsonin.planning.atg_plan import AtgPlan, AtgStamp
from opsonin.planning.calendar import bleeding_risk
from opsonin.planning.candidates import silences, weight_for_dosing
from opsonin.planning.compare_packs import compare_packs
from opsonin.planning.forecast import MODEL_ID, SOLVER, forecasts
from opsonin.planning.unknown import not_known, not_used

if TYPE_CHECKING:
    from opsonin.update import AtgFollowUp, Event, FollowUp

PLAN_SCHEMA = "opsonin-plan/1"
ATG_PLAN_SCHEMA = "opsonin-atg-plan/1"
NEXT_DOSE_SCHEMA = "opsonin-next-dose/1"

SAFETY_FRAME = (
    "Research, education and planning support for professionals. Not a medical device, never an order, an alarm "
    "or pump control. A qualified person checks every figure against the current label and the patient, and decides."
)


def plan_therapy(
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    *,
    knowledge: Knowledge,
    virtual_patients: int = 2000,
    only_product: str | None = None,
    also: str | None = None,
    horizon_days: int = 28,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Which immunoglobulin course serves this goal in this person, as of the day in `circumstances`?

    Every product on the shelf gets a standing, every supported regimen exact doses, a rate ladder, findings and a
    forecast (or the reason there is none), and all are ranked by the rule on the shelf. `only_product` plans one
    product alone; `also` names another pack to show the first course under. The choice stays with the reader.

    >>> from opsonin.case import read_case
    >>> from opsonin.knowledge import load_knowledge
    >>> case = read_case("examples/adult-before-surgery.yaml")
    >>> known = load_knowledge()
    >>> plan = plan_therapy(case.patient, case.goal, case.circumstances, knowledge=known, virtual_patients=64)
    >>> plan.first.standing.kind
    'on-label'
    """
    pack = knowledge.pack(circumstances.pack)

    about_person = safety.check_patient(patient, circumstances, knowledge)
    offered = safety.offers(patient, circumstances, knowledge)
    regimens = planning.candidates(patient, circumstances, offered, knowledge)
    if only_product is not None:
        regimens = tuple((regimen, standing) for regimen, standing in regimens if regimen.product.id == only_product)
    expected = forecasts(
        patient,
        goal,
        circumstances,
        [regimen for regimen, _ in regimens],
        knowledge=knowledge,
        virtual_patients=virtual_patients,
        horizon_days=horizon_days,
        seed=seed,
        threads=threads,
        progress=progress,
    )
    ranked = assemble(patient, goal, circumstances, regimens, offered, expected, knowledge)
    at_risk = bool(safety.rate_at_risk(patient, knowledge)[0])

    return Plan(
        schema=PLAN_SCHEMA,
        patient=patient,
        goal=goal,
        circumstances=circumstances,
        weight=weight_for_dosing(patient, pack),
        no_treatment=no_treatment(patient, circumstances, knowledge),
        offers=offered,
        candidates=ranked,
        would_change=planning.what_would_change(patient, goal, circumstances, ranked, expected, knowledge),
        not_known=not_known(patient, circumstances),
        not_used=(*_asked_only(only_product, knowledge), *not_used(patient, circumstances, knowledge)),
        silences=tuple(silence.says(pack.id) for silence in silences(pack, knowledge, at_risk=at_risk)),
        statements=planning.plan_statements(patient, pack),
        findings=about_person,
        stamp=Stamp(
            package_version=__version__,
            knowledge_version=knowledge.version,
            pack=pack.id,
            pack_version=pack.version,
            model=MODEL_ID,
            as_of=circumstances.as_of,
            seed=seed,
            virtual_patients=virtual_patients,
            solver=SOLVER,
        ),
        safety_frame=SAFETY_FRAME,
        kidney=safety.kidney_function(patient, knowledge),
        alternatives=alternatives(patient, knowledge),
        bleeding_risk=bleeding_risk(patient, knowledge),
        harms=harms(patient, knowledge),
        compared=_under(also, patient, circumstances, ranked, knowledge),
    )


def plan_course(
    recipient: Recipient,
    request: Request,
    circumstances: Circumstances,
    *,
    knowledge: Knowledge,
    product: str | None = None,
) -> AtgPlan:
    """Which course of antithymocyte globulin does this protocol make for this person, as of the day in `circumstances`?

    A choice that the protocol leaves open and the case does not make is shown at both its ends. `product` plans
    another product instead and carries no dose over. The choice stays with the reader.

    >>> from opsonin.case import open_case
    >>> from opsonin.knowledge import load_knowledge
    >>> case, known = open_case("examples/atg-kidney-induction.yaml"), load_knowledge()
    >>> plan = plan_course(case.recipient, case.request, case.circumstances, knowledge=known)
    >>> plan.chosen.course.infusions[0].mg
    Decimal('120.0')
    """
    pack = knowledge.pack(circumstances.pack)

    protocols, asked, replaces = atg_courses.chosen(request, knowledge, product)
    who, around = atg_courses.afresh(recipient, circumstances) if replaces else (recipient, circumstances)
    courses = atg_courses.planned(who, asked, around, protocols, knowledge)
    products = tuple({planned.course.product.id: planned.course.product for planned in courses}.values())

    return AtgPlan(
        schema=ATG_PLAN_SCHEMA,
        recipient=recipient,
        request=asked,
        circumstances=circumstances,
        says=atg_courses.in_a_sentence(asked, courses),
        nothing_planned=atg_courses.why_nothing(asked, courses, knowledge),
        protocols=atg_courses.fitting(asked, knowledge),
        courses=courses,
        replaces=replaces,
        assessed=atg_assess.assessed(recipient, asked, knowledge),
        alternatives=atg_assess.alternatives(asked, knowledge),
        statements=atg_assess.statements(products, recipient, asked, knowledge),
        not_known=atg_assess.not_known(recipient, asked, protocols, knowledge),
        stamp=AtgStamp(__version__, knowledge.version, pack.id, pack.version, circumstances.as_of),
        safety_frame=SAFETY_FRAME,
    )


def next_dose(
    recipient: Recipient, request: Request, circumstances: Circumstances, *, knowledge: Knowledge
) -> NextDose:
    """Whether and how much antithymocyte globulin to give today, from the counts of the day in `circumstances`?

    Missing or old counts withhold the answer; nothing is guessed. The clinician decides.
    """
    pack = knowledge.pack(circumstances.pack)
    stamp = AtgStamp(__version__, knowledge.version, pack.id, pack.version, circumstances.as_of)
    return next_answer(
        recipient, request, circumstances, knowledge, schema=NEXT_DOSE_SCHEMA, stamp=stamp, safety_frame=SAFETY_FRAME
    )


def _under(
    also: str | None,
    patient: Patient,
    circumstances: Circumstances,
    ranked: tuple[Candidate, ...],
    knowledge: Knowledge,
) -> PackComparison | None:
    if also is None:
        return None
    first = next((candidate for candidate in ranked if candidate.rank == 1), None)
    return compare_packs(patient, circumstances, first, also, knowledge)


def _asked_only(product: str | None, knowledge: Knowledge) -> tuple[str, ...]:
    if product is None:
        return ()
    brand = knowledge.product(product).brand
    return (f"as asked, only {brand} was planned; the other products' standings are listed, not compared",)


def follow_up(
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    events: Sequence[Event] = (),
    *,
    knowledge: Knowledge,
    people: int = 20_000,
    horizon_days: int = 28,
    seed: int = 1,
    threads: int | None = None,
    trust_data: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> FollowUp:
    """What do the results since treatment tell, and what could be done next, as of the day in `circumstances`?

    What was given and measured stands in the patient, and in `events` on top of it. `trust_data` lets this patient be
    further from the fitted population, and stamps the answer with it. Needs the extra `bayes`.
    """
    from opsonin.update import Settings, follow

    settings = Settings(people, seed, horizon_days, threads, __version__, SAFETY_FRAME, trust_data)
    return follow(patient, goal, circumstances, events, knowledge=knowledge, settings=settings, progress=progress)


def follow_up_course(
    recipient: Recipient,
    request: Request,
    circumstances: Circumstances,
    *,
    knowledge: Knowledge,
    people: int = 20_000,
    horizon_days: int = 28,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AtgFollowUp:
    """What do the counts and levels since the first dose tell of this person? Exploratory: no dose is taken from it.

    Raises InputRefused for what the models cannot do: a product or person they do not hold for, a level by another
    assay. Needs the extra `bayes`.
    """
    from opsonin.update import Settings, follow_atg

    settings = Settings(people, seed, horizon_days, threads, __version__, SAFETY_FRAME)
    hours = atg_courses.hours_of(request, circumstances, knowledge)
    return follow_atg(
        recipient, request, circumstances, knowledge=knowledge, settings=settings, hours=hours, progress=progress
    )
