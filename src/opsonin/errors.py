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
from importlib import import_module
from typing import Any


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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question naming the known word nearest to this one, or nothing.

    >>> did_you_mean("heigth", ["height", "sex"])
    'Did you mean "height"? '
    """
    from difflib import get_close_matches

    close = get_close_matches(word[:60].lower(), list(known), n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"? ' if close else ""


def of_extra(
    module: str, *, extra: str, missing: type[OpsoninError], needs: str, otherwise: str = "", package: str = ""
) -> Any:
    """A module of an optional extra, imported now; `missing` with the remedy when it is not there.

    needs: the beginning of the sentence, such as "The report needs". package: what to call it, if not like the module.

    >>> of_extra("json", extra="report", missing=OpsoninError, needs="The report needs").__name__
    'json'
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = package or module.partition(".")[0]
        raise missing(
            f"{needs} {name}, which is not installed. Install opsonin[{extra}], for example: "
            f'pip install "opsonin[{extra}]".{otherwise}'
        ) from error
