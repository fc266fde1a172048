"""Which policy pack, whose, and which case? An id on the shelf or a site's own file; one way for every command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from opsonin.case import AtgCase, Case
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


def open_case_with(path: Path, pack: str | None = None, **how: Any) -> tuple[Case | AtgCase, Knowledge]:
    """The case of whichever therapy, and the knowledge of its day; everything wrong with either is refused at once.

    `how` goes to `opsonin.case.open_case`; a day that the case does not state is today.
    """
    from opsonin.case import open_case

    mine = chosen(pack)
    case = open_case(path, pack=mine.id, shelf=mine.knowledge, **{"today": date.today(), **how})
    return case, mine.knowledge(case.circumstances.as_of)


def chosen(said: str | None, said_at: str = "--pack") -> Chosen:
    """What was said after --pack, or elsewhere.

    >>> chosen("eu").file is None, chosen("packs/ward-7.yaml").id
    (True, 'ward-7')
    """
    if said is not None and said.endswith((".yaml", ".yml")):
        return Chosen(Path(said).stem, Path(said), said_at)
    return Chosen(said, None, said_at)
