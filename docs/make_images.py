"""Draw the pictures of the docs again: the platelet forecast, the ATG course and checks.  python docs/make_images.py"""

from decimal import Decimal
from pathlib import Path

import opsonin
from opsonin.knowledge import Knowledge
from opsonin.mechanism.atg_parameters import shelf_parameters
from opsonin.planning.atg_outlook import atg_outlook
from opsonin.population.atg_courses import AtgDose
from opsonin.report.atg_outlook import draw_outlook
from opsonin.report.figures import figures
from opsonin.trial.atg_say import write_check_figure
from opsonin.trial.atg_validate import validate_atg

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Plan the example and write its platelet figure as SVG."""
    known = opsonin.load_knowledge()
    case = opsonin.read_case(ROOT / "examples" / "adult-before-surgery.yaml")
    plan = opsonin.plan_therapy(case.patient, case.goal, case.circumstances, knowledge=known)
    drawn = {figure.id: figure for figure in figures(plan, known.ranking.probabilities_shaded)}
    (IMAGES / "forecast-platelets.svg").write_text(drawn["figure-platelets"].svg, encoding="utf-8")
    _atg(known)


def _atg(known: Knowledge) -> None:
    """A course of 1.5 mg/kg on four days, and every check of the ATG models."""
    outlook = atg_outlook(
        [AtgDose(start_day=day, hours=6 if day == 0 else 4, mg=105) for day in range(4)],
        numbers=shelf_parameters(known, "thymoglobulin"),
        setting="kidney",
        weight_kg=70,
        age_years=Decimal(45),
        counts={"cd4": 700},
        knowledge=known,
    )
    draw_outlook(outlook, IMAGES / "atg-course.svg")
    write_check_figure(validate_atg(knowledge=known), IMAGES)


if __name__ == "__main__":
    main()
