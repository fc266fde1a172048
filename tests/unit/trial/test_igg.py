"""Serum IgG beside what was published: declared before it is run, outside the scores, misses in the open."""

import json

import numpy as np
import pytest

from opsonin.trial import declared_split, declared_trials
from opsonin.trial.calibrated import DRAFT
from opsonin.trial.endpoints import arguments_wanted
from opsonin.trial.igg import OUTSIDE, igg_section, igg_trials
from opsonin.trial.igg_beside import IggRegimen, beside, igg_declaration
from opsonin.trial.igg_say import beside_rows, igg_part, igg_rows, igg_to_dict

DECLARED = igg_declaration()


@pytest.fixture(scope="module")
def section(known):
    return igg_section(knowledge=known, ensemble=DRAFT, people=400, seed=3, threads=1)


def test_every_endpoint_names_a_function_with_its_arguments_and_visits():
    for regimen in DECLARED.regimens:
        for endpoint in regimen.endpoints:
            may, must = arguments_wanted(endpoint.measure)
            assert must <= set(endpoint.arguments) <= may
            if endpoint.measure == "half-life":
                assert must == {"first_day", "last_day", "corrected"}, "window and correction have no defaults"
                window = [d for d in regimen.visits if endpoint.arguments["first_day"] <= d]
                assert len(window) >= 3 and endpoint.arguments["last_day"] in regimen.visits
            day = endpoint.arguments.get("day")
            assert day is None or day in regimen.visits


def test_what_stands_beside_a_published_value_was_published():
    published = {
        f"{trial.id}/{arm.id}/{e.id}"
        for trial in (*declared_trials(), *igg_trials())
        for arm in trial.arms
        for e in arm.endpoints
        if e.published
    }
    asked = {e.observed for regimen in DECLARED.regimens for e in regimen.endpoints if e.observed}
    assert asked <= published and len(asked) >= 5


def test_trials_of_igg_are_seen_or_outside_the_split(section):
    split = declared_split()
    assert all(split.of[id] == "seen" for id in DECLARED.seen)
    assert not {trial.id for trial in igg_trials()} & ({*split.of} | {*split.unused})
    status = {row.trial: row.split for row in section.rows}
    assert status == dict.fromkeys(DECLARED.seen, "seen") | dict.fromkeys((t.id for t in igg_trials()), OUTSIDE)


def test_rows_hold_peak_half_life_and_the_rise_of_two_weeks(section):
    found = {row.name: row for row in section.rows}
    assert found["dash_2014_igg/gammaplex/mean_peak"].observed == 45.3
    half_life = found["dash_2014_igg/gammaplex/half_life_total"]
    assert (half_life.observed, half_life.unit, half_life.inside) == (28.5, "days", False)
    rise = found["kuitwaard_2009/five_days/mean_rise_day_14"]
    assert (rise.observed, rise.unit, rise.inside) == (7.8, "g/L", True)
    assert not found["thurmann_1995/ml_8/rise_day_29"].inside, "a miss the page tells"


def test_a_linear_model_is_its_closed_form(known):
    """One compartment: the corrected half-life of Dumas 2019 at its 70 kg is ln 2 · V / CL, whatever the dose."""
    once = next(regimen for regimen in DECLARED.regimens if regimen.id == "once")
    found = beside(once, knowledge=known, weight_kg=70.0, n=50, seed=1, threads=1)
    place = [e.id for e in once.endpoints].index("half_life_corrected")
    assert found.published["dumas_2019"][place] == pytest.approx(np.log(2) * 4.01 / 0.09216, rel=1e-4)
    doses = IggRegimen.model_validate({**once.model_dump(by_alias=True), "doses": [{"day": 0, "g_per_kg": 2}]})
    more = beside(doses, knowledge=known, weight_kg=70.0, n=50, seed=1, threads=1)
    assert more.published["dumas_2019"][place] == pytest.approx(found.published["dumas_2019"][place], rel=1e-4)
    assert more.typical[place] < found.typical[place], "the ITP model's IgG leaves faster after more"


def test_a_repeated_regimen_is_read_after_its_last_dose():
    replacement = next(regimen for regimen in DECLARED.regimens if regimen.repeated)
    doses = replacement.infusions(0.2, 70.0)
    assert replacement.begins == doses[-1][0] == 28 * 11
    assert {round(grams, 6) for _, _, grams in doses} == {28.0}


def test_typical_lies_within_its_people_and_the_range_is_said(section):
    for found in section.beside:
        assert all(low <= value <= high for low, value, high in zip(found.low, found.typical, found.high, strict=True))
        assert len(found.published) == 11
    two_days = section.beside[0]
    said = dict(zip((e.id for e in two_days.regimen.endpoints), map(two_days.among_published, range(4)), strict=True))
    assert said["peak"] and not said["rise_day_28"], "a miss the page tells"


def test_tables_and_json_say_the_same(section):
    document = json.loads(json.dumps(igg_to_dict(section), allow_nan=False))
    assert len(document["rows"]) == len(list(igg_rows(section)))
    first = document["beside"][0]["endpoints"][0]
    assert first["observed"] == 45.3 and set(first["this_model"]) == {"typical", "low_95", "high_95"}
    lines = list(beside_rows(section.beside[0], section))
    assert [line[0] for line in lines[4:]] == list(first["published"])
    page = "\n".join(igg_part(section))
    assert all(item.what in page and item.why in page for item in DECLARED.not_compared)
    assert "Outside the scores" in document["says"]
