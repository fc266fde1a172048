"""How likely is each harm in this course, in people like those who were counted?

What is calculated is exactly what the shelf's `chance` block says: one study's frequency, several pooled, a published
interval, or a model. Frequencies by infusion become chances of the course with its infusions taken as independent.
Nothing is multiplied by a driver that was measured in other people or on another harm; drivers stand beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opsonin.knowledge import Fact, HarmCount, Knowledge
from opsonin.mechanism.harm.haemolysis import haemolysis_chance
from opsonin.mechanism.harm.harms import HARMS, SHELF, facts_of, first_infusion
from opsonin.mechanism.harm.pooling import Count, Grid, Interval, jeffreys, pooled
from opsonin.mechanism.harm.viscosity import viscosity_of
from opsonin.patient import Patient
from opsonin.regimen import Regimen

LEVEL_FACT = f"{SHELF}/method/interval_level"
SCALE_FACT = f"{SHELF}/method/heterogeneity_scale"
POOLING_FACT = f"{SHELF}/method/pooling"
GRID_FACT = f"{SHELF}/method/pooling_grid"


@dataclass(frozen=True)
class HarmChance:
    """The probability of one harm in one course, with its 95 % interval; None where no frequency is known."""

    harm: str  # one of HARMS
    probability: float | None  # the median
    low_95: float | None
    high_95: float | None
    how: str  # "one study" | "pooled" | "pooled-by-dose" | "published" | "model" | "not known"
    says: str  # of whom and of what this is the frequency
    facts: tuple[Fact, ...]


def chances(patient: Patient, regimen: Regimen, knowledge: Knowledge) -> tuple[HarmChance, ...]:
    """The chance of every harm on the shelf in this course.

    Sources: harms.
    """
    return tuple(_chance(id, patient, regimen, knowledge) for id in HARMS if facts_of(id, knowledge))


def _chance(id: str, patient: Patient, regimen: Regimen, knowledge: Knowledge) -> HarmChance:
    fact = next((f for f in facts_of(id, knowledge, "chance") if _holds(f, patient)), None)
    if fact is None:
        says = f"No frequency of {HARMS[id]} in people like this one is on the shelf; that is not a frequency of zero."
        return HarmChance(id, None, None, None, "not known", says, ())
    how = str(fact.value["how"])
    if how == "model":
        fitted, says, facts = haemolysis_chance(patient, regimen, knowledge, level=level(knowledge))
        if fitted is None:
            return HarmChance(id, None, None, None, "not known", says, (fact, *facts))
        return HarmChance(id, *fitted, how, says, (fact, *facts))
    if id == "thrombosis":
        words, facts = viscosity_of(patient, regimen, knowledge)
        return HarmChance(id, *frequency(fact, regimen, knowledge), how, f"{fact.says} {words}.", (fact, *facts))
    found = frequency(fact, regimen, knowledge)
    extra = (knowledge.fact(POOLING_FACT),) if how.startswith("pooled") else ()
    return HarmChance(id, *found, how, fact.says, (fact, *extra))


def _holds(fact: Fact, patient: Patient) -> bool:
    """Whether a chance on the shelf was counted in people like this one."""
    hard = fact.holds_for.get("hard", {})
    low, high = hard.get("age_years", (None, None))
    if (low is not None and patient.age_years < low) or (high is not None and patient.age_years >= high):
        return False
    return "first_infusion" not in hard or hard["first_infusion"] is first_infusion(patient)


def frequency(fact: Fact, regimen: Regimen, knowledge: Knowledge) -> Interval:
    """What a `chance` block comes to for this course."""
    value, number = fact.value, len(regimen.infusions)
    if value["how"] == "published":
        return Interval(*(float(value[key] / value["scale"]) for key in ("middle", "low", "high")))
    dose = float(regimen.total_g_per_actual_kg) if value["how"] == "pooled-by-dose" else None
    found = counted(value["rows"], knowledge, exposure=dose)
    if value["per"] == "infusion":
        return _of(found, lambda p: repeated(p, number))
    if value["per"] == "first infusion":
        later = counted(value["later"], knowledge)
        return Interval(
            *(1 - (1 - first) * (1 - repeated(p, number - 1)) for first, p in zip(found, later, strict=True))
        )
    return found


def counted(rows: Iterable[str], knowledge: Knowledge, *, exposure: float | None = None) -> Interval:
    """The frequency in these rows of the table: Jeffreys for one study, random effects over several."""
    by_id = {count.id: count for count in knowledge.harm_counts}
    counts = [_count(by_id[row], exposure is not None) for row in rows]
    if len(counts) == 1 and exposure is None:
        return jeffreys(counts[0].happened, counts[0].of, level=level(knowledge))
    scale = float(knowledge.fact(SCALE_FACT).number())
    return pooled(counts, grid=grid(knowledge), scale=scale, level=level(knowledge), exposure=exposure)


def _count(row: HarmCount, by_dose: bool) -> Count:
    assert row.happened is not None and row.of is not None, f"{row.id} has no count"
    exposure = float(row.dose_g_per_kg) if by_dose and row.dose_g_per_kg is not None else None
    return Count(row.citation.source, row.happened, row.of, exposure)


def grid(knowledge: Knowledge) -> Grid:
    """Where studies are pooled.

    Sources: harms/method/pooling_grid.
    """
    value = knowledge.fact(GRID_FACT).value
    low, high, step, reach = (float(value[key]) for key in ("low", "high", "step", "reach"))
    return Grid(low, high, step, int(value["spreads"]), reach)


def level(knowledge: Knowledge) -> float:
    """The probability inside the intervals, between 0 and 1."""
    return float(knowledge.fact(LEVEL_FACT).number()) / 100


def repeated(p: float, times: int) -> float:
    """The chance of at least once in so many independent infusions.

    >>> round(repeated(0.1, 2), 4)
    0.19
    """
    return float(1 - (1 - p) ** times)


def _of(interval: Interval, change: Callable[[float], float]) -> Interval:
    return Interval(*(change(value) for value in interval))
