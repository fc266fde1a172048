"""The files of a trial: tables, figures, and what is said when their packages are missing."""

import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from opsonin.trial import read_trial, run_trial, validate
from opsonin.trial.extras import TrialExtraMissing, need
from opsonin.trial.figures import write_forest, write_trial_figures
from opsonin.trial.read import ARMS
from opsonin.trial.say import outcome_rows, outcome_to_dict, plain, span
from opsonin.trial.tables import people_tables, series_table, write_tables


@pytest.fixture(scope="module")
def outcome(known):
    return run_trial(read_trial(ARMS / "godeau_1999.yaml"), knowledge=known, people=120, seed=1, threads=2)


def test_the_series_table_has_every_visit_of_every_person(outcome):
    table = series_table(outcome)
    assert {column.size for column in table.values()} == {3 * 120 * 9}
    assert table["platelets_10e9_per_l"][:9].tolist() == outcome.arms[0].seen.counts[0].tolist()


def test_the_people_table_agrees_with_the_outcome(outcome):
    table = people_tables(outcome)["half"]
    typical = {e.endpoint.id: e.prediction.typical for e in outcome.arms[0].endpoints}
    assert 100 * table["response_day_4"].mean() == pytest.approx(typical["response_day_4"])
    assert np.isnan(table["rescued_by_day_8"]).sum() == table["response_day_4"].sum(), "only those rescued are asked"


def test_parquet_comes_back_as_it_was_written(outcome, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    written = write_tables(outcome, tmp_path)
    assert [path.name for path in written] == [
        "series.parquet", "people-half.parquet", "people-one.parquet", "people-both.parquet",
    ]  # fmt: skip
    back = parquet.read_table(written[0])["platelets_10e9_per_l"].to_numpy()
    assert (back == series_table(outcome)["platelets_10e9_per_l"]).all()


def test_a_missing_package_is_said_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TrialExtraMissing, match=r"need pyarrow, which is not installed.*opsonin\[trial\]"):
        need("pyarrow")


def test_figures_are_svg_and_the_same_every_time(outcome, tmp_path):
    pytest.importorskip("matplotlib")
    first = write_trial_figures(outcome, tmp_path / "a")
    again = write_trial_figures(outcome, tmp_path / "b")
    assert [path.name for path in first] == ["counts.svg", "survival.svg", "waterfall.svg"]
    for one, other in zip(first, again, strict=True):
        assert ElementTree.parse(one).getroot().tag.endswith("svg")
        assert one.read_bytes() == other.read_bytes()


def test_the_forest_names_every_endpoint(known, tmp_path):
    pytest.importorskip("matplotlib")
    found = validate(knowledge=known, arms=[read_trial(ARMS / "godeau_1999.yaml")], people=120, seed=1, threads=2)
    text = write_forest(found, tmp_path)[0].read_text(encoding="utf-8")
    assert all(f"{row.trial}/{row.arm}: {row.endpoint}" in text for row in found.rows)


def test_the_outcome_as_table_and_json(outcome):
    rows = list(outcome_rows(outcome))
    document = outcome_to_dict(outcome)
    assert len(rows) == sum(len(arm["endpoints"]) for arm in document["arms"]) == 9
    assert rows[0][:3] == ("half", "above 80 and at least twice the baseline on day 4", "%")
    assert document["arms"][0]["mean_grams"] > 0.5 * 45


def test_numbers_in_words():
    assert [plain(value) for value in (None, float("nan"), float("inf"), 5.0, 5.04)] == [
        "–",
        "–",
        "not reached",
        "5",
        "5",
    ]
    assert span(None, 3) == "–"
    assert span(1, float("inf")) == "1 to not reached"
