"""What came out? Courses of the asked-for outputs, reduced values, and who could not be finished."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from opsonin.errors import SimulationFailed
from opsonin.simulate.events import Floats, Integers


class Failure(NamedTuple):
    """One individual the engine could not finish: its number, how far it came (model time), and why."""

    individual: int
    time: float
    reason: str


@dataclass(frozen=True)
class Courses:
    """The result of `solve`: `courses[name]` is (n, times) for an output, (n,) for a reduction.

    times: (times,) or (n, times). final: (n, states), the state at each individual's last observation.
    failed: every individual not finished (its rows are NaN). method: per method, how many individuals it solved.
    steps: attempted steps per individual. rtol, atol: the tolerances used.
    """

    model: str
    times: Floats
    values: Mapping[str, Floats]
    final: Floats
    failed: tuple[Failure, ...]
    method: Mapping[str, int]
    steps: Integers
    rtol: float
    atol: Any
    units: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    @property
    def n(self) -> int:
        """How many individuals."""
        return int(self.steps.size)

    def require(self) -> Courses:
        """These courses, if everyone was finished; else SimulationFailed naming the first few."""
        if self.failed:
            shown = "; ".join(f"number {f.individual} at {f.time:g}: {f.reason}" for f in self.failed[:5])
            raise SimulationFailed(f"{len(self.failed)} of {self.n} individuals were not finished: {shown}")
        return self

    def table(self) -> dict[str, np.ndarray]:
        """A long table as columns: id (from 0), time, and every stored output."""
        stored = {name: value for name, value in self.values.items() if value.ndim == 2}
        shape = (self.n, self.times.shape[-1])
        columns = {"id": np.repeat(np.arange(self.n), shape[1]), "time": np.broadcast_to(self.times, shape).ravel()}
        return columns | {name: value.ravel() for name, value in stored.items()}

    def to_xarray(self) -> Any:
        """An xarray Dataset (needs the extra `tables`): dimensions id and time, reductions by id."""
        xarray = _need("xarray")

        shared = self.times.ndim == 1
        data: dict[str, Any] = {
            name: (("id", "time") if value.ndim == 2 else ("id",), value, {"units": self.units.get(name, "")})
            for name, value in self.values.items()
        }
        coordinates: dict[str, Any] = {"id": np.arange(self.n)}
        coordinates["time" if shared else "clock"] = self.times if shared else (("id", "time"), self.times)
        return xarray.Dataset(data, coords=coordinates, attrs={"model": self.model, "rtol": self.rtol})

    def to_parquet(self, path: str) -> None:
        """Write `table()` as a Parquet file (needs the extra `tables`)."""
        arrow, parquet = _need("pyarrow"), _need("pyarrow.parquet")
        parquet.write_table(arrow.table(self.table()), path)


def _need(name: str) -> Any:
    """The module, or an ImportError that says what to install."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f'{name} is not installed: pip install "opsonin[tables]"') from error
