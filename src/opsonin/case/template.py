"""A case to fill in."""

from __future__ import annotations

from importlib.resources import files

from opsonin.errors import InputRefused, Problem

TEMPLATES = {"ivig": "new_ivig.yaml", "ivig-itp": "new_ivig.yaml", "atg": "new_atg.yaml"}


def new_case(therapy: str) -> str:
    """A commented case for a therapy ("ivig" or "atg"); what must be filled in stands in <angle brackets>.

    >>> new_case("atg").splitlines()[0].startswith("#")
    True
    """
    template = TEMPLATES.get(therapy.strip().lower())
    if template is None:
        raise InputRefused([Problem("therapy", therapy, "is not a therapy known here.", "Write ivig or atg.")])
    return files("opsonin.case").joinpath(template).read_text(encoding="utf-8")
