"""Which words are explained? Terms that the leaflets use; each stands under “Words we use” where it occurs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from opsonin.report.leaflet.leaflet import SIGNPOST


@dataclass(frozen=True)
class Entry:
    """A word of the glossary: the forms in which it occurs, and the facts its meaning rests on."""

    id: str
    forms: tuple[str, ...]  # in small letters
    facts: tuple[str, ...] = ()

    @property
    def because(self) -> str:
        return "" if self.facts else SIGNPOST


GLOSSARY = (
    Entry("allergy", ("allergy", "allergic", "allergies")),
    Entry("antibody", ("antibody", "antibodies"), ("texts/ivig/what_it_is",)),
    Entry("atg", ("atg",), ("texts/atg/what_it_is",)),
    Entry("blood-pressure", ("blood pressure",)),
    Entry("bone-marrow", ("bone marrow",)),
    Entry("clot", ("clot", "clots")),
    Entry("count", ("count", "counts")),
    Entry("dose", ("dose", "doses")),
    Entry("drip", ("drip", "drips"), ("texts/ivig/how_it_is_given",)),
    Entry("immune-system", ("immune system",)),
    Entry("infection", ("infection", "infections")),
    Entry("itp", ("itp",), ("texts/itp/what_it_is",)),
    Entry("ivig", ("ivig",), ("texts/ivig/what_it_is",)),
    Entry("lymphoma", ("lymphoma",)),
    Entry("meningitis", ("meningitis",)),
    Entry("platelet", ("platelet", "platelets"), ("texts/itp/what_it_is",)),
    Entry("rejection", ("rejection",), ("texts/atg/what_it_is_for",)),
    Entry("serum-sickness", ("serum sickness",), ("texts/atg/serum_sickness",)),
    Entry("spleen", ("spleen",), ("texts/itp/what_it_is",)),
    Entry("stem-cells", ("stem cells",)),
    Entry("steroid", ("steroid", "steroids")),
    Entry("t-cell", ("t cell", "t cells"), ("texts/atg/what_it_is",)),
    Entry("vaccine", ("vaccine", "vaccines")),
    Entry("virus", ("virus", "viruses")),
)


def stands_in(entry: Entry, said: str) -> bool:
    """Whether a word of the glossary occurs in a text."""
    return any(re.search(rf"\b{re.escape(form)}\b", said, re.IGNORECASE) for form in entry.forms)
