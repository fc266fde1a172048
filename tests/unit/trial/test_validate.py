"""Published beside predicted: arms handed in, the declared ones, and what is not compared."""

import json

import numpy as np
import pytest
import yaml

from opsonin.trial import declared_split, declared_trials, read_trials, validate
from opsonin.trial.igg_say import validation_document
from opsonin.trial.read import ARMS
from opsonin.trial.say import validation_to_dict

PEOPLE = 300


@pytest.fixture(scope="module")
def found(known):
    return validate(knowledge=known, people=PEOPLE, seed=2, threads=2)


def test_every_computable_published_endpoint_is_compared_once(found):
    wanted = {
        f"{trial.id}/{arm.id}/{e.id}"
        for trial in declared_trials()
        for arm in trial.arms
        for e in arm.endpoints
        if e.published is not None and not e.unused
    }
    names = [row.name for row in found.rows]
    assert len(names) == len(set(names)) and set(names) == wanted
    assert {row.name: row.split for row in found.rows} == {n: declared_split().of[n.split("/")[0]] for n in names}


def test_what_is_not_compared_is_listed_with_its_reason(found):
    listed = {item.what: item.why for item in found.unused}
    assert "published as a bound" in listed["julia_2009/flebogamma_5/median_duration"]
    assert "bleeding" in listed["peng_2014"]
    assert set(declared_split().unused) <= set(listed)


def test_rows_hold_the_published_value_and_interval(found):
    row = next(row for row in found.rows if row.name == "godeau_1999/half/response_day_4")
    assert row.observed == pytest.approx(100 * 4 / 19)
    assert (row.n, row.interval_is, row.split) == (19, "exact binomial", "calibration")
    assert row.low <= row.predicted <= row.high
    steps = np.array([row.low, row.predicted, row.high]) * 19 / 100
    assert steps == pytest.approx(np.round(steps)), "a trial of 19 can only publish nineteenths"


def test_the_json_holds_the_promised_keys_and_no_infinity(found):
    document = json.loads(json.dumps(validation_to_dict(found), allow_nan=False))
    keys = {
        "coverage", "width_ratio", "response_rate_mae_points", "response_rate_floor_points", "time_mae_days",
        "duration_mae_days", "n_endpoints",
    }  # fmt: skip
    for split in ("calibration", "validation"):
        assert keys <= set(document["summary"][split])
        assert document["summary"][split]["n_endpoints"] == sum(r["split"] == split for r in document["rows"])
    assert "not included" in document["says"]


def test_igg_stands_beside_the_scores_and_enters_none(found):
    document = validation_document(found)
    assert document["igg"]["beside"] and document["igg"]["not_compared"]
    assert (
        {row["split"] for row in document["rows"]} == set(document["summary"]) == {"calibration", "seen", "validation"}
    )
    seen = {row.name: row for row in found.rows if row.split == "seen"}
    assert all(row == seen[row.name] for row in found.igg.rows if row.split == "seen")


def test_arms_handed_in_are_their_own_split(known, tmp_path):
    study = yaml.safe_load((ARMS / "julia_2009.yaml").read_text(encoding="utf-8"))
    study["id"] = "mine"
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    mine = validate(knowledge=known, arms=read_trials(tmp_path), people=PEOPLE, seed=2, threads=2)
    assert {row.split for row in mine.rows} == {"arms"}
    assert validation_to_dict(mine)["summary"]["arms"]["n_endpoints"] == 1
    assert not any(item.what in declared_split().unused for item in mine.unused)
    assert mine.igg is None and "igg" not in validation_document(mine)


def test_a_model_cannot_pass_a_trial_it_does_not_resemble(known, tmp_path):
    text = (ARMS / "julia_2009.yaml").read_text(encoding="utf-8")
    wrong = yaml.safe_load(text)
    endpoint = wrong["arms"][0]["endpoints"][0]
    endpoint["published"] |= {"value": 10.0, "events": 2}
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(wrong, allow_unicode=True), encoding="utf-8")
    mine = validate(knowledge=known, arms=read_trials(tmp_path), people=PEOPLE, seed=2, threads=2)
    assert not mine.rows[0].inside
