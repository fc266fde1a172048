"""How far does haemoglobin fall? Isoagglutinins of the product coat red cells, and phagocytes take them.

Three states beside those of the main model: free isoagglutinins IA (in g/L of a product of the reference titre),
uncoated and coated red cells Hu, Hc (as haemoglobin, g/L). The coating constant kc differs between people,
log-normally; its median and spread are those that make the cohort's two frequencies come out (`fit`), in typical adults
of the reference weight. A patient is otherwise the typical person of their own fitted population and weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.special import ndtr, ndtri
from scipy.stats import beta

from opsonin.knowledge import Fact, Knowledge
from opsonin.mechanism.domain import group_of
from opsonin.mechanism.harm.harms import SHELF
from opsonin.mechanism.harm.pooling import Interval
from opsonin.mechanism.igg import IGG_STATES
from opsonin.mechanism.igg import SHELF as MAIN
from opsonin.mechanism.ivig_itp import MODEL, sized, typical_of
from opsonin.mechanism.platelets import blocked
from opsonin.patient import Patient
from opsonin.regimen import Regimen
from opsonin.simulate import Model

Floats = NDArray[np.float64]
Daily = tuple[tuple[int, float], ...]  # (day from 0, g/kg) of each infusion

HAEMOLYSIS = f"{SHELF}/haemolysis"
FACTS: dict[str, str] = {
    "kabs": f"{HAEMOLYSIS}/isoagglutinin_removal",
    "kcl": f"{HAEMOLYSIS}/coated_cell_removal",
    "omega": f"{HAEMOLYSIS}/shared_blockade",
    "life": f"{HAEMOLYSIS}/red_cell_life",
    "reserve": f"{HAEMOLYSIS}/marrow_reserve",
    "H0": f"{HAEMOLYSIS}/haemoglobin_before",
}
PARAMETERS: dict[str, str] = {
    "titre": "1",  # relative to the reference
    "kc": "L/g/d",
    "kabs": "1/d",
    "kcl": "1/d",
    "omega": "1",
    "life": "d",
    "reserve": "1",
    "H0": "g/L",
}
GRID_FACT = f"{SHELF}/method/red_cell_grid"
ADULTS = "adults"
GROUPS = {"A": "group_a", "B": "group_b", "AB": "group_ab"}


def slopes(y: Any, p: Any, *, infused_g_per_d: Any) -> dict[str, Any]:
    """Rates of change of free isoagglutinins, uncoated and coated red cells, per day.

    Sources: harms/haemolysis.
    """
    coating = p.kc * y.IA * y.Hu
    made = p.H0 / p.life * (1 + p.reserve * (1 - (y.Hu + y.Hc) / p.H0))
    return {
        "IA": p.titre * infused_g_per_d / p.V1 - p.kabs * y.IA,
        "Hu": made - y.Hu / p.life - coating,
        "Hc": coating - p.kcl * (1 - p.omega * blocked(y.X, p)) * y.Hc - y.Hc / p.life,
    }


def _equations(y: Any, p: Any, u: Any) -> dict[str, Any]:
    """The main model's IgG and blockade, its platelets standing still (they act on neither), and the red cells."""
    main = MODEL.equations(SimpleNamespace(**{**_main_at_rest(p), **vars(y)}), p, u)
    return {name: main[name] for name in SHARED} | slopes(y, p, infused_g_per_d=u.A1x)


def _main_at_rest(p: Any) -> Mapping[str, Any]:
    assert MODEL.initial is not None
    return {**dict.fromkeys(MODEL.states, 0.0), **MODEL.initial(p)}


def _initial(p: Any) -> Mapping[str, Any]:
    rest = _main_at_rest(p)
    return {name: rest[name] for name in SHARED} | {"Hu": p.H0}


def _outputs(y: Any, p: Any) -> dict[str, Any]:
    return {"haemoglobin_g_per_l": y.Hu + y.Hc}


SHARED = (*IGG_STATES, "X")  # states of the main model that red cells need
HAEMOLYSIS_MODEL = Model(
    name="ivig_haemolysis",
    time_unit="d",
    states={name: MODEL.states[name] for name in SHARED} | {"IA": "g/L", "Hu": "g/L", "Hc": "g/L"},
    parameters={**MODEL.parameters, **PARAMETERS},
    inputs=MODEL.inputs,
    equations=_equations,
    outputs=_outputs,
    initial=_initial,
    output_units={"haemoglobin_g_per_l": "g/L"},
)


@dataclass(frozen=True)
class Fall:
    """How haemoglobin falls in one course, over a grid of coating constants; arrays of shape (constants,)."""

    log_kc: Floats  # natural logarithm of kc·titre, L/g/d
    deepest_g_per_l: Floats
    on_day: Floats  # of the lowest haemoglobin, from the start of the course
    left_g_per_l: Floats  # of the fall, at the end of the horizon
    igg_rise_g_per_l: float  # highest total IgG over that before the course

    def needed(self, fall_g_per_l: float) -> float:
        """Logarithm of the coating constant at which the fall is so deep."""
        return float(np.interp(fall_g_per_l, self.deepest_g_per_l, self.log_kc))


class Grid(NamedTuple):
    """How the module is solved."""

    days: int
    per_day: int
    constants: int  # coating constants solved at once; also the steps of each posterior
    least: float  # coating constant, L/g/d
    greatest: float
    tolerance: float

    @property
    def times(self) -> Floats:
        return np.arange(self.days * self.per_day + 1) / self.per_day


def grid(knowledge: Knowledge) -> Grid:
    """How the module is solved.

    Sources: harms/method/red_cell_grid.
    """
    value = knowledge.fact(GRID_FACT).value
    counts = (int(value[key]) for key in ("days", "per_day", "constants"))
    return Grid(*counts, *(float(value[key]) for key in ("least", "greatest", "tolerance")))


def falls(daily: Daily, knowledge: Knowledge, patient: Patient | None = None) -> Fall:
    """The fall of haemoglobin after this course, for people from hardly to strongly coated.

    They are typical of the patient's fitted population and weight; without a patient, adults of the reference weight.
    """
    return _falls(daily, numbers(knowledge, patient), grid(knowledge))


def numbers(knowledge: Knowledge, patient: Patient | None = None) -> tuple[tuple[str, float], ...]:
    """Every number the module needs, by name, so that a course is solved once.

    Sources: FACTS, models/ivig_itp_2026_11_26b (geometric means), models/ivig_itp_draft for what was not fitted.
    """
    module = {symbol: float(knowledge.fact(id).number()) for symbol, id in FACTS.items()}
    length, reference = (
        float(knowledge.fact(f"{MAIN}/{name}").number()) for name in ("infusion_length", "reference_weight")
    )
    weight = reference if patient is None else float(patient.weight.kg)
    person = typical_of(knowledge, ADULTS if patient is None else group_of(patient))
    person = sized(person, knowledge, weight_kg=weight)
    return tuple({**person, **module, "length": length, "weight": weight}.items())


@lru_cache
def _falls(daily: Daily, numbers: tuple[tuple[str, float], ...], how: Grid) -> Fall:
    parameters = dict(numbers)
    length, weight = parameters.pop("length"), parameters.pop("weight")
    log_kc = np.linspace(np.log(how.least), np.log(how.greatest), how.constants)
    doses = [(float(day), length, per_kg * weight) for day, per_kg in daily]
    haemoglobin, igg = haemoglobin_and_igg({**parameters, "titre": 1.0, "kc": np.exp(log_kc)}, doses, how)
    fall = haemoglobin[:, :1] - haemoglobin
    rise = float(igg.max() - igg[0, 0])
    return Fall(log_kc, fall.max(axis=1), how.times[fall.argmax(axis=1)], fall[:, -1], rise)


def haemoglobin_and_igg(
    parameters: Mapping[str, Any], doses: Sequence[tuple[float, float, float]], how: Grid
) -> tuple[Floats, Floats]:
    """Haemoglobin and total IgG (g/L) at the grid's times for people who differ in kc; doses as (start, length, grams).

    By SciPy over all people at once: for one small module of a few dozen people a compiled kernel is not worth making.
    """
    n, times = len(parameters["kc"]), how.times
    state = {name: np.broadcast_to(value, n) for name, value in HAEMOLYSIS_MODEL.initial_state(parameters).items()}
    y, found = np.concatenate(list(state.values())), np.empty((2, n, times.size))
    edges = sorted({0.0, times[-1], *(t for start, length, _ in doses for t in (start, start + length))})
    for begin, end in pairwise(edges):
        rate = sum(grams / length for start, length, grams in doses if start <= begin < start + length)

        def slope(_: float, flat: Floats, rate: float = rate) -> Floats:
            states = dict(zip(HAEMOLYSIS_MODEL.states, flat.reshape(-1, n), strict=True))
            moving = HAEMOLYSIS_MODEL.derivative(states, parameters, {"A1x": rate})
            return np.concatenate([np.broadcast_to(moving[name], n) for name in states])

        inside = (begin <= times) & (end >= times)
        at = np.unique([*times[inside], end])
        made = solve_ivp(slope, (begin, end), y, t_eval=at, rtol=how.tolerance, atol=how.tolerance)
        cells = dict(zip(HAEMOLYSIS_MODEL.states, made.y.reshape(-1, n, made.t.size), strict=True))
        seen = np.array([cells["Hu"] + cells["Hc"], (cells["A1e"] + cells["A1x"]) / parameters["V1"]])
        found[:, :, inside] = seen[:, :, : inside.sum()]
        y = made.y[:, -1]
    return found[0], found[1]


@dataclass(frozen=True)
class Fit:
    """Median and spread of the logarithm of the coating constant, over what the cohort's counts allow, with weights."""

    middle: Floats
    spread: Floats


def fit(knowledge: Knowledge) -> Fit:
    """The coating constants that make the cohort's frequencies come out, over their joint uncertainty.

    Any grade, and grade 2 or more among any, have Jeffreys' posteriors; both are taken at even steps of probability.
    """
    chance = knowledge.fact(f"{HAEMOLYSIS}/chance").value
    counts = {count.id: count for count in knowledge.harm_counts}
    some, bad = counts[chance["any"]], counts[chance["grade_2"]]
    assert some.happened is not None and some.of is not None and bad.happened is not None
    daily = tuple((day, float(per_kg)) for day, per_kg in enumerate(chance["fitted_g_per_kg_per_day"]))
    fall = falls(daily, knowledge)
    k_any, k_bad = (
        fall.needed(float(knowledge.fact(f"{HAEMOLYSIS}/{name}").number())) for name in ("fall_any", "fall_grade_2")
    )
    count = grid(knowledge).constants
    steps = (np.arange(count) + 1 / 2) / count
    any_grade = beta(some.happened + 1 / 2, some.of - some.happened + 1 / 2).ppf(steps)[:, None]
    of_those = beta(bad.happened + 1 / 2, some.happened - bad.happened + 1 / 2).ppf(steps)[None, :]
    z_any, z_bad = ndtri(any_grade), ndtri(any_grade * of_those)
    spread = (k_bad - k_any) / (z_any - z_bad)
    return Fit((k_any + z_any * spread).ravel(), spread.ravel())


def fall_chance(
    daily: Daily,
    fall_g_per_l: float,
    knowledge: Knowledge,
    *,
    coating: float,
    level: float,
    patient: Patient | None = None,
) -> Interval:
    """The chance of a fall at least so deep; `coating`: blood group and titre, relative to group A at the reference.

    In people like the patient; without one, in adults of the reference weight.
    """
    found, needed = fit(knowledge), falls(daily, knowledge, patient).needed(fall_g_per_l)
    chances = ndtr((found.middle + np.log(coating) - needed) / found.spread)
    return Interval(*(float(q) for q in np.quantile(chances, [1 / 2, (1 - level) / 2, (1 + level) / 2])))


def haemolysis_chance(
    patient: Patient, regimen: Regimen, knowledge: Knowledge, *, level: float
) -> tuple[Interval | None, str, tuple[Fact, ...]]:
    """The chance of haemolysis of any grade in this course, what it stands for, and the facts used; None in group O.

    Sources: harms/haemolysis.
    """
    group = patient.blood_group
    if group == "O":
        reports = knowledge.fact(f"{HAEMOLYSIS}/driver_blood_group")
        return None, f"Blood group O: not expected, and no frequency is known. {reports.says}", (reports,)
    daily, beyond = daily_g_per_kg(regimen)
    names = ["fall_any", "fall_grade_2", GROUPS[group or "A"]]
    depleted = fewer_isoagglutinins(regimen)
    names += ["depleted_share"] if depleted else []
    facts = {name: knowledge.fact(f"{HAEMOLYSIS}/{name}") for name in names}
    coating = float(facts[GROUPS[group or "A"]].number())
    coating *= beyond * (float(facts["depleted_share"].number()) if depleted else 1)
    found, deep = (
        fall_chance(daily, float(facts[name].number()), knowledge, coating=coating, level=level, patient=patient)
        for name in ("fall_any", "fall_grade_2")
    )
    who = f"Blood group {group}" if group else "Blood group not known: if it is A, B or AB (taken as A)"
    what = ", isoagglutinins reduced" if depleted else ""
    percent = f"{100 * deep.middle:.0f} %" if deep.middle > 1 / 100 else "under 1 %"
    says = f"{who}{what}. Any grade, when looked for; grade 2 or more in {percent}."
    product = (depleted,) if depleted is not None else ()
    return found, says, (*facts.values(), *product, *(knowledge.fact(id) for id in FACTS.values()))


def daily_g_per_kg(regimen: Regimen) -> tuple[Daily, float]:
    """Grams per kilogram of actual weight by day from 0, to one decimal, and the dose as a share of those.

    Isoagglutinins are in proportion to the dose; only the blockade, which hardly moves, is that of the rounded dose. So
    courses that differ by a vial share one solution.
    """
    weight = regimen.weight.actual_kg
    exact = [(i.dose.day - 1, i.dose.grams / weight) for i in regimen.infusions]
    least = min(grams for _, grams in exact)
    rounded = tuple((day, float(round(grams, 1) or least)) for day, grams in exact)
    return rounded, float(sum(grams for _, grams in exact)) / sum(grams for _, grams in rounded)


def fewer_isoagglutinins(regimen: Regimen) -> Fact | None:
    """The fact by which the product's isoagglutinins are reduced; None when the shelf says nothing of it."""
    fact = regimen.product.facts.get("isoagglutinin_reduction")
    return fact if fact is not None and fact.found and fact.value is not False else None
