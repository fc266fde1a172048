"""In which order do candidates stand?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.planning import Candidate, NoForecast, candidates, rank
from opsonin.planning.choose import _goal_classes
from opsonin.planning.plan import Band, Forecast, FromParameters, Interval, NextFall
from opsonin.safety import Finding, Standing, offers

FLAT = Band((0.0,), (1.0,), (1.0,), (1.0,), (1.0,), (1.0,))
SOME = Interval(1.0, 1.0, 1.0)


def forecast(probability):
    return Forecast(
        model="m", model_status="draft model, not validated", virtual_patients=1, seed=1, horizon_days=28,
        platelets=FLAT, igg=FLAT, reach=(), iwg_complete_response=0.0, iwg_response=0.0, iwg_no_response=1.0,
        days_to_50=SOME, share_reaching_50=0.0, days_above_30=SOME, days_above_50=SOME,
        next_fall_below_30=NextFall(SOME, 0.0, 0.0), goal_probability=probability, goal_says="", sentence="",
        notes=(), fact_ids=(), from_parameters=FromParameters(7, 0.1, 0.02),
    )  # fmt: skip


@pytest.fixture
def regimens(known, person, setting):
    offered = offers(person(), setting(), known)
    return {r.id: r for r, _ in candidates(person(), setting(), offered, known)}


def candidate(regimen, probability=None, standing="on-label", findings=()):
    expected = NoForecast((), ()) if probability is None else forecast(probability)
    return Candidate(regimen, Standing(standing, "", standing, ()), findings, expected, None, (), None)


def finding(severity):
    return Finding("r", severity, f"a {severity} message", "why", "do", ())


@pytest.fixture
def order(known, person, goal):
    def ids(*those):
        return [(c.regimen.id, c.rank) for c in rank(those, known.ranking, person(), goal)]

    return ids


def test_an_absolute_finding_rules_out_and_stays_visible(order, regimens):
    good, bad = (
        candidate(regimens["panzyga:1x2"], 0.1),
        candidate(regimens["octagam_10:1x2"], 0.9, findings=(finding("absolute"),)),
    )
    assert order(bad, good) == [("panzyga:1x2", 1), ("octagam_10:1x2", None)]


def test_support_comes_before_the_goal(order, regimens):
    off = candidate(regimens["octagam_10:1x2"], 0.95, standing="off-label-supported")
    assert order(off, candidate(regimens["privigen:1x2"], 0.5))[0] == ("privigen:1x2", 1)


def test_ten_points_decide_and_nine_do_not(order, regimens):
    slow, fast = regimens["privigen:1x2"], regimens["octagam_10:1x2"]
    assert fast.hours < slow.hours
    assert order(candidate(slow, 0.80), candidate(fast, 0.71))[0][0] == fast.id
    assert order(candidate(slow, 0.81), candidate(fast, 0.71))[0][0] == slow.id


def test_a_conditional_finding_weighs_more_than_hours(order, regimens):
    fast = candidate(regimens["octagam_10:1x2"], 0.8, findings=(finding("conditional"),))
    assert order(fast, candidate(regimens["privigen:1x2"], 0.8))[0][0] == "privigen:1x2"


def test_ties_stay_ties(order, regimens):
    """The same steps, hours, grams and waste: two names for one course share a rank."""
    one = regimens["gamunex_c:1x2"]
    twin = replace(one, product=replace(one.product, id="gamunex_twin"))
    ranks = dict(order(candidate(one, 0.8), candidate(twin, 0.8), candidate(regimens["privigen:1x2"], 0.8)))
    assert ranks[one.id] == ranks[twin.id] == 1
    assert ranks["privigen:1x2"] == 3


def test_one_missing_forecast_means_the_goal_decides_nothing(order, regimens):
    assert (
        order(candidate(regimens["privigen:1x2"], 0.99), candidate(regimens["octagam_10:1x2"]))[0][0]
        == "octagam_10:1x2"
    )


def test_every_reason_is_a_sentence_about_this_candidate(known, person, goal, regimens):
    ranked = rank([candidate(r, 0.8) for r in regimens.values()], known.ranking, person(), goal)
    for found in ranked:
        assert any("h at the bedside" in reason for reason in found.reasons)
        assert any("10 points" in reason for reason in found.reasons)


def classes_of(probabilities):
    class Fake:
        def __init__(self, id, p):
            self.regimen, self.forecast = type("R", (), {"id": id}), forecast(p)

    fakes = [Fake(str(i), p) for i, p in enumerate(probabilities)]
    found = _goal_classes(fakes, 0.10)
    return [(p, found[str(i)]) for i, p in enumerate(probabilities)]


@given(st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=12))
def test_a_difference_of_ten_points_is_never_ignored_and_none_smaller_separates_from_the_best(probabilities):
    found, best = classes_of(probabilities), max(probabilities)
    for p, of_p in found:
        if best - p < 0.0999:
            assert of_p == 0
        for q, of_q in found:
            if of_p == of_q:
                assert abs(p - q) < 0.10 + 1e-9
            if p > q:
                assert of_p <= of_q


def test_small_steps_do_not_add_up_to_a_large_difference_that_is_ignored():
    assert [of for _, of in classes_of([0.86, 0.79, 0.72, 0.65, 0.58, 0.49])] == [0, 0, 1, 1, 2, 2]


def test_price_is_grams_opened_times_the_sites_price(known, person, setting, goal):
    from opsonin.planning.assemble import assemble

    circumstances = setting(prices_per_g={"privigen": Decimal(50)})
    offered = offers(person(), circumstances, known)
    regimens = candidates(person(), circumstances, offered, known)
    none = {r.id: NoForecast((), ()) for r, _ in regimens}
    found = {c.regimen.id: c for c in assemble(person(), goal, circumstances, regimens, offered, none, known)}
    assert found["privigen:1x2"].price == 50 * (
        found["privigen:1x2"].regimen.total_g + found["privigen:1x2"].regimen.discarded_g
    )
    assert found["panzyga:1x2"].price is None
