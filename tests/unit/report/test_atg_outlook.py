"""An ATG outlook in print: stamped everywhere, the same figure every time, nothing drawn of what is withheld."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from opsonin.mechanism.atg_parameters import shelf_parameters
from opsonin.planning.atg_outlook import atg_outlook
from opsonin.planning.atg_targets import attained
from opsonin.population.atg_courses import AtgDose
from opsonin.report.atg_outlook import outlook_svg, outlook_to_dict, print_outlook, write_outlooks


@pytest.fixture(scope="module")
def looks():
    from opsonin.knowledge import load_knowledge

    known = load_knowledge()

    def look(**more):
        return atg_outlook(
            [AtgDose(0, 6, 105), AtgDose(1, 4, 105)],
            numbers=shelf_parameters(known, "thymoglobulin"),
            setting=more.pop("setting", "kidney"),
            weight_kg=more.pop("weight_kg", 70),
            age_years=more.pop("age_years", Decimal(45)),
            knowledge=known,
            horizon_days=30,
            virtual_people=30,
            **more,
        )

    grafted = look(setting="gvhd", graft_day=2)
    return look(), grafted, look(age_years=Decimal(5)), attained(grafted, "cord-blood-post", knowledge=known)


def test_the_figure_is_stamped_and_the_same_every_time(looks):
    kidney, grafted, _, _ = looks
    assert outlook_svg(kidney) == outlook_svg(kidney)
    with_text = outlook_svg(grafted)
    assert with_text.startswith("<?xml") and "EXPLORATORY" in with_text and "no dose may be taken" in with_text


def test_the_table_says_what_is_withheld_and_compares_with_named_targets_alone(looks, capsys):
    _, grafted, child, target = looks
    print_outlook(grafted, [target], title="ID 1")
    shown = " ".join(capsys.readouterr().out.split())
    assert "EXPLORATORY" in shown and "Target cord_blood_post" in shown and "Withheld: T cells" in shown
    print_outlook(grafted, [], title="ID 1")
    assert "none is a default" in " ".join(capsys.readouterr().out.split())
    print_outlook(child, [], title="ID 2")
    shown = " ".join(capsys.readouterr().out.split())
    assert "Withheld: everything" in shown and "median" not in shown


def test_json_and_files_carry_the_stamp_and_the_assay(looks, tmp_path):
    kidney, grafted, child, target = looks
    document = json.loads(json.dumps(outlook_to_dict(grafted, [target]), allow_nan=False))
    assert document["stamp"] == grafted.stamp and document["levels"]["active_au_per_ml"]["assay"] == "active-au"
    written = write_outlooks({"1": kidney, "2": child}, tmp_path)
    assert [path.name for path in written] == ["courses.csv", "courses-1.svg"]
    lines = (tmp_path / "courses.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 100 and all("EXPLORATORY" in line for line in lines[1:])
