"""The follow-up of antithymocyte globulin: what it tells, that it is exploratory, and what it refuses."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from opsonin.case import open_case
from opsonin.errors import InputRefused
from opsonin.mechanism.atg_domain import COUNTED, LEVELS
from opsonin.mechanism.atg_models import OUTPUT_UNITS
from opsonin.mechanism.atg_parameters import shelf_parameters
from opsonin.mechanism.atg_reports import REPORT_FACTS, atg_report_errors
from opsonin.patient import GlobulinDose, Measurement
from opsonin.population.atg import atg_people
from opsonin.therapy import follow_up_course
from opsonin.update.atg_prior import AtgPrior
from opsonin.update.likelihood import WIDEST

ROOT = Path(__file__).resolve().parents[3]
ZONE = timezone(timedelta(hours=-5))
UNITS = {"cd3": "/uL", "cd4": "/uL", "lymphocytes": "10^9/L", "total-atg": "ug/mL", "active-atg": "AU/mL"}
ASSAYS = {"total-atg": "total-rabbit-igg", "active-atg": "active-au"}


def at(day, hour=6):
    return datetime(2026, 11, 21, hour, tzinfo=ZONE) + timedelta(days=day)


def seen(what, value, day, **more):
    moment = at(day)
    return Measurement(
        what, Decimal(str(value)), UNITS.get(what, "10^9/L"), moment.date(), f"{value} {UNITS.get(what, '')}", moment,
        **{"assay": ASSAYS.get(what, ""), **more},
    )  # fmt: skip


def doses(product="thymoglobulin", mg=96, days=4, hours=4):
    return tuple(
        GlobulinDose(product, Decimal(mg), at(day, 9).date(), at(day, 9), at(day, 9 + hours) if hours else None)
        for day in range(days)
    )


BEFORE = seen("cd3", 840, -0.5)
RESULTS = (BEFORE, seen("cd3", 30, 3), seen("active-atg", 6.5, 3), seen("cd3", 25, 6), seen("active-atg", 4.8, 6))


@pytest.fixture(scope="module")
def rejection():
    return open_case(ROOT / "examples/atg-kidney-rejection.yaml", today=date(2026, 11, 24))


@pytest.fixture
def after(rejection, known):
    """The follow-up of the example's woman of 64 kg on day 8, with these results."""

    def make(*results, given=None, people=3000, seed=1, threads=1, request=None, **who):
        recipient = replace(
            rejection.recipient, given=doses() if given is None else given, measurements=results, previous=(), **who
        )
        asked = replace(rejection.request, **(request or {}))
        around = replace(rejection.circumstances, as_of=date(2026, 11, 29))
        return follow_up_course(
            recipient, asked, around, knowledge=known, people=people, seed=seed, threads=threads, horizon_days=14
        )

    return make


def course(found, what):
    return next(one for one in found.courses if one.what == what)


def refused(make, *results, **more):
    with pytest.raises(InputRefused) as error:
        make(*results, **more)
    for problem in error.value.problems:
        assert problem.field and problem.why and problem.remedy
    return error.value.problems


def test_what_can_be_followed_has_an_output_an_error_and_a_widest(known):
    assert set(COUNTED) | set(LEVELS) == set(REPORT_FACTS) == set(atg_report_errors(known))
    assert set(REPORT_FACTS) <= set(WIDEST)
    assert {*COUNTED.values(), *LEVELS.values()} <= set(OUTPUT_UNITS)


def test_an_error_that_no_work_gives_is_marked_as_assumed(known):
    for ids in REPORT_FACTS.values():
        for fact in map(known.fact, ids):
            assert fact.mark in ("†", "‡"), fact.id
            assert (fact.mark == "‡") is (fact.obtained == "assumed"), fact.id


@pytest.mark.parametrize("product", ["thymoglobulin", "grafalon", "atgam"])
def test_the_prior_is_the_outlooks_own_virtual_population(known, product):
    numbers = shelf_parameters(known, product)
    planned = atg_people(numbers, n=300, seed=7, weight_kg=64)
    prior = AtgPrior(numbers, 64.0, {"cd3": 840.0}, atg_report_errors(known))
    ours = prior.people(prior.draw(300, 7)).people.parameters
    assert set(ours) == set(planned.parameters)
    for name, values in planned.parameters.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-12, err_msg=name)


def test_results_narrow_the_courses_and_the_answer_says_it_is_exploratory_and_why(after):
    found = after(*RESULTS)
    assert found.fit.verdict == "fits" and not found.withheld
    assert found.fit.effective_people > 300 and found.fit.pareto_k < 0.7
    assert [point.what for point in found.fit.points] == ["cd3", "active-atg", "cd3", "active-atg"]
    assert {one.what for one in found.courses} == {"total-atg", "active-atg", "cd3"}
    active = course(found, "active-atg")
    index = active.prior.days.index(8.0)
    wide, narrow = (band.high_90[index] - band.low_90[index] for band in (active.prior, active.posterior))
    assert narrow < 0.8 * wide and active.assay == "active-au" and active.unit == "AU/mL"
    said = " ".join(found.exploratory)
    assert said.startswith("EXPLORATORY") and "recover too fast" in said and "No dose" in said


def test_without_results_the_courses_are_the_prior(after):
    found = after(BEFORE)
    assert found.fit.effective_people == pytest.approx(3000)
    was, now = course(found, "cd3").prior.median, course(found, "cd3").posterior.median
    assert now == pytest.approx(was, rel=0.3)


def test_a_wild_result_is_set_aside_and_the_others_are_used(after):
    found = after(*RESULTS, seen("cd3", 3900, 7))
    assert [point.verdict for point in found.fit.points][-1] == "set aside"
    assert found.courses and "set aside" in " ".join(found.fit.says)
    median = course(found, "cd3").posterior.median
    assert median == pytest.approx(course(after(*RESULTS), "cd3").posterior.median, rel=0.3)


def test_results_that_do_not_fit_give_no_courses(after):
    found = after(BEFORE, *(seen("cd3", value, day) for day, value in ((2, 900), (3, 1), (4, 950), (5, 2), (6, 900))))
    assert found.fit.verdict == "does not fit"
    assert not found.courses and found.withheld and any("B and NK cells" in line for line in found.fit.check)


def test_same_seed_same_answer_whatever_the_threads(after):
    one, two, other = (after(*RESULTS, threads=t, seed=s) for t, s in ((1, 1), (2, 1), (1, 2)))
    assert one == two
    assert one.courses != other.courses


def test_counts_without_an_active_level_are_warned_of(after):
    counts = [one for one in RESULTS if one.what == "cd3"]
    assert any("rests on counts alone" in note for note in after(*counts).notes)
    assert not any("rests on counts alone" in note for note in after(*RESULTS).notes)


def test_a_count_of_0_counts_as_below_the_least_that_is_printed(after):
    found = after(BEFORE, seen("lymphocytes", "1.4", -0.5), seen("cd3", 0, 3), seen("lymphocytes", 0, 4))
    by = {one.what: one for one in found.history.observed}
    assert (by["cd3"].value, by["cd3"].below) == (1.0, True)
    assert (by["lymphocytes"].value, by["lymphocytes"].below) == (100.0, True)
    assert found.history.before["lymphocytes"].value == pytest.approx(1400)


def test_what_ran_in_and_for_how_long_is_taken_as_recorded(after, rejection):
    found = after(BEFORE, given=doses(hours=8))
    assert [(one.start_day, one.hours, one.mg) for one in found.history.doses[:2]] == [(0, 8, 96), (1, 8, 96)]
    by_protocol = after(BEFORE, given=doses(hours=None))
    assert [one.hours for one in by_protocol.history.doses] == [6, 4, 4, 4]
    problems = refused(after, BEFORE, given=doses(hours=None), request={"protocol": None})
    assert [problem.field for problem in problems] == [f"given[{number}].ended" for number in range(4)]


def test_what_the_model_does_not_follow_is_named_with_the_reason(after):
    found = after(*RESULTS, seen("platelets", 90, 3), seen("cd4", 12, 3))
    reasons = {one.what: one.why for one in found.history.unused}
    assert reasons == {
        "platelets": "the models do not follow it", "cd4": "no cd4 above 0 from before the first infusion is known",
    }  # fmt: skip


def test_without_a_dose_there_is_nothing_to_follow(after):
    assert refused(after, BEFORE, given=())[0].field == "given"


def test_a_level_by_an_assay_that_is_not_known_is_refused(after):
    (problem,) = refused(after, *RESULTS, seen("active-atg", 0.4, 7, assay="elisa-x"))
    assert problem.field == "measured: active-atg of 2026-11-28.assay"
    assert problem.value == "elisa-x" and "active-au" in problem.why


def test_a_level_of_0_is_refused(after):
    (problem,) = refused(after, *RESULTS, seen("active-atg", 0, 7))
    assert problem.field.endswith(".value") and "limit of detection" in problem.why


HORSE = {"product": "atgam", "mg": 960}
OPEN = {"protocol": None}


def test_horse_globulin_without_levels_is_refused_and_with_them_followed(after):
    for results in ((), (BEFORE, seen("cd3", 30, 3))):
        problems = refused(after, *results, given=doses(**HORSE), request=OPEN)
        assert (problems[-1].field, problems[-1].value) == ("given[0].product", "atgam")
        assert "total-horse-igg" in problems[-1].remedy
    level = seen("total-atg", 420, 3, assay="total-horse-igg")
    found = after(BEFORE, seen("cd3", 30, 3), level, given=doses(**HORSE), request=OPEN)
    assert {one.what for one in found.courses} == {"total-atg"}
    assert "no active levels" in found.history.unused[0].why or "T cells" in found.history.unused[0].why
    (problem,) = refused(after, seen("total-atg", 420, 3), given=doses(**HORSE), request=OPEN)
    assert problem.value == "total-rabbit-igg"


def test_grafalon_is_followed_by_its_total_level_only(after):
    given = doses(product="grafalon", mg=250)
    levels = (seen("total-atg", 90, 3), seen("active-atg", 5, 3))
    found = after(*levels, given=given, request=OPEN)
    assert [one.what for one in found.history.observed] == ["total-atg"]
    assert "products are not alike" in found.history.unused[0].why
    assert refused(after, levels[1], given=given, request=OPEN)


def test_after_a_stem_cell_graft_levels_are_followed_and_counts_are_not(after):
    graft = {"indication": "gvhd-prophylaxis", "protocol": None}
    assert any("donor" in problem.why for problem in refused(after, BEFORE, seen("cd3", 5, 3), request=graft))
    found = after(*RESULTS, request=graft)
    assert {one.what for one in found.history.observed} == {"active-atg"}
    assert {one.what for one in found.courses} == {"total-atg", "active-atg"}
    assert not found.history.before and all("donor" in one.why for one in found.history.unused)


@pytest.mark.parametrize(
    ("who", "field"),
    [({"age_years": Decimal(9)}, "patient.age"), ({"weight": "38"}, "weights")],
    ids=["child", "light"],
)
def test_outside_the_domain_it_is_refused(after, rejection, who, field):
    if "weight" in who:
        who = {"weight": replace(rejection.recipient.weight, kg=Decimal(who["weight"]))}
    (problem,) = refused(after, *RESULTS, **who)
    assert problem.field == field and "outside" in problem.why
