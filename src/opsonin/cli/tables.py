"""A table on stdout, for doors whose rows are made elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence


def print_table(title: str, head: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows of text under a title; wide where no terminal says its width."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, name in enumerate(head):
        table.add_column(name, overflow="fold", justify="left" if number < 2 else "right")
    for row in rows:
        table.add_row(*row)
    console = Console(file=sys.stdout, soft_wrap=False)
    if not console.is_terminal:
        console.width = 160
    console.print(table)
