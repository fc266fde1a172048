"""The table of published harms: what it holds, and what its reader refuses."""

import pytest

from opsonin.knowledge import load_knowledge

KNOWN = load_knowledge()


def test_every_row_of_a_chance_is_a_count_of_its_own_harm():
    by_id = {count.id: count for count in KNOWN.harm_counts}
    used = 0
    for fact in KNOWN.facts_under("harms"):
        harm, _, block = fact.id.removeprefix("harms/").partition("/")
        for row in (*fact.value.get("rows", ()), *fact.value.get("later", ())) if block.startswith("chance") else ():
            assert by_id[row].harm == harm and by_id[row].happened is not None, (fact.id, row)
            used += 1
    assert used > 15


def test_a_row_counted_by_dose_states_its_dose():
    by_id = {count.id: count for count in KNOWN.harm_counts}
    rows = [
        row
        for f in KNOWN.facts_under("harms")
        if f.value and "how" in dict(f.value if hasattr(f.value, "keys") else {}) and f.value["how"] == "pooled-by-dose"
        for row in f.value["rows"]
    ]
    assert rows and all(by_id[row].dose_g_per_kg is not None for row in rows)


def test_a_count_is_as_published():
    count = next(c for c in KNOWN.harm_counts if c.id == "haemolysis_any_pendergrast")
    assert (count.happened, count.of, count.unit, count.mark) == (32, 99, "infusions", "")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (",32,99,infusions,", ",320,99,infusions,", "are 320 of 99"),
        (",32,99,infusions,", ",32,,infusions,", "Two whole numbers, or neither"),
        (",32,99,infusions,", ",32,99,weeks,", "A part of: people, infusions, courses"),
        (",haemolysis_cohort_2021,abstract,", ",no_such_work,abstract,", "names 'no_such_work'"),
        ("haemolysis_any_pendergrast,", "haemolysis_grade2_pendergrast,", "stands twice"),
        ("10.1111/trf.17028,second-hand,unverified", "10.1111/trf.17028,read,verified", "own page"),
        ("id,harm,event", "id,harm,what", "are not its columns"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_name(spoil, old, new, complaint):
    assert complaint in spoil("harms/adverse_events.csv", old, new)
