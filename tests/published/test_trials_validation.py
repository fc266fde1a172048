"""The validation page is current in everything that no simulation changes, and the fit is what it says it is."""

import json
from pathlib import Path

import pytest

from opsonin.trial import declared_split, validate
from opsonin.trial.calibrated import DRAFT, FITTED, Ensemble, read_ensemble
from opsonin.trial.page import published_cells, unused_line

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "validation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def draft(known):
    return validate(knowledge=known, people=1000, seed=11, threads=2, ensemble=DRAFT)


@pytest.fixture(scope="module")
def fitted(known):
    """The validation with the first 8 sets of the ensemble."""
    every = read_ensemble()
    few = Ensemble(every.name, every.adults[:8], every.children[:8])
    return validate(knowledge=known, people=500, seed=11, threads=2, ensemble=few)


def test_the_page_shows_every_published_value_as_declared(draft):
    missing = [row.name for row in draft.rows if published_cells(row) not in PAGE]
    assert not missing, "run: python -m opsonin.trial.page docs/explanation/validation.md"


def test_the_page_lists_what_is_not_compared_and_the_seal(draft):
    assert not [item.what for item in draft.unused if unused_line(item) not in PAGE]
    assert declared_split().seal[:16] in PAGE


def test_the_fit_saw_the_calibration_studies_and_no_other():
    document = json.loads(FITTED.read_text(encoding="utf-8"))
    split = declared_split()
    fitted_to = {study for group in document["groups"].values() for study in group["fitted_to"]}
    assert fitted_to == {study for study, where in split.of.items() if where == "calibration"}
    assert document["split_seal"] == split.seal
    assert document["command"].startswith("opsonin calibrate ")


def test_every_fitted_value_has_an_interval_around_it():
    for group in json.loads(FITTED.read_text(encoding="utf-8"))["groups"].values():
        assert group["effective_draws"] > 25
        for name in group["names"]:
            assert group["low_95"][name] < group["mean"][name] < group["high_95"][name]
