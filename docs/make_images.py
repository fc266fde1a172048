"""Draw the README's picture again: the platelet forecast of the example case.  python docs/make_images.py"""

from pathlib import Path

import opsonin
from opsonin.report.figures import figures

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Plan the example and write its platelet figure as SVG."""
    known = opsonin.load_knowledge()
    case = opsonin.read_case(ROOT / "examples" / "adult-before-surgery.yaml")
    plan = opsonin.plan_therapy(case.patient, case.goal, case.circumstances, knowledge=known)
    drawn = {figure.id: figure for figure in figures(plan, known.ranking.probability_classes)}
    (IMAGES / "forecast-platelets.svg").write_text(drawn["figure-platelets"].svg, encoding="utf-8")


if __name__ == "__main__":
    main()
