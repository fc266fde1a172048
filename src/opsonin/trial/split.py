"""Which studies may be fitted, and which may judge the fit? The split as declared, and its seal.

The seal is a hash of which study stands where. A test pins it, so that no study moves in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import yaml

from opsonin.errors import KnowledgeError

SPLIT = Path(__file__).parent / "split.yaml"
SPLITS = ("calibration", "seen", "validation")


@dataclass(frozen=True)
class Split:
    """Where each study stands, and why those that are unused are."""

    declared_on: date
    of: Mapping[str, str]  # study id → calibration | seen | validation
    unused: Mapping[str, str]  # study → reason

    @property
    def seal(self) -> str:
        """A hash of the whole split; any study that moves changes it."""
        lines = [f"declared {self.declared_on.isoformat()}"]
        lines += [f"{study} {self.of[study]}" for study in sorted(self.of)]
        lines += [f"{study} unused" for study in sorted(self.unused)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def declared_split() -> Split:
    """The split that comes with the package.

    >>> declared_split().of["godeau_1999"]
    'calibration'
    """
    found = yaml.safe_load(SPLIT.read_text(encoding="utf-8"))
    studies = [(study, name) for name in SPLITS for study in found[name]]
    named = [study for study, _ in studies] + list(found["unused"])
    twice = sorted({study for study in named if named.count(study) > 1})
    if twice:
        raise KnowledgeError(f"split.yaml: {', '.join(twice)} stands in more than one place. Keep each study in one.")
    return Split(found["declared_on"], MappingProxyType(dict(studies)), MappingProxyType(dict(found["unused"])))
