"""Results of antithymocyte globulin in print: found by word, arms side by side, every result with its mark."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from opsonin.report import lookup_evidence, lookup_outcomes
from opsonin.report.lookup_print import Pages
from opsonin.sources import mark


def printed(show, width=3000):
    out = StringIO()
    show(Pages(Console(file=out, width=width, color_system=None, markup=False, emoji=False, highlight=False)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("topic", "indication"),
    [
        (("renal",), "kidney"), (("aplastic", "anemia"), "aplastic-anaemia"), (("HCT",), "gvhd"),
        (("aplastic-anaemia",), "aplastic-anaemia"), (("Cardiac",), "heart"), (("lung",), "lung"),
    ],
)  # fmt: skip
def test_a_word_of_the_clinic_finds_the_indication(known, topic, indication):
    found = lookup_outcomes.find_outcomes(known, topic)
    assert found and {each.indication for each in found} == {indication}


def test_every_word_narrows(known):
    kidney = lookup_outcomes.find_outcomes(known, ("kidney",))
    both = lookup_outcomes.find_outcomes(known, ("kidney", "basiliximab"))
    assert both and set(both) < set(kidney)
    assert all(each.age_group == "child" for each in lookup_outcomes.find_outcomes(known, ("children",)))
    assert lookup_outcomes.find_outcomes(known, ("nosuchword",)) == ()
    assert lookup_outcomes.find_outcomes(known, ()) == known.outcomes


def test_every_result_is_printed_with_its_mark_design_and_number_of_people(known):
    text = printed(lambda pages: lookup_evidence.show_evidence(pages, known, ("atg",)))
    for each in known.outcomes:
        assert each.result + mark(each.obtained, each.status) in text
        assert each.study in text and each.design in text
        assert each.size in text or each.size == "not recorded"
    assert "design not recorded" in text and "shown, not predicted" in text


def test_a_design_from_memory_is_marked(known):
    gaber = next(each for each in known.outcomes if each.study == "Gaber 1998")
    assert lookup_outcomes.design_of(gaber).endswith("‡")


def test_without_a_word_the_indications_are_listed(known):
    text = printed(lambda pages: lookup_evidence.show_evidence(pages, known, ()))
    for indication in {each.indication for each in known.outcomes}:
        assert f"opsonin evidence {indication}" in text
