"""What went wrong, in words a user can act on.

OpsoninError
├── InputRefused        what was handed in cannot be used; carries every Problem found   (exit code 2)
├── KnowledgeError      a shelf entry is malformed, missing, or asked for outside its reach
├── OutsideDomain       a model was asked about someone it does not hold for
├── SimulationFailed    the engine could not finish; carries which individuals and when
└── CheckFailed         two independent calculations, or a seal, disagree                (exit code 3)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class OpsoninError(Exception):
    """Base of every error this package raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was handed in: where, what, why, and what to do about it."""

    field: str
    value: str
    why: str
    remedy: str

    def __str__(self) -> str:
        shown = f" = {self.value}" if self.value != "" else ""
        return f"{self.field}{shown}: {self.why} {self.remedy}".rstrip()


class InputRefused(OpsoninError):
    """The input cannot be used. All problems are reported at once; nothing was written."""

    def __init__(self, problems: Iterable[Problem], *, source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        head = f"{source}: " if source else ""
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"{head}{count} {noun}\n" + "\n".join(f"  - {problem}" for problem in self.problems))


class KnowledgeError(OpsoninError):
    """The shelf cannot answer: an entry is malformed or missing, or was asked outside what it holds for."""


class OutsideDomain(OpsoninError):
    """A model was asked about a person or a regimen it does not hold for."""


class SimulationFailed(OpsoninError):
    """The engine could not finish some individuals; the message names them, the time and the reason."""


class CheckFailed(OpsoninError):
    """Two ways to the same number disagree, or a record does not verify. Never a warning."""
