"""Which predictors did a virtual trial use, from whom, and how are they represented? In words, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from opsonin.knowledge import Knowledge
from opsonin.trial.carried import Named
from opsonin.trial.run import Outcome

MOVES_SAY = {
    "blockade_half": ("the concentration of infused IgG that blocks half of the uptake", "higher", "lower"),
    "natural_recovery": ("the day by which the disease has gone by itself", "later", "earlier"),
}


def predictor_lines(outcome: Outcome, knowledge: Knowledge) -> Iterator[str]:
    """Every predictor used: who carries it, what was published and by whom, and what stands for it. Nothing if none."""
    used = _used(outcome)
    if used:
        yield "Predictors (optional covariates; what is uncertain about them is not in the intervals):"
    for named, arms in used:
        effect = named.effect
        carried = "; ".join(f"{arm}: {one.carried.percent:g} % ({one.carried.says})" for arm, one in arms)
        yield f"  {effect.says}{effect.mark}: carried in {carried}"
        yield f"    published: {published(named)}; {effect.population}; {effect.outcome}"
        yield f"    source: {knowledge.sources[effect.citation.source].reference()} {effect.citation.locator}."
        if effect.why:
            yield f"    not used unasked: {effect.why}"
        yield f"    represented: {represented(named)}"
        if effect.note:
            yield f"    note: {effect.note}"


def published(named: Named) -> str:
    """The counts and the odds ratio with its 95 % interval."""
    effect, ratio = named.effect, named.effect.odds_ratio
    assert ratio is not None
    counts = f"{effect.yes_with} of {effect.of_with} with it, {effect.yes_without} of {effect.of_without} without"
    return f"{counts}, odds ratio {ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def represented(named: Named) -> str:
    """What moves in those who carry it, how far, and which odds ratio that makes in the study's own arm."""
    what, up, down = MOVES_SAY[named.effect.acts_on]
    shift, direction = abs(named.carriers.shift), up if named.carriers.shift > 0 else down
    part = f"{100 * named.carriers.explains:.0f} % of how people differ in it where it was studied"
    aim = {"published": "", "low": "low end, ", "high": "high end, "}[named.carried.odds_ratio]
    made = f"{aim}simulated odds ratio {named.simulated_odds_ratio:.2f} in {named.effect.studied_in}"
    return f"those who carry it stand {shift:.2f} standard deviations {direction} in {what} ({part}); {made}"


def predictors_to_list(outcome: Outcome) -> list[dict[str, Any]]:
    """Every predictor used, as JSON."""
    return [
        {
            "predictor": named.effect.predictor,
            "effect": named.effect.id,
            "says": named.effect.says,
            "carried_percent": {arm: one.carried.percent for arm, one in arms},
            "published": published(named),
            "odds_ratio": list(named.effect.odds_ratio or ()),
            "odds_ratio_asked_for": named.carried.odds_ratio,
            "population": named.effect.population,
            "outcome": named.effect.outcome,
            "source": named.effect.citation.source,
            "locator": named.effect.citation.locator,
            "obtained": str(named.effect.obtained),
            "status": str(named.effect.status),
            "not_used_unasked": named.effect.why,
            "acts_on": named.effect.acts_on,
            "shift_standard_deviations": named.carriers.shift,
            "studied_in": named.effect.studied_in,
            "simulated_odds_ratio": named.simulated_odds_ratio,
            "represented": represented(named),
            "note": named.effect.note,
        }
        for named, arms in _used(outcome)
    ]


def _used(outcome: Outcome) -> list[tuple[Named, list[tuple[str, Named]]]]:
    """Each effect once for each odds ratio asked for, with the arms that carry it."""
    found: dict[tuple[str, str], list[tuple[str, Named]]] = {}
    for arm in outcome.arms:
        for named in arm.predictors:
            found.setdefault((named.effect.id, named.carried.odds_ratio), []).append((arm.arm.id, named))
    return [(arms[0][1], arms) for arms in found.values()]
