"""The table of predictors: what it holds, and what its reader refuses."""

import math

import pytest

from opsonin.knowledge import load_knowledge

EFFECTS = {effect.id: effect for effect in load_knowledge().predictors}
DISAGREE = ("anti_gpib_ix", "anti_gpiib_iiia", "newly_diagnosed", "age_from_25_months", "mucosal_bleeding")


def test_an_odds_ratio_and_its_interval_are_those_of_the_counts():
    peng = EFFECTS["anti_gpib_ix_peng_2014"]
    ratio = peng.odds_ratio
    assert ratio.value == pytest.approx((24 / 42) / (72 / 18))
    error = math.sqrt(1 / 24 + 1 / 42 + 1 / 72 + 1 / 18)
    assert math.log(ratio.high / ratio.low) == pytest.approx(2 * 1.96 * error, rel=1e-4)
    assert peng.share_with == pytest.approx(66 / 156)


def test_an_empty_cell_gives_no_odds_ratio():
    assert EFFECTS["anti_gpib_ix_series_2006"].odds_ratio is None
    assert EFFECTS["fcgr2b_232_tiki_2018_observed"].odds_ratio is None
    assert EFFECTS["age_over_60_1992"].odds_ratio is None, "percentages without group sizes are no counts"


@pytest.mark.parametrize("predictor", DISAGREE)
def test_where_studies_disagree_all_stand_there_and_none_is_used_unasked(predictor):
    mine = [effect for effect in EFFECTS.values() if effect.predictor == predictor]
    assert mine and all(effect.use != "named" and effect.why for effect in mine)
    assert {str(effect.status) for effect in mine} == {"disputed"}


def test_counts_agree_with_the_percentages_printed_beside_them():
    tiki = EFFECTS["preceding_infection_tiki_2018_observed"]
    assert round(100 * tiki.yes_with / 22, 1) == 81.8
    assert round(100 * (tiki.of_with - tiki.yes_with) / 76, 1) == 43.4
    rogier = EFFECTS["anti_gpib_ix_rogier_2020"]
    assert round(100 * rogier.yes_with / 17, 1) == 88.2 and round(100 * rogier.yes_without / 52, 1) == 73.1


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (",24,66,72,90,", ",67,66,72,90,", "parts of wholes"),
        (",24,66,72,90,", ",24,66,72,,", "Four whole numbers"),
        (",24,66,72,90,", ",,,,,", "What is used has counts"),
        (",peng_2014,abstract,", ",no_such_work,abstract,", "names 'no_such_work'"),
        ("anti_gpib_ix_rogier_2020,", "anti_gpib_ix_peng_2014,", "stands twice"),
        (",natural_recovery,tiki", ",luck,tiki", "acts_on"),
        ("at_least_100_at_1_week,named,,", "at_least_100_at_1_week,effect,,", "Say why it is not used"),
        ("id,predictor,says", "id,predictor,what", "columns"),
        ("jhhjy3q,second-hand,disputed", "jhhjy3q,read,verified", "own page"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_name(spoil, old, new, complaint):
    assert complaint in spoil("predictors/ivig_itp.csv", old, new)
