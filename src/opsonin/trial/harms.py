"""Do the chances of harms agree with what was published? Every count on the shelf, and the effects of dose and product.

Each study of a pooled chance is left out and foretold from the others; counts that no chance uses are held against the
chance of the same harm, though they were counted in other people or otherwise; published ratios are held against the
ratios that the calculation implies. “Inside” says that the two 95 % intervals meet. No number is changed for a miss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from opsonin.knowledge import Fact, HarmCount, Knowledge
from opsonin.mechanism.harm import HARMS
from opsonin.mechanism.harm.chances import SCALE_FACT, counted, grid, level
from opsonin.mechanism.harm.haemolysis import HAEMOLYSIS, fall_chance, falls
from opsonin.mechanism.harm.harms import counts_of, facts_of
from opsonin.mechanism.harm.pooling import Count, Interval, jeffreys, pooled

SCHEMA = "opsonin-harm-check/1"
HIGH_DOSE = ((0, 1.0), (1, 1.0))
SINGLE_DOSE = ((0, 1.0),)
HEAD = ("Harm", "Published", "Observed", "Calculated", "Meet", "What is compared")


@dataclass(frozen=True)
class HarmCheck:
    """One published number and what is calculated for it, each with its 95 % interval."""

    harm: str
    published: str
    unit: str  # "share" | "ratio" | "days"
    observed: float
    observed_low: float
    observed_high: float
    calculated: float
    calculated_low: float
    calculated_high: float
    inside: bool  # the intervals meet
    kind: str  # "left out" | "counted otherwise" | "ratio"
    says: str


def harm_checks(knowledge: Knowledge) -> tuple[HarmCheck, ...]:
    """Every check, harm by harm.

    Sources: harms.
    """
    return tuple(check for harm in HARMS for check in _of_harm(harm, knowledge)) + tuple(_ratios(knowledge))


def _of_harm(harm: str, knowledge: Knowledge) -> Iterator[HarmCheck]:
    used: set[str] = set()
    chances = facts_of(harm, knowledge, "chance")
    for fact in chances:
        used |= {*fact.value.get("rows", ()), *fact.value.get("later", ()), *_fitted(fact)}
        if str(fact.value["how"]).startswith("pooled"):
            yield from _left_out(harm, fact, knowledge)
    for row in counts_of(harm, knowledge):
        if row.happened is not None and row.id not in used and chances:
            yield from _otherwise(harm, row, chances, knowledge)


def _fitted(fact: Fact) -> set[str]:
    return {str(fact.value[key]) for key in ("any", "grade_2") if key in fact.value}


def _left_out(harm: str, fact: Fact, knowledge: Knowledge) -> Iterator[HarmCheck]:
    """Each study of a pooled chance, foretold from the others."""
    by_dose = fact.value["how"] == "pooled-by-dose"
    rows = [row for row in counts_of(harm, knowledge) if row.id in fact.value["rows"]]
    for study in dict.fromkeys(row.citation.source for row in rows):
        others = [_count(row, by_dose) for row in rows if row.citation.source != study]
        for row in (row for row in rows if row.citation.source == study):
            dose = float(row.dose_g_per_kg) if by_dose and row.dose_g_per_kg is not None else None
            scale = float(knowledge.fact(SCALE_FACT).number())
            found = pooled(others, grid=grid(knowledge), scale=scale, level=level(knowledge), exposure=dose)
            yield _check(harm, row, found, knowledge, "left out", "this study foretold from the others")


def _otherwise(harm: str, row: HarmCount, chances: tuple[Fact, ...], knowledge: Knowledge) -> Iterator[HarmCheck]:
    """A count that no chance uses, against the chance nearest to it in age and dose."""
    child = row.age_group == "child"
    fits = [f for f in chances if "age_years" not in f.holds_for.get("hard", {}) or _is_child(f) is child]
    if not fits:
        return
    value = fits[-1].value
    if value["how"] == "published":
        found = Interval(*(float(value[key] / value["scale"]) for key in ("middle", "low", "high")))
    elif value["how"] == "model":
        limit = float(knowledge.fact(f"{HAEMOLYSIS}/fall_any").number())
        found = fall_chance(HIGH_DOSE, limit, knowledge, coating=1, level=level(knowledge))
    else:
        dose = float(row.dose_g_per_kg or 1) if value["how"] == "pooled-by-dose" else None
        found = counted(value["rows"], knowledge, exposure=dose)
    says = f"counted otherwise: {row.population}; {row.counted_as}"
    yield _check(harm, row, found, knowledge, "counted otherwise", says)


def _is_child(fact: Fact) -> bool:
    return bool(fact.holds_for["hard"]["age_years"][0] == 0)


def _count(row: HarmCount, by_dose: bool) -> Count:
    assert row.happened is not None and row.of is not None
    dose = float(row.dose_g_per_kg) if by_dose and row.dose_g_per_kg is not None else None
    return Count(row.citation.source, row.happened, row.of, dose)


def _check(harm: str, row: HarmCount, found: Interval, knowledge: Knowledge, kind: str, says: str) -> HarmCheck:
    assert row.happened is not None and row.of is not None
    _, low, high = jeffreys(row.happened, row.of, level=level(knowledge))
    published = f"{row.event} ({row.study}): {row.result}{row.mark}"
    return _made(harm, published, "share", (row.happened / row.of, low, high), found, kind, says)


def _made(
    harm: str, published: str, unit: str, observed: tuple[float, float, float], found: Interval, kind: str, says: str
) -> HarmCheck:
    inside = observed[1] <= found.high and found.low <= observed[2]
    return HarmCheck(harm, published, unit, *observed, *found, inside, kind, says)


def _ratios(knowledge: Knowledge) -> Iterator[HarmCheck]:
    """Published effects of dose and product, against those the calculation implies."""
    limit = float(knowledge.fact(f"{HAEMOLYSIS}/fall_any").number())
    share = float(knowledge.fact(f"{HAEMOLYSIS}/depleted_share").number())

    def chance(daily: Any, coating: float = 1) -> float:
        return fall_chance(daily, limit, knowledge, coating=coating, level=level(knowledge)).middle

    weight = float(knowledge.fact("models/ivig_itp_draft/reference_weight").number())
    odds = [p / (1 - p) for p in (chance(SINGLE_DOSE), chance(HIGH_DOSE))]
    adult = knowledge.fact("harms/headache/chance_adult")
    once, twice = (counted(adult.value["rows"], knowledge, exposure=dose).middle for dose in (1.0, 2.0))
    for harm, driver, found, says in (
        ("haemolysis", "driver_dose", (odds[1] / odds[0]) ** (10 / weight), "odds, 1 against 2 g/kg, for every 10 g"),
        ("haemolysis", "driver_isoagglutinins", chance(HIGH_DOSE, share) / chance(HIGH_DOSE), "chance at 2 g/kg"),
        ("headache", "driver_dose_child", once / twice, "headache of adults after 1 against 2 g/kg"),
    ):
        yield _ratio(harm, driver, found, says, knowledge)
    fall = falls(HIGH_DOSE, knowledge)
    seen = fall.on_day[fall.deepest_g_per_l > limit]
    onset = knowledge.fact(f"{HAEMOLYSIS}/onset")
    first, last = (float(day) + 1 for day in onset.value["days"])  # after the end, which is on day 1
    observed = ((first + last) / 2, first, last)
    lowest = Interval(float(seen[0]), float(seen.min()), float(seen.max()))
    says = "day of the lowest haemoglobin, from the start of a course on two days"
    yield _made("haemolysis", onset.says + onset.mark, "days", observed, lowest, "ratio", says)


def _ratio(harm: str, driver: str, found: float, says: str, knowledge: Knowledge) -> HarmCheck:
    fact = knowledge.fact(f"harms/{harm}/{driver}")
    effect, low, high = (float(fact.value[key]) for key in ("effect", "low", "high"))
    published = f"{fact.says} {fact.value['measure']}: {fact.value['of']}{fact.mark}"
    return _made(harm, published, "ratio", (effect, low, high), Interval(found, found, found), "ratio", says)


def checks_to_dict(checks: tuple[HarmCheck, ...], knowledge: Knowledge) -> dict[str, Any]:
    """The checks as JSON, with how many meet by kind."""
    kinds = dict.fromkeys(check.kind for check in checks)
    return {
        "schema": SCHEMA,
        "knowledge": knowledge.version,
        "summary": {kind: dict(zip(("meet", "of"), met(checks, kind), strict=True)) for kind in kinds},
        "checks": [asdict(check) for check in checks],
    }


def met(checks: tuple[HarmCheck, ...], kind: str) -> tuple[int, int]:
    """How many checks of a kind meet, and how many there are."""
    mine = [check for check in checks if check.kind == kind]
    return sum(check.inside for check in mine), len(mine)


def check_cells(check: HarmCheck) -> tuple[str, ...]:
    """One check as the cells of HEAD."""
    observed = _in_words(check.unit, check.observed, check.observed_low, check.observed_high)
    calculated = _in_words(check.unit, check.calculated, check.calculated_low, check.calculated_high)
    return (HARMS[check.harm], check.published, observed, calculated, "yes" if check.inside else "NO", check.says)


def _in_words(unit: str, middle: float, low: float, high: float) -> str:
    by, sign = (100, " %") if unit == "share" else (1, "")
    numbers = [f"{by * value:.3g}" for value in (middle, low, high)]
    return f"{numbers[0]}{sign}" if low == high else f"{numbers[0]}{sign} ({numbers[1]}–{numbers[2]})"
