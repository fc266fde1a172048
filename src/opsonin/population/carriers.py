"""Who carries a predictor of response, and where do they stand in their population?

People differ, and a predictor is one of the reasons: it adds nothing to how far they lie apart. On the scale of the
standard deviation between people, those who carry it stand `shift` further than those who do not, and the rest of
their differences shrinks so that a population like the studied one keeps its middle and its spread:

    place = shift·(carries − share studied) + √(1 − shift²·share·(1 − share))·z,    z standard normal

Nobody named: the place is z, as it always was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opsonin.population.draws import Floats, normals, uniforms


@dataclass(frozen=True)
class Carriers:
    """A predictor in a virtual population: what it moves, how far, how many carry it, how many did where studied."""

    predictor: str
    moves: str  # a parameter's symbol, or the purpose `parameter_sets.RECOVERY`
    shift: float  # standard deviations between people
    share: float  # who carries it here, 0 to 1
    share_studied: float

    @property
    def explains(self) -> float:
        """The part of the variance between people that it accounts for where it was studied, 0 to 1."""
        return self.shift**2 * self.share_studied * (1 - self.share_studied)


def who_carries(one: Carriers, *, seed: int, n: int) -> NDArray[np.bool_]:
    """Who carries it; (n,). More people, or a larger share, change nothing for those who carried it already."""
    return np.asarray(uniforms(seed, f"carries {one.predictor}", n) < one.share)


def largest_shift(share_studied: float) -> float:
    """The shift that would account for all of how people differ.

    >>> largest_shift(0.5)
    2.0
    """
    return float(1 / np.sqrt(share_studied * (1 - share_studied)))


def places(seed: int, purpose: str, n: int, carried: Sequence[Carriers] = ()) -> Floats:
    """Where n people stand in what differs between them, in standard deviations; (n,).

    Several predictors are carried independently of each other. Those that together account for more than all of how
    people differ are a ValueError.

    >>> one = Carriers("anything", "IC50", shift=1.0, share=1.0, share_studied=0.5)
    >>> bool(np.allclose(places(1, "IC50", 3, [one]), 0.5 + np.sqrt(0.75) * normals(1, "IC50", 3)))
    True
    """
    z = normals(seed, purpose, n)
    mine = [one for one in carried if one.moves == purpose]
    if not mine:
        return z
    rest = 1 - sum(one.explains for one in mine)
    if rest < 0:
        names = ", ".join(one.predictor for one in mine)
        raise ValueError(f"{names} account for more than all of how people differ in {purpose}")
    moved = (one.shift * (who_carries(one, seed=seed, n=n) - one.share_studied) for one in mine)
    return np.asarray(sum(moved) + np.sqrt(rest) * z)
