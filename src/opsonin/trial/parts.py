"""Pages of which a program writes some parts: each stands between two marks that name it and its writer."""

from __future__ import annotations


def _marks(name: str, writer: str) -> tuple[str, str]:
    return f"<!-- {name}: begin, written by {writer} -->", f"<!-- {name}: end -->"


def rewritten(text: str, name: str, made: str, *, writer: str) -> str:
    """The page with one part written anew between its marks; ValueError when it has no such marks.

    >>> page = rewritten("<!-- a: begin, written by me --><!-- a: end -->", "a", "new", writer="me")
    >>> written(page, "a", writer="me")
    'new'
    """
    begin, end = _marks(name, writer)
    if begin not in text or end not in text:
        raise ValueError(f"the page has no marks for {name!r}")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n\n{made}\n\n{end}{rest.partition(end)[2]}"


def written(text: str, name: str, *, writer: str) -> str:
    """What stands between the marks of a part."""
    begin, end = _marks(name, writer)
    return text.partition(begin)[2].partition(end)[0].strip()
