"""Chances of harms against what was published: every count is met or missed in the open."""

import json
import subprocess
import sys

from opsonin.knowledge import load_knowledge
from opsonin.trial.harms import harm_checks, met

KNOWN = load_knowledge()
CHECKS = harm_checks(KNOWN)


def test_every_count_of_a_harm_is_used_or_compared():
    rows = {row for f in KNOWN.facts_under("harms") if hasattr(f.value, "keys") for row in f.value.get("rows", ())}
    said = " ".join(check.published for check in CHECKS)
    for count in KNOWN.harm_counts:
        if count.happened is not None and any(count.harm == check.harm for check in CHECKS) and count.id not in rows:
            assert count.result in said or count.id.startswith(
                ("haemolysis_any", "haemolysis_grade", "anaphylaxis_later")
            )


def test_studies_left_out_are_foretold_and_misses_are_shown():
    assert met(CHECKS, "left out") == (15, 15)
    meet, of = met(CHECKS, "counted otherwise")
    assert 0 < meet < of
    missed = {(c.harm, c.unit) for c in CHECKS if not c.inside}
    assert ("haemolysis", "ratio") in missed  # the dose effect is weaker than among reports
    assert ("aseptic_meningitis", "share") in missed


def test_the_command_prints_and_writes_them(tmp_path):
    command = [sys.executable, "-m", "opsonin", "validate", "harm"]
    run = subprocess.run([*command, "--json", "--out", str(tmp_path)], capture_output=True, text=True, check=True)
    answer = json.loads(run.stdout)
    assert answer == json.loads((tmp_path / "harm-checks.json").read_text(encoding="utf-8"))
    assert answer["summary"]["left out"] == {"meet": 15, "of": 15}
    assert len(answer["checks"]) == len(CHECKS)
    assert "left out: 15 of 15 meet" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
