"""What does the shelf hold on this product? Everything, grouped, with who says so; and the list of products."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from opsonin.knowledge import Fact, Knowledge, Label, Product, Rule
from opsonin.quantities import show
from opsonin.report.bibliography import show_value
from opsonin.report.lookup_evidence import arms_about
from opsonin.report.lookup_facts import REGION_WORDS, Works, about, heading_of, value_text
from opsonin.report.lookup_json import answer, written
from opsonin.report.lookup_print import FACT_HEADS, FACT_RATIOS, Pages
from opsonin.report.lookup_rates import RATE_HEADS, is_of_the_ladder, rate_row, rungs
from opsonin.report.wording import SEVERITY_WORDS, joined, mark_of, product, schedule

# Which facts stand together: the title of the group, and how their names begin. The first that fits takes the fact.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Strength, vials, market", (
        "concentration", "strength", "vial", "bag", "form", "maker", "market", "discontinued",
    )),
    ("Storage and handling", (
        "storage", "shelf_life", "dilu", "filter", "line", "flush", "pool", "incompatib", "needle", "reconstitut",
        "infuse_within", "infusion_", "start_slowly",
    )),
    ("Indications, ages, doses", (
        "indication", "age", "paediatric", "geriatric", "high_dose", "low_dose", "maintenance", "acute", "subcutaneous",
        "itp_total", "itp_dose", "first_infusion",
    )),
    ("Rates beyond the ladders of the labels", ("rate_", "sucrose_rate")),
    ("Trial results", ("itp_trial", "itp_safety", "safety_cohort", "trial")),
    ("Adverse reactions", ("adverse", "serious")),
    ("Contraindications, warnings, interactions", (
        "contraindication", "boxed", "warning", "interaction", "avoid", "haemolysis", "glucose_meter", "pregnancy",
        "lactation", "observation", "laborator", "vaccine", "overdose", "contraception", "skin_test", "monitoring",
        "dose_modification", "dose_interchange", "qualified",
    )),
    ("Composition", (
        "stabiliser", "excipient", "osmolality", "ph", "iga", "igg", "sodium", "sorbitol", "maltose", "sucrose",
        "animal", "contains_", "glycine", "proline", "polyethylene", "buffer", "acid", "isoagglutinin", "protein",
        "glucose",
    )),
)  # fmt: skip
_ORDER = (
    "Strength, vials, market",
    "Composition",
    "Storage and handling",
    "Indications, ages, doses",
    "Rates beyond the ladders of the labels",
    "Contraindications, warnings, interactions",
    "Trial results",
    "Adverse reactions",
    "Also on the shelf",
)

FAMILY_WORDS = {"ivig": "intravenous immunoglobulin", "atg": "antithymocyte globulin"}


def name_of(item: Product) -> str:
    """Brand and strength; every strength of a powder."""
    strengths = item.facts["concentration"].value
    if isinstance(strengths, tuple) and item.family == "ivig":
        return f"{item.brand}, {joined([show(strength) for strength in strengths], last='or')} %"
    return product(item)


def list_products(pages: Pages, knowledge: Knowledge) -> None:
    """Print every product: id, brand, strength, vials, regions, whether it is still made."""
    pages.title(f"Products on the shelf ({len(knowledge.products)})")
    for family, words in FAMILY_WORDS.items():
        pages.heading(words.capitalize())
        rows = [_list_row(item) for item in knowledge.of_family(family).values()]
        pages.table(("Id", "Product", "Vials", "Labels read (ITP)", "Market"), rows, ratios=(0, 34, 22, 24, 20))
    pages.say("More: opsonin product ID", "dim")
    pages.close()


def products_to_dict(knowledge: Knowledge, *, on: date | None) -> dict[str, Any]:
    """The list of products as JSON."""
    entries = [
        {
            **written(item),
            "regions": list(item.labels),
            "regions_with_itp": [region for region, label in item.labels.items() if label.itp],
        }
        for item in knowledge.products.values()
    ]
    facts = [item.discontinued for item in knowledge.products.values() if item.discontinued is not None]
    return answer("products", {"products": entries}, knowledge, on=on, facts=facts)


def show_product(pages: Pages, knowledge: Knowledge, item: Product) -> None:
    """Print everything the shelf holds on one product."""
    works = Works(knowledge.sources)
    pages.title(f"{name_of(item)} ({item.id})")
    if item.discontinued is not None:
        pages.say(f"Discontinued: shown, never offered. {item.discontinued.says}{item.discontinued.mark}", "bold")
    groups = grouped(item.facts)
    for title in _ORDER[:4]:
        pages.facts(title, groups.get(title, {}), works)
    if not item.labels:
        pages.heading("Labels")
        pages.say("No label facts for any region stand on the shelf.")
    for label in item.labels.values():
        _show_label(pages, item, label, works)
    for title in _ORDER[4:]:
        pages.facts(title, groups.get(title, {}), works)
    pages.facts(f"What holds for every {FAMILY_WORDS[item.family]}", class_facts(knowledge, item), works)
    _show_rules(pages, knowledge, item, works)
    _show_pointers(pages, knowledge, item)
    pages.close(works)


def product_to_dict(knowledge: Knowledge, item: Product, *, on: date | None) -> dict[str, Any]:
    """Everything the shelf holds on one product, as JSON."""
    labels = {region: _label_to_dict(item, label) for region, label in item.labels.items()}
    rules = rules_naming(knowledge, item)
    content = {
        **written(item),
        "regions": list(item.labels),
        "groups": {title: list(facts) for title, facts in grouped(item.facts).items()},
        "facts": {name: fact.id for name, fact in item.facts.items()},
        "class_facts": [fact.id for fact in class_facts(knowledge, item).values()],
        "labels": labels,
        "rules": [rule.id for rule in rules],
        "arms": [arm.id for arm in arms_about(knowledge, item)],
    }
    facts = [*all_facts(item), *class_facts(knowledge, item).values(), *(rule.fact for rule in rules)]
    return answer("product", {"product": content}, knowledge, on=on, facts=facts)


def all_facts(item: Product) -> list[Fact]:
    """Every fact of the product and of its labels."""
    return [*item.facts.values(), *(fact for label in item.labels.values() for fact in label.facts.values())]


def class_facts(knowledge: Knowledge, item: Product) -> dict[str, Fact]:
    """What holds for every product of this one's family, by name."""
    return {fact.id.rpartition("/")[2]: fact for fact in knowledge.facts_under(f"classes/{item.family}")}


def grouped(facts: Mapping[str, Fact]) -> dict[str, dict[str, Fact]]:
    """The product's own facts by group, in the order of the page; none is left out."""
    found: dict[str, dict[str, Fact]] = {title: {} for title in _ORDER}
    for name, fact in facts.items():
        found[_ORDER[group_of(name)]][name] = fact
    return {title: group for title, group in found.items() if group}


def group_of(name: str) -> int:
    """Which group of the page a product's fact of this name belongs to, counted from 0."""
    title = next((title for title, starts in GROUPS if name.startswith(starts)), _ORDER[-1])
    return _ORDER.index(title)


def rules_naming(knowledge: Knowledge, item: Product) -> list[Rule]:
    """The safety rules that name this product, most severe first."""
    order = list(SEVERITY_WORDS)
    named = [rule for rule in knowledge.rules if item.id in rule.products]
    return sorted(named, key=lambda rule: order.index(rule.severity))


def schedule_lines(label: Label, fact: Fact) -> list[str]:
    """The schedules that one fact states, each in words with its condition."""
    stated = [item for item in label.schedules if item.fact.id == fact.id]
    return [schedule(item) + (f": {item.says}" if item.says else "") for item in stated]


def _list_row(item: Product) -> list[str]:
    regions = [f"{REGION_WORDS[region]} ({'yes' if label.itp else 'no'})" for region, label in item.labels.items()]
    vials = item.facts.get("vials")
    sizes = "not found" if vials is None or not vials.found else f"{show_value(vials.value)} {vials.unit}"
    return [
        item.id,
        name_of(item) + mark_of([item.facts["concentration"]]),
        sizes + (vials.mark if vials is not None else ""),
        ", ".join(regions) or "none",
        f"discontinued{item.discontinued.mark}" if item.discontinued is not None else "",
    ]


def _show_label(pages: Pages, item: Product, label: Label, works: Works) -> None:
    pages.heading(f"Label, {REGION_WORDS[label.region]}: ITP {'yes' if label.itp else 'no'}{label.itp_words.mark}")
    rows = [_label_row(label, name, fact, works) for name, fact in label.facts.items() if not is_of_the_ladder(name)]
    pages.table(FACT_HEADS, rows, ratios=FACT_RATIOS)
    ladder = rungs(item, label)
    if not ladder:
        if item.family == "ivig":
            pages.say("No rates of this label stand on the shelf.")
        return
    pages.console.print()
    strength = f"{show(item.concentration_mg_per_ml)} mg/mL"
    pages.say(f"Rate ladder, {REGION_WORDS[label.region]}; converted at {strength}, rounded down")
    pages.table(RATE_HEADS, [rate_row(rung, works) for rung in ladder], ratios=(24, 26, 12, 12, 26))


def _label_row(label: Label, name: str, fact: Fact, works: Works) -> list[str]:
    lines = schedule_lines(label, fact)
    value = "\n".join(lines) + fact.mark if lines else value_text(fact)
    return [heading_of(name, fact), "\n".join([value, *about(fact)]), works.places(fact)]


def _show_rules(pages: Pages, knowledge: Knowledge, item: Product, works: Works) -> None:
    rules = rules_naming(knowledge, item)
    if rules:
        pages.heading("Safety rules that name this product")
        rows = [
            [f"{rule.id}\n({SEVERITY_WORDS[rule.severity]})", rule.says + rule.fact.mark, works.places(rule.fact)]
            for rule in rules
        ]
        pages.table(("Rule", "Says", "Source and place"), rows, ratios=(0, 60, 40))


def _show_pointers(pages: Pages, knowledge: Knowledge, item: Product) -> None:
    for_all = sum(1 for rule in knowledge.rules_of(item.family) if not rule.products)
    pages.console.print()
    pages.say(f"{for_all} more safety rules hold for every {FAMILY_WORDS[item.family]}: opsonin rule")
    arms = arms_about(knowledge, item)
    if arms:
        pages.say(f"{len(arms)} published arm{'s' if len(arms) > 1 else ''} of this brand: opsonin evidence {item.id}")


def _label_to_dict(item: Product, label: Label) -> dict[str, Any]:
    rates = [
        {
            "name": rung.name,
            "fact": rung.fact.id,
            "mg_per_kg_per_min": written(rung.mg_per_kg_per_min),
            "ml_per_kg_per_h": written(rung.ml_per_kg_per_h),
        }
        for rung in rungs(item, label)
    ]
    return {**written(label), "rates": rates}
