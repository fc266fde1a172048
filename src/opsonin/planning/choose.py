"""In which order? By the rule on the shelf: absolute findings out; support; goal; risk; hours; grams and waste.

Candidates whose goal is met nearly as probably as with the best of their class (closer than the limit on the shelf, 10
points while the model is not validated) are one class, from the best downwards, so that small differences do not add up
to a large one that is ignored. Ties stay ties.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from opsonin.knowledge.knowledge import RankingRule
from opsonin.patient import Goal, Patient
from opsonin.planning.plan import Candidate, Forecast
from opsonin.quantities import show

_STANDING_ORDER = {"on-label": 0, "off-label-supported": 1}
_CAP_ORDER = {"label": 0, "label-at-risk": 0, "pack-at-risk": 1, "first-step-only": 2}


@dataclass(frozen=True)
class _Key:
    """What is compared, in order; the names are those of the ranking rule on the shelf."""

    standing: int
    goal_class: int
    risk: tuple[int, int]  # conditional findings; whether the rate cap is a number
    hours: Decimal
    grams: tuple[Decimal, Decimal]  # total grams, discarded grams

    def in_order(self) -> tuple[Any, ...]:
        return (self.standing, self.goal_class, self.risk, self.hours, self.grams)


def rank(candidates: Iterable[Candidate], rule: RankingRule, patient: Patient, goal: Goal) -> tuple[Candidate, ...]:
    """The candidates in rank order with their reasons; those with an absolute finding last and without a rank."""
    everyone = list(candidates)
    allowed = [c for c in everyone if not _absolute(c)]
    ruled_out = [replace(c, rank=None, reasons=_why_out(c)) for c in everyone if _absolute(c)]
    classes = _goal_classes(allowed, float(rule.ignore_probability_below))
    keyed = sorted(((_key(c, classes), c) for c in allowed), key=lambda pair: (pair[0].in_order(), pair[1].regimen.id))
    ranked: list[Candidate] = []
    for position, (key, candidate) in enumerate(keyed, start=1):
        tie = position > 1 and keyed[position - 2][0] == key
        place = ranked[-1].rank if tie else position
        ranked.append(replace(candidate, rank=place, reasons=_reasons(candidate, key, keyed, tie, patient, goal)))
    return (*ranked, *ruled_out)


def _absolute(candidate: Candidate) -> bool:
    return any(f.severity == "absolute" for f in candidate.findings)


def _key(candidate: Candidate, classes: dict[str, int]) -> _Key:
    conditional = sum(f.severity == "conditional" for f in candidate.findings)
    cap = max(_CAP_ORDER[i.ladder.cap_kind] for i in candidate.regimen.infusions)
    return _Key(
        standing=_STANDING_ORDER[candidate.standing.kind],
        goal_class=classes[candidate.regimen.id],
        risk=(conditional, cap),
        hours=candidate.regimen.hours,
        grams=(candidate.regimen.total_g, candidate.regimen.discarded_g),
    )


def _goal_classes(candidates: Sequence[Candidate], gap: float) -> dict[str, int]:
    """Class 0 holds the best; a class ends where a probability is lower than its best by `gap` or more."""
    known = [(c.forecast.goal_probability, c.regimen.id) for c in candidates if isinstance(c.forecast, Forecast)]
    classes = {c.regimen.id: 0 for c in candidates}
    if len(known) < len(classes):
        return classes  # no forecast for all of them: the goal decides nothing
    known.sort(key=lambda pair: -pair[0])
    current, best = 0, known[0][0] if known else 0.0
    for here, id in known:
        if round(best - here, 9) >= gap:
            current, best = current + 1, here
        classes[id] = current
    return classes


def _why_out(candidate: Candidate) -> tuple[str, ...]:
    return tuple(f"ruled out: {f.message}" for f in candidate.findings if f.severity == "absolute")


def _reasons(
    candidate: Candidate,
    key: _Key,
    keyed: Sequence[tuple[_Key, Candidate]],
    tie: bool,
    patient: Patient,
    goal: Goal,
) -> tuple[str, ...]:
    regimen = candidate.regimen
    conditional = [f for f in candidate.findings if f.severity == "conditional"]
    lines = [candidate.standing.reason]
    if isinstance(candidate.forecast, Forecast):
        points = round(candidate.forecast.goal_probability * 100)
        best = any(k.goal_class < key.goal_class for k, _ in keyed)
        compared = (
            "10 points or more below the best" if best else "not distinguishable from the best (within 10 points)"
        )
        lines.append(f"goal met in about {points} of 100 like this: {compared}")
    else:
        lines.append("no forecast for this person, so the goal's probability does not enter the order")
    lines.append(
        f"{len(conditional)} risk finding{'' if len(conditional) == 1 else 's'} about this product and dose to weigh"
        + (": " + "; ".join(f.message for f in conditional) if conditional else "")
    )
    days = len(regimen.infusions)
    over = "on one day" if days == 1 else f"over {days} days"
    lines.append(f"{show(regimen.hours, 1)} h at the bedside {over}; {show(regimen.total_g)} g")
    lines.append(_high_or_low(candidate, patient, goal))
    if tie:
        lines.append("a tie with the one above: the rule on the shelf sees no difference")
    return tuple(lines)


def _high_or_low(candidate: Candidate, patient: Patient, goal: Goal) -> str:
    """Why a short high-dose course or a longer lower-dose one: severity against personal risk, in words."""
    days, risks = (
        len(candidate.regimen.infusions),
        [r for r in ("renal", "thrombosis", "cardiac") if patient.has(r)],
    )
    grade = patient.bleeding.grade
    urgent = goal.kind == "stop-bleeding" or (grade is not None and grade >= 3)
    if days <= 2:
        said = "short high-dose course: the full dose is in early, which urgency favours"
        said += " (urgent here)" if urgent else ""
        return said + (f"; the larger daily load weighs more with {', '.join(risks)} risk" if risks else "")
    said = "lower daily dose over several days: the load per day is smaller, which personal risk favours"
    said += f" ({', '.join(risks)} risk here)" if risks else ""
    return said + ("; the full dose is in later, which urgency does not favour" if urgent else "")
