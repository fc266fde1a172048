"""What came of it in published studies? Results by study and arm, side by side: shown, not predicted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from opsonin.knowledge import Knowledge, PublishedOutcome
from opsonin.report.lookup_facts import Works
from opsonin.report.lookup_print import Pages
from opsonin.report.lookup_words import plain
from opsonin.report.wording import joined
from opsonin.sources import Obtained, mark

INDICATION_WORDS = {
    "kidney": "kidney transplantation",
    "heart": "heart transplantation",
    "lung": "lung transplantation",
    "liver": "liver transplantation",
    "gvhd": "graft-versus-host disease, haematopoietic cell transplantation",
    "aplastic-anaemia": "aplastic anaemia",
    "itp": "severe immune thrombocytopenia",
    "type-1-diabetes": "type 1 diabetes (dose-finding)",
    "any": "any use",
}
ABBREVIATIONS = {
    "AE": "adverse event",
    "rATG": "rabbit antithymocyte globulin",
    "hATG": "horse antithymocyte globulin",
    "ATLG": "anti-T-lymphocyte globulin (Grafalon)",
    "BPAR": "biopsy-proven acute rejection",
    "TCMR": "T-cell-mediated rejection",
    "DGF": "delayed graft function",
    "DSA": "donor-specific antibody",
    "BOS": "bronchiolitis obliterans syndrome",
    "GVHD": "graft-versus-host disease",
    "aGVHD": "acute graft-versus-host disease",
    "cGVHD": "chronic graft-versus-host disease",
    "NRM": "non-relapse mortality",
    "TRM": "transplant-related mortality",
    "OS": "overall survival",
    "EFS": "event-free survival",
    "PFS": "progression-free survival",
    "GRFS": "survival free of graft-versus-host disease and relapse",
    "IST": "immunosuppressive therapy",
    "IR": "immune reconstitution",
    "CR": "complete response",
    "ORR": "overall response rate",
    "HR": "hazard ratio",
    "aHR": "adjusted hazard ratio",
    "RR": "risk ratio",
    "PTLD": "post-transplant lymphoproliferative disease",
    "CRS": "cytokine release syndrome",
    "ALC": "absolute lymphocyte count",
    "MUD": "matched unrelated donor",
    "HCT": "haematopoietic cell transplantation",
    "SAA": "severe aplastic anaemia",
    "RIC": "reduced-intensity conditioning",
    "MAC": "myeloablative conditioning",
    "PTCy": "post-transplant cyclophosphamide",
    "CsA": "ciclosporin",
}
_SAME = {
    "adults": "adult",
    "children": "child",
    "paediatric": "child",
    "pediatric": "child",
    "anemia": "anaemia",
    "renal": "kidney",
    "cardiac": "heart",
    "hct": "gvhd",
    "hsct": "gvhd",
    "graft versus host": "gvhd",
}


def find_outcomes(knowledge: Knowledge, topic: Sequence[str]) -> tuple[PublishedOutcome, ...]:
    """The results that every word of the topic fits, in the order of the shelf; all of them without a word.

    A word that is an indication ("kidney", "aplastic-anaemia") takes that indication alone.
    """
    found = knowledge.outcomes
    for word in topic:
        wanted = _SAME.get(plain(word), plain(word).replace("anemia", "anaemia"))
        if wanted.replace(" ", "-") in INDICATION_WORDS:
            found = tuple(each for each in found if each.indication == wanted.replace(" ", "-"))
        elif wanted in ("adult", "child"):
            found = tuple(each for each in found if each.age_group == wanted)
        else:
            found = tuple(each for each in found if wanted in _text_of(each))
    return found


def show_outcomes(pages: Pages, outcomes: Sequence[PublishedOutcome], works: Works) -> None:
    """Print results study by study, the arms of a study side by side."""
    if not outcomes:
        return
    pages.heading(f"Antithymocyte globulin: published results ({len(outcomes)}), shown, not predicted")
    for study in dict.fromkeys(each.study for each in outcomes):
        _show_study(pages, [each for each in outcomes if each.study == study], works)
    printed = " ".join(f"{each.endpoint} {each.population} {each.arm} {each.qualifier}" for each in outcomes)
    used = set(re.findall(r"[A-Za-z]+", printed))
    pages.console.print()
    pages.say("; ".join(f"{short}: {words}" for short, words in ABBREVIATIONS.items() if short in used) + ".", "dim")


def show_indications(pages: Pages, knowledge: Knowledge) -> None:
    """Print how many results stand on the shelf for each indication of antithymocyte globulin."""
    pages.heading(f"Antithymocyte globulin: {len(knowledge.outcomes)} published results, by indication")
    for indication, words in INDICATION_WORDS.items():
        found = [each for each in knowledge.outcomes if each.indication == indication]
        if found:
            studies = len({each.study for each in found})
            counted = (
                f"{len(found)} result{'s' if len(found) > 1 else ''}, {studies} stud{'ies' if studies > 1 else 'y'}"
            )
            pages.items([f"{words}: {counted}: opsonin evidence {indication}"])


def design_of(outcome: PublishedOutcome) -> str:
    """The study's design with its mark, or that it was not recorded.

    A design known from memory carries the mark of what is recalled.
    """
    if not outcome.design:
        return "design not recorded"
    return outcome.design + ("‡" if outcome.design_obtained is Obtained.RECALLED else "")


def _show_study(pages: Pages, results: Sequence[PublishedOutcome], works: Works) -> None:
    first = results[0]
    arms = list(dict.fromkeys((each.arm, each.regimen) for each in results))
    pages.console.print()
    numbers = sorted({works.number(each.citation) for each in results})
    cited = " ".join(f"[{number}]" for number in numbers)
    pages.say(
        f"{first.study}: {joined(_unique(each.population for each in results))}; {design_of(first)} {cited}", "bold"
    )
    heads = ["Endpoint", *(_arm_head(results, arm, regimen) for arm, regimen in arms)]
    rows = [
        [endpoint, *(_cell(results, endpoint, arm, regimen) for arm, regimen in arms)]
        for endpoint in dict.fromkeys(each.endpoint for each in results)
    ]
    pages.table(heads, rows, ratios=(28, *(72 // len(arms) for _ in arms)))
    for note in _unique(each.note for each in results if each.note):
        pages.say(f"Note: {note}", "dim")


def _arm_head(results: Iterable[PublishedOutcome], arm: str, regimen: str) -> str:
    sizes = _unique(each.size for each in results if (each.arm, each.regimen) == (arm, regimen))
    known = [size for size in sizes if size != "not recorded"]
    n = f"n = {', '.join(known)}" if known else "n not recorded"
    return "\n".join(part for part in (arm, regimen, n) if part)


def _cell(results: Iterable[PublishedOutcome], endpoint: str, arm: str, regimen: str) -> str:
    found = [each for each in results if (each.endpoint, each.arm, each.regimen) == (endpoint, arm, regimen)]
    return "\n".join(each.result + mark(each.obtained, each.status) for each in found) or "–"


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _text_of(outcome: PublishedOutcome) -> str:
    parts = (outcome.id, outcome.therapy, outcome.indication, outcome.study, outcome.design, outcome.population)
    more = (outcome.arm, outcome.regimen, outcome.endpoint, outcome.citation.source)
    return plain(" ".join((*parts, *more)) + " antithymocyte globulin")
