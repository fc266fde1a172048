"""What a planned ATG course might do: stamped, withheld where no model holds, compared only with a named target."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from opsonin.errors import InputRefused
from opsonin.mechanism.atg_domain import SETTINGS
from opsonin.mechanism.atg_parameters import shelf_parameters
from opsonin.planning.atg_outlook import atg_outlook
from opsonin.planning.atg_targets import atg_targets, attained
from opsonin.population.atg_courses import AtgDose

COURSE = [AtgDose(float(day), 6.0, 105.0) for day in range(4)]


def look(known, *, doses=COURSE, product="thymoglobulin", setting="kidney", weight_kg=70.0, age=45, **more):
    numbers = more.pop("numbers", None) or shelf_parameters(known, product)
    more.setdefault("virtual_people", 60)
    return atg_outlook(
        doses, numbers=numbers, setting=setting, weight_kg=weight_kg, age_years=Decimal(age), knowledge=known, **more
    )


def test_a_kidney_course_has_levels_counts_and_a_stamp(known):
    found = look(known, counts={"cd4": 700.0}, horizon_days=60)
    assert "EXPLORATORY" in found.stamp and "no dose" in found.stamp and known.version in found.stamp
    assert set(found.levels) == {"total_ug_per_ml", "active_au_per_ml"}
    assert {found.levels[name].assay for name in found.levels} == {"total-rabbit-igg", "active-au"}
    assert set(found.counts) == {"cd4", "cd8", "t_cells", "lymphocytes", "cd4_per_ul"}
    relative, absolute = found.counts["cd4"].band, found.counts["cd4_per_ul"].band
    np.testing.assert_allclose(absolute.median, 700 * np.array(relative.median))
    assert relative.median[0] == 1 and min(relative.median) < 0.05 and relative.days[-1] == 60
    assert found.exposures.keys() == {"auc-total"} and not found.withheld
    assert any("too fast" in note for note in found.notes)


def test_areas_before_and_after_the_graft_add_up(known):
    found = look(known, setting="gvhd", graft_day=4.0)
    parts = found.per_person
    np.testing.assert_allclose(parts["auc-pre"] + parts["auc-post"], parts["auc-total"])
    assert np.all(parts["auc-pre"] > 0) and np.all(parts["auc-post"] > 0)
    assert look(known, setting="gvhd", graft_day=0.0).exposures["auc-pre"].high == 0


def test_the_whole_area_is_dose_over_clearance(known):
    """A second way: whatever the course, all that was given leaves by clearance, so AUC = dose / CL."""
    from opsonin.population.atg import atg_people

    found = look(known, setting="gvhd", graft_day=4.0, horizon_days=7)
    people = atg_people(shelf_parameters(known, "thymoglobulin"), n=60, seed=1, weight_kg=70.0)
    np.testing.assert_allclose(found.per_person["auc-total"], 420.0 / people.parameters["CLa"], rtol=1e-5)


@pytest.mark.parametrize(
    ("product", "setting", "what"),
    [
        ("thymoglobulin", "gvhd", {"T cells"}),
        ("thymoglobulin", "aplastic-anaemia", {"T cells"}),
        ("grafalon", "kidney", {"active ATG", "T cells"}),
        ("atgam", "aplastic-anaemia", {"active ATG", "T cells"}),
    ],
)
def test_what_is_not_modelled_is_withheld_with_the_reason(known, product, setting, what):
    found = look(known, product=product, setting=setting)
    assert {each.what for each in found.withheld} == what and all(each.why for each in found.withheld)
    assert not found.counts and "total_ug_per_ml" in found.levels


def test_every_setting_has_an_answer(known):
    for setting in SETTINGS:
        found = look(known, setting=setting, virtual_people=5)
        assert found.counts or any(each.what == "T cells" for each in found.withheld)


@pytest.mark.parametrize(("age", "weight_kg"), [(6, 20.0), (17, 70.0), (45, 200.0)])
def test_outside_the_domain_nothing_is_shown(known, age, weight_kg):
    found = look(known, age=age, weight_kg=weight_kg)
    assert not found.levels and not found.counts and not found.exposures
    assert {each.what for each in found.withheld} == {"everything"}


def test_the_answer_does_not_depend_on_company_or_threads(known):
    a, b = look(known, virtual_people=40, threads=1), look(known, virtual_people=80, threads=2)
    np.testing.assert_array_equal(a.per_person["auc-total"], b.per_person["auc-total"][:40])


def test_saturable_clearance_lowers_the_area(known):
    from dataclasses import replace

    shelf = shelf_parameters(known, "thymoglobulin")
    saturable = replace(shelf, values={**shelf.values, "Vmax": 0.5, "Km": 0.2})
    low = look(known, numbers=saturable, setting="gvhd", graft_day=4.0).per_person["auc-total"]
    high = look(known, setting="gvhd", graft_day=4.0).per_person["auc-total"]
    assert np.all(low < high) and np.all(low > 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"doses": []}, "there are none"),
        ({"doses": [AtgDose(0, 0, 100)]}, "never given at once"),
        ({"doses": [AtgDose(0, 4, -1)]}, "not an amount"),
        ({"doses": [AtgDose(0, 4, float("nan"))]}, "not an amount"),
        ({"doses": [AtgDose(-1, 4, 100)]}, "before the course"),
        ({"setting": "spleen"}, "is not a setting"),
        ({"weight_kg": 0.0}, "not a body weight"),
        ({"counts": {"platelets": 5.0}}, "not followed"),
        ({"counts": {"cd4": 0.0}}, "not a count"),
        ({"graft_day": float("inf")}, "not a day"),
        ({"product": "privigen"}, "no ATG model"),
    ],
)
def test_what_makes_no_sense_is_refused(known, change, says):
    with pytest.raises(InputRefused, match=says):
        look(known, **change)


def test_a_target_is_never_chosen_for_anyone(known):
    """Each needs its name, its assay, its product and, where it asks for it, a graft day."""
    found = look(known, setting="gvhd", graft_day=4.0)
    for name, fact in atg_targets(known).items():
        if fact.value["assay"] in found.assays.values():
            reached = attained(found, name, knowledge=known)
            assert reached.share + reached.share_below + reached.share_above == pytest.approx(1)
            assert "EXPLORATORY" in reached.note and reached.target == name
        else:
            with pytest.raises(InputRefused, match="not interchangeable"):
                attained(found, name, knowledge=known)
    for name in ("", "default", "best"):
        with pytest.raises(InputRefused, match="differ by setting"):
            attained(found, name, knowledge=known)
    with pytest.raises(InputRefused, match="day of the graft"):
        attained(look(known, setting="gvhd"), "adult-reduced-intensity-post", knowledge=known)
    with pytest.raises(InputRefused, match="never interchangeable"):
        attained(look(known, product="grafalon", graft_day=3.0), "haploidentical_level_at_graft", knowledge=known)
