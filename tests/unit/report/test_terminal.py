"""The terminal summary: readable at 100 columns and without colour, nothing cut off, case text never markup."""

from __future__ import annotations

import re
from io import StringIO
from types import ModuleType

import pytest
from rich.console import Console

from opsonin.report import print_plan


def printed(example: ModuleType, which: str = "plan", width: int = 100) -> str:
    out = StringIO()
    print_plan(getattr(example, which)(), example.knowledge(), Console(file=out, width=width, color_system=None))
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("which", ["plan", "plan_without_forecast", "plan_without_candidates"])
def test_fits_the_width_and_cuts_nothing_off(example: ModuleType, which: str, width: int) -> None:
    text = printed(example, which, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "…" not in text.replace("…… – ……", "").replace("…… –", "").replace("……", "")
    assert not re.search(r"\b(None|nan|Decimal)\b", text)


def test_says_everything_that_matters(example: ModuleType) -> None:
    text = re.sub(r"\s+", " ", printed(example, width=160))
    for words in (
        "No immunoglobulin now: Observe",
        "Raise platelets to 50 ×10⁹/L",
        "78 %",
        "3 × 20 g + 1 × 10 g",
        "08:30 – 09:00",
        "steps: not from the label",
        "Kidney risk",
        "Headache is likelier at 1 g/kg.‡",
        "Gammaglobin: not supported",
        "discontinued",
        "Draft model, not validated.",
        "Of 100 people like this",
        "Without Alphaglobin in stock",
        "risks.cardiac: no volume limit",
        "treatments[0].response",
        "no rule on hydration",
        "knowledge abc123",
        "Not a medical device",
        "seed 7",
        "Paracetamol 30 minutes before.†",
        "[1] Author of",
    ):
        assert words in text, words


def test_case_text_is_never_read_as_markup(example: ModuleType) -> None:
    from dataclasses import replace

    plan = example.plan()
    plan = replace(plan, patient=replace(plan.patient, id="[bold]P-7[/bold] [link=x]"))
    out = StringIO()
    print_plan(plan, example.knowledge(), Console(file=out, width=100, color_system=None))
    assert "[bold]P-7[/bold] [link=x]" in out.getvalue()


def test_no_forecast_is_explained(example: ModuleType) -> None:
    text = re.sub(r"\s+", " ", printed(example, "plan_without_forecast", 140))
    assert "There is no forecast." in text and "7 years" in text and "Trial 1999" in text and "no forecast" in text


def test_another_product_can_be_shown_in_full(example: ModuleType) -> None:
    for asked, words in (
        ("alpha", "First in rank: Alphaglobin"),
        ("gamma", "Gammaglobin was asked for but is no candidate"),
    ):
        out = StringIO()
        console = Console(file=out, width=120, color_system=None)
        print_plan(example.plan(), example.knowledge(), console, product=asked)
        assert words in out.getvalue()
