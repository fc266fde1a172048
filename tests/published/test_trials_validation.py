"""The validation page is current in everything that no simulation changes, and the fit is what it says it is."""

import json
from pathlib import Path

import pytest

from opsonin.trial import declared_split, validate
from opsonin.trial.calibrate import model_seal
from opsonin.trial.calibrated import DRAFT, FITTED, Ensemble, read_ensemble
from opsonin.trial.igg_say import beside_rows, beside_title
from opsonin.trial.page import fitted_rows, published_cells, unused_line
from opsonin.trial.summary import summary

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "validation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def draft(known):
    return validate(knowledge=known, people=1000, seed=11, threads=2, ensemble=DRAFT)


@pytest.fixture(scope="module")
def fitted(known):
    """The validation with the first 6 sets of the ensemble."""
    every = read_ensemble()
    few = Ensemble(every.name, every.adults[:6], every.children[:6])
    return validate(knowledge=known, people=300, seed=11, threads=2, ensemble=few)


def test_the_page_shows_every_published_value_as_declared(draft):
    missing = [row.name for row in draft.rows if published_cells(row) not in PAGE]
    assert not missing, "run: python -m opsonin.trial.page docs/explanation/validation.md"


def test_the_page_shows_igg_as_declared_and_as_published_models_have_it(draft):
    """Everything but the intervals, which hang on people and seed."""
    igg = draft.igg
    missing = [row.name for row in igg.rows if published_cells(row) not in PAGE]
    for found in igg.beside:
        lines = [line for line in beside_rows(found, igg) if not line[0].startswith("… 95 %")]
        missing += [line[0] for line in lines if "| " + " | ".join(line) + " |" not in PAGE]
        missing += [found.regimen.id] * (beside_title(found, igg.weight_kg) not in PAGE)
    missing += [item.what for item in igg.not_compared if f"- {item.what}: {item.why}" not in PAGE]
    assert not missing, "run: python -m opsonin.trial.page docs/explanation/validation.md --only-igg"


def test_the_page_lists_what_is_not_compared_and_the_seal(draft):
    assert not [item.what for item in draft.unused if unused_line(item) not in PAGE]
    assert declared_split().seal[:16] in PAGE


def test_the_fit_saw_the_calibration_studies_and_no_other(known):
    document = json.loads(FITTED.read_text(encoding="utf-8"))
    split = declared_split()
    fitted_to = {study for group in document["groups"].values() for study in group["fitted_to"]}
    assert fitted_to == {study for study, where in split.of.items() if where == "calibration"}
    assert document["split_seal"] == split.seal
    assert document["facts"] == model_seal(known), "a number the model reads has changed since the fit: fit again"
    assert document["command"].startswith("opsonin calibrate ")


def test_the_page_shows_the_fitted_values():
    lines = ["| " + " | ".join(row) + " |" for row in fitted_rows(json.loads(FITTED.read_text(encoding="utf-8")))]
    assert len(lines) == 18
    assert not [line for line in lines if line not in PAGE]


def test_every_fitted_value_has_an_interval_around_it():
    for group in json.loads(FITTED.read_text(encoding="utf-8"))["groups"].values():
        assert group["effective_draws"] >= 100
        for name in group["names"]:
            assert group["low_95"][name] < group["mean"][name] < group["high_95"][name]


def test_a_new_trial_is_a_new_trial_and_intervals_by_chance_only_stand_beside(fitted):
    after = summary(fitted)["validation"]["all"]
    assert fitted.trials_differ and after.coverage >= after.coverage_by_chance
    assert after.width_ratio_by_chance < after.width_ratio <= 1.5


def test_the_fit_brings_the_children_near_and_does_not_move_the_adults_away(draft, fitted):
    before, after = summary(draft), summary(fitted)
    assert before["calibration"]["children"].response_rate_mae_points > 25
    assert after["calibration"]["children"].response_rate_mae_points < 10
    assert (
        after["validation"]["children"].response_rate_mae_points
        < before["validation"]["children"].response_rate_mae_points - 3
    )
    for split in ("calibration", "validation"):
        moved = after[split]["adults"].response_rate_mae_points - before[split]["adults"].response_rate_mae_points
        assert moved < 2, split


def test_the_intervals_of_the_fit_hold_the_studies_it_was_fitted_to(fitted):
    assert summary(fitted)["calibration"]["all"].coverage >= 0.85


def test_misses_the_page_explains_are_still_misses(fitted):
    outside = {row.name for row in fitted.rows if not row.inside}
    assert outside >= {
        "china_2025/ten_percent/doubled_by_day_7",
        "hong_2018/ivig_sn/mean_duration",
        "lee_2001/until_50/two_doses",
        "erduran_2003/ivig/mean_days_to_50",
        "kuitwaard_2009/five_days/sd_rise_day_14",
    }
