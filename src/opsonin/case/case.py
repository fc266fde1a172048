"""A case that was read and found sound: frozen values, and what the file did and did not say."""

from __future__ import annotations

from dataclasses import dataclass

from opsonin.patient import Circumstances, Goal, Patient, Recipient, Request


@dataclass(frozen=True)
class Case:
    """One case file, read."""

    schema: str  # "opsonin-case/1"
    id: str
    therapy: str  # "ivig-itp"
    patient: Patient
    goal: Goal
    circumstances: Circumstances
    stated: tuple[str, ...]  # dotted paths of every field with a value, in file order: "patient.height", …
    text_hash: str  # SHA-256 of the file's text

    def states(self, path: str) -> bool:
        """Whether the file says anything at or below this path, such as "patient.height" or "risks"."""
        return any(said == path or said.startswith((f"{path}.", f"{path}[")) for said in self.stated)


@dataclass(frozen=True)
class AtgCase:
    """One case file of antithymocyte globulin, read."""

    schema: str  # "opsonin-case/1"
    id: str
    therapy: str  # "atg"
    recipient: Recipient
    request: Request
    circumstances: Circumstances
    stated: tuple[str, ...]  # as in Case
    text_hash: str
