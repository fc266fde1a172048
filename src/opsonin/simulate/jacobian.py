"""How does a step solve its linear system? By the symbolic sparse Jacobian and straight-line elimination.

The matrix is 1/(gamma h) I - J. Rows are eliminated in the order that fills in least, without exchanging rows: the
large diagonal that a small step brings keeps this stable, and a step that fails for it is refused and shortened.
"""

from __future__ import annotations

from typing import Any

import sympy

from opsonin.simulate.symbols import Formulas

Place = tuple[int, int]


def jacobian(formulas: Formulas) -> dict[Place, Any]:
    """The entries that are not 0: (row, column) → derivative of the row's slope by the column's state."""
    entries = {}
    for row, slope in enumerate(formulas.slopes):
        for column, state in enumerate(formulas.states):
            if state in slope.free_symbols:
                entry = sympy.powsimp(slope.diff(state), combine="exp")  # x**h/x would be 0/0 where x = 0
                if entry != 0:
                    entries[row, column] = entry
    return entries


def elimination(places: set[Place], size: int) -> tuple[list[int], set[Place]]:
    """The order of pivots that fills in least at every choice, and all places filled in the end."""
    filled = places | {(i, i) for i in range(size)}
    left, order = set(range(size)), []

    def cost(pivot: int) -> tuple[int, int]:
        rows = sum((i, pivot) in filled for i in left if i != pivot)
        columns = sum((pivot, j) in filled for j in left if j != pivot)
        return rows * columns, pivot

    while left:
        pivot = min(left, key=cost)
        left.remove(pivot)
        order.append(pivot)
        rows = [i for i in left if (i, pivot) in filled]
        filled |= {(i, j) for i in rows for j in left if (pivot, j) in filled}
    return order, filled


def factorise_lines(entries: dict[Place, str], size: int) -> tuple[list[str], list[str], list[Place], list[int]]:
    """Statements that factorise in place (variables m_row_column; pivots inverted), and those that solve for r_row.

    Returns (factorising, solving, stored places, pivot order). The diagonal of `entries` already holds the shift.
    """
    order, filled = elimination(set(entries), size)
    rank = {state: position for position, state in enumerate(order)}
    factorise = [f"m_{i}_{j} = {entries.get((i, j), '0.0')}" for i, j in sorted(filled)]
    for pivot in order:
        factorise.append(f"m_{pivot}_{pivot} = 1.0 / m_{pivot}_{pivot}")
        later = order[rank[pivot] + 1 :]
        for i in (i for i in later if (i, pivot) in filled):
            factorise.append(f"m_{i}_{pivot} = m_{i}_{pivot} * m_{pivot}_{pivot}")
            factorise += [
                f"m_{i}_{j} = m_{i}_{j} - m_{i}_{pivot} * m_{pivot}_{j}" for j in later if (pivot, j) in filled
            ]
    solve = []
    for i in order:
        terms = [f" - m_{i}_{j} * r_{j}" for j in order[: rank[i]] if (i, j) in filled]
        if terms:
            solve.append(f"r_{i} = r_{i}" + "".join(terms))
    for i in reversed(order):
        terms = [f" - m_{i}_{j} * r_{j}" for j in order[rank[i] + 1 :] if (i, j) in filled]
        solve.append(f"r_{i} = (r_{i}{''.join(terms)}) * m_{i}_{i}")
    return factorise, solve, sorted(filled), order
