"""The tables: whole, without a way back, and drawn in the docs as they are."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from opsonin.infusion.statechart import GUARDS, NO_WAY_BACK, REGIONS, START, STATES, follow

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_diagram_in_the_docs_is_current():
    spec = spec_from_file_location("make_diagrams", DOCS / "make_diagrams.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (DOCS / "explanation/infusion-statechart.md").read_text(encoding="utf-8")
    assert written == module.page(), "run: python docs/make_diagrams.py"


@pytest.mark.parametrize("region", REGIONS)
def test_every_state_is_said_and_reached(region):
    states = STATES[region]
    named = {one.source for one in REGIONS[region]} | {one.target for one in REGIONS[region]}
    assert named == set(states)
    reached, new = set(), {START[region]}
    while new:
        reached |= new
        new = {one.target for one in REGIONS[region] if one.source in reached} - reached
    assert reached == set(states)


@pytest.mark.parametrize("guards", [frozenset(), frozenset(GUARDS)])
def test_nothing_leads_out_of_an_emergency(guards):
    triggers = {one.trigger for one in REGIONS["supervision"]}
    for state in NO_WAY_BACK:
        assert {follow("supervision", state, trigger, guards) for trigger in triggers} == {None}


def test_from_everywhere_a_suspicion_leads_to_the_emergency():
    others = set(STATES["supervision"]) - set(NO_WAY_BACK)
    assert {follow("supervision", state, "suspicion") for state in others} == {"emergency"}


def test_no_two_transitions_speak_of_the_same_without_a_guard():
    for table in REGIONS.values():
        plain = [(one.source, one.trigger) for one in table if not one.guard]
        assert len(plain) == len(set(plain))
