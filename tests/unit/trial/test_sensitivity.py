"""Sobol indices of the forecast: a second, plain estimate agrees, and what cannot matter does not."""

import json
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("SALib", reason="SALib is not installed: the sensitivity analysis is NOT tested here")

from opsonin.knowledge import load_knowledge
from opsonin.trial.sensitivity import QUANTITIES, _courses, _differs, mean_population, sensitivity

KNOWN = load_knowledge()
FOUND = sensitivity(KNOWN, samples=512, seed=3)


def quantity(part, name):
    return next(driven for driven in FOUND.parts[part] if driven.quantity == name)


@pytest.mark.parametrize(
    ("name", "unknown"), [("days at 50 or more", "IC50"), ("highest IgG", "V1"), ("highest IgG", "C0")]
)
def test_binned_means_of_a_plain_sample_give_the_same_first_order_share(name, unknown):
    rng, n = np.random.default_rng(8), 6000
    middle, spreads = mean_population(KNOWN)
    drawn = {symbol: rng.random(n) for symbol in spreads}
    values = {s: _differs(middle[s], spread)(drawn[s]) for s, spread in spreads.items()}
    seen = QUANTITIES[name][1](*_courses({**middle, **values}, KNOWN, n, None))
    bins = np.array_split(np.argsort(drawn[unknown]), 40)
    between = np.var([seen[group].mean() for group in bins])
    within = np.mean([seen[group].var(ddof=1) / len(group) for group in bins])
    share = next(s for s in quantity("people", name).shares if s.unknown == unknown)
    assert share.alone == pytest.approx((between - within) / seen.var(), abs=0.08)


def test_igg_is_driven_by_igg_alone_and_first_order_shares_add_up():
    strong = {s.unknown for s in quantity("people", "highest IgG").shares if s.in_all > 0.02}
    assert strong <= {"V1", "V2", "C0", "CLu"}
    for driven in FOUND.parts["people"]:
        assert sum(max(s.alone, 0) for s in driven.shares) < 1.15
    assert quantity("parameters", "highest IgG").shares == ()


def test_the_command_writes_json_and_a_figure(tmp_path):
    command = [sys.executable, "-m", "opsonin", "validate", "itp", "--sensitivity", "--samples", "64", "--json"]
    run = subprocess.run([*command, "--out", str(tmp_path)], capture_output=True, text=True, check=True)
    answer = json.loads(run.stdout)
    assert set(answer["parts"]) == {"people", "parameters"} and answer["samples"] == 64
    assert "Sobol" in (tmp_path / "sensitivity.svg").read_text(encoding="utf-8")
