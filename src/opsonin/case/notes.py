"""Everything found wrong with one case, each at its place in the file, each once."""

from __future__ import annotations

from opsonin.case.document import Document, Place, dotted
from opsonin.errors import Problem

_SHOWN = 80  # characters of a value in a message


class Notes:
    """Collects problems; a place that already has one is not blamed again for what follows from it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: list[tuple[Place, Problem]] = [
            (place, problem) for place, problems in document.problems.items() for problem in problems
        ]

    def add(self, place: Place, why: str, remedy: str, value: str | None = None) -> None:
        """Note a problem; the value shown is what the file says at that place."""
        shown = self._document.written.get(place, "") if value is None else value
        shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
        self._found.append((place, Problem(dotted(place), shown, why, remedy)))

    def missing(self, place: Place, why: str, remedy: str) -> None:
        """Note an absent field, unless it is written but unusable, or its block was refused already."""
        if not self.touched(place) and place not in self._document.written:
            self.add(place, why, remedy, "")

    def touched(self, place: Place) -> bool:
        """Whether this place, or a block around it, already has a problem."""
        return any(place[: len(known)] == known for known, _ in self._found)

    def places(self) -> tuple[Place, ...]:
        return tuple(place for place, _ in self._found)

    def problems(self) -> tuple[Problem, ...]:
        """All problems in the order of the file; what is missing comes after what is there."""
        order = {place: index for index, place in enumerate(self._document.written)}
        ranked = sorted(self._found, key=lambda found: order.get(found[0], len(order)))
        return tuple(dict.fromkeys(problem for _, problem in ranked))
