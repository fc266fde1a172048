"""An example as it is written in a case file."""

from __future__ import annotations

from typing import Any


def in_yaml(example: Any) -> str:
    """An example on one line.

    >>> in_yaml([{"value": "72 kg"}])
    '[{value: 72 kg}]'
    """
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {in_yaml(value)}" for key, value in example.items()) + "}"
    if isinstance(example, list):
        return "[" + ", ".join(in_yaml(item) for item in example) + "]"
    return str(example)
