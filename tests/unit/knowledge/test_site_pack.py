"""A site's own policy pack: read beside the shelf, never in place of it; everything wrong with it is told at once."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from opsonin.knowledge import BadPack, load_knowledge
from opsonin.knowledge.load import SHELVES
from opsonin.knowledge.pack_schema import pack_schema

WARD = Path(__file__).parents[3] / "examples" / "packs" / "ward-7.yaml"
PACKS = sorted((SHELVES / "packs").glob("*.yaml"))


def problems(path: Path) -> list[str]:
    with pytest.raises(BadPack) as bad:
        load_knowledge(extra=path)
    return [str(problem) for problem in bad.value.problems]


def test_a_site_pack_stands_beside_the_others():
    plain, known = load_knowledge(), load_knowledge(extra=WARD)
    assert set(known.packs) - set(plain.packs) == {"ward-7"}
    assert len(known.pack("ward-7").version) == 12
    assert known.version != plain.version


def test_its_version_follows_its_text(tmp_path):
    other = tmp_path / "ward-7.yaml"
    other.write_text(WARD.read_text().replace("step_minutes: 20", "step_minutes: 21"))
    assert load_knowledge(extra=other).pack("ward-7").version != load_knowledge(extra=WARD).pack("ward-7").version


def test_a_pack_of_the_shelf_cannot_be_replaced(tmp_path):
    mine = tmp_path / "us.yaml"
    mine.write_text(WARD.read_text())
    assert problems(mine) == ["packs/us: is the name of a pack on the shelf. Give the file another name."]


def test_a_work_of_the_shelf_cannot_be_replaced(tmp_path):
    mine = tmp_path / "ward-8.yaml"
    mine.write_text(WARD.read_text() + "  acip_intervals: { kind: guideline, title: mine }\n")
    [said] = problems(mine)
    assert said.startswith("packs/ward-8 · sources · acip_intervals: is a work of the shelf.")


def test_the_name_of_the_file_is_its_id(tmp_path):
    mine = tmp_path / "Ward 7.yaml"
    mine.write_text(WARD.read_text())
    assert problems(mine)[0].startswith("packs/Ward 7: is not an id.")


def test_every_problem_is_told_at_once(tmp_path):
    mine = tmp_path / "ward-9.yaml"
    fact = "says: x, obtained: assumed, status: unverified, note: an example"
    mine.write_text(
        "label_region: mars\nnonsense: 1\n"
        f"dosing_weight: {{{fact}, value: {{kind: adjusted-above-threshold, bmi_threshold: 30}}}}\n"
        f"rounding: {{{fact}, value: {{direction: sideways}}}}\n"
        f"ladder_scheme: {{{fact}, value: {{factor: 0.5, step_minutes: 30}}}}\n"
        f"cap_at_risk: {{{fact}, value: 3, unit: g}}\n"
        f"restart_after: {{{fact}, value: -8, unit: weeks}}\n"
        "statements: {tea: {}}\n"
    )
    said = problems(mine)
    for words in (
        "nonsense: is not a part of a pack.",
        "name: is missing",
        "label_region: is 'mars'.",
        "pump_resolution: is missing.",
        "tea: is not a topic.",
        "dosing_weight: adjusts the weight without adjusted_factor",
        "rounding: has the direction 'sideways'",
        "ladder_scheme: has the factor 0.5, by which no rate rises.",
        "cap_at_risk: has the unit 'g', which is not a rate per body weight.",
        "restart_after: has value: Decimal('-8'), which is not a number above zero.",
    ):
        assert any(words in line for line in said), (words, said)
    assert len(said) == 10


def as_json(path: Path) -> object:
    return json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))


@pytest.mark.parametrize("path", [*PACKS, WARD], ids=lambda path: path.stem)
def test_every_pack_fits_the_schema(path):
    jsonschema.validate(as_json(path), pack_schema())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("factor: 2", "factor: none"),
        ("label_region: us", "label_region: mars"),
        ("direction: nearest", "direction: sideways"),
        ("kind: actual", "kind: guessed"),
        ("statements:", "statement:"),
        ("ml_per_h: 1,", "ml_per_hour: 1,"),
    ],
)
def test_the_schema_refuses_what_the_shelf_refuses(old, new, tmp_path):
    mine = tmp_path / "ward-7.yaml"
    mine.write_text(WARD.read_text().replace(old, new))
    assert problems(mine)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(mine), pack_schema())
