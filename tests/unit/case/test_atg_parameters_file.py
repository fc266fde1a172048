"""A site's own ATG parameters: the form is checked, units have to be possible, the stamp says what was replaced."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from opsonin.case.atg_parameters_file import UNITS, read_atg_parameters
from opsonin.errors import InputRefused
from opsonin.mechanism.atg_parameters import FACTS_OF, shelf_parameters
from opsonin.planning.atg_outlook import atg_outlook
from opsonin.population.atg_courses import AtgDose

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "simulate" / "atg-site-parameters.yaml"


def changed(tmp_path, change):
    document = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    change(document)
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def test_every_parameter_of_the_shelf_has_its_units():
    assert set(UNITS) == {symbol for facts in FACTS_OF.values() for symbol in facts}


def test_the_example_says_what_the_shelf_says(known):
    shelf, site = shelf_parameters(known, "thymoglobulin"), read_atg_parameters(EXAMPLE, known)
    for weight in (45.0, 70.0, 120.0):
        ours, theirs = shelf.sized(weight), site.sized(weight)
        assert theirs == pytest.approx(ours)
    assert site.ln_sd == pytest.approx(dict(shelf.ln_sd))
    assert site.name in site.stamp and "file " in site.stamp and "EXPLORATORY" in site.stamp
    assert "replaced: CLa, V1a, Qa, V2a" in site.source and "left to the shelf: CL" in site.source


def test_litres_at_the_reference_weight_are_the_same_as_per_kilogram(known, tmp_path):
    def at_reference(document):
        document["parameters"]["CLa"] = {"value": 0.0635 * 70, "unit": "L/d", "ln_sd": 0.5}

    site = read_atg_parameters(changed(tmp_path, at_reference), known)
    assert site.sized(90.0) == pytest.approx(read_atg_parameters(EXAMPLE, known).sized(90.0))


def test_a_childrens_table_opens_the_domain_it_names(known, tmp_path):
    def for_children(document):
        document["holds_for"] = {"age_years": [0.25, 23], "weight_kg": [4, 90]}

    site = read_atg_parameters(changed(tmp_path, for_children), known)
    found = atg_outlook(
        [AtgDose(0, 4, 50)], numbers=site, setting="gvhd", weight_kg=20, age_years=Decimal(6), knowledge=known,
        graft_day=3, virtual_people=10,
    )  # fmt: skip
    assert found.levels and site.name in found.stamp


def test_another_active_assay_takes_the_t_cells_away(known, tmp_path):
    def other(document):
        document["assays"]["active"] = "our-own-assay"

    site = read_atg_parameters(changed(tmp_path, other), known)
    found = atg_outlook(
        [AtgDose(0, 4, 100)], numbers=site, setting="kidney", weight_kg=70, age_years=Decimal(40), knowledge=known,
        virtual_people=10,
    )  # fmt: skip
    assert not found.counts and "another assay" in found.withheld[0].why


def put(*path_and_value):
    *path, value = path_and_value

    def change(document):
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put("schema", "opsonin-case/1"), "schema"),
        (put("name", "with blanks in it"), "name"),
        (put("source", "paper"), "source"),
        (put("read_on", "someday"), "read_on"),
        (put("product", "privigen"), "product"),
        (put("assays", {}), "assays"),
        (put("assays", {"urine": "x"}), "not modelled"),
        (put("reference_weight_kg", 0), "reference_weight_kg"),
        (put("reference_weight_kg", 154), "reference_weight_kg"),
        (put("powers", {"clearance": 0.75}), "powers"),
        (put("powers", "clearance", 3), "powers"),
        (put("holds_for", "age_years", [20, 2]), "before it begins"),
        (put("holds_for", "height", [1, 2]), "height"),
        (put("parameters", {}), "parameters"),
        (put("parameters", "CLX", {"value": 1, "unit": "L/d"}), "no parameter"),
        (put("parameters", "CLa", "unit", "L/h"), "not a unit"),
        (put("parameters", "CLa", "value", -1), "above 0"),
        (put("parameters", "CLa", "value", 0), "above 0"),
        (put("parameters", "CLa", "value", float("nan")), "CLa"),
        (put("parameters", "CLa", {"value": 4.4, "unit": "L/d/kg", "ln_sd": 5}), "ln_sd"),
        (put("parameters", "CLa", {"value": 44.0, "unit": "L/d/kg"}), "far outside"),
        (put("parameters", "V1a", {"value": 31_600, "unit": "L"}), "far outside"),
        (put("parameters", "V1a", {"value": 0.1, "unit": "L"}), "far outside"),
        (put("more", 1), "more"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_field(known, tmp_path, change, says):
    with pytest.raises(InputRefused, match=says):
        read_atg_parameters(changed(tmp_path, change), known)


def test_all_problems_come_at_once(known, tmp_path):
    def spoil(document):
        document["parameters"]["CLa"]["unit"] = "L/h"
        document["parameters"]["Nope"] = {"value": 1, "unit": "1"}

    with pytest.raises(InputRefused) as refused:
        read_atg_parameters(changed(tmp_path, spoil), known)
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("text", ["", "- a list", "schema: [", "\xff"])
def test_what_is_no_such_file_is_refused(known, tmp_path, text):
    path = tmp_path / "site.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputRefused):
        read_atg_parameters(path, known)
