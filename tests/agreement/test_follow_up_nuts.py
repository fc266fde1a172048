"""The posterior that NUTS is given in benchmarks/follow_up.py is the engine's: parameters, counts and likelihood."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from opsonin.knowledge import load_knowledge
from opsonin.update.course import at_reports
from opsonin.update.history import Observed
from opsonin.update.likelihood import log_likelihood
from opsonin.update.prior import Prior

WHY = "the jax form of the posterior is NOT checked: install opsonin[bench]"
for needed in ("jax", "diffrax", "numpyro"):
    pytest.importorskip(needed, reason=WHY)

SEGMENTS = ((0.0, 0.2, 70.0), (1.0, 0.2, 70.0))
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
REPORTS = ((1.0, 34.0, False), (3.0, 10.0, True), (7.0, 168.0, False), (14.0, 900.0, False), (21.0, 5.0, True))
SEEN = tuple(Observed("platelets", day, value, below, NOON, "", f"{day}") for day, value, below in REPORTS)
PRIOR = Prior(load_knowledge(), 62.0, 12.0, None)
PLACE = float(ndtri(20.5 / 40))
PEOPLE = 8


@pytest.fixture(scope="module")
def nuts():
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "nuts.py"
    spec = importlib.util.spec_from_file_location("benchmark_nuts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def z():
    drawn = PRIOR.draw(PEOPLE, 3)
    drawn[0, :-1] = -3.0
    drawn[1, :-1] = 3.0
    drawn[:, -1] = PLACE
    return drawn


@pytest.fixture(scope="module")
def true(z):
    return at_reports(PRIOR.people(z), SEGMENTS, SEEN, threads=1)


def test_the_parameters_are_the_priors(nuts, z):
    parameters = PRIOR.people(z).parameters
    to_parameters = nuts.parameters_of(PRIOR, PLACE)
    for person in range(PEOPLE):
        theirs = to_parameters(z[person, :-1])
        assert set(theirs) == set(parameters)
        for name, values in parameters.items():
            ours = np.broadcast_to(values, PEOPLE)[person]
            assert float(theirs[name]) == pytest.approx(ours, rel=1e-9), name


def test_the_likelihood_of_the_same_counts_is_the_engines(nuts, true):
    days, values, below = nuts.columns(SEEN)
    ours = log_likelihood(SEEN, true, PRIOR.errors)
    theirs = np.array([nuts.log_likelihood(row, values, below, PRIOR.errors["platelets"]) for row in true])
    np.testing.assert_allclose(theirs, ours, rtol=1e-12)
    assert nuts.log_likelihood(np.full(len(days), np.nan), values, below, PRIOR.errors["platelets"]).max() == -np.inf


def test_the_whole_likelihood_is_the_engines(nuts, z, true):
    """Two adaptive solvers at a tolerance of 10⁻⁶ each, across kinks: the third decimal of a logarithm may differ."""
    import jax

    columns = nuts.columns(SEEN)
    likelihood = jax.jit(jax.vmap(lambda one: nuts.of_reports(PRIOR, PLACE, SEGMENTS)(one, *columns)))
    ours = log_likelihood(SEEN, true, PRIOR.errors).sum(axis=1)
    np.testing.assert_allclose(np.asarray(likelihood(z[:, :-1])), ours, rtol=0, atol=5e-3)
