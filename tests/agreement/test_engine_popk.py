"""Five published population models of immunoglobulin: the engine, and the ITP model's IgG, against their closed form.

Typical values as transcribed from the papers named; a constant endogenous level is added to the observed one.
"""

import numpy as np
import pytest

from opsonin.knowledge import load_knowledge
from opsonin.mechanism import MODEL, sized, typical
from opsonin.simulate import EventTable, Model, solve

PUBLISHED = {
    # CL L/d, V1 L, Q L/d, V2 L, endogenous g/L, all for 70 kg unless a reference weight applies: (exponents, reference)
    "Landersdorfer 2013, Postgrad Med 125(6):53": {
        "CL": 0.142,
        "V1": 3.94,
        "Q": 0.252,
        "V2": 4.18,
        "base": 4.0,
        "weight": 70.0,
    },
    "Luo 2020, Clin Ther 42:196": {"CL": 0.139, "V1": 4.01, "Q": 0.300, "V2": 3.51, "base": 4.0, "weight": 58.7},
    "Navarro-Mora 2022, Int Immunopharmacol 104:108472": {
        "CL": 0.150,
        "V1": 3.06,
        "Q": 0.474,
        "V2": 1.93,
        "base": 4.0,
        "weight": 65.7,
    },
    "Tortorici 2021, CPT:PSP 10:839": {"CL": 0.435, "V1": 4.69, "Q": 0.500, "V2": 1.87, "base": 12.5, "weight": 82.0},
    "Cheng 2026, Br J Clin Pharmacol, doi:10.1002/bcp.70420": {
        "CL": 0.308,
        "V1": 3.59,
        "Q": 1.08,
        "V2": 7.37,
        "base": 5.67,
        "weight": 70.0,
    },
}

IGG = Model(
    name="immunoglobulin, two compartments over a constant endogenous level",
    time_unit="d",
    states={"central": "g", "outer": "g"},
    parameters={"CL": "L/d", "V1": "L", "Q": "L/d", "V2": "L", "base": "g/L"},
    inputs={"central": "g/d"},
    equations=lambda y, p, u: {
        "central": u.central - (p.CL + p.Q) / p.V1 * y.central + p.Q / p.V2 * y.outer,
        "outer": p.Q / p.V1 * y.central - p.Q / p.V2 * y.outer,
    },
    outputs=lambda y, p: {"igg": y.central / p.V1 + p.base},
)


def _closed_form(p, doses, times):
    """IgG in g/L after infusions (start, duration, g)."""
    k10, k12, k21 = p["CL"] / p["V1"], p["Q"] / p["V1"], p["Q"] / p["V2"]
    total = k10 + k12 + k21
    fast = (total + np.sqrt(total**2 - 4 * k10 * k21)) / 2
    slow = k10 * k21 / fast
    level = np.full(times.shape, p["base"])
    for rate, other in ((fast, slow), (slow, fast)):
        weight = (k21 - rate) / (other - rate)
        for start, duration, dose in doses:
            during = np.clip(times - start, 0, duration)
            after = np.clip(times - start - duration, 0, None)
            flow = dose / duration / p["V1"] / rate
            level = level + weight * flow * -np.expm1(-rate * during) * np.exp(-rate * after)
    return level


@pytest.mark.parametrize("paper", PUBLISHED)
@pytest.mark.parametrize("scheme", ["replacement", "high dose"])
def test_course_agrees_with_the_closed_form(paper, scheme):
    p = {name: value for name, value in PUBLISHED[paper].items() if name != "weight"}
    weight = PUBLISHED[paper]["weight"]
    if scheme == "replacement":
        doses = [(28.0 * k, 3 / 24, 0.4 * weight) for k in range(6)]
    else:
        doses = [(0.0, 6 / 24, weight), (1.0, 6 / 24, weight), (22.0, 6 / 24, weight)]
    times = np.linspace(0.0, 170.0, 341)
    events = EventTable.infusions(IGG, 1, doses, "central")
    courses = solve(IGG, parameters=p, n=1, events=events, times=times).require()
    expected = _closed_form(p, doses, times)
    assert np.max(np.abs(courses["igg"][0] - expected) / expected) <= 1e-5


@pytest.mark.parametrize("paper", PUBLISHED)
def test_area_over_a_steady_interval_is_dose_over_clearance(paper):
    p = {name: value for name, value in PUBLISHED[paper].items() if name != "weight"}
    dose = 0.4 * PUBLISHED[paper]["weight"]
    table = {"ID": [1], "TIME": [0.0], "AMT": [dose], "DUR": [0.125], "II": [28.0], "SS": [1], "CMT": [1]}
    times = np.unique(np.concatenate((np.linspace(0, 0.125, 101), np.linspace(0.125, 28.0, 8001))))
    courses = solve(IGG, parameters=p, n=1, events=EventTable.from_records(IGG, table), times=times, rtol=1e-9)
    extra = courses.require()["igg"][0] - p["base"]
    area = np.sum(np.diff(times) * (extra[1:] + extra[:-1]) / 2)
    assert abs(area / (dose / p["CL"]) - 1) <= 2e-6
    assert abs(extra[0] / extra[-1] - 1) <= 1e-7  # one interval later it is where it was


DAYS = np.array([1.0, 2, 7, 14, 21, 28])
SPREAD = 0.20  # how far published models of replacement lie apart, as stated before this comparison was made
REPLACEMENT = [paper for paper in PUBLISHED if "2021" not in paper and "2026" not in paper]


def _rise_of_the_itp_model(paper, days, grams_per_kg):
    """Rise of IgG in a typical person of the paper's weight and endogenous level, g/L."""
    known = load_knowledge()
    weight, before = PUBLISHED[paper]["weight"], PUBLISHED[paper]["base"]
    parameters = sized(typical(known) | {"C0": before}, known, weight_kg=weight)
    events = EventTable.infusions(MODEL, 1, [(day, 0.25, grams_per_kg * weight) for day in days], "A1x")
    found = solve(MODEL, parameters=parameters, n=1, events=events, times=DAYS, outputs=("igg_g_per_l",)).require()
    return found["igg_g_per_l"][0] - before


def _published_rise(paper, days, grams_per_kg):
    p = PUBLISHED[paper]
    return _closed_form(p, [(day, 0.25, grams_per_kg * p["weight"]) for day in days], DAYS) - p["base"]


def test_the_rise_after_replacement_is_within_the_spread_of_published_models():
    ours = np.array([_rise_of_the_itp_model(paper, [0.0], 0.4) for paper in REPLACEMENT])
    theirs = np.array([_published_rise(paper, [0.0], 0.4) for paper in REPLACEMENT])
    assert len(REPLACEMENT) == 3
    assert np.abs(np.median(ours, axis=0) / np.median(theirs, axis=0) - 1) == pytest.approx(0, abs=SPREAD)


def test_after_2_g_per_kg_it_lies_between_two_published_models_that_disagree_as_the_page_says():
    by_paper = {
        year: _rise_of_the_itp_model(paper, [0.0, 1.0], 1.0) / _published_rise(paper, [0.0, 1.0], 1.0)
        for paper in PUBLISHED
        for year in ("Tortorici 2021", "Cheng 2026")
        if paper.startswith(year)
    }
    adults, children = by_paper["Tortorici 2021"], by_paper["Cheng 2026"]
    assert adults[:2] == pytest.approx(1, abs=SPREAD) and children[:2] == pytest.approx(1, abs=SPREAD)
    assert np.all(adults[[2, 3]] < 1 - SPREAD) and np.all(children[[2, 3]] > 1 + SPREAD), "two misses the page tells"
