"""A calibration in small: what it looks at, that it goes on where it stopped, and what it writes."""

import json
from datetime import date

import numpy as np
import pytest

import opsonin.trial.calibrate as module
from opsonin.errors import KnowledgeError
from opsonin.trial import declared_split
from opsonin.trial.calibrate import as_parameters, calibrate
from opsonin.trial.calibrated import fits_to_dict, keeping_adults, read_ensemble
from opsonin.trial.people import ParameterSet

SMALL = {"people": 60, "rounds": 2, "per_round": 10, "sets": 4, "seed": 3, "threads": 2}


@pytest.fixture(scope="module")
def small(known, tmp_path_factory):
    log = tmp_path_factory.mktemp("calibration") / "log.jsonl"
    told = []
    fits = calibrate(knowledge=known, log=log, progress=lambda done, whole: told.append((done, whole)), **SMALL)
    return fits, log, told


def test_only_the_calibration_studies_are_fitted_to(small):
    adults, children = small[0]
    split = declared_split()
    assert {split.of[study] for study in (*adults.studies, *children.studies)} == {"calibration"}
    assert "tiki_2018" in children.studies and "tiki_2018" not in adults.studies


def test_progress_is_told_for_every_evaluation(small):
    assert small[2] == [(i, 40) for i in range(1, 41)]
    assert len(small[1].read_text(encoding="utf-8").splitlines()) == 40


def test_it_goes_on_where_it_stopped(known, small, tmp_path, monkeypatch):
    lines = small[1].read_text(encoding="utf-8").splitlines()
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(lines[:39]) + "\n", encoding="utf-8")
    observed = []
    real = module.observe
    monkeypatch.setattr(module, "observe", lambda *a, **k: observed.append(1) or real(*a, **k))
    again = calibrate(knowledge=known, log=log, **SMALL)
    assert 0 < len(observed) <= 8, "only the last evaluation is made anew: one simulation for each different arm"
    for fit, first in zip(again, small[0], strict=True):
        assert fit.sets == pytest.approx(first.sets)
    observed.clear()
    calibrate(knowledge=known, log=log, structure="sudden-recovery", **SMALL)
    lines = log.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 60, "another recovery of children leaves the adults as they are"


def test_a_log_of_another_calibration_is_not_used(known, small, tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(small[1].read_text(encoding="utf-8"), encoding="utf-8")
    calibrate(knowledge=known, log=log, **{**SMALL, "seed": 4})
    assert len(log.read_text(encoding="utf-8").splitlines()) == 80


def test_children_take_what_they_share_from_the_adults_with_its_uncertainty(small):
    adults, children = small[0]
    logs = np.log(adults.found.values[:, adults.names.index("h")])
    middle = adults.found.weights @ logs
    priors = {p.name: p for p in module._as_found(*module._of_fit(adults))}
    assert priors["h"].median == pytest.approx(np.exp(middle))
    sd = np.sqrt(adults.found.weights @ (logs - middle) ** 2)
    assert priors["h"].log_sd == pytest.approx(max(sd, module.LEAST_LOG_SD))
    assert priors["IC50"].log_sd > module.GIVE_OR_TAKE["IC50"], "theirs, give or take"
    assert {*module.SHARED, *module.GIVE_OR_TAKE} < set(children.names) and dict(children.fixed) == {
        "recovery_steps": 8
    }
    assert all(p.recovery_days is not None and p.recovery_steps == 8 for p in children.parameter_sets())
    assert all(p.recovery_days is None for p in adults.parameter_sets())


def test_children_are_fitted_after_the_adults_of_an_earlier_fit(known, small):
    adults = [ParameterSet({"IC50": ic50, "h": 3, "koff": 0.2}, {"kprod0": 0.5}) for ic50 in (8.0, 9.0)]
    (children,) = calibrate(knowledge=known, adults=adults, **SMALL)
    assert children.group == "children"
    prior = next(p for p in module._as_found(*module._of_sets(adults)) if p.name == "IC50")
    assert prior.median == pytest.approx(np.sqrt(72))


def test_how_much_trials_differ_is_found_without_a_simulation_more(small):
    for fit in small[0]:
        found, sds = fit.found, fit.found.values[:, -1]
        assert fit.names[-1] == "trial_sd" and found.inner.shape[1] == 15
        assert len(set(sds)) == 15 and found.weights.sum() == pytest.approx(1)
        assert found.effective <= found.inner.shape[0] == found.weights.size / 15
        assert all(p.trial_sd in sds for p in fit.parameter_sets())


def test_trials_that_differ_by_chance_only_have_no_such_value(known):
    for fit in calibrate(knowledge=known, structure="alike-trials", **SMALL):
        assert "trial_sd" not in fit.names and all(p.trial_sd == 0 for p in fit.parameter_sets())


def test_what_is_written_comes_back(small, tmp_path):
    document = fits_to_dict(small[0], name="small", on=date(2026, 11, 21), command="opsonin calibrate", about={})
    path = tmp_path / "small.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    back = read_ensemble(path)
    assert back.name == "small"
    assert len(back.adults) == len(back.children) == 4
    wanted = small[0][0].parameter_sets()[0]
    assert back.adults[0].values == pytest.approx(wanted.values, rel=1e-4)
    assert back.adults[0].cvs == pytest.approx(wanted.cvs, rel=1e-4)


def test_adults_that_are_kept_say_where_they_came_from(small, tmp_path):
    adults, children = small[0]
    path = tmp_path / "first.json"
    first = fits_to_dict(small[0], name="first", on=date(2026, 11, 21), command="opsonin calibrate", about={"seed": 3})
    path.write_text(json.dumps(first), encoding="utf-8")
    for name in ("second", "third"):
        made = fits_to_dict([children], name=name, on=date(2026, 11, 26), command="--adults", about={})
        kept = keeping_adults(made, path)
        assert kept["groups"]["adults"] == first["groups"]["adults"]
        assert kept["adults_from"] | {"command": "opsonin calibrate", "seed": 3} == kept["adults_from"]
        assert kept["adults_from"]["name"] == "first" and kept["name"] == name
        path.write_text(json.dumps(kept), encoding="utf-8")
    assert len(read_ensemble(path).adults) == len(adults.sets)


def test_named_values_become_a_parameter_set():
    made = as_parameters({"IC50": 4.0, "IC50_cv": 0.9, "recovery_median": 12.0, "recovery_cv": 1.5})
    assert made == ParameterSet({"IC50": 4.0}, {"IC50": 0.9}, (12.0, 1.5))
    assert as_parameters({"recovery_median": 12.0, "recovery_cv": 1.5, "recovery_steps": 8}).recovery_steps == 8
    assert as_parameters({"recovery_median": 12.0, "recovery_cv": 1.5, "recovery_shape": 0.5}).recovery_shape == 0.5


def test_a_file_that_is_no_calibration_is_refused(tmp_path):
    (tmp_path / "odd.json").write_text("{}", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="is not a calibration"):
        read_ensemble(tmp_path / "odd.json")


def test_the_direct_effect_holds_the_offset_at_the_onset_for_both_groups(known):
    adults, children = calibrate(knowledge=known, structure="direct-effect", **SMALL)
    assert "koff" not in adults.names
    assert "koff" not in children.names and adults.fixed["koff"] == children.fixed["koff"] == 6
    assert all(p.values["koff"] == 6 for p in (*adults.parameter_sets(), *children.parameter_sets()))
