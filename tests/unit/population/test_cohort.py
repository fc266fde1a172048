"""Do virtual people share what the patient's case says, and differ as the shelf says?"""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.mechanism import MODEL, sized, typical
from opsonin.patient import Measurement
from opsonin.population import bands, people, people_like, reported

N = 4000


def with_igg(patient, value):
    taken = patient.measurements[0].taken_on
    return replace(
        patient, measurements=(*patient.measurements, Measurement("igg", Decimal(value), "g/L", taken, value))
    )


def test_every_parameter_of_the_model_is_given(known, person):
    cohort = people_like(person(), known, n=5, seed=1)
    assert set(cohort.parameters) == set(MODEL.parameters)
    assert all(v.shape == (5,) and np.isfinite(v).all() for v in cohort.parameters.values())


def test_the_first_people_are_the_same_in_a_larger_cohort(known, person):
    few, many = (people_like(person(), known, n=n, seed=3) for n in (10, 300))
    for name, values in few.parameters.items():
        assert (values == many.parameters[name][:10]).all(), name


def test_another_seed_gives_other_people(known, person):
    one, two = (people_like(person(), known, n=10, seed=seed).parameters["IC50"] for seed in (1, 2))
    assert (one != two).all()


def test_people_of_the_draft_differ_as_the_shelf_says(known):
    cohort = people(known, n=N, seed=1, weight_kg=70, true_counts=10.0)
    usual = sized(typical(known), known, weight_kg=70)
    for name, cv in {"CLu": 0.28, "V1": 0.20, "V2": 0.30, "C0": 0.25, "kprod0": 0.70, "IC50": 1.03}.items():
        values = cohort.parameters[name]
        assert np.median(values) == pytest.approx(usual[name], rel=0.06), name
        assert values.std() / values.mean() == pytest.approx(cv, rel=0.12), name
    logit = np.log(cohort.parameters["phi"] / (1 - cohort.parameters["phi"]))
    assert logit.std() == pytest.approx(1.0, rel=0.05)
    for name in ("MTT", "lifespan", "Q", "h", "koff"):
        assert np.ptp(cohort.parameters[name]) == 0, name


def test_they_are_of_every_fitted_population_alike(known, person):
    cohort = people_like(person(), known, n=N, seed=1)
    group = known.fitted.groups["adults"]
    assert np.bincount(cohort.which_set).size == len(group.sets) == 40
    assert np.bincount(cohort.which_set).min() > 0.6 * N / 40
    for name in ("kprod0", "IC50"):
        middle = np.exp(np.log(cohort.parameters[name]).mean())
        assert middle == pytest.approx(float(group.mean[name]), rel=0.06), name
    assert np.unique(cohort.parameters["h"]).size == 40  # alike within a population, different between them
    assert cohort.recovery is None


def test_newly_diagnosed_children_may_recover_by_themselves(known, person):
    cohort = people_like(person(age_years=Decimal(6), kg="20"), known, n=N, seed=1)
    days = known.fitted.groups["children"].mean["recovery_median"]
    assert np.median(cohort.recovery.day) == pytest.approx(float(days), rel=0.1)


def test_they_share_the_weight(known, person):
    light, heavy = (people_like(person(kg=kg), known, n=10, seed=1).parameters for kg in ("50", "100"))
    assert heavy["V1"] == pytest.approx(2 * light["V1"])
    assert (heavy["P0"] == light["P0"]).all()


def test_the_baseline_lies_around_the_reported_count(known, person):
    cohort = people_like(person(count="14"), known, n=N, seed=1)
    counts = cohort.parameters["P0"]
    assert np.median(counts) == pytest.approx(14, rel=0.03)
    assert np.quantile(counts, 0.05) < 10 and np.quantile(counts, 0.95) > 18 and counts.min() >= 1
    assert "reported count of 14" in cohort.notes[0]


def test_a_measured_igg_is_used(known, person):
    unknown = people_like(person(), known, n=N, seed=1)
    low = people_like(with_igg(person(), "5"), known, n=N, seed=1)
    assert np.median(low.parameters["C0"]) < 7 < np.median(unknown.parameters["C0"])
    assert any("Serum IgG" in note for note in low.notes) and not any("Serum IgG" in note for note in unknown.notes)


def test_no_count_no_cohort(known, person):
    with pytest.raises(InputRefused, match="platelets"):
        people_like(person(measurements=()), known, n=10, seed=1)


def test_nobody_is_refused(known):
    with pytest.raises(InputRefused, match="virtual people"):
        people(known, n=0, seed=1, weight_kg=70, true_counts=10)


def test_reports_scatter_as_the_shelf_says_and_never_fall_below_zero(known, person):
    cohort = people_like(person(), known, n=N, seed=1)
    true = np.full((N, 2), 100.0)
    seen = reported(cohort, "platelets", true, [1.0, 2.0])
    assert seen.std(axis=0) == pytest.approx([np.hypot(20, 3)] * 2, rel=0.05)
    assert abs(np.corrcoef(seen.T)[0, 1]) < 0.06
    assert reported(cohort, "platelets", np.zeros((N, 1)), [0.0]).min() == 0


def test_a_report_does_not_depend_on_the_other_times_looked_at(known, person):
    cohort = people_like(person(), known, n=10, seed=1)
    true = np.full((10, 3), 8.0)
    every, second = reported(cohort, "igg", true, [0.0, 0.25, 1.0]), reported(cohort, "igg", true[:, :1], [0.25])
    assert (every[:, 1] == second[:, 0]).all()


def test_bands_nest():
    values = np.random.default_rng(1).lognormal(size=(1000, 5))
    found = bands(values)
    assert (found.low_90 < found.low_50).all() and (found.high_50 < found.high_90).all()
    inside = ((values >= found.low_90) & (values <= found.high_90)).mean(axis=0)
    assert inside == pytest.approx([0.9] * 5, abs=0.01)
