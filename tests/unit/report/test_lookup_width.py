"""Nothing is cut off at 100 columns: a narrow page holds every character of a wide one."""

from __future__ import annotations

from collections import Counter
from datetime import date

import click
import pytest
from click.testing import CliRunner

from opsonin.cli.lookups import register
from opsonin.knowledge import load_knowledge

TODAY = load_knowledge(on=date.today())


@click.group()
def doors() -> None:
    """The look-up commands alone."""


register(doors)


def letters(words: tuple[str, ...], width: int) -> Counter[str]:
    """Every character on a page but blanks and rules."""
    text = CliRunner().invoke(doors, list(words), env={"COLUMNS": str(width)}).stdout
    return Counter(character for character in text if not character.isspace() and character != "─")


@pytest.mark.parametrize(
    "words",
    [
        *(("product", id) for id in TODAY.products),
        *(("pack", id) for id in TODAY.packs),
        ("product",),
        ("rule",),
        ("pack",),
        ("sources",),
        ("evidence",),
        ("shelf", "audit"),
        ("compare", "privigen", "octagam_10", "gammagard_liquid", "--all"),
    ],
    ids=" ".join,
)
def test_a_narrow_page_cuts_nothing_off(words: tuple[str, ...]) -> None:
    assert letters(words, 100) == letters(words, 2000)
