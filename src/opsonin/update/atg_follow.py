"""The follow-up of antithymocyte globulin in order: history → who this could be → does it fit → what is to come.

Exploratory from end to end: no dose, day or finding of Opsonin is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from opsonin.errors import InputRefused, Problem
from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_domain import COUNTED, KIND_OF_LEVEL
from opsonin.mechanism.atg_models import ATG_MODELS
from opsonin.mechanism.atg_parameters import ACTIVE_ASSAY, MODEL_FACT, AtgParameters, shelf_parameters
from opsonin.mechanism.atg_reports import EARLY_RECOVERY_FACT, REPORT_FACTS, atg_report_errors
from opsonin.patient import Circumstances, Recipient, Request
from opsonin.population import laboratory
from opsonin.population.atg_courses import days_shown
from opsonin.population.draws import Floats
from opsonin.update.atg_answer import ATG_FOLLOW_UP_SCHEMA, AtgCourse, AtgFollowUp, AtgFollowUpStamp, unit_of
from opsonin.update.atg_history import AtgHistory, Hours, atg_history
from opsonin.update.atg_prior import AtgPerson, AtgPrior
from opsonin.update.course import CourseBand, all_finished, band_of
from opsonin.update.likelihood import GROSS
from opsonin.update.outlook import SHOWN_PEOPLE
from opsonin.update.sample import Progress, Sample
from opsonin.update.weigh import Settings, weigh

COUNTS_ALONE = (
    "No active level was measured, so the course of active ATG rests on counts alone. Counts that stay low look to the "
    "model like active ATG that stays longer, whatever keeps them low: it recovers too fast and knows no other cause."
)
LATER_DAYS = 7  # from today: where prior and posterior are compared in words
NO_DOSE = (
    "No dose, day or finding of Opsonin is taken from this, and none may be: `opsonin next-dose` answers from the "
    "counts themselves."
)
WHAT_TO_CHECK = (
    "the time of the sample against the time of the infusion",
    "whether the sample is this patient's, and the unit and assay of the result",
    "the doses really given, and interruptions",
    "other medicines that lower lymphocytes, and infections: the model knows none of them",
    "whether B and NK cells were lost too: the model spares B cells and follows NK cells as CD8 cells",
)


def follow_atg(
    recipient: Recipient,
    request: Request,
    circumstances: Circumstances,
    *,
    knowledge: Knowledge,
    settings: Settings,
    hours: Hours | None,
    progress: Progress | None = None,
) -> AtgFollowUp:
    """What doses, counts and levels tell of this person. `hours`: of an infusion whose end is not known.

    Raises InputRefused for what the models cannot do.
    """
    if not recipient.given:
        why = "no antithymocyte globulin is recorded as given, so there is nothing to follow."
        raise InputRefused([Problem("given", "", why, "Write what was given, or use `opsonin plan`.")])
    numbers = shelf_parameters(knowledge, recipient.given[0].product)
    seen = atg_history(recipient, request, circumstances, numbers=numbers, knowledge=knowledge, hours=hours)
    before = {what: one.value for what, one in seen.before.items()}
    prior = AtgPrior(numbers, float(recipient.weight.kg), before, atg_report_errors(knowledge))
    sample, fit = weigh(
        partial(prior.draw, seed=settings.seed),
        lambda z: prior.at_reports(prior.people(z), seen.doses, seen.observed, settings.threads),
        seen.observed,
        prior.errors,
        settings,
        check=WHAT_TO_CHECK,
        progress=progress,
    )
    return AtgFollowUp(
        schema=ATG_FOLLOW_UP_SCHEMA,
        exploratory=exploratory(numbers, knowledge),
        recipient=recipient,
        request=request,
        circumstances=circumstances,
        history=seen,
        fit=fit,
        courses=_courses(prior, seen, sample, settings) if fit.usable else (),
        withheld=() if fit.usable else fit.says,
        notes=(*seen.notes, *_notes(numbers, seen, settings)),
        fact_ids=_facts(numbers, seen),
        stamp=_stamp(numbers, circumstances, knowledge, settings),
        safety_frame=settings.safety_frame,
    )


def exploratory(numbers: AtgParameters, knowledge: Knowledge) -> tuple[str, ...]:
    """That the models are exploratory, why, and what follows from it."""
    facts = [knowledge.fact(id) for id in (MODEL_FACT, EARLY_RECOVERY_FACT)]
    return (f"{numbers.stamp}.", *(f"{fact.says}{fact.mark}" for fact in facts), NO_DOSE)


def _courses(prior: AtgPrior, seen: AtgHistory, sample: Sample, settings: Settings) -> tuple[AtgCourse, ...]:
    """Every count and level that the models follow, before the results and with them."""
    levels = [what for what, kind in KIND_OF_LEVEL.items() if kind in prior.numbers.assays]
    whats = (*levels, *seen.before)
    horizon = int(np.ceil(seen.today)) + settings.horizon_days
    times = np.union1d(days_shown(horizon), [seen.today])
    unseen = prior.people(prior.draw(SHOWN_PEOPLE, settings.seed), settings.seed)
    people = prior.people(sample.z[sample.picked(SHOWN_PEOPLE, settings.seed)], settings.seed)
    was, now = (_reported(prior, who, seen, times, whats, settings.threads) for who in (unseen, people))
    later = int(np.searchsorted(times, int(np.ceil(seen.today)) + LATER_DAYS))
    return tuple(
        AtgCourse(
            what=what,
            unit=unit_of(what),
            assay=prior.numbers.assays.get(KIND_OF_LEVEL.get(what, ""), ""),
            prior=was[what],
            posterior=now[what],
            changed=_changed(was[what], now[what], later),
        )
        for what in whats
    )


def _reported(
    prior: AtgPrior, who: AtgPerson, seen: AtgHistory, times: Floats, whats: tuple[str, ...], threads: int | None
) -> dict[str, CourseBand]:
    """The bands of what a laboratory would report of these people."""
    true = prior.true(who, seen.doses, times, whats, threads)
    reports = laboratory(who, times, of=whats)
    return {what: band_of(reports.report(what, all_finished(true[what])), times) for what in whats}


def _changed(was: CourseBand, now: CourseBand, at: int) -> str:
    before, after = (band.high_90[at] - band.low_90[at] for band in (was, now))
    narrower = 1 - after / max(before, 1e-9)
    return (
        f"on day {now.days[at]:g}, {was.median[at]:.3g} before the results, {now.median[at]:.3g} with them; the range "
        f"for nine in ten people is {100 * abs(narrower):.0f} % {'narrower' if narrower >= 0 else 'wider'}"
    )


def _notes(numbers: AtgParameters, seen: AtgHistory, settings: Settings) -> Iterator[str]:
    yield "Day 0 is the start of the first infusion. Bands are of what a laboratory would report, its error included."
    yield (
        f"{settings.people} virtual people per round, {SHOWN_PEOPLE} of the weighted ones behind each course. The "
        "uncertainty of the population's own parameters is not in them, so they are too narrow."
    )
    for kind, assay in numbers.assays.items():
        yield f"Levels of {kind} ATG are as the assay {assay} reports them; assays are not interchangeable."
    if numbers.assays.get("active") == ACTIVE_ASSAY:
        yield "One AU/mL is taken as 1 µg/mL of product-equivalent: an assumption."
    for what, one in seen.before.items():
        yield f"Before treatment, {what} is the report of {one.written} on {one.at.date().isoformat()}, with its error."
    measured = {one.what for one in seen.observed}
    if measured & set(COUNTED) and "active-atg" not in measured:
        yield COUNTS_ALONE
    yield f"A report is taken to be a gross error with a chance of {GROSS:.0%}, whatever it says (assumed)."


def _facts(numbers: AtgParameters, seen: AtgHistory) -> tuple[str, ...]:
    whats = {*(one.what for one in seen.observed), *seen.before}
    errors = [id for what in whats for id in REPORT_FACTS[what]]
    return tuple(sorted({*numbers.fact_ids, *errors, EARLY_RECOVERY_FACT}))


def _stamp(
    numbers: AtgParameters, circumstances: Circumstances, knowledge: Knowledge, settings: Settings
) -> AtgFollowUpStamp:
    return AtgFollowUpStamp(
        package_version=settings.package_version,
        knowledge_version=knowledge.version,
        model=ATG_MODELS[numbers.product].name,
        parameters=f"{numbers.name} ({numbers.seal})",
        as_of=circumstances.as_of,
        seed=settings.seed,
        people=settings.people,
        horizon_days=settings.horizon_days,
    )
