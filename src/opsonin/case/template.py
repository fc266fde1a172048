"""A case to fill in."""

from __future__ import annotations

from importlib.resources import files

from opsonin.errors import InputRefused, Problem


def new_case(therapy: str) -> str:
    """A commented case for a therapy ("ivig"); what must be filled in stands in <angle brackets>.

    >>> new_case("ivig").splitlines()[0].startswith("#")
    True
    """
    wanted = therapy.strip().lower()
    if wanted in ("ivig", "ivig-itp"):
        return files("opsonin.case").joinpath("new_ivig.yaml").read_text(encoding="utf-8")
    if wanted == "atg":
        why = "is not planned by this version."
        raise InputRefused([Problem("therapy", therapy, why, "Write ivig.")])
    raise InputRefused([Problem("therapy", therapy, "is not a therapy known here.", "Write ivig.")])
