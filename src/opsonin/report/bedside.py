"""What does the screen at the bedside say? One page that reads at 80 columns, in words before colours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from opsonin.infusion import AID
from opsonin.infusion.advised import KINDS
from opsonin.infusion.bedside import Bedside
from opsonin.infusion.vitals import in_words
from opsonin.knowledge import Fact, Knowledge
from opsonin.quantities import show

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {
    "stop-at-once": "bold white on red",
    "stop": "bold red",
    "pause": "bold yellow",
    "slow": "bold yellow",
    "ask": "bold yellow",
    "check": "bold cyan",
    "raise": "bold green",
}


def print_bedside(found: Bedside, knowledge: Knowledge, console: Console, *, full: bool = True) -> None:
    """Print one moment: what runs, what is due, what the rules say and why. `full`: with sources and other packs."""
    for line, style in _lines(found, knowledge, full):
        console.print(line, style=style or None, markup=False, highlight=False)


def _lines(found: Bedside, knowledge: Knowledge, full: bool) -> Iterator[tuple[str, str]]:
    yield f"{found.order.says()}  ·  pack {found.order.rules.pack}  ·  {_clock(found.now, found.now, True)}", "bold"
    yield AID, "dim"
    yield from _running(found)
    yield "", ""
    yield from _advice(found, knowledge, full)
    yield "", ""
    yield from _state(found)
    if found.delivered is not None:
        yield from _after(found)


def _running(found: Bedside) -> Iterator[tuple[str, str]]:
    order, so_far, stand = found.order, found.chart, found.totals
    if so_far.ml_per_h is not None and so_far.since is not None:
        per_kg = show(order.ml_per_kg_per_h(so_far.ml_per_h), 2)
        runs = f"{show(so_far.ml_per_h)} mL/h ({per_kg} mL/kg/h) since {_clock(so_far.since, found.now)}"
    else:
        runs = so_far.pump.replace("-", " ")
        if so_far.pump == "paused" and so_far.since is not None:
            runs += f" since {_clock(so_far.since, found.now)}"
    yield f"Pump        {runs}", ""
    steps = " → ".join(
        f"[{show(rate)}]" if so_far.ml_per_h is not None and rate == so_far.ml_per_h else show(rate)
        for rate in order.rates
    )
    yield f"Steps       {steps} mL/h; never above {show(order.maximum_ml_per_h)} mL/h", ""
    yield (
        (
            f"Given       {show(stand.given_ml, 1)} of {show(order.volume_ml)} mL  =  {show(stand.given, 2)} of "
            f"{show(order.amount)} {stand.unit}; left {show(stand.left_ml, 1)} mL"
        ),
        "",
    )
    if stand.end_at_this_rate is not None:
        on_steps = f"; on the steps {_clock(stand.end_on_steps, found.now)}" if stand.end_on_steps else ""
        yield f"End         at this rate {_clock(stand.end_at_this_rate, found.now)}{on_steps}", ""
    if stand.latest_end is not None:
        yield f"Bag         in by {_clock(stand.latest_end, found.now)}", ""
    elif so_far.started is not None and found.delivered is None:
        yield "Bag         how long it may hang is not on the shelf", "dim"
    if stand.latest_begin is not None and found.delivered is None:
        yield f"            to be begun by {_clock(stand.latest_begin, found.now)}", ""
    for one in stand.readings:
        off = f"{show(abs(one.differs_ml), 1)} mL {'more' if one.differs_ml > 0 else 'less'} than rate × time"
        words = f"{show(one.pump_ml)} mL at {_clock(one.at, found.now)}, {off if one.differs_ml else 'as rate × time'}"
        yield f"Pump says   {words}", "yellow" if one.differs_ml else ""


def _advice(found: Bedside, knowledge: Knowledge, full: bool) -> Iterator[tuple[str, str]]:
    said = found.advice
    yield f" {KINDS[said.kind].upper()} ", _STYLES.get(said.kind, "bold")
    yield said.says, ""
    yield f"Rule: {said.rule}", "dim"
    for used in said.used:
        yield f"  used     {used}", "dim"
    for lacks in said.missing:
        yield f"  missing  {lacks}", "yellow"
    if said.next_check is not None:
        late = "  OVERDUE" if said.next_check.is_overdue(found.now) else ""
        yield f"Next check: vital signs {_clock(said.next_check.at, found.now)}, {said.next_check.says}{late}", ""
    if not full:
        return
    for line in dict.fromkeys(_source(fact, knowledge) for fact in said.facts if fact.found):
        yield f"  source   {line}", "dim"
    for who, fact in said.elsewhere:
        yield f"  {who} says otherwise: {fact.says}{fact.mark}", "dim"
    if found.order.rules.checks.borrowed:
        yield f"  note     {found.order.rules.checks.borrowed}", "dim"


def _state(found: Bedside) -> Iterator[tuple[str, str]]:
    so_far = found.chart
    for onset in so_far.active:
        words = f" – {onset.says}" if onset.says else ""
        yield f"Feels       {onset.what} ({onset.severity}) since {_clock(onset.began, found.now)}{words}", "yellow"
    if so_far.signs:
        last = so_far.signs[-1]
        yield f"Signs       {_clock(last.at, found.now)}: {in_words(last)}", ""
        if so_far.first_signs is not None and so_far.first_signs is not last:
            yield f"  at first  {_clock(so_far.first_signs.at, found.now)}: {in_words(so_far.first_signs)}", "dim"
    if so_far.medicines:
        given = "; ".join(f"{_clock(one.at, found.now)} {one.what}" for one in so_far.medicines)
        yield f"Medicines   {given}", ""
    if found.grade is not None:
        judge = f"; {found.grade.open}" if found.grade.open else ""
        yield f"Reaction    CTCAE 5 grade {found.grade.grade}: {found.grade.because}{judge}", ""
    for event in found.unchecked:
        name = f"{event.kind} at {_clock(event.at, found.now)}" + (f", id {event.id}" if event.id else "")
        yield f"To check    {name}: the pack asks for a second person, and nobody has agreed yet", "yellow"
    for words in so_far.against:
        yield f"Against     {words}", "red"


def _after(found: Bedside) -> Iterator[tuple[str, str]]:
    given = found.delivered
    assert given is not None
    whole = "the whole dose" if given.whole else f"of {show(found.order.amount)} {given.unit} ordered"
    yield "", ""
    yield f"Given in all: {show(given.amount, 2)} {given.unit}, {whole}; {show(given.volume_ml, 1)} mL", "bold"
    if given.tolerated.highest_ml_per_kg_per_h is not None:
        yield f"Highest rate tolerated: {show(given.tolerated.highest_ml_per_kg_per_h, 2)} mL/kg/h", ""
    yield f"Reaction: {given.tolerated.reaction}", ""


def _source(fact: Fact, knowledge: Knowledge) -> str:
    works = "; ".join(dict.fromkeys(f"{knowledge.sources[c.source].reference()}" for c in fact.citations))
    return f"{fact.says}{fact.mark} ({works or fact.note})"


def _clock(moment: datetime, now: datetime, day: bool = False) -> str:
    """A clock time, with the day where it is not today's."""
    return f"{moment:%H:%M}" if moment.date() == now.date() and not day else f"{moment:%d %b %H:%M}"
