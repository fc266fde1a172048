"""Is this address a work's own page (its maker's, publisher's or regulator's), or a mirror of it?

A number counts as *read* and *verified* only when the work itself, or its own page, was open. The same sentence on a
mirror, a compendium or a re-publisher is *second-hand* and *unverified*. This module is the one place that decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from opsonin.sources.marks import EVIDENCE_MARKS, Obtained, Status

# Whose page a host is. A host not listed here is a mirror. Sub-domains count ("www.", "mail.", "dailymed-beta.").
OWN_PAGES: dict[str, str] = {
    # makers
    "privigen.com": "CSL Behring",
    "octagam.com": "Octapharma",
    "octagamusa.com": "Octapharma USA",
    "panzygausa.com": "Octapharma USA",
    "octapharma.co.uk": "Octapharma UK",
    "pfizerpro.com": "Pfizer, US distributor of Octagam 10 %",
    "pfizermedicalinformation.com": "Pfizer, maker of Atgam",
    "gammaplex.com": "Bio Products Laboratory",
    "gammagard.com": "Takeda",
    "gammaked.com": "Kedrion Biopharma",
    "bivigam.com": "ADMA Biologics",
    "asceniv.com": "ADMA Biologics",
    # regulators and public bodies
    "fda.gov": "US Food and Drug Administration",
    "dailymed.nlm.nih.gov": "US National Library of Medicine, label repository",
    "dailymed-beta.nlm.nih.gov": "US National Library of Medicine, label repository",
    "ec.europa.eu": "European Commission, register of medicinal products",
    "nba.gov.au": "National Blood Authority, Australia",
    "transfusionontario.org": "ORBCoN, Ontario",
    "rch.org.au": "Royal Children's Hospital Melbourne",
    "sahealth.sa.gov.au": "SA Health",
    "nzblood.co.nz": "New Zealand Blood Service",
    "rightdecisions.scot.nhs.uk": "NHS Scotland, guidelines of its health boards",
    "mass.gov": "Commonwealth of Massachusetts",
    # publishers, and the abstracts they deposit
    "pubmed.ncbi.nlm.nih.gov": "PubMed abstract",
    "ncbi.nlm.nih.gov": "PubMed abstract",
    "pubmed.gov": "PubMed abstract",
    "pmc.ncbi.nlm.nih.gov": "PubMed Central full text",
    "ashpublications.org": "American Society of Hematology",
    "ashpublications.net": "American Society of Hematology",
    "ashpublications.com": "American Society of Hematology",
    "onlinelibrary.wiley.com": "Wiley",
    "thieme-connect.de": "Thieme",
    "thieme-connect.com": "Thieme",
    "karger.com": "Karger",
    "link.springer.com": "Springer",
    "adc.bmj.com": "BMJ",
    "thejh.org": "Journal of Hematology",
    "jrheum.org": "Journal of Rheumatology",
    "turkishjournalpediatrics.org": "Turkish Journal of Pediatrics",
    "bloodresearch.or.kr": "Korean Society of Hematology",
    "jstage.jst.go.jp": "J-STAGE",
    "brieflands.com": "Brieflands",
    "pppmag.com": "Pharmacy Purchasing & Products",
    "elsevier.health": "Elsevier",
    "aaaai.org": "American Academy of Allergy, Asthma & Immunology",
    "allergy.org.au": "ASCIA",
    "nsccm.org.np": "Nepalese Society of Critical Care Medicine",
}

_READ = (Obtained.READ, Status.VERIFIED)
_SECOND_HAND = (Obtained.SECOND_HAND, Status.UNVERIFIED)


def is_own_page(address: str) -> bool:
    """Whether this address belongs to the work's maker, publisher or regulator.

    >>> is_own_page("https://www.privigen.com/Dosing"), is_own_page("https://fda.report/DailyMed/x")
    (True, False)
    """
    host = (urlsplit(address).hostname or "").lower()
    return any(host == own or host.endswith("." + own) for own in OWN_PAGES)


def reading(evidence_mark: str, addresses: Iterable[str]) -> tuple[Obtained, Status]:
    """How a number counts as obtained, and how far verified, from the evidence's own mark and where it was open.

    Never promotes: a mirror stays second-hand whatever the mark says, and nothing recalled is ever verified.

    >>> reading("read", ["https://prescriberpoint.com/therapies/privigen"])
    (<Obtained.SECOND_HAND: 'second-hand'>, <Status.UNVERIFIED: 'unverified'>)
    """
    obtained = EVIDENCE_MARKS[evidence_mark]
    own = any(is_own_page(address) for address in addresses)
    if obtained is Obtained.READ:
        return _READ if own else _SECOND_HAND
    if obtained is Obtained.DERIVED:
        return obtained, Status.VERIFIED if own else Status.UNVERIFIED
    return obtained, Status.UNVERIFIED
