"""Does the model reproduce the summary table of the draft it was written from? (Not: does it reproduce patients.)

The draft simulated 2,000 virtual adults of 70 kg once per arm, with common random numbers, and printed rounded figures.
Its recipe is followed here with more people, so that our own chance is small: the tolerance is 2 percentage points
for rates and 4 % for everything else, and is not widened. Entries that miss it are named in MISSES with what is
measured and why; a miss that heals, or moves, fails. The observed column stands beside both on the page
docs/explanation/itp-model.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from opsonin.mechanism import MODEL
from opsonin.population import Cohort, people, truncated_log_normal
from opsonin.population.draws import uniforms
from opsonin.response import first_reaching, reached
from opsonin.simulate import EventTable, solve
from opsonin.simulate.records import CHANGE

PEOPLE, SEED, BATCHES = 20_000, 20261120, 10
DAYS, PER_DAY = 35, 4
VISITS = np.arange(DAYS + 1.0)
LOOKED_AT = [1, 2, 3, 4, 5, 7, 10, 14, 21, 28]  # visits at which the draft looked for the highest count
INFUSION_DAYS = 0.2
TWICE_1, FIVE_04, ONCE_1, ONCE_05 = (
    [(0, 70.0), (1, 70.0)],
    [(day, 28.0) for day in range(5)],
    [(0, 70.0)],
    [(0, 35.0)],
)


@dataclass(frozen=True)
class Entry:
    """One figure of the draft's table. Rates in per cent."""

    name: str
    observed: str
    draft: float
    rate: bool = False

    def within(self, ours: float) -> bool:
        return abs(ours - self.draft) <= (2.0 if self.rate else 0.04 * abs(self.draft))


# Where the draft names a converged figure (small step) beside that of its coarse step, the converged one stands here.
ENTRIES = (
    Entry("1x2: 50 or more by day 7", "81 %", 82, rate=True),
    Entry("1x2: 50 or more at 24 h", "43 %", 35, rate=True),
    Entry("1x2: mean days to 50", "1.7–2.5", 1.8),
    Entry("1x2: median count on day 7", "149 (day 8)", 128),
    Entry("1x2: median days at 50 or more", "14–15.4", 16.2),
    Entry("1x2: mean days at 50 or more", "20.9", 18),
    Entry("1x2: highest count, median of responders", "182", 179),
    Entry("0.4x5: highest count, median of responders", "182", 169),
    Entry("0.4x5: 50 or more by day 7", "65–71 %", 77, rate=True),
    Entry("0.4x5: 50 or more at 24 h", "not stated", 11, rate=True),
    Entry("0.4x5: by day 5 among responders", "93 %", 96, rate=True),
    Entry("0.4x5: mean days to 50", "slower than 1x2", 2.9),
    Entry("1x1: 50 or more by day 7", "not stated", 59, rate=True),
    Entry("1x1: median days at 50 or more", "2–17", 9.6),
    Entry("1x1: highest count, median of responders", "not stated", 131),
    Entry("0.5 g/kg once: response on day 4", "21 %", 27, rate=True),
    Entry("0.5 g/kg once: mean rise by day 3", "50", 46),
    Entry("0.5 g/kg once: mean rise by day 4", "55", 49),
    Entry("1 g/kg once: response on day 4", "67 %", 55, rate=True),
    Entry("1 g/kg once: mean rise by day 3", "92", 92),
    Entry("1 g/kg once: mean rise by day 4", "106", 103),
    Entry("FcRn blocker: ever 50 or more", "55–67 %", 57, rate=True),
    Entry("FcRn blocker: fall of IgG", "about 60 %", 58, rate=True),
    Entry("0.4x5: rise of IgG on day 14, mean", "7.8", 8.0),
    Entry("0.4x5: rise of IgG on day 14, standard deviation", "5.6", 2.0),
    Entry("1x2: peak IgG", "45.3", 45),
    Entry("0.4x5: peak IgG", "not stated", 35),
    Entry("1x1: peak IgG", "not stated", 31),
    Entry("1x2: median count on day 0", "20 or less", 9),
    Entry("1x2: median count on day 1", "rise on days 1–2", 39),
    Entry("1x2: median count on day 2", "rise on days 1–2", 77),
    Entry("1x2: median count on day 4", "not stated", 120),
    Entry("1x2: median count on day 14", "not stated", 49),
    Entry("1x2: median count on day 21", "back by about day 20", 26),
    Entry("1x2: median count on day 28", "not stated", 19),
)

CHANCE = "the draft's one sample of 2,000 people"
STEP = "the draft's step of 0.05 days, which leads by up to 0.05 days while counts rise steeply, and " + CHANCE
PRINT = "the draft prints whole numbers; and " + CHANCE
MISSES: dict[str, tuple[float, str]] = {
    "1x2: median count on day 7": (122.8, CHANCE),
    "0.4x5: 50 or more by day 7": (74.1, CHANCE),
    "1x1: 50 or more by day 7": (56.9, CHANCE),
    "1x1: median days at 50 or more": (10.0, "counted in quarter days; and " + CHANCE),
    "0.5 g/kg once: mean rise by day 3": (43.8, STEP),
    "0.5 g/kg once: mean rise by day 4": (46.4, STEP),
    "1x2: median count on day 0": (9.43, PRINT),
    "1x2: median count on day 1": (36.2, STEP),
    "1x2: median count on day 2": (72.7, STEP),
    "1x2: median count on day 14": (46.3, CHANCE),
    "1x2: median count on day 28": (19.96, PRINT),
}
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "itp-model.md"


def cohort(known, *, seed: int, median: float, cv: float, low: float, high: float) -> Cohort:
    counts = truncated_log_normal(uniforms(seed, "P0", PEOPLE), median=median, cv=cv, low=low, high=high)
    return people(known, n=PEOPLE, seed=seed, weight_kg=70, true_counts=counts)


def responders_of_trials(known) -> Cohort:
    return cohort(known, seed=SEED, median=10, cv=0.6, low=3, high=20)


def run(who: Cohort, events: EventTable, days: int = DAYS) -> dict[str, np.ndarray]:
    times = np.arange(days * PER_DAY + 1) / PER_DAY
    courses = solve(
        MODEL,
        parameters=who.parameters,
        n=who.n,
        events=events,
        times=times,
        outputs=("platelets", "igg_g_per_l"),
        threads=2,
    ).require()
    return {"platelets": courses["platelets"], "igg": courses["igg_g_per_l"]}


def given(who: Cohort, doses: list[tuple[int, float]], days: int = DAYS) -> dict[str, np.ndarray]:
    table = EventTable.infusions(MODEL, who.n, [(day, INFUSION_DAYS, grams) for day, grams in doses], "A1x")
    return run(who, table, days)


def fcrn_blocked(who: Cohort) -> EventTable:
    """Free FcRn 0.15 for 7 days, then 1 − 0.85·exp(−(t − 7)/4), in steps of a tenth of a day."""
    later = 7 + np.arange(0, DAYS - 7, 0.1)
    time = np.concatenate([[0.0], later])
    free = np.concatenate([[0.15], 1 - 0.85 * np.exp(-(later + 0.05 - 7) / 4)])
    whole, nothing = np.zeros(time.size, np.int64), np.zeros(time.size)
    target = np.full(time.size, list(MODEL.parameters).index("u"))
    pattern = np.zeros(who.n, np.int64)
    first = np.array([0, time.size])
    return EventTable(who.n, time, whole + CHANGE, target, free, nothing, whole, nothing, first, pattern)


def daily(course: dict[str, np.ndarray]) -> np.ndarray:
    return course["platelets"][:, ::PER_DAY]


def course_summary(name: str, course: dict[str, np.ndarray], some: slice) -> dict[str, float]:
    counts, often = daily(course)[some], course["platelets"][some, 1:]
    responder = reached(counts, VISITS, threshold=50, within=7)
    first = first_reaching(counts, VISITS, threshold=50)
    length = (often >= 50).sum(axis=1) / PER_DAY
    return {
        f"{name}: 50 or more by day 7": 100 * responder.mean(),
        f"{name}: 50 or more at 24 h": 100 * reached(counts, VISITS, threshold=50, within=1).mean(),
        f"{name}: mean days to 50": first[responder].mean(),
        f"{name}: by day 5 among responders": 100 * (first[responder] <= 5).mean(),
        f"{name}: median days at 50 or more": np.median(length[responder]),
        f"{name}: mean days at 50 or more": length[responder].mean(),
        f"{name}: highest count, median of responders": np.median(counts[responder][:, LOOKED_AT].max(axis=1)),
        f"{name}: peak IgG": np.median(course["igg"][some].max(axis=1)),
        **{f"{name}: median count on day {d}": np.median(counts[:, d]) for d in (0, 1, 2, 4, 7, 14, 21, 28)},
    }


def single_dose_summary(name: str, course: dict[str, np.ndarray], some: slice) -> dict[str, float]:
    counts = daily(course)[some]
    rise = counts - counts[:, :1]
    response = (counts[:, 4] > 80) & (counts[:, 4] >= 2 * counts[:, 0])
    return {
        f"{name}: response on day 4": 100 * response.mean(),
        f"{name}: mean rise by day 3": rise[:, 3].mean(),
        f"{name}: mean rise by day 4": rise[:, 4].mean(),
    }


def igg_summary(course: dict[str, np.ndarray], some: slice) -> dict[str, float]:
    rise = course["igg"][some, 14 * PER_DAY] - course["igg"][some, 0]
    name = "0.4x5: rise of IgG on day 14"
    return {f"{name}, mean": rise.mean(), f"{name}, standard deviation": rise.std()}


def blocker_summary(course: dict[str, np.ndarray], some: slice) -> dict[str, float]:
    counts, igg = course["platelets"][some], course["igg"][some]
    return {
        "FcRn blocker: ever 50 or more": 100 * (counts >= 50).any(axis=1).mean(),
        "FcRn blocker: fall of IgG": 100 * np.median(1 - igg.min(axis=1) / igg[:, 0]),
    }


@pytest.fixture(scope="module")
def summary(known):
    """Every figure for everyone, and the same for each tenth of them."""
    trial = responders_of_trials(known)
    godeau = cohort(known, seed=SEED + 1, median=20, cv=0.6, low=3, high=50)
    blocker = cohort(known, seed=SEED + 2, median=18, cv=0.5, low=5, high=30)
    twice, five, once = (given(trial, doses) for doses in (TWICE_1, FIVE_04, ONCE_1))
    half, whole = given(godeau, ONCE_05, days=5), given(godeau, ONCE_1, days=5)
    blocked = run(blocker, fcrn_blocked(blocker))

    def figures(some: slice) -> dict[str, float]:
        return {
            **course_summary("1x2", twice, some),
            **course_summary("0.4x5", five, some),
            **course_summary("1x1", once, some),
            **single_dose_summary("0.5 g/kg once", half, some),
            **single_dose_summary("1 g/kg once", whole, some),
            **igg_summary(five, some),
            **blocker_summary(blocked, some),
        }

    size = PEOPLE // BATCHES
    batches = [figures(slice(i * size, (i + 1) * size)) for i in range(BATCHES)]
    scatter = {name: float(np.std([b[name] for b in batches], ddof=1)) for name in batches[0]}
    return figures(slice(None)), scatter


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.name not in MISSES], ids=lambda e: e.name)
def test_agrees_with_the_drafts_summary(entry, summary):
    ours = summary[0][entry.name]
    assert entry.within(ours), f"{entry.name}: observed {entry.observed}, draft {entry.draft}, ours {ours:.4g}"


@pytest.mark.parametrize("name", MISSES)
def test_every_miss_is_what_is_written_down(name, summary):
    """A miss is outside the tolerance, has the value recorded, and lies within the draft's own chance and rounding."""
    (entry,) = [e for e in ENTRIES if e.name == name]
    measured, (recorded, reason) = summary[0][name], MISSES[name]
    assert not entry.within(measured), f"{name} agrees now: take it out of MISSES"
    assert measured == pytest.approx(recorded, rel=0.005), reason
    rounding = 0.5 if float(entry.draft).is_integer() else 0.05
    assert abs(measured - entry.draft) <= 3.5 * summary[1][name] + rounding, reason


def rows_of_the_page() -> dict[str, list[str]]:
    lines = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in PAGE.read_text("utf-8").splitlines()]
    names = {entry.name for entry in ENTRIES}
    return {cells[0]: cells for cells in lines if cells[0] in names}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_the_page_shows_observed_draft_and_ours(entry, summary):
    _, observed, draft, ours, _, agrees = rows_of_the_page()[entry.name]
    measured = summary[0][entry.name]
    assert observed == entry.observed
    assert float(draft.rstrip(" %")) == entry.draft
    assert float(ours.rstrip(" %")) == pytest.approx(measured, rel=0.005, abs=0.1 if entry.rate else 0.0)
    assert agrees.strip("*") == ("yes" if entry.within(measured) else "no")
