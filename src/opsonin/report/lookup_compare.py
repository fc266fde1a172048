"""How do these products differ? Side by side, differences first; and where one product's own sources disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from opsonin.knowledge import Fact, Knowledge, Product
from opsonin.quantities import show
from opsonin.report.bibliography import show_value
from opsonin.report.lookup_facts import REGION_WORDS, Works, name_in_words, value_text
from opsonin.report.lookup_json import answer
from opsonin.report.lookup_print import Pages
from opsonin.report.lookup_product import group_of, grouped, name_of, schedule_lines
from opsonin.report.lookup_rates import is_of_the_ladder, rung
from opsonin.report.wording import cite, joined, mark_of
from opsonin.sources import Status

COLUMNS = 3  # products in one table; more stand in further tables
NOTHING = "–"  # nothing on the shelf, as against "not found": looked for
SCHEDULES = "schedules"
_LABEL_ORDER = (
    "itp",
    "phases",
    "age_years_min",
    "age_years_max",
    SCHEDULES,
    "rate_start",
    "rate_start_minutes",
    "rate_steps",
    "rate_step_minutes",
    "rate_maximum",
    "rate_maximum_at_risk",
    "at_risk_words",
)
_SILENCE_COUNTS = ("phases", "age_years_min", "age_years_max")  # saying nothing means: all phases, any age


@dataclass(frozen=True)
class Cell:
    """What one product's shelf says in one row."""

    text: str  # with mark, without reference numbers
    same_as: str  # equal exactly where two cells say the same
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Row:
    """One thing compared: a fact's name, of the product itself or of its label in a region."""

    region: str  # "" = of the product itself
    name: str
    cells: dict[str, Cell]  # product id → cell; a product without one has nothing on the shelf

    @property
    def title(self) -> str:
        return (
            f"{REGION_WORDS[self.region]} label: {name_in_words(self.name)}"
            if self.region
            else name_in_words(self.name)
        )


@dataclass(frozen=True)
class Disagreement:
    """Where the labels of two regions, or the sources of one fact, do not say the same of one product."""

    product: str
    name: str
    kind: str  # "regions" | "sources"
    facts: tuple[Fact, ...]
    says: dict[str, str]  # region → what its label says; "" → what the shelf says of the dispute

    @property
    def lines(self) -> str:
        return "\n".join(f"{REGION_WORDS[region]}: {text}" if region else text for region, text in self.says.items())


def compare(products: Sequence[Product], region: str | None) -> tuple[list[Row], list[Row]]:
    """The rows that differ and the rows that are equal."""
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    for item in products:
        for group in grouped(item.facts).values():
            for name, fact in group.items():
                rows.setdefault(("", name), {})[item.id] = _cell(item, name, fact)
    for item in products:
        for wanted in [region] if region else item.labels:
            for name, cell in _label_cells(item, wanted).items():
                rows.setdefault((wanted, name), {})[item.id] = cell
    found = sorted((Row(where, name, cells) for (where, name), cells in rows.items()), key=_reading_order)
    different = [row for row in found if not is_equal(row, products)]
    return different, [row for row in found if is_equal(row, products)]


def is_equal(row: Row, products: Sequence[Product]) -> bool:
    """Whether every product has this row and says the same in it."""
    return len(row.cells) == len(products) and len({cell.same_as for cell in row.cells.values()}) == 1


def disagreements(item: Product) -> list[Disagreement]:
    """Where this product's regions differ on a value, and where its sources do."""
    by_region = {region: _label_cells(item, region) for region in item.labels}
    names = dict.fromkeys(name for cells in by_region.values() for name in cells)
    found = []
    for name in names:
        cells = {region: cells[name] for region, cells in by_region.items() if name in cells}
        said = {region: cell for region, cell in cells.items() if any(fact.found for fact in cell.facts)}
        one_sided = name in _SILENCE_COUNTS and 0 < len(said) < len(by_region)
        differ = not _is_words(said) and len({cell.same_as for cell in said.values()}) > 1
        if one_sided or differ:
            says = {region: _in_one_line(said[region]) if region in said else NOTHING for region in by_region}
            facts = tuple(fact for cell in said.values() for fact in cell.facts)
            found.append(Disagreement(item.id, name, "regions", facts, says))
    every = [*item.facts.items(), *(pair for label in item.labels.values() for pair in label.facts.items())]
    for name, fact in every:
        if fact.status is Status.DISPUTED:
            found.append(
                Disagreement(item.id, name, "sources", (fact,), {"": f"{value_text(fact)} {fact.note}".rstrip()})
            )
    return found


def show_comparison(
    pages: Pages, knowledge: Knowledge, products: Sequence[Product], *, region: str | None, everything: bool
) -> None:
    """Print the products side by side."""
    works = Works(knowledge.sources)
    different, equal = compare(products, region)
    pages.title(joined([name_of(item) for item in products]))
    pages.say(f"“{NOTHING}”: nothing on the shelf. “not found”: looked for, and not found in what was read.", "dim")
    _show_rows(pages, f"Differences ({len(different)})", different, products, works)
    if everything:
        _show_rows(pages, f"Equal ({len(equal)})", equal, products, works)
    elif equal:
        pages.console.print()
        pages.say(f"{len(equal)} equal row{'s are' if len(equal) > 1 else ' is'} hidden; show with --all.")
    pages.heading("Where one product's own regions or sources disagree")
    found = [each for item in products for each in disagreements(item)]
    rows = [[each.product, name_in_words(each.name), each.lines, _refs(each.facts, works)] for each in found]
    pages.table(("Product", "On", "Who says what", "Source"), rows, ratios=(18, 20, 48, 14))
    if not found:
        pages.say("Nowhere, as far as the shelf goes.")
    pages.close(works)


def comparison_to_dict(
    knowledge: Knowledge, products: Sequence[Product], *, region: str | None, on: date | None
) -> dict[str, Any]:
    """The comparison as JSON, equal rows included."""
    different, equal = compare(products, region)
    rows = [_row_to_dict(row, products, is_equal=row in equal) for row in [*different, *equal]]
    found = [each for item in products for each in disagreements(item)]
    content = {
        "products": [item.id for item in products],
        "region": region,
        "rows": rows,
        "disagreements": [
            {"product": each.product, "name": each.name, "kind": each.kind, "says": each.says,
             "facts": [fact.id for fact in each.facts]}
            for each in found
        ],
    }  # fmt: skip
    facts = [fact for row in [*different, *equal] for cell in row.cells.values() for fact in cell.facts]
    return answer(
        "comparison", content, knowledge, on=on, facts=[*facts, *(fact for each in found for fact in each.facts)]
    )


def _row_to_dict(row: Row, products: Sequence[Product], *, is_equal: bool) -> dict[str, Any]:
    cells = {item.id: row.cells.get(item.id) for item in products}
    return {
        "region": row.region or None,
        "name": row.name,
        "equal": is_equal,
        "facts": {id: [fact.id for fact in cell.facts] if cell else [] for id, cell in cells.items()},
        "says": {id: cell.text if cell else None for id, cell in cells.items()},
    }


def _show_rows(pages: Pages, title: str, rows: Sequence[Row], products: Sequence[Product], works: Works) -> None:
    if not rows:
        return
    for start in range(0, len(products), COLUMNS):
        part = products[start : start + COLUMNS]
        pages.heading(title if len(products) <= COLUMNS else f"{title}, products {start + 1} to {start + len(part)}")
        lines = [[row.title, *(_printed(row.cells.get(item.id), works) for item in part)] for row in rows]
        share = 76 // len(part)
        pages.table(("", *(item.brand for item in part)), lines, ratios=(24, *(share for _ in part)))


def _printed(cell: Cell | None, works: Works) -> str:
    return NOTHING if cell is None else f"{cell.text} {_refs(cell.facts, works)}".rstrip()


def _refs(facts: Sequence[Fact], works: Works) -> str:
    return cite(sorted({works.number(citation) for fact in facts for citation in fact.citations}))


def _label_cells(item: Product, region: str) -> dict[str, Cell]:
    """What the product's label in this region says, by name; all its schedules as one."""
    label = item.labels.get(region)
    if label is None:
        return {}
    cells = {}
    stated = [fact for name, fact in label.facts.items() if schedule_lines(label, fact)]
    if stated:
        lines = [line for fact in stated for line in schedule_lines(label, fact)]
        same = " ".join(sorted(schedule.id for schedule in label.schedules))
        cells[SCHEDULES] = Cell("\n".join(lines) + mark_of(stated), same, tuple(stated))
    for name, fact in label.facts.items():
        if fact not in stated:
            cells[name] = _cell(item, name, fact)
    return cells


def _cell(item: Product, name: str, fact: Fact) -> Cell:
    text, same = value_text(fact), f"{show_value(fact.value)} {fact.unit}"
    if is_of_the_ladder(name):
        rate = rung(name, fact, item.concentration_mg_per_ml)
        if rate.mg_per_kg_per_min:
            same = " ".join(show(value) for value in rate.mg_per_kg_per_min)
            text += f"\n{_converted(rate.mg_per_kg_per_min, rate.ml_per_kg_per_h, fact.unit)}"
    return Cell(text, same, (fact,))


def _converted(mass: Sequence[Any], volume: Sequence[Any], unit: str) -> str:
    in_mass = f"{', '.join(map(show, mass))} mg/kg/min"
    in_volume = f"{', '.join(map(show, volume))} mL/kg/h"
    shown = {"mg/kg/min": (in_volume,), "mL/kg/h": (in_mass,)}.get(unit, (in_mass, in_volume))
    return f"= {' = '.join(shown)}"


def _in_one_line(cell: Cell) -> str:
    return cell.text.replace("\n=", " =").replace("\n", "; ")


def _reading_order(row: Row) -> tuple[int, int, str]:
    """First what it is, then the labels, then the rest by group; within a label as its facts are named."""
    if row.region:
        place = _LABEL_ORDER.index(row.name) if row.name in _LABEL_ORDER else len(_LABEL_ORDER)
        return 1, place + 100 * list(REGION_WORDS).index(row.region), row.name
    group = group_of(row.name)
    return (0, 0, row.name) if group == 0 else (2, group, row.name)


def _is_words(cells: dict[str, Cell]) -> bool:
    """Whether a row is prose, where another wording is no disagreement."""
    return all(isinstance(fact.value, str) for cell in cells.values() for fact in cell.facts)
