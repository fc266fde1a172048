"""What counts as having read a work, decided in one place."""

import pytest

from opsonin.sources import EVIDENCE_MARKS, Obtained, Status, is_own_page, mark, reading

OWN = "https://www.privigen.com/Dosing"
MIRROR = "https://prescriberpoint.com/therapies/privigen-7e5649d"


@pytest.mark.parametrize(
    ("address", "own"),
    [
        (OWN, True),
        ("http://mail.gammaplex.com/dosing-and-administration.html", True),
        ("https://dailymed-beta.nlm.nih.gov/dailymed/drugInfo.cfm?setid=1", True),
        ("https://fda.report/DailyMed/1", False),
        ("https://notprivigen.com/", False),
        ("https://privigen.com.example.org/", False),
        ("https://example.org/privigen.com", False),
        ("read on paper", False),
    ],
)
def test_a_page_is_the_works_own_only_on_a_listed_host(address, own):
    assert is_own_page(address) is own


@pytest.mark.parametrize(
    ("evidence", "addresses", "expected"),
    [
        ("read", [OWN], (Obtained.READ, Status.VERIFIED)),
        ("read", [MIRROR, OWN], (Obtained.READ, Status.VERIFIED)),
        ("read", [MIRROR], (Obtained.SECOND_HAND, Status.UNVERIFIED)),
        ("read", [], (Obtained.SECOND_HAND, Status.UNVERIFIED)),
        ("second_hand", [OWN], (Obtained.SECOND_HAND, Status.UNVERIFIED)),
        ("derived_from_read", [OWN], (Obtained.DERIVED, Status.VERIFIED)),
        ("derived_from_read", [MIRROR], (Obtained.DERIVED, Status.UNVERIFIED)),
        ("recalled_unverified", [OWN], (Obtained.RECALLED, Status.UNVERIFIED)),
        ("P", [OWN], (Obtained.CALIBRATED, Status.UNVERIFIED)),
    ],
)
def test_nothing_is_promoted(evidence, addresses, expected):
    assert reading(evidence, addresses) == expected


@pytest.mark.parametrize("evidence", sorted(EVIDENCE_MARKS))
def test_a_mirror_never_verifies(evidence):
    assert reading(evidence, [MIRROR])[1] is Status.UNVERIFIED


def test_an_unknown_mark_is_refused():
    with pytest.raises(KeyError):
        reading("probably", [OWN])


@pytest.mark.parametrize(
    ("obtained", "status", "printed"),
    [
        (Obtained.READ, Status.VERIFIED, ""),
        (Obtained.READ, Status.DISPUTED, "†"),
        (Obtained.SECOND_HAND, Status.UNVERIFIED, "†"),
        (Obtained.DERIVED, Status.UNVERIFIED, "†"),
        (Obtained.RECALLED, Status.UNVERIFIED, "‡"),
        (Obtained.ASSUMED, Status.UNVERIFIED, "‡"),
    ],
)
def test_marks_in_print(obtained, status, printed):
    assert mark(obtained, status) == printed
