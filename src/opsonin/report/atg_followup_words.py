"""What does a follow-up of antithymocyte globulin say, in words? Rows and sentences; computes nothing new."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_reports import REPORT_FACTS
from opsonin.quantities import show
from opsonin.report.atg_outlook import figures_of
from opsonin.report.atg_words import use_in_words
from opsonin.report.followup_words import Pairs, point_row
from opsonin.report.wording import a_day, joined, mark_of, typeset
from opsonin.update import AtgFollowUp
from opsonin.update.atg_answer import AtgCourse, unit_of
from opsonin.update.course import CourseBand

NAMES = {
    "cd3": "CD3", "cd4": "CD4", "cd2": "CD2", "lymphocytes": "lymphocytes", "total-atg": "total ATG",
    "active-atg": "active ATG", "white-cells": "white cells",
}  # fmt: skip
_DAYS_ON = (0, 3, 7, 14, 28)  # from today


def who(found: AtgFollowUp, knowledge: Knowledge) -> Pairs:
    """Who it is, what was given and what is known."""
    recipient, seen = found.recipient, found.history
    given = [
        f"{show(dose.mg, 1)} mg ({show(dose.mg / recipient.weight.kg, 1)} mg/kg) on {a_day(dose.given_on)}"
        for dose in recipient.given or ()
    ]
    before = [f"{named(what)} {typeset(one.written)} on {a_day(one.at.date())}" for what, one in seen.before.items()]
    last = f"{len(seen.observed)} used, the last on day {seen.observed[-1].day:.1f}" if seen.observed else "none used"
    return [
        ("For", use_in_words(found.request.indication)),
        ("Age, weight", f"{show(recipient.age_years, 1)} years, {show(recipient.weight.kg, 1)} kg"),
        ("Given", f"{knowledge.product(seen.product).brand}: {joined(given)}"),
        ("Counts before treatment", "; ".join(before) or "none that the model follows"),
        ("Results since", last),
        ("Day of this report", f"{a_day(found.stamp.as_of)}, day {seen.today:.1f} since the first infusion began"),
    ]


def named(what: str) -> str:
    """What was measured, as it stands in a table."""
    return NAMES.get(what, what)


def point_rows(found: AtgFollowUp) -> list[tuple[str, ...]]:
    """Each result against what the others lead to expect."""
    return [point_row(point, named(point.what), figures_of, unit_of(point.what)) for point in found.fit.points]


def course_head(found: AtgFollowUp) -> tuple[str, ...]:
    """The columns: today and some days on."""
    return ("Course", *(f"Day {found.courses[0].prior.days[at]:.1f}" for at in _columns(found)))


def course_rows(found: AtgFollowUp) -> list[tuple[str, ...]]:
    """Two lines for each count and level: before the results, with them."""
    if not found.courses:
        return []
    rows = []
    for course in found.courses:
        for said, band in (("before the results", course.prior), ("with the results", course.posterior)):
            cells = [_cell(band, at) for at in _columns(found)]
            rows.append((f"{named(course.what)}, {course.unit}, {said}", *cells))
    return rows


def titled(course: AtgCourse) -> str:
    """'active ATG, AU/mL (assay active-au)'."""
    assay = f" (assay {course.assay})" if course.assay else ""
    return f"{named(course.what)}, {course.unit}{assay}"


def changed(found: AtgFollowUp) -> list[str]:
    return [f"{titled(course)}: {course.changed}." for course in found.courses]


def not_used(found: AtgFollowUp) -> list[str]:
    """Results that the models cannot follow, and why; several of a kind together."""
    together: dict[tuple[str, str], list[str]] = {}
    for one in found.history.unused:
        together.setdefault((one.what, one.why), []).append(typeset(one.written))
    return [f"{named(what)} {', '.join(written)}: {why}." for (what, why), written in together.items()]


def report_errors(found: AtgFollowUp, knowledge: Knowledge) -> list[str]:
    """The measurement error of each kind of result that bears on the answer, with its mark."""
    whats = dict.fromkeys([*found.history.before, *(one.what for one in found.history.observed)])
    return [_error(what, knowledge) for what in whats]


def stamp_line(found: AtgFollowUp) -> str:
    stamp = found.stamp
    return (
        f"EXPLORATORY · Opsonin {stamp.package_version} · knowledge {stamp.knowledge_version} · {stamp.model} · "
        f"parameters {stamp.parameters} · as of {a_day(stamp.as_of)} · seed {stamp.seed} · {stamp.people} people"
    )


def _error(what: str, knowledge: Knowledge) -> str:
    proportional, additive = (knowledge.fact(id) for id in REPORT_FACTS[what])
    return (
        f"{named(what)}: {show(proportional.number() * 100)} % of the value{mark_of([proportional])} and "
        f"{show(additive.number())} {typeset(additive.unit)}{mark_of([additive])}, standard deviations."
    )


def _columns(found: AtgFollowUp) -> list[int]:
    return list(dict.fromkeys(_places(found)))


def _places(found: AtgFollowUp) -> Iterator[int]:
    days = np.array(found.courses[0].prior.days)
    for later in _DAYS_ON:
        if found.history.today + later <= days[-1] + 1:
            yield int(np.abs(days - found.history.today - later).argmin())


def _cell(band: CourseBand, at: int) -> str:
    low, high = figures_of(band.low_90[at]), figures_of(band.high_90[at])
    return f"{figures_of(band.median[at])} ({low} to {high})"
