"""Whatever the file holds, the answer is a case or a list of problems, never a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from opsonin.case import Case, read_case
from opsonin.errors import InputRefused

SOUND = (Path(__file__).parents[3] / "examples" / "adult-before-surgery.yaml").read_text(encoding="utf-8")
LINES = SOUND.splitlines()

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=12),
    st.sampled_from(
        ["72 kg", "0 kg", "-1 G/L", "9999-12-31", "0001-01-01", "2026-11-20", "9999-12-31T23:59Z", "<x>", "[]", "{}",
         "9" * 5000, "*a", "&a", "!!set {a}", "a: b", "- a", "'", "\t", "NO", "1e999 kg", "\x00", "\ud7ff", "? "]
    ),
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def answer(text: str) -> Case | InputRefused:
    try:
        return read_case(text + "\n")
    except InputRefused as refused:
        assert refused.problems
        assert all(problem.field and problem.why and problem.remedy for problem in refused.problems)
        return refused


@given(st.integers(0, len(LINES) - 1), ANYTHING)
def test_any_value_in_any_line(number: int, value: Any) -> None:
    name, colon, _ = LINES[number].partition(": ")
    answer("\n".join([*LINES[:number], f"{name}{colon}{json.dumps(value)}", *LINES[number + 1 :]]))


@given(st.integers(0, len(LINES) - 1), st.text(max_size=20))
def test_any_text_in_any_line(number: int, text: str) -> None:
    answer("\n".join([*LINES[:number], LINES[number] + text, *LINES[number + 1 :]]))


@given(st.sets(st.integers(0, len(LINES) - 1), max_size=30))
def test_any_lines_missing(gone: set[int]) -> None:
    answer("\n".join(line for number, line in enumerate(LINES) if number not in gone))


@given(st.text())
def test_any_text_at_all(text: str) -> None:
    assert isinstance(answer(text), InputRefused)


def test_the_untouched_lines_are_a_case() -> None:
    assert isinstance(answer(SOUND), Case)
