"""What was published on this? Study arms and results on the shelf, found by words: child, kidney, a product …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from opsonin.knowledge import Knowledge, Product, PublishedArm, PublishedOutcome
from opsonin.quantities import show
from opsonin.report.lookup_facts import Works
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_outcomes import find_outcomes, show_indications, show_outcomes
from opsonin.report.lookup_print import Pages
from opsonin.report.lookup_words import plain
from opsonin.report.wording import joined
from opsonin.sources import mark

_AGES = {"adults": "adult", "children": "child", "paediatric": "child", "pediatric": "child"}
_AGE_GROUPS = ("adult", "child", "mixed")


def find_arms(knowledge: Knowledge, topic: Sequence[str]) -> tuple[PublishedArm, ...]:
    """The arms that every word of the topic fits, in the order of the shelf; all of them without a word."""
    arms = knowledge.published
    for word in topic:
        wanted = _AGES.get(word.lower(), word.lower())
        as_id = wanted.replace("-", "_")
        if as_id in knowledge.products:
            fitting = set(arms_about(knowledge, knowledge.products[as_id]))
            arms = tuple(arm for arm in arms if arm in fitting)
        elif wanted in _AGE_GROUPS:
            arms = tuple(arm for arm in arms if arm.age_group in (wanted, "mixed"))
        else:
            arms = tuple(arm for arm in arms if plain(wanted) in _text_of(arm))
    return arms


def arms_about(knowledge: Knowledge, item: Product) -> tuple[PublishedArm, ...]:
    """The arms whose regimen names this product's brand, and no other strength of it."""
    brand = re.split(r"[ -]", item.brand.lower())[0]
    strength = re.compile(re.escape(brand) + r"[^,;(]*?(\d+) ?%")
    found = []
    for arm in knowledge.published:
        named = strength.search(arm.regimen.lower())
        other = named is not None and named.group(1) != show(item.concentration_mg_per_ml / 10)
        if brand in arm.regimen.lower() and not other:
            found.append(arm)
    return tuple(found)


def show_evidence(pages: Pages, knowledge: Knowledge, words: Sequence[str]) -> None:
    """Print the arms and the results that fit the words; without one, every arm, and the indications with results."""
    arms = find_arms(knowledge, words)
    asked = " ".join(words)
    title = f"Published arms on “{asked}”" if asked else "Published arms"
    pages.title(f"{title} ({len(arms)} of {len(knowledge.published)} on the shelf)")
    works = Works(knowledge.sources)
    outcomes = find_outcomes(knowledge, words)
    if not arms and not outcomes:
        studies = list(dict.fromkeys(arm.study for arm in knowledge.published))
        pages.say(f"No published arm on the shelf fits every word. Studies there: {joined(studies) or 'none'}.")
        pages.say(
            "Other words: adult, child, chronic, newly diagnosed, a product id, a part of a regimen; kidney, gvhd …"
        )
    pages.table(
        ("Arm and people", "Regimen", "n", "Endpoint", "Result", "Source and place"),
        [arm_row(arm, works) for arm in arms],
        ratios=(22, 18, 0, 17, 26, 17),
    )
    if words:
        show_outcomes(pages, outcomes, works)
    else:
        show_indications(pages, knowledge)
    pages.close(works)


def evidence_to_dict(knowledge: Knowledge, words: Sequence[str], *, on: date | None) -> dict[str, Any]:
    """The arms and the results that fit the words, as JSON."""
    arms, outcomes = find_arms(knowledge, words), find_outcomes(knowledge, words)
    content = {
        "topic": list(words),
        "arms": [arm_to_dict(arm) for arm in arms],
        "outcomes": [arm_to_dict(outcome) for outcome in outcomes],
    }
    cited = [arm.citation.source for arm in arms] + [each.citation.source for each in outcomes]
    return answer("evidence", content, knowledge, on=on, sources=cited)


def arm_to_dict(arm: PublishedArm | PublishedOutcome) -> dict[str, Any]:
    """One arm, or one result, with its mark."""
    return {**written(arm), "mark": mark(arm.obtained, arm.status)}


def arm_row(arm: PublishedArm, works: Works) -> list[str]:
    """Who, what, how many, what was counted, what came out, where it stands."""
    people = f"{arm.study}\n{arm.age_group}; {arm.population}"
    treated = arm.regimen if arm.immunoglobulin else f"{arm.regimen} (no immunoglobulin)"
    result = (arm.result or "not found") + mark(arm.obtained, arm.status)
    size = str(arm.n) if arm.n is not None else "?"
    return [people, treated, size, arm.endpoint or "not found", result, works.place(arm.citation)]


def _text_of(arm: PublishedArm) -> str:
    kind = "immunoglobulin" if arm.immunoglobulin else "untreated comparator"
    parts = (arm.id, arm.study, arm.population, arm.phase, arm.regimen, arm.endpoint, arm.citation.source, kind)
    return plain(" ".join(parts))
