"""Where people stand when they carry a predictor: the same population where it was studied, further where all do."""

from dataclasses import replace

import numpy as np
import pytest

from opsonin.population.carriers import Carriers, largest_shift, places, who_carries
from opsonin.population.draws import normals

N = 40_000
ONE = Carriers("antibody", "IC50", shift=1.2, share=0.4, share_studied=0.4)


def test_nobody_named_stands_where_they_always_stood():
    assert (places(3, "IC50", N) == normals(3, "IC50", N)).all()
    assert (places(3, "kprod0", N, [ONE]) == normals(3, "kprod0", N)).all(), "only what it moves is moved"


def test_a_population_like_the_studied_one_keeps_its_middle_and_its_spread():
    z = places(3, "IC50", N, [ONE])
    assert z.mean() == pytest.approx(0, abs=4 / np.sqrt(N))
    assert z.std() == pytest.approx(1, abs=4 / np.sqrt(2 * N))


def test_carriers_stand_one_shift_further_than_the_others():
    z, carries = places(3, "IC50", N, [ONE]), who_carries(ONE, seed=3, n=N)
    assert carries.mean() == pytest.approx(0.4, abs=0.01)
    assert z[carries].mean() - z[~carries].mean() == pytest.approx(1.2, abs=0.04)
    everybody = places(3, "IC50", N, [replace(ONE, share=1.0)])
    nobody = places(3, "IC50", N, [replace(ONE, share=0.0)])
    assert everybody - nobody == pytest.approx(1.2)


def test_who_carries_stays_when_more_people_or_a_larger_share_are_asked_for():
    few, more = who_carries(ONE, seed=3, n=50), who_carries(replace(ONE, share=0.7), seed=3, n=500)
    assert (few <= more[:50]).all() and few.any()
    assert not who_carries(replace(ONE, share=0.0), seed=3, n=N).any()
    assert who_carries(replace(ONE, share=1.0), seed=3, n=N).all()


def test_two_predictors_share_what_people_differ_in():
    other = replace(ONE, predictor="genotype", shift=-0.8, share=0.25, share_studied=0.25)
    assert places(3, "IC50", N, [ONE, other]).std() == pytest.approx(1, abs=4 / np.sqrt(2 * N))
    most = replace(ONE, shift=largest_shift(0.4))
    assert most.explains == pytest.approx(1)
    with pytest.raises(ValueError, match="antibody, genotype account for more than all"):
        places(3, "IC50", N, [most, other])
