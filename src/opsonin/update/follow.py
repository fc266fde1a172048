"""The follow-up in order: history → domain → who this could be → does it fit → what is to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from opsonin.knowledge import Knowledge
from opsonin.mechanism import FITTED_MODEL, assumptions, domain_fact, group_of
from opsonin.mechanism.igg import SHELF
from opsonin.patient import Circumstances, Goal, Measurement, Patient
from opsonin.patient.event import standing
from opsonin.population.cohort import LEAST_COUNT_FACT
from opsonin.population.draws import Floats
from opsonin.update.answer import FOLLOW_UP_SCHEMA, FollowUp, FollowUpStamp
from opsonin.update.course import at_reports
from opsonin.update.events import Event, case_events, merged, zone_of
from opsonin.update.fit import Fit
from opsonin.update.history import History, Observed, history
from opsonin.update.likelihood import GROSS
from opsonin.update.options import course_sizes, courses_of
from opsonin.update.outlook import SHOWN_PEOPLE, Question, course_limits, outlook
from opsonin.update.prior import Prior
from opsonin.update.sample import Progress, Sample
from opsonin.update.so_far import response_so_far
from opsonin.update.weigh import Settings, weigh

WIDENED = 2.0  # with `trust_data`: twice the standard deviation of every difference between people (assumed)
LENGTH_FACT = f"{SHELF}/infusion_length"
TRUSTING = (
    f"The data are trusted more, as asked: people may differ from the fitted population by {WIDENED:g} times its "
    "spread (assumed, not calibrated). The band before the results is that of the fitted population. Such a forecast "
    "is exploratory: neither calibration nor validation covers it."
)


def follow(
    patient: Patient,
    goal: Goal,
    circumstances: Circumstances,
    events: Sequence[Event],
    *,
    knowledge: Knowledge,
    settings: Settings,
    progress: Progress | None = None,
) -> FollowUp:
    """What the results tell, and what could be done next. Events come on top of what the case states."""
    told = merged(case_events(patient, zone_of(patient, circumstances)), standing(events))
    length = float(knowledge.fact(LENGTH_FACT).number())
    seen = history(told, as_of=circumstances.as_of, length_days=length)
    before = _before(patient, seen)
    withheld = _withheld(before, seen, knowledge)
    fit, sample, prior = None, None, _prior(before, seen, knowledge, settings)
    if not withheld:
        sample, fit = find(prior, seen, settings, progress)
        withheld = () if fit.usable else tuple(fit.says)
    aside = _set_aside(fit, seen)
    asked = Question(before, goal, seen, aside, prior, knowledge, length, settings.horizon_days, settings.seed,
                     settings.threads)  # fmt: skip
    return FollowUp(
        schema=FOLLOW_UP_SCHEMA,
        patient=patient,
        goal=goal,
        circumstances=circumstances,
        first_infusion=seen.zero,
        history=seen,
        response=response_so_far(seen, aside),
        fit=fit,
        outlook=outlook(asked, sample) if sample is not None and not withheld else None,
        withheld=withheld,
        notes=(*seen.notes, *_notes(before, seen, knowledge, settings)),
        fact_ids=(*prior.fact_ids, domain_fact(patient), LENGTH_FACT, LEAST_COUNT_FACT),
        stamp=_stamp(patient, circumstances, knowledge, settings),
        safety_frame=settings.safety_frame,
    )


def find(prior: Prior, seen: History, settings: Settings, progress: Progress | None = None) -> tuple[Sample, Fit]:
    """The people this patient could be, and whether the results fit them."""

    def true_of(z: Floats) -> Floats:
        return at_reports(prior.people(z), seen.segments, seen.observed, threads=settings.threads)

    draw = partial(prior.draw, seed=settings.seed)
    return weigh(draw, true_of, seen.observed, prior.errors, settings, progress=progress)


def _prior(patient: Patient, seen: History, knowledge: Knowledge, settings: Settings) -> Prior:
    igg = seen.igg_before.value if seen.igg_before is not None else None
    widened = WIDENED if settings.trust_data else 1.0
    return Prior(knowledge, float(patient.weight.kg), seen.baseline.value, igg, group_of(patient), widened)


def _before(patient: Patient, seen: History) -> Patient:
    """The patient as they were when the first infusion began: baseline results only, earlier infusions washed out."""
    units = {"platelets": "10^9/L", "igg": "g/L"}

    def measurement(one: Observed) -> Measurement:
        return Measurement(one.what, Decimal(str(one.value)), units[one.what], one.at.date(), one.written)

    known = [measurement(one) for one in (seen.baseline, seen.igg_before) if one is not None]
    return replace(patient, measurements=tuple(known), given=())


def _withheld(before: Patient, seen: History, knowledge: Knowledge) -> tuple[str, ...]:
    """Why there can be no forecast: what the model does not know, or where it does not hold."""
    sizes = course_sizes(courses_of(seen))
    passed = course_limits(before, seen, sizes, knowledge)
    return (*(f"not modelled: {reason}" for reason in seen.not_modelled), *passed)


def _set_aside(fit: Fit | None, seen: History) -> tuple[str, ...]:
    if fit is None:
        return ()
    pairs = zip(seen.observed, fit.points, strict=True)
    return tuple(one.place for one, point in pairs if point.verdict == "set aside")


def _notes(before: Patient, seen: History, knowledge: Knowledge, settings: Settings) -> tuple[str, ...]:
    chance = 100 * 0.5 / SHOWN_PEOPLE**0.5
    return (
        *((TRUSTING,) if settings.trust_data else ()),
        *assumptions(before, knowledge=knowledge),
        (
            f"The baseline is the report of {seen.baseline.written} on {seen.baseline.at.date().isoformat()}, with its "
            "error; day 0 is the start of the first infusion."
        ),
        f"A report is taken to be a gross error with a chance of {GROSS:.0%}, whatever it says (assumed).",
        (
            f"{settings.people} virtual people per round, {SHOWN_PEOPLE} of the weighted ones behind each forecast: "
            f"chance alone moves a share by up to {chance:.1f} percentage points. Uncertainty of the population's own "
            "parameters is included: people are of 40 equally likely fitted populations."
        ),
        "Options repeat grams that were given before; a regimen is built and checked by `opsonin plan`.",
        "Repeated courses are exploratory: the model was calibrated on single courses.",
    )


def _stamp(patient: Patient, circumstances: Circumstances, knowledge: Knowledge, settings: Settings) -> FollowUpStamp:
    return FollowUpStamp(
        package_version=settings.package_version,
        knowledge_version=knowledge.version,
        model=FITTED_MODEL,
        model_status=str(knowledge.fact(domain_fact(patient)).value),
        as_of=circumstances.as_of,
        seed=settings.seed,
        people=settings.people,
        horizon_days=settings.horizon_days,
        widened=WIDENED if settings.trust_data else 1.0,
    )
