"""Prior, likelihood and weights, against what is known exactly."""

from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.stats import norm

from opsonin.population import people_like
from opsonin.population.draws import normals
from opsonin.update.history import Observed
from opsonin.update.likelihood import GROSS, clean, log_likelihood, suspicion
from opsonin.update.prior import Prior
from opsonin.update.sample import posterior, smooth

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seen(value, *, below=False, what="platelets"):
    return Observed(what, 1.0, value, below, NOON, str(value), "here")


@pytest.mark.parametrize("igg", [None, "9.1"])
def test_the_prior_is_the_plans_own_virtual_population(person, known, igg):
    from datetime import date
    from decimal import Decimal

    from opsonin.patient import Measurement

    day = date(2026, 11, 20)
    results = [Measurement("platelets", Decimal(14), "10^9/L", day, "14")]
    if igg is not None:
        results.append(Measurement("igg", Decimal(igg), "g/L", day, igg))
    patient = person(measurements=tuple(results))
    planned = people_like(patient, known, n=300, seed=7)
    prior = Prior(known, float(patient.weight.kg), 14.0, float(igg) if igg else None)
    ours = prior.people(prior.draw(300, 7)).parameters
    assert set(ours) == set(planned.parameters)
    for name, values in planned.parameters.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-9, err_msg=name)


def test_a_usual_report_has_the_shelfs_error(known):
    errors = Prior(known, 70.0, 10.0, None).errors
    true = np.array([[50.0]])
    width = np.hypot(0.2 * 50, 3)
    assert clean([seen(60.0)], true, errors)[0, 0] == pytest.approx(norm.logpdf(60, 50, width))
    assert clean([seen(5.0, below=True)], true, errors)[0, 0] == pytest.approx(norm.logcdf(5, 50, width))


def test_a_wild_report_costs_no_more_than_a_gross_error(known):
    errors = Prior(known, 70.0, 10.0, None).errors
    true = np.array([[50.0]])
    assert log_likelihood([seen(900.0)], true, errors)[0, 0] == pytest.approx(np.log(GROSS / 1000))
    assert suspicion([seen(900.0)], true, errors)[0, 0] > 0.999
    assert suspicion([seen(55.0)], true, errors)[0, 0] < 0.01


def test_someone_who_could_not_be_simulated_is_impossible(known):
    errors = Prior(known, 70.0, 10.0, None).errors
    assert log_likelihood([seen(55.0)], np.array([[np.nan]]), errors)[0, 0] == -np.inf


@pytest.mark.parametrize(("value", "width"), [(1.0, 1.0), (3.0, 0.3), (-4.0, 0.1)])
def test_the_weights_give_the_exact_posterior_of_a_normal_report(value, width):
    """z ~ N(0, 1) in three columns, a report of the first: the posterior is known in closed form."""

    def draw(n):
        return np.column_stack([normals(5, f"column {c}", n) for c in range(3)])

    found = posterior(draw, lambda z: norm.logpdf(value, z[:, 0], width), n=4000, seed=5)
    precision = 1 + 1 / width**2
    middle, sd = value / width**2 / precision, precision**-0.5
    ours = found.weights @ found.z
    assert found.trusted
    assert abs(ours[0] - middle) < 0.1 * sd
    assert np.sqrt(found.weights @ (found.z[:, 0] - ours[0]) ** 2) == pytest.approx(sd, rel=0.1)
    assert np.abs(ours[1:]).max() < 0.1


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    def draw(n):
        return normals(5, "z", n)[:, None]

    def again(seed):
        return posterior(draw, lambda z: norm.logpdf(4.0, z[:, 0], 0.1), n=1000, seed=seed)

    assert (again(1).weights == again(1).weights).all()
    assert again(1).z[-1, 0] != again(2).z[-1, 0]


def test_a_heavy_tail_is_not_trusted():
    tail = -1.2 * np.log(np.linspace(1e-5, 1, 4000))  # weights u^-1.2: the mean is infinite
    _, k = smooth(tail)
    assert k > 0.7


def test_people_picked_stand_in_proportion_to_their_weights():
    def draw(n):
        return np.arange(float(n))[:, None] - (n - 1) / 2

    found = posterior(draw, lambda z: np.where(z[:, 0] > 0, 0.0, -1e9), n=2000, seed=1)
    assert (found.z[found.picked(500, 3), 0] > 0).all()
