"""What was published on who responds? Comparisons on the shelf, and which of them a virtual trial may use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from opsonin.knowledge import Knowledge, PredictorEffect
from opsonin.report.lookup_facts import Works
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_print import Pages
from opsonin.report.lookup_words import fitting
from opsonin.report.wording import joined

WORDS = ("predictor", "predictors")  # what a topic begins with to mean this table


def find_effects(knowledge: Knowledge, words: Sequence[str]) -> tuple[PredictorEffect, ...]:
    """The comparisons that every word fits, in the order of the shelf; all of them without a word."""
    return fitting(knowledge.predictors, words, _text)


def show_predictors(pages: Pages, knowledge: Knowledge, words: Sequence[str]) -> None:
    """Print the comparisons that fit: what was published, the odds ratio, and whether a trial file may use it."""
    effects = find_effects(knowledge, words)
    title = f"Published predictors of response on “{' '.join(words)}”" if words else "Published predictors of response"
    pages.title(f"{title} ({len(effects)} of {len(knowledge.predictors)} on the shelf)")
    works = Works(knowledge.sources)
    if not effects:
        known = list(dict.fromkeys(effect.predictor for effect in knowledge.predictors))
        pages.say(f"No comparison on the shelf fits every word. Predictors there: {joined(known)}.")
    pages.table(
        ("Predictor and people", "Result", "Odds ratio", "In a trial file", "Source and place"),
        [_row(effect, works) for effect in effects],
        ratios=(28, 22, 14, 24, 12),
    )
    pages.say("No plan and no forecast of a patient uses them; a trial file may: docs/reference/trial-file.md.", "dim")
    pages.close(works)


def predictors_to_dict(knowledge: Knowledge, words: Sequence[str], *, on: date | None) -> dict[str, Any]:
    """The comparisons that fit, as JSON."""
    effects = find_effects(knowledge, words)
    rows = [{**written(effect), "odds_ratio": _rounded(effect), "mark": effect.mark} for effect in effects]
    content = {"topic": [WORDS[0], *words], "predictors": rows}
    return answer("evidence", content, knowledge, on=on, sources=[effect.citation.source for effect in effects])


def _rounded(effect: PredictorEffect) -> list[str] | None:
    """Odds ratio and the ends of its 95 % interval in two decimals; None where no counts give one."""
    ratio = effect.odds_ratio
    return None if ratio is None else [f"{number:.2f}" for number in ratio]


def _row(effect: PredictorEffect, works: Works) -> list[str]:
    people = f"{effect.says}\n{effect.population}; {effect.outcome}"
    ratio = _rounded(effect)
    shown = "–" if ratio is None else f"{ratio[0]}\n({ratio[1]} to {ratio[2]})"
    usable = {
        "named": f"predictor: {effect.predictor}",
        "effect": f"only when asked for: {effect.id}. {effect.why}",
        "none": f"no. {effect.why}",
    }
    return [people, effect.result + effect.mark, shown, usable[effect.use], works.place(effect.citation)]


def _text(effect: PredictorEffect) -> str:
    parts = (effect.id, effect.predictor, effect.says, effect.population, effect.age_group, effect.outcome)
    return " ".join((*parts, effect.citation.source))
