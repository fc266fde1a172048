"""The whole follow-up: response, fit, options, and where the forecast is withheld."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest

from opsonin.patient import GivenDose, Goal, Measurement, Medicine
from opsonin.therapy import follow_up
from opsonin.update.ahead import fall_below
from opsonin.update.answer import NextCount
from opsonin.update.next_count import best, information

GOAL = Goal("raise-low-count", Decimal(30), None, None)
DOSES = tuple(GivenDose("privigen", Decimal(70), date(2026, 11, d), None) for d in (2, 3))


def results(*pairs):
    return tuple(Measurement("platelets", Decimal(v), "10^9/L", date(2026, 11, d), f"{v} x10^9/L") for d, v in pairs)


@pytest.fixture
def after(person, setting, known):
    """The follow-up of the suite's woman of 70 kg after 2 g/kg, with these counts."""

    def make(*pairs, given=DOSES, goal=GOAL, events=(), people=4000, seed=1, threads=2, trust_data=False, **changes):
        patient = person(measurements=results(*pairs), given=given, **changes)
        around = setting(as_of=date(2026, 11, max(day for day, _ in pairs)), start=None)
        settings = {"people": people, "seed": seed, "threads": threads, "trust_data": trust_data}
        return follow_up(patient, goal, around, events, knowledge=known, **settings)

    return make


def option(found, id):
    return next(one for one in found.outlook.options if one.id == id)


def test_a_responder(after):
    found = after((2, 14), (3, 40), (5, 90), (7, 160), (12, 150))
    assert found.withheld == ()
    assert found.response.iwg_2009 == "complete response" and not found.response.confirmed
    assert found.response.first_day_at_50 == pytest.approx(2.96, abs=0.01)
    assert found.response.label_50_within_7_days == "yes"
    assert found.fit.verdict == "fits"
    assert found.outlook.goal_probability > 0.95
    assert found.stamp.model_status == "calibrated on published trials; misses aims of its validation"


def test_a_confirmed_response_and_its_loss(after):
    found = after((2, 10), (4, 45), (12, 40), (16, 12), (18, 11))
    assert found.response.iwg_2009 == "response" and found.response.confirmed
    assert found.response.lost_on_day == pytest.approx(13.96, abs=0.01)


def test_a_non_responder_is_not_promised_anything(after):
    found = after((2, 6), (3, 9), (5, 8), (8, 7))
    assert found.response.iwg_2009 == "no response"
    assert found.outlook.to_come.no_response > 0.95
    assert found.outlook.goal_probability < 0.05


def test_results_narrow_the_forecast(after):
    found = after((2, 14), (3, 40), (5, 90), (7, 110))
    ahead = found.outlook
    at = ahead.posterior.days.index(8.0)
    before = ahead.prior.high_90[at] - ahead.prior.low_90[at]
    assert ahead.posterior.high_90[at] - ahead.posterior.low_90[at] < 0.6 * before


def test_one_conflicting_count_is_set_aside_and_said(after):
    wrong = after((2, 14), (3, 40), (5, 90), (7, 1100), (9, 120))
    right = after((2, 14), (3, 40), (5, 90), (9, 120))
    assert [point.verdict for point in wrong.fit.points] == ["fits", "fits", "set aside", "fits"]
    assert any("set aside" in line and "Repeat it" in line for line in wrong.fit.says)
    assert wrong.fit.check
    assert wrong.response.highest == 120
    assert wrong.outlook.goal_probability == pytest.approx(right.outlook.goal_probability, abs=0.05)


def test_results_that_do_not_fit_give_no_forecast(after):
    found = after((2, 14), (3, 700), (4, 15), (5, 900), (6, 14), (7, 800))
    assert found.fit.verdict == "does not fit"
    assert found.outlook is None and found.withheld


def test_without_results_the_forecast_is_the_prior(after):
    found = after((2, 14))
    assert found.fit.effective_people == pytest.approx(4000)
    assert found.outlook.prior.median == pytest.approx(found.outlook.posterior.median, rel=0.25)
    assert {one.id for one in found.outlook.options} >= {"wait"}


def test_a_second_dose_is_offered_inside_the_course_only(after):
    early = after((2, 14), (3, 16), given=DOSES[:1])
    assert [one.id for one in early.outlook.options] == ["wait", "second-dose"]
    assert option(early, "second-dose").goal_probability >= option(early, "wait").goal_probability
    late = after((2, 14), (3, 16), (12, 20), given=DOSES[:1])
    assert [one.id for one in late.outlook.options] == ["wait", "repeat-now", "repeat-day-3", "repeat-day-7"]
    assert all(one.exploratory for one in late.outlook.options[1:])


def test_repeating_helps_a_patient_who_relapsed(after):
    found = after((2, 9), (4, 58), (7, 118), (13, 52), (18, 22))
    assert option(found, "repeat-now").at_least_30_in_7_days > option(found, "wait").at_least_30_in_7_days + 0.5


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"age_years": Decimal(9)}, "phase"),
        ({"diagnosis": "removed"}, "spleen"),
        ({"medicines": (Medicine("eltrombopag", date(2026, 11, 6), None, True),)}, "eltrombopag"),
        ({"given": (GivenDose("privigen", Decimal(20), date(2026, 11, 2), None),)}, "total dose"),
    ],
)
def test_beyond_the_models_domain_there_is_no_forecast(after, person, changes, why):
    if changes.get("diagnosis") == "removed":
        changes = {"diagnosis": replace(person().diagnosis, spleen="removed")}
    found = after((2, 14), (5, 60), (8, 80), **changes)
    assert found.outlook is None and found.fit is None
    assert any(why in line for line in found.withheld)
    assert found.response.iwg_2009 == "response"


def test_a_rescue_drug_voids_the_forecast(after):
    from opsonin.update import Event

    rescue = Event("given", datetime(2026, 11, 5, 9, tzinfo=UTC), "nurse", "ward", "line 1", "dexamethasone")
    found = after((2, 14), (5, 60), (8, 80), events=(rescue,))
    assert found.withheld == (
        "not modelled: dexamethasone was given on 2026-11-05 and is not stated not to raise platelets",
    )


def test_same_seed_same_answer_whatever_the_threads(after):
    one, two, other = (after((2, 14), (4, 30), (7, 60), threads=t, seed=s) for t, s in ((1, 1), (2, 1), (2, 2)))
    assert one == two
    assert one.outlook.posterior != other.outlook.posterior


def test_a_fall_is_two_counts_in_a_row_from_today_on():
    days = np.array([11.0, 12, 13])
    now, reports = np.array([40.0, 40, 20, 20]), np.array([[25.0, 40, 40], [25, 20, 20], [20, 20, 20], [40, 20, 20]])
    fall = fall_below(30, now, reports, days, 10.0)
    assert fall.below_now == 0.5
    assert fall.median_day == 12.0  # the second falls on day 11, the fourth on day 12, the first not at all
    assert fall.never_in_time == pytest.approx(1 / 3)
    assert fall.within_7_days == 0.25


def test_information_is_nothing_for_twins_and_one_bit_for_two_sorts_of_people():
    twins, _ = information(np.full(400, 50.0), np.full(400, 10.0), 1, "twins")
    sorts, _ = information(np.repeat([50.0, 500.0], 200), np.full(400, 10.0), 1, "sorts")
    assert twins == pytest.approx(0.0, abs=1e-9)
    assert sorts == pytest.approx(1.0, abs=0.02)


def test_the_next_count_is_the_first_that_tells_nearly_the_most_before_the_goal():
    counts = tuple(NextCount(d, date(2026, 11, d), bits, 0.0) for d, bits in ((1, 0.4), (2, 0.95), (3, 1.0), (4, 1.6)))
    assert best(counts, before=4).day == 2
    assert best(counts, before=None).day == 4
    assert best(counts, before=1) is None
    assert best(tuple(replace(one, bits=0.05) for one in counts), before=None) is None


FALLING = ((2, 9), (4, 160), (6, 80), (9, 25))  # up at once and down at once: hardly anyone of the fitted population


def test_trusting_the_data_lets_a_patient_be_further_from_the_population(after):
    usual, trusting = after(*FALLING), after(*FALLING, trust_data=True)
    assert [point.verdict for point in usual.fit.points] == ["does not fit", "fits", "fits"]
    assert "does not fit" not in [point.verdict for point in trusting.fit.points]
    pairs = zip(trusting.fit.points, usual.fit.points, strict=True)
    assert all(wider.chance_as_extreme > narrow.chance_as_extreme for wider, narrow in list(pairs)[::2])


def test_trusting_the_data_is_stamped_and_leaves_the_band_before_the_results_alone(after):
    usual, trusting = after((2, 14), (3, 40), (5, 90)), after((2, 14), (3, 40), (5, 90), trust_data=True)
    assert (usual.stamp.widened, trusting.stamp.widened) == (1.0, 2.0)
    assert "trusted more, as asked" in trusting.notes[len(trusting.history.notes)]
    assert not any("trusted more" in note for note in usual.notes)
    assert trusting.outlook.prior == usual.outlook.prior
    at = usual.outlook.posterior.days.index(15.0)
    widths = [found.outlook.posterior.high_90[at] - found.outlook.posterior.low_90[at] for found in (usual, trusting)]
    assert widths[1] > widths[0]


def test_where_too_few_people_are_found_nothing_is_answered(after):
    found = after((2, 9), (3, 60), (4, 110), (6, 20), (8, 9), people=2000, trust_data=True)
    assert found.fit.effective_people < 100
    assert found.outlook is None
    assert any("cannot be calculated reliably" in line for line in found.withheld)
