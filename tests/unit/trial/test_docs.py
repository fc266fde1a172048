"""The page about trial files names every field and every measure with its arguments."""

import re
from pathlib import Path

import pytest

from opsonin.trial.declaration import Arm, Carried, Endpoint, FcrnBlocker, Population, Published, Regimen, Source, Trial
from opsonin.trial.endpoints import MEASURES, RESPONDERS, VALUES, arguments_wanted

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "trial-file.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", [Trial, Population, Carried, Arm, Regimen, FcrnBlocker, Endpoint, Published, Source])
def test_every_field_is_named(part):
    names = {field.alias or name for name, field in part.model_fields.items()}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_measure_is_described_with_its_arguments(measure):
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{measure}` |"))
    may, _ = arguments_wanted(measure)
    assert set(re.findall(r"`(\w+)`", line.split("|")[2])) == may


def test_measures_are_yes_or_no_or_a_number():
    assert not set(RESPONDERS) & set(VALUES)
