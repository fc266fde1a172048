"""Refused input as data, for programs that read `--json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from opsonin.errors import InputRefused


def problems_as_json(refused: InputRefused) -> dict[str, Any]:
    """Every problem of a refused input, ready for `json.dumps`.

    >>> from opsonin.errors import Problem
    >>> problems_as_json(InputRefused([Problem("id", "", "is missing.", "Write it.")], source="a.yaml"))["problems"]
    [{'field': 'id', 'value': '', 'why': 'is missing.', 'remedy': 'Write it.'}]
    """
    return {
        "schema": "opsonin-problems/1",
        "source": refused.source,
        "problems": [asdict(problem) for problem in refused.problems],
    }
