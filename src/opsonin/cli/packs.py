"""Which policy pack, and whose? An id on the shelf, or a site's own pack as a file: one way for every command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge

option = click.option(
    "--pack", metavar="ID|FILE", help="Policy pack to use instead of the case's; a site's own as a file (.yaml)."
)


@dataclass(frozen=True)
class Chosen:
    """A pack by its id, and the file it stands in when it is a site's own."""

    id: str | None
    file: Path | None
    said_at: str

    def knowledge(self, on: date | None) -> Knowledge:
        """What is known on a day, with the site's own pack; one that is no good is refused with all its problems."""
        from opsonin.errors import InputRefused, Problem
        from opsonin.knowledge import BadPack, load_knowledge

        if self.file is not None and not self.file.is_file():
            raise InputRefused(
                [Problem(self.said_at, str(self.file), "cannot be read: no such file.", "Give its path.")]
            )
        try:
            return load_knowledge(on=on, extra=self.file)
        except BadPack as bad:
            raise InputRefused(bad.problems, source=str(self.file)) from bad


def chosen(said: str | None, said_at: str = "--pack") -> Chosen:
    """What was said after --pack, or elsewhere.

    >>> chosen("eu").file is None, chosen("packs/ward-7.yaml").id
    (True, 'ward-7')
    """
    if said is not None and said.endswith((".yaml", ".yml")):
        return Chosen(Path(said).stem, Path(said), said_at)
    return Chosen(said, None, said_at)
