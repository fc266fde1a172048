"""Is serum IgG like that? Published values of IgG, and published population models, beside the ITP model.

Outside the scores: some rows were seen while the draft was written and stand among the split's seen arms too; the
others are outside the split. Nothing of IgG is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from opsonin.knowledge import Knowledge
from opsonin.trial.calibrated import Ensemble
from opsonin.trial.declaration import Trial
from opsonin.trial.igg_beside import Beside, Unlike, beside, igg_declaration
from opsonin.trial.read import declared_trials, read_trials
from opsonin.trial.rows import Row, rows_of

IGG_ARMS = Path(__file__).parent / "igg_arms"
SEEN = "seen"
OUTSIDE = "outside the split"


@dataclass(frozen=True)
class IggSection:
    """Published values beside predictions, regimens beside published models, and what is not compared."""

    rows: tuple[Row, ...]
    weight_kg: float
    people: int
    beside: tuple[Beside, ...]
    not_compared: tuple[Unlike, ...]

    def observed(self, name: str) -> Row | None:
        """The row of a published value, by trial/arm/endpoint."""
        return next((row for row in self.rows if row.name == name), None)


def igg_trials() -> tuple[Trial, ...]:
    """The trials of IgG that are outside the split.

    >>> [trial.id for trial in igg_trials()]
    ['dash_2014_windows', 'thurmann_1995']
    """
    return read_trials(IGG_ARMS)


def igg_section(
    *,
    knowledge: Knowledge,
    ensemble: Ensemble,
    people: int,
    seed: int,
    threads: int | None = None,
    seen: Sequence[Row] | None = None,
) -> IggSection:
    """The section; `seen` are the rows of the declared trials, simulated anew when they are not given."""
    declared = igg_declaration()
    made = partial(rows_of, knowledge=knowledge, ensemble=ensemble, people=people, seed=seed, threads=threads)
    if seen is None:
        seen = [row for trial in declared_trials() if trial.id in declared.seen for row in made(trial, split=SEEN)]
    rows = [row for id in declared.seen for row in seen if row.trial == id]
    rows += [row for trial in igg_trials() for row in made(trial, split=OUTSIDE)]
    found = [
        beside(regimen, knowledge=knowledge, weight_kg=declared.weight_kg, n=people, seed=seed, threads=threads)
        for regimen in declared.regimens
    ]
    return IggSection(tuple(rows), declared.weight_kg, people, tuple(found), declared.not_compared)
