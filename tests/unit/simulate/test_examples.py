"""The examples in the docstrings run, and so does the one on the documentation page."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

MODULES = ("cache", "events", "mathematics", "model", "reductions", "sensitivities", "solve", "steady")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "engine.md"


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name):
    module = importlib.import_module(f"opsonin.simulate.{name}")
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_example_on_the_page(capsys):
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S).group(1)
    exec(compile(code, str(PAGE), "exec"), {})
    assert "19.02 13.5 " in capsys.readouterr().out
