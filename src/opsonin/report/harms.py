"""What may go wrong with each schedule? The chances of harms side by side, and what is known of each harm."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opsonin.mechanism.harm import HARMS, Harm, HarmChance
from opsonin.planning.plan import Candidate, Plan
from opsonin.report.bibliography import References
from opsonin.report.wording import mark_of, schedule_short, sentence

NOT_RANKED = (
    "Chance of each harm in one course, with its 95 % interval. Published frequencies of other people, not a forecast "
    "of this person; they are not part of the ranking."
)
FEWER_ISOAGGLUTININS = "isoagglutinins reduced"


@dataclass(frozen=True)
class HarmColumn:
    """One way to give the course; candidates that differ only by brand share it."""

    schedule: str
    cells: tuple[str, ...]  # one for each row of the table


@dataclass(frozen=True)
class HarmLine:
    """One harm in print: whom the chance was counted in, when it comes, what drives it, who disagrees."""

    title: str
    counted: str
    onset: str
    drivers: tuple[str, ...]
    conflicts: tuple[str, ...]
    conflicts_in_short: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class HarmPart:
    """The part on harms: a table of harms by schedule, and a paragraph for each harm."""

    says: str
    columns: tuple[HarmColumn, ...]
    titles: tuple[str, ...]
    lines: tuple[HarmLine, ...]


def harm_part(plan: Plan, references: References) -> HarmPart | None:
    """Every harm of every way to give the course; None when nothing may be given."""
    kinds: dict[str, Candidate] = {}
    for candidate in plan.candidates:
        if candidate.rank is not None and candidate.harms:
            kinds.setdefault(_kind(candidate), candidate)
    if not kinds:
        return None
    shown = [id for id in HARMS if any(chance.harm == id for c in kinds.values() for chance in c.harms)]
    first = next(iter(kinds.values()))
    by_harm = {harm.id: harm for harm in plan.harms}
    return HarmPart(
        says=NOT_RANKED,
        columns=tuple(
            HarmColumn(kind, tuple(_cell(chance) for chance in candidate.harms if chance.harm in shown))
            for kind, candidate in kinds.items()
        ),
        titles=tuple(sentence(HARMS[id]).rstrip(".") for id in shown),
        lines=tuple(_line(by_harm[chance.harm], chance, references) for chance in first.harms),
    )


def harms_in_a_cell(candidate: Candidate) -> str:
    """The harms expected in 1 of 100 people or more, most frequent first; for a narrow cell."""
    likely = [chance for chance in candidate.harms if chance.probability is not None and chance.probability >= 0.01]
    likely.sort(key=lambda chance: -(chance.probability or 0))
    return ", ".join(f"{HARMS[chance.harm]} {_percent(chance.probability or 0)}" for chance in likely)


def _kind(candidate: Candidate) -> str:
    words = schedule_short(candidate.regimen.schedule)
    haemolysis = next((chance for chance in candidate.harms if chance.harm == "haemolysis"), None)
    fewer = haemolysis is not None and FEWER_ISOAGGLUTININS in haemolysis.says
    return f"{words}, {FEWER_ISOAGGLUTININS}" if fewer else words


def _cell(chance: HarmChance) -> str:
    if chance.probability is None or chance.low_95 is None or chance.high_95 is None:
        return "not known"
    low, high = _digits(chance.low_95), _digits(chance.high_95)
    return f"{_percent(chance.probability)} ({low}–{high}){mark_of(chance.facts)}"


def _percent(share: float) -> str:
    return f"{_digits(share)} %"


def _digits(share: float) -> str:
    """A share in percent, whole from 10 % upwards and to two figures below.

    >>> [_digits(share) for share in (0.324, 0.0747, 0.00078, 0.000886)]
    ['32', '7.5', '0.078', '0.089']
    """
    percent = Decimal(f"{100 * share:.2g}")
    return f"{percent:f}" if percent < 10 else f"{round(100 * share)}"


def _line(harm: Harm, chance: HarmChance, references: References) -> HarmLine:
    how = {"pooled": "Several studies together", "pooled-by-dose": "Several studies together, by dose"}.get(
        chance.how, ""
    )
    counted = f"{sentence(chance.says)} {sentence(how) if how else ''}".strip()
    return HarmLine(
        title=sentence(harm.title).rstrip("."),
        counted=references.after(counted, chance.facts),
        onset=references.after(harm.onset.says, [harm.onset]) if harm.onset else "",
        drivers=tuple(
            references.after(f"{driver.says} ({driver.effect}). Here: {driver.here}.", [driver.fact])
            for driver in harm.drivers
        ),
        conflicts=tuple(references.after(f"{fact.says} {fact.note}", [fact]) for fact in harm.conflicts),
        conflicts_in_short=tuple(references.after(fact.says, [fact]) for fact in harm.conflicts),
        remarks=tuple(references.after(fact.says, [fact]) for fact in harm.remarks),
    )
