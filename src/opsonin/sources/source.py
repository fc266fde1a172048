"""A work, and a place in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A work that says something: a label with its edition, a guideline, a paper, a policy.

    `seen_at` is where its text was open (often a mirror); audits show it, reports do not print it.
    """

    key: str
    kind: str  # label | guideline | paper | policy | handbook | registry | regulator | document | project
    title: str
    authors: str
    year: str
    edition: str
    doi: str
    pmid: str
    seen_at: tuple[str, ...]
    seen_on: str

    def reference(self) -> str:
        """One line for a bibliography."""
        parts = [self.authors, self.title, self.edition, self.year]
        identifiers = [f"doi:{self.doi}" if self.doi else "", f"PMID {self.pmid}" if self.pmid else ""]
        return ". ".join(part.rstrip(".") for part in parts + identifiers if part) + "."


@dataclass(frozen=True)
class Citation:
    """A place in a work: which source, where in it, and at which addresses that place was open."""

    source: str
    locator: str
    seen_at: tuple[str, ...] = ()
