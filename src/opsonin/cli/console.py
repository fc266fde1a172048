"""How wide is the page? As the terminal says, or as a page where there is none."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PAGE_WIDTH = 110  # columns, where no terminal says its own


def console() -> Console:
    """A console for stdout."""
    from rich.console import Console

    wide_enough = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if wide_enough else PAGE_WIDTH)
