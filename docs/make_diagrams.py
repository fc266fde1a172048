"""Write the diagrams of the docs that are made from code: python docs/make_diagrams.py"""

from pathlib import Path

from opsonin.infusion.statechart import REGIONS, as_mermaid

PAGE = Path(__file__).parent / "explanation" / "infusion-statechart.md"
_HEAD = """\
# The infusion as a statechart

Two regions move side by side: what the pump does, and what the rules still allow. Both are tables in
`src/opsonin/infusion/statechart.py`; this page is written from them by `python docs/make_diagrams.py`.

Advice is not a state: it is looked up from both, from the vital signs, from the time and from the pack's rules
(`infusion/advice.py`, `infusion/raising.py`).
"""
_WORDS = {
    "pump": "What the pump does",
    "supervision": "What the rules still allow: from “emergency” nothing leads anywhere",
}


def page() -> str:
    """The page in Markdown, one Mermaid diagram for each region."""
    parts = [_HEAD]
    for region in REGIONS:
        parts.append(f"\n## {_WORDS[region]}\n\n```mermaid\n{as_mermaid(region)}\n```\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
