"""Is chance keyed by purpose and person, and does it have the distribution it claims?"""

import numpy as np
import pytest

from opsonin.population import truncated_log_normal
from opsonin.population.draws import (
    around_report,
    around_report_and_population,
    log_normal_width,
    normals,
    uniforms,
)

MANY = 50_000


def test_a_persons_number_does_not_depend_on_how_many_there_are():
    assert (uniforms(7, "V1", 10) == uniforms(7, "V1", 1000)[:10]).all()


def test_purposes_and_seeds_are_unrelated():
    one = normals(1, "V1", MANY)
    for other in (normals(1, "V2", MANY), normals(2, "V1", MANY)):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(MANY)


def test_normal_numbers_are_normal():
    z = normals(3, "anything", MANY)
    assert abs(z.mean()) < 4 / np.sqrt(MANY) and z.std() == pytest.approx(1, abs=0.015)
    assert np.quantile(z, 0.95) == pytest.approx(1.645, abs=0.03)


def test_a_log_normal_has_the_coefficient_of_variation_asked_for():
    values = np.exp(log_normal_width(0.7) * normals(4, "production", MANY))
    assert values.std() / values.mean() == pytest.approx(0.7, rel=0.03)


def test_truncation_keeps_the_limits_and_the_shape_between_them():
    u = uniforms(5, "P0", MANY)
    values = truncated_log_normal(u, median=10, cv=0.6, low=3, high=20)
    assert values.min() >= 3 and values.max() <= 20
    free = 10 * np.exp(log_normal_width(0.6) * normals(6, "P0", 4 * MANY))
    kept = free[(free >= 3) & (free <= 20)]
    assert np.quantile(values, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(kept, [0.1, 0.5, 0.9]), rel=0.02)


@pytest.mark.parametrize("report", [12.0, 25.0, 45.0])
def test_truths_drawn_around_a_report_report_like_it(report):
    """Nine in ten truths lie where the report is within 1.645 of its own standard deviations of them."""
    truth = around_report(uniforms(8, "P0", MANY), report=report, proportional=0.2, additive=3, least=0.01)
    off = np.abs(report - truth) / np.hypot(0.2 * truth, 3)
    assert (off <= 1.645).mean() == pytest.approx(0.90, abs=0.04)
    assert np.median(truth) == pytest.approx(report, rel=0.08)


def test_no_truth_lies_below_the_least():
    truth = around_report(uniforms(9, "P0", MANY), report=3, proportional=0.2, additive=3, least=1)
    assert truth.min() >= 1 and np.median(truth) < 5


def test_a_measured_igg_pulls_the_population_towards_it():
    z = normals(10, "C0", MANY)
    drawn = around_report_and_population(z, report=6, proportional=0.1, additive=0.8, median=11, width=0.246)
    assert 6 < np.median(drawn) < 11 and np.std(np.log(drawn)) < 0.246
    sharp = around_report_and_population(z, report=6, proportional=1e-6, additive=1e-6, median=11, width=0.246)
    assert sharp == pytest.approx(np.full(MANY, 6.0), rel=1e-4)
