"""Products side by side: nothing left out, differences found whatever the unit, disagreements named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

from rich.console import Console

from opsonin.knowledge import Knowledge, Product
from opsonin.report import lookup_compare, lookup_product
from opsonin.report.lookup_facts import value_text
from opsonin.report.lookup_print import Pages
from opsonin.sources import Status

WIDE = 3000  # no cell folds


def printed(show: Callable[[Pages], None], width: int = WIDE) -> str:
    out = StringIO()
    show(Pages(Console(file=out, width=width, color_system=None, markup=False, emoji=False, highlight=False)))
    return out.getvalue()


def pair(known: Knowledge, *ids: str) -> list[Product]:
    return [known.products[id] for id in ids]


def test_a_product_compared_with_itself_under_another_name_has_no_differences(known):
    one = known.products["privigen"]
    different, equal = lookup_compare.compare([one, replace(one, id="twin")], None)
    assert different == [] and len(equal) > 20


def test_a_comparison_leaves_out_nothing(known):
    products = pair(known, "privigen", "octagam_10", "flebogamma_dif_5")
    different, equal = lookup_compare.compare(products, None)
    compared = {fact.id for row in [*different, *equal] for cell in row.cells.values() for fact in cell.facts}
    assert compared == {fact.id for item in products for fact in lookup_product.all_facts(item)}
    for row in different:
        assert len({cell.same_as for cell in row.cells.values()}) > 1 or len(row.cells) < len(products)
    for row in equal:
        assert len({cell.same_as for cell in row.cells.values()}) == 1 and len(row.cells) == len(products)


def test_the_same_rate_in_two_units_is_equal(known):
    one = known.products["privigen"]
    label = one.labels["eu"]
    start = label.facts["rate_start"]
    strength = one.concentration_mg_per_ml
    in_mass = replace(start, unit="mg/kg/min", value=start.number() * strength / 60)
    twin = replace(one, id="twin", labels={"eu": replace(label, facts={**label.facts, "rate_start": in_mass})})
    _, equal = lookup_compare.compare([one, twin], "eu")
    assert ("eu", "rate_start") in {(row.region, row.name) for row in equal}


def test_one_region_shows_that_regions_labels_only(known):
    products = pair(known, "privigen", "octagam_10")
    rows = [row for group in lookup_compare.compare(products, "us") for row in group]
    assert {row.region for row in rows} == {"", "us"}


def test_regions_that_disagree_are_named(known):
    found = {(each.name, each.kind): each for each in lookup_compare.disagreements(known.products["privigen"])}
    labels = known.products["privigen"].labels
    each = found["rate_maximum", "regions"]
    assert set(each.facts) == {labels["us"].facts["rate_maximum"], labels["eu"].facts["rate_maximum"]}
    assert value_text(labels["us"].facts["rate_maximum"]) in each.says["us"]
    assert ("rate_start", "regions") not in found, "0.5 mg/kg/min and 0.3 mL/kg/h are the same at 10 %"


def test_a_disputed_fact_is_a_disagreement_of_sources(known):
    one = known.products["privigen"]
    disputed = replace(one.facts["ph"], status=Status.DISPUTED, note="Another text says 5.")
    changed = replace(one, facts={**one.facts, "ph": disputed})
    found = [each for each in lookup_compare.disagreements(changed) if each.kind == "sources"]
    assert [each.name for each in found] == ["ph"] and "Another text says 5." in found[0].lines


def test_the_comparison_page_shows_differences_first_and_hides_equal_rows_with_their_number(known):
    products = pair(known, "privigen", "octagam_10")
    _, equal = lookup_compare.compare(products, None)

    def page(everything: bool) -> str:
        return printed(
            lambda out: lookup_compare.show_comparison(out, known, products, region=None, everything=everything)
        )

    assert f"{len(equal)} equal rows are hidden" in page(False)
    shown = page(True)
    assert shown.index("Differences (") < shown.index(f"Equal ({len(equal)})")


def test_more_products_than_columns_stand_in_further_tables(known):
    products = list(known.of_family("ivig").values())[:5]
    text = printed(
        lambda out: lookup_compare.show_comparison(out, known, products, region="us", everything=False), width=100
    )
    assert "products 1 to 3" in text and "products 4 to 5" in text
    assert max(len(line) for line in text.splitlines()) <= 100
