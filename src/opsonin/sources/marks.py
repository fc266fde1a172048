"""How a number was obtained, how far it is verified, and the quiet mark it prints with. One vocabulary, here only."""

from __future__ import annotations

from enum import StrEnum


class Obtained(StrEnum):
    """How a number came to us."""

    READ = "read"  # in the work itself or on its publisher's, maker's or regulator's page
    SECOND_HAND = "second-hand"  # a transcription, mirror, compendium or machine-made page of the work
    DERIVED = "derived"  # arithmetic on read numbers
    CALIBRATED = "calibrated"  # fitted to data by us; the fit is named
    ASSUMED = "assumed"  # chosen, with a reason
    RECALLED = "recalled"  # from memory; no text was open
    NOT_FOUND = "not-found"  # looked for and not found; the value is None and stays so


class Status(StrEnum):
    """How far a number is verified."""

    VERIFIED = "verified"  # read in the work itself or on its publisher's or regulator's page
    UNVERIFIED = "unverified"
    DISPUTED = "disputed"  # sources disagree; the entry says which was chosen and why
    SUPERSEDED = "superseded"


# The evidence files' own marks, mapped once.
EVIDENCE_MARKS: dict[str, Obtained] = {
    "R": Obtained.READ,
    "RS": Obtained.SECOND_HAND,
    "D": Obtained.DERIVED,
    "P": Obtained.CALIBRATED,
    "U": Obtained.RECALLED,
    "M": Obtained.RECALLED,
    "Q": Obtained.RECALLED,
    "read": Obtained.READ,
    "second_hand": Obtained.SECOND_HAND,
    "derived": Obtained.DERIVED,
    "derived_from_read": Obtained.DERIVED,
    "recalled": Obtained.RECALLED,
    "recalled_unverified": Obtained.RECALLED,
}


def mark(obtained: Obtained, status: Status) -> str:
    """The mark printed beside a number: none when verified, † second-hand or not yet verified, ‡ recalled or assumed.

    >>> mark(Obtained.READ, Status.VERIFIED), mark(Obtained.RECALLED, Status.UNVERIFIED)
    ('', '‡')
    """
    if obtained in (Obtained.RECALLED, Obtained.ASSUMED):
        return "‡"
    if obtained is Obtained.SECOND_HAND or status is not Status.VERIFIED:
        return "†"
    return ""
