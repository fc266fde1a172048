"""The figures: the same bytes every time, nothing left behind in Matplotlib, the same in words."""

from __future__ import annotations

import re
from types import ModuleType

import matplotlib as mpl
import pytest

from opsonin.report import ReportNotInstalled
from opsonin.report.extras import need
from opsonin.report.figures import figures


def test_the_same_plan_draws_the_same_bytes(example: ModuleType) -> None:
    classes = example.knowledge().ranking.probabilities_shaded
    assert figures(example.plan(), classes) == figures(example.plan(), classes)


def test_matplotlib_is_left_as_it_was(example: ModuleType) -> None:
    before = dict(mpl.rcParams)
    drawn = figures(example.plan(), ())
    assert dict(mpl.rcParams) == before
    assert len(drawn) == 3


def test_an_svg_stands_alone_and_its_ids_are_its_own(example: ModuleType) -> None:
    drawn = figures(example.plan(), ())
    ids = [name for figure in drawn for name in re.findall(r'\bid="([^"]+)"', figure.svg)]
    assert len(ids) == len(set(ids))
    for figure in drawn:
        assert figure.svg.startswith("<svg") and figure.svg.endswith("</svg>")
        assert "http" not in figure.svg and "<metadata" not in figure.svg
        assert set(re.findall(r'href="#([^"]+)"', figure.svg)) <= set(ids)


def test_alternative_text_tells_the_values(example: ModuleType) -> None:
    platelets, igg, comparison = figures(example.plan(), ())
    assert "starts at 12 ×10⁹/L, is highest at 110 on day 5" in platelets.alt
    assert "Infusions are marked on day 0, 1." in platelets.alt and "goal: 50 by 27 Nov 2026 is marked" in platelets.alt
    assert "is highest at 28.0 g/L" in igg.alt
    assert "from Alphaglobin 10 %, 1 g/kg per day for 2 days (78 %, 5 h 7 min, rank 1)" in comparison.alt


def test_no_forecast_no_figures(example: ModuleType) -> None:
    assert figures(example.plan_without_forecast(), ()) == ()
    assert figures(example.plan_without_candidates(), ()) == ()


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(ReportNotInstalled, match=r"opsonin\[report\]"):
        need("no_such_package_here.module")
