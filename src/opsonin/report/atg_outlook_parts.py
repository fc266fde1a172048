"""How does the exploratory outlook stand in the report of an ATG plan? A figure, a table, what is withheld and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsonin.planning.atg_outlook import AtgBand, AtgOutlook
from opsonin.planning.atg_plan_outlook import CourseOutlook
from opsonin.report import atg_words as words
from opsonin.report.atg_outlook import EXPOSURES, cell, heading, outlook_svg, shown_bands
from opsonin.report.atg_words import Table
from opsonin.report.figures import Figure, for_the_page

TITLE = "What the course might do: exploratory"
NOT_FOR_DOSING = (
    "Exploratory: a simulation of virtual people, shown beside the plan. No dose, day or finding of this plan was "
    "taken from it, and none may be. It misses several published checks: opsonin validate atg."
)
NO_TARGET = "Compared with no exposure target: targets differ by setting, and none is a default."
_DAYS = (1.0, 3.0, 7.0, 14.0, 28.0, 60.0, 90.0)  # after the first infusion, those within the horizon


@dataclass(frozen=True)
class OutlookPart:
    """The outlook of one course: stamp and sentences, the figure, numbers, and what is withheld."""

    title: str
    stamp: str
    says: tuple[str, ...]
    figure: Figure | None
    is_single: bool  # one panel
    tables: tuple[Table, ...]
    withheld: tuple[str, ...]
    notes: tuple[str, ...]


def outlook_parts(looks: Sequence[CourseOutlook]) -> tuple[OutlookPart, ...]:
    """One part for each course that was looked at."""
    return tuple(_part(look, f"figure-atg-{number}") for number, look in enumerate(looks, start=1))


def _part(look: CourseOutlook, name: str) -> OutlookPart:
    outlook, bands = look.outlook, shown_bands(look.outlook)
    title = words.course_title(look.planned)
    people = f"{outlook.virtual_people} virtual people, seed {outlook.seed}; {outlook.source}."
    return OutlookPart(
        title=title,
        stamp=outlook.stamp,
        says=(f"The course as planned, all of its doses given whole: {people}",) if outlook.levels else (),
        figure=_figure(outlook, name, title) if outlook.levels else None,
        is_single=len(bands) == 1,
        tables=tuple(_tables(outlook, bands)),
        withheld=tuple(f"{missing.what}: {missing.why.rstrip('.')}." for missing in outlook.withheld),
        notes=(*((NO_TARGET,) if outlook.exposures else ()), *outlook.notes),
    )


def _figure(outlook: AtgOutlook, name: str, title: str) -> Figure:
    alt = "Median with the central half and the central nine tenths of virtual people; the same numbers stand below."
    shown = f"Exploratory: {title}"
    return Figure(name, shown, for_the_page(outlook_svg(outlook), name, shown, alt), alt)


def _tables(outlook: AtgOutlook, bands: Mapping[str, AtgBand]) -> list[Table]:
    if not bands:
        return []
    days = next(iter(bands.values())).band.days
    rows = [days.index(day) for day in _DAYS if day in days]
    heads = ("Output", *(f"Day {days[row]:g}" for row in rows))
    body = tuple((_named(name, each), *(_in_two_lines(each, row) for row in rows)) for name, each in bands.items())
    tables = [Table("Median (90 % of people), so many days after the first infusion began", heads, body)]
    if outlook.exposures:
        spreads = tuple(
            (EXPOSURES[name], f"{one.median:.3g}", f"{one.low:.3g} to {one.high:.3g}")
            for name, one in outlook.exposures.items()
        )
        tables.append(Table("Exposure", ("What", "Median", "90 % of people"), spreads))
    return tables


def _in_two_lines(each: AtgBand, row: int) -> str:
    return cell(each, row).replace(" (", "\n(")


def _named(name: str, each: AtgBand) -> str:
    return " ".join(heading(name, each).split())
