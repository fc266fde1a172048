"""Leaflets of the example cases, each composed once."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from opsonin.case import AtgCase, open_case
from opsonin.knowledge import load_knowledge
from opsonin.report.leaflet.make import make_leaflet
from opsonin.therapy import plan_course, plan_therapy

ROOT = Path(__file__).resolve().parents[4]
EXAMPLES = {
    "adult-before-surgery": ("adult",),
    "older-adult-thrombosis": ("adult",),
    "child-new-itp": ("parent", "child", "teen"),
    "atg-kidney-induction": ("adult",),
    "atg-kidney-rejection": ("adult",),
    "atg-aplastic-anaemia": ("adult",),
    "atg-child-hct": ("parent", "child", "teen"),
}
ALL = [(case, reader) for case, readers in EXAMPLES.items() for reader in readers]


@cache
def _planned(case):
    path = ROOT / "examples" / f"{case}.yaml"
    read = open_case(path, today=date(2026, 11, 26), shelf=lambda day: load_knowledge(on=day))
    known = load_knowledge(on=read.circumstances.as_of)
    if isinstance(read, AtgCase):
        return plan_course(read.recipient, read.request, read.circumstances, knowledge=known), known
    made = plan_therapy(read.patient, read.goal, read.circumstances, knowledge=known, virtual_patients=200)
    return made, known


@cache
def _leaflet(case, reader):
    plan, known = _planned(case)
    return make_leaflet(plan, known, reader=reader)


@pytest.fixture(scope="session")
def planned():
    """The plan of an example by its name, with the knowledge it was made with."""
    return _planned


@pytest.fixture(scope="session")
def leaflet_of():
    """The leaflet of an example for one reader."""
    return _leaflet


@pytest.fixture(params=ALL, ids=lambda pair: "-".join(pair))
def leaflet(request):
    """Every leaflet of every example in turn."""
    return _leaflet(*request.param)
