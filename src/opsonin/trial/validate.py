"""Was it like that? Every published endpoint beside what the model predicts for a trial of its size.

A row holds the published value with its interval and the predicted median with its 95 % predictive interval, which is
what chance makes of a trial of that size, of the parameters' uncertainty where there are several parameter sets, and of
how much trials differ beyond chance where the sets say so.
Rows are kept by split; `arms` is the split of files handed in beside the declared ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from opsonin.knowledge import Knowledge
from opsonin.mechanism import MODEL
from opsonin.trial.calibrated import DRAFT, Ensemble
from opsonin.trial.declaration import Trial
from opsonin.trial.igg import IggSection, igg_section
from opsonin.trial.read import declared_trials
from opsonin.trial.rows import Row, rows_of
from opsonin.trial.split import declared_split

OWN_ARMS = "arms"  # the split of files handed in
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Unused:
    """Something published that is not compared, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Validation:
    """Every endpoint, published and predicted, and what was not used."""

    model: str
    knowledge_version: str
    split_seal: str
    people: int
    seed: int
    parameters: str  # "draft", or the name of the fitted ensemble
    parameter_sets: int
    rows: tuple[Row, ...]
    unused: tuple[Unused, ...]
    igg: IggSection | None = None  # outside the scores; none when arms were handed in

    @property
    def trials_differ(self) -> bool:
        """Whether the sets say that trials differ by more than chance."""
        return any(row.by_chance_low is not None for row in self.rows)


def validate(
    *,
    knowledge: Knowledge,
    arms: Sequence[Trial] | None = None,
    people: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    ensemble: Ensemble = DRAFT,
) -> Validation:
    """Every declared trial, or the given `arms` instead, simulated and compared. Progress: (trials done, in all)."""
    split = declared_split()
    trials = declared_trials() if arms is None else tuple(arms)
    rows: list[Row] = []
    for number, trial in enumerate(trials):
        if progress is not None:
            progress(number, len(trials))
        name = split.of[trial.id] if arms is None else OWN_ARMS
        rows += rows_of(
            trial,
            split=name,
            knowledge=knowledge,
            ensemble=ensemble,
            people=people,
            seed=seed,
            threads=threads,
        )
    igg = None
    if arms is None:
        igg = igg_section(knowledge=knowledge, ensemble=ensemble, people=people, seed=seed, threads=threads, seen=rows)
    if progress is not None:
        progress(len(trials), len(trials))
    unused = tuple(_unused(trials)) + (tuple(Unused(*item) for item in split.unused.items()) if arms is None else ())
    return Validation(
        model=MODEL.name,
        knowledge_version=knowledge.version,
        split_seal=split.seal,
        people=people,
        seed=seed,
        parameters=ensemble.name,
        parameter_sets=len(ensemble),
        rows=tuple(rows),
        unused=unused,
        igg=igg,
    )


def _unused(trials: Sequence[Trial]) -> Iterator[Unused]:
    for trial in trials:
        for arm in trial.arms:
            for endpoint in arm.endpoints:
                name = f"{trial.id}/{arm.id}/{endpoint.id}"
                if endpoint.unused:
                    yield Unused(name, endpoint.unused)
                elif endpoint.published is None:
                    yield Unused(name, "no value was published")
