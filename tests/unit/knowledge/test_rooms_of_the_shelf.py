"""Products, packs, guidelines, rules, ranking and study arms: what each builder refuses."""

from decimal import Decimal

import pytest

from opsonin.errors import KnowledgeError
from opsonin.knowledge.load import SHELVES, read_shelves


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("products/privigen.yaml", "brand: Privigen", "brend: Privigen", "brand: is missing"),
        ("products/privigen.yaml", "concentration:", "strength:", "concentration: is missing or not in g/100 mL"),
        ("products/privigen.yaml", "  eu:", "  mars:", "labels · mars: is not a label region"),
        ("products/privigen.yaml", "    itp:", "    it:", "labels/us · itp: is missing"),
        ("products/privigen.yaml", "      value: { 1x2:", "      value: { 1 x 2:", "holds the schedule '1 x 2'"),
        ("products/privigen.yaml", "      unit: mg/kg/min", "      unit: mg/kg/day", "is not an infusion rate"),
        ("packs/us.yaml", "label_region: us", "label_region: moon", "label_region: is 'moon'"),
        ("packs/us.yaml", "direction: nearest", "direction: sideways", "rounding: has the direction 'sideways'"),
        ("packs/us.yaml", "tolerance_percent: 10", "tolerance: 10", "rounding: has a value this rule does not know"),
        ("packs/us.yaml", "kind: adjusted-above-threshold", "kind: guessed", "dosing_weight: has the kind 'guessed'"),
        (
            "packs/us.yaml",
            "adjusted_factor: 0.4",
            "adjusted_factor: null",
            "adjusts the weight without adjusted_factor",
        ),
        (
            "packs/us.yaml",
            "factor: 2,",
            "factor: 0,",
            "ladder_scheme: has factor: Decimal('0')",
        ),
        (
            "packs/us.yaml",
            "  value: 3.2\n  unit: mg/kg/min",
            "  value: 3.2\n  unit: min",
            "cap_at_risk: has the unit 'min'",
        ),
        ("packs/us.yaml", "ml_per_h: 1,", "ml_per_h: fast,", "pump_resolution: has ml_per_h: 'fast'"),
        ("packs/us.yaml", "pump_resolution:", "pump:", "pump: is not a part of a pack"),
        ("packs/us.yaml", "  hydration:", "  coffee:", "statements · coffee: is not a topic"),
        ("guidelines/ash_2011.yaml", "name: ASH", "title: ASH", "name: is missing"),
        ("guidelines/ash_2011.yaml", "treat: observe", "treat: wait", "treat: holds 'wait'"),
        ("guidelines/ash_2011.yaml", "phases: [newly-diagnosed]", "phases: [new]", "phases: holds 'new'"),
        ("guidelines/ash_2011.yaml", "bleeding_grades: [0, 1, 2]", "bleeding_grades: [0, 9]", "grades from 0 to 5"),
        ("guidelines/ash_2011.yaml", "0.8x1:", "0.8:", "schedules: holds '0.8'"),
        ("rules/class.yaml", "severity: absolute", "severity: total", "severity: is 'total'"),
        ("rules/class.yaml", "risk: immunoglobulin_reaction", "danger: x", "when.danger: is not a condition"),
        ("rules/class.yaml", "risk: immunoglobulin_reaction", "risk: [x]", "when.risk: is ('x',). It takes a word"),
        ("rules/class.yaml", "  remedy:", "  remedies:", "remedy: is missing"),
        ("policies/ranking.yaml", "[0.9, 0.7,", "[0.7, 0.9,", "are not lower bounds, highest first"),
        ("policies/ranking.yaml", "[standing,", "[beauty,", "order: is ('beauty'"),
        (
            "policies/ranking.yaml",
            "ignore_probability_below: 0.10",
            "ignore_probability_below: some",
            "Give a fraction",
        ),
        ("policies/ranking.yaml", "ranking:", "rank:", "ranking: is missing or unusable"),
        (
            "policies/guardrails.yaml",
            "measure: daily_dose\n",
            "measure: dose\n",
            "measure: is 'dose'. One of: daily_dose",
        ),
        ("policies/guardrails.yaml", "limit: hard", "limit: iron", "limit: is 'iron'. One of: hard, soft"),
        ("policies/guardrails.yaml", "side: above", "side: beside", "side: is 'beside'. One of: above, below"),
        ("policies/guardrails.yaml", "unit: g/kg/day", "unit: g/kg", "unit: is 'g/kg'. daily_dose is in g/kg/day"),
        ("policies/guardrails.yaml", "value: 2.2", "value: [2.2]", "A limit is a number"),
        ("policies/guardrails.yaml", "  remedy:", "  remedies:", "remedies: is not a key"),
        ("trials/ivig_itp.csv", ",adult,", ",grown-up,", "age_group: is 'grown-up'"),
        ("trials/ivig_itp.csv", ",robak_2009,", ",nobody,", "source: names 'nobody'"),
        ("trials/ivig_itp.csv", "id,study,", "key,study,", "id: are missing columns"),
        ("trials/ivig_itp.csv", "octagam10_robak2010_2,", "octagam10_robak2010_1,", "stands twice"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(spoil, name, old, new, words):
    told = spoil(name, old, new)
    assert words in told
    assert name.rpartition(".")[0] in told


SITE = """
name: A hospital
label_region: us
dosing_weight: null
rounding:
  says: Down to whole vials.
  value: { direction: down, tolerance_percent: 5 }
  obtained: read
  status: unverified
  sources:
    - { key: our_policy, at: section 3 }
pump_resolution:
  says: Our pumps.
  value: { ml_per_h: 0.5, below_20_kg_ml_per_h: 0.1 }
  obtained: assumed
  status: unverified
  note: As the pumps are set.
statements: {}
sources:
  our_policy: { kind: policy, title: Policy 12, authors: A hospital, year: "2026" }
"""


def test_a_site_adds_its_own_pack_with_its_own_sources(tmp_path):
    path = tmp_path / "ours.yaml"
    path.write_text(SITE, encoding="utf-8")
    known = read_shelves(SHELVES, extra=path)
    pack = known.pack("ours")
    assert pack.dosing_weight is None and pack.ladder_scheme is None
    assert (pack.rounding.direction, pack.rounding.tolerance_percent) == ("down", Decimal(5))
    assert pack.pump_resolution_ml_per_h == Decimal("0.5")
    assert known.sources["our_policy"].title == "Policy 12"
    assert known.version != read_shelves(SHELVES).version
    path.write_text(SITE.replace("tolerance_percent: 5", "tolerance_percent: 6"), encoding="utf-8")
    assert read_shelves(SHELVES, extra=path).pack("ours").version != pack.version


def test_a_site_pack_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_shelves(SHELVES, extra=tmp_path / "missing.yaml")
    path = tmp_path / "ours.yaml"
    path.write_text(SITE.replace("our_policy, at", "their_policy, at"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="packs/ours · rounding · sources: names 'their_policy'"):
        read_shelves(SHELVES, extra=path)


def test_a_fact_holds_where_its_label_or_pack_does():
    known = read_shelves(SHELVES)
    assert known.fact("products/privigen/labels/eu/rate_maximum").where == ("eu",)
    assert known.fact("packs/us/rounding").where == ("us",)
    assert known.fact("products/privigen/ph").where == ()
