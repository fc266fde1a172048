"""How does one fact stand in print? Its value with unit and mark, for whom and since when it holds, and who says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Fact
from opsonin.quantities import show
from opsonin.report.bibliography import Reference, show_value
from opsonin.report.wording import a_day
from opsonin.sources import Citation, Source, Status

REGION_WORDS = {"us": "US", "eu": "EU", "uk": "UK", "ch": "Switzerland", "au": "Australia", "ca": "Canada"}
_SPELLED = {"iga": "IgA", "igg": "IgG", "itp": "ITP", "ph": "pH", "us": "US", "eu": "EU", "pi": "PI", "ml": "mL"}
_NAMES = {
    "itp": "ITP named",
    "phases": "Phases named",
    "age_years_min": "Lowest age",
    "age_years_max": "Highest age",
    "rate_start": "Starting rate",
    "rate_start_minutes": "Starting rate, how long",
    "rate_steps": "Steps of the rate",
    "rate_step_minutes": "A step, how long",
    "rate_maximum": "Maximum rate",
    "rate_maximum_at_risk": "Maximum rate at risk",
    "at_risk_words": "At risk, in words",
}
_UNITS_IN_KEYS = {
    "pct": ", %",
    "x1e9 L": ", ×10⁹/L",
    "10e9 per l": ", ×10⁹/L",
    "mg kg min": "mg/kg/min",
    "g per kg": "g/kg",
    "ge": ", at least",
    "h post": ", hours after",
}
_LONG_LIST = 40  # characters above which a list of texts stands one item a line
_STATUS_WORDS = {Status.DISPUTED: "Sources disagree.", Status.SUPERSEDED: "Superseded."}


class Works:
    """The works that one page cites, numbered in the order they are met."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._places: dict[str, dict[str, None]] = {}

    def number(self, citation: Citation) -> int:
        self._places.setdefault(citation.source, {}).setdefault(citation.locator)
        return list(self._places).index(citation.source) + 1

    def place(self, citation: Citation) -> str:
        """'[3] section 2'."""
        return f"[{self.number(citation)}] {citation.locator}".rstrip()

    def places(self, fact: Fact) -> str:
        """Every place this fact was read in, one a line, then the source-document facts it carries."""
        lines = [self.place(citation) for citation in fact.citations]
        if not lines and fact.found:
            lines = [f"{fact.obtained}, no source"]
        return "\n".join([*lines, *fact.tags])

    def all(self) -> tuple[Reference, ...]:
        return tuple(
            Reference(number, self._sources[key], tuple(locator for locator in locators if locator))
            for number, (key, locators) in enumerate(self._places.items(), start=1)
        )


def name_in_words(name: str) -> str:
    """'iga_maximum_eu' as 'IgA maximum EU'; the first letter is a capital."""
    if name in _NAMES:
        return _NAMES[name]
    words = [_SPELLED.get(word, word) for word in name.replace("/", " · ").replace("_", " ").split()]
    text = " ".join(words)
    return text if words[0] in _SPELLED.values() else text[:1].upper() + text[1:]


def key_in_words(key: str) -> str:
    """A key inside a table as a ward writes it.

    >>> key_in_words("dose_g_per_kg_ge"), key_in_words("response_pct")
    ('dose g/kg, at least', 'response, %')
    """
    text = key.replace("_", " ")
    for short, words in _UNITS_IN_KEYS.items():
        text = re.sub(rf"(?<=\S) {short}(?= |$)", f" {words}" if words[0].isalpha() else words, text)
    return text


def heading_of(name: str, fact: Fact) -> str:
    """What the fact is about: its own sentence, or its name where the sentence is the value."""
    return name_in_words(name) if not fact.says or fact.value == fact.says else fact.says.rstrip(".")


def value_text(fact: Fact) -> str:
    """The value with its unit and mark; lists and tables one item a line where they are long."""
    unit = f" {fact.unit}" if fact.unit not in ("", "1") and fact.found else ""
    if isinstance(fact.value, Mapping) or _is_long_list(fact.value):
        return "\n".join(_lines(fact.value)) + unit + fact.mark
    if fact.value == ():
        return f"none{fact.mark}"
    is_range = "range" in fact.id.rpartition("/")[2] and isinstance(fact.value, tuple) and len(fact.value) == 2
    return f"{' to '.join(map(show_value, fact.value)) if is_range else show_value(fact.value)}{unit}{fact.mark}"


def about(fact: Fact) -> list[str]:
    """For whom, where and since when it holds, how far it is agreed, and the shelf's note."""
    lines = []
    if fact.status in _STATUS_WORDS:
        lines.append(_STATUS_WORDS[fact.status])
    if fact.where and not _told_by_its_place(fact):
        lines.append(f"Where: {', '.join(REGION_WORDS.get(place, place) for place in fact.where)}.")
    for how, words in (("hard", "Holds only for"), ("soft", "Best known for")):
        if fact.holds_for.get(how):
            lines.append(f"{words} {_limits(fact.holds_for[how])}.")
    if fact.spread:
        lines.append(f"Spread: {show_value(fact.spread)}.")
    since = [f"from {a_day(fact.in_force_from)}"] if fact.in_force_from else []
    since += [f"until {a_day(fact.in_force_until)}"] if fact.in_force_until else []
    if since:
        lines.append(f"In force {' '.join(since)}.")
    if fact.checked:
        lines.append(f"Last checked {a_day(fact.checked)}.")
    if fact.note:
        lines.append(f"Note: {fact.note}")
    return lines


def _told_by_its_place(fact: Fact) -> bool:
    """Whether the page already says where: the label of that one region, the pack of an authority, a protocol."""
    if fact.id.startswith(("packs/", "protocols/")):
        return True
    return len(fact.where) == 1 and f"/labels/{fact.where[0]}/" in fact.id


def fact_row(name: str, fact: Fact, works: Works) -> list[str]:
    """What, value, source: one row of a page's table."""
    return [heading_of(name, fact), "\n".join([value_text(fact), *about(fact)]), works.places(fact)]


def span(low: Decimal | None, high: Decimal | None) -> str:
    """'15 to 18', 'from 15', 'up to 18'."""
    if low is not None and high is not None:
        return f"{show(low)} to {show(high)}"
    return f"from {show(low)}" if low is not None else f"up to {show(high)}" if high is not None else "any"


def _limits(limits: Mapping[str, Any]) -> str:
    said = []
    for name, limit in limits.items():
        is_span = isinstance(limit, tuple) and len(limit) == 2 and any(isinstance(end, Decimal) for end in limit)
        said.append(f"{key_in_words(name)}: {span(*limit) if is_span else show_value(limit)}")
    return "; ".join(said)


def _is_long_list(value: Any) -> bool:
    if not isinstance(value, tuple) or len(value) < 2:
        return False
    return any(isinstance(item, Mapping) for item in value) or len(show_value(value)) > _LONG_LIST


def _lines(value: Any, indent: str = "") -> Iterable[str]:
    """A table or list, one item a line, tables inside it indented."""
    items = value.items() if isinstance(value, Mapping) else ((None, item) for item in value)
    for key, item in items:
        head = "- " if key is None else f"{key_in_words(str(key))}: "
        if isinstance(item, Mapping):
            yield f"{indent}{head.rstrip()}"
            yield from _lines(item, indent + "  ")
        else:
            yield f"{indent}{head}{show_value(item)}" if item not in ("", None) else f"{indent}{head.rstrip(': ')}"
