"""What was given and what was seen since? One episode of treatment on one clock, in days since its first infusion.

Infusions less than `EPISODE_GAP_DAYS` apart are one episode; the latest one is modelled, and what was given before it
is taken as washed out. A result known only by its day is taken at 08:00; on the day of the first infusion it is taken
as drawn before. An infusion known only by its day is taken to begin at 09:00.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from opsonin.errors import InputRefused, Problem
from opsonin.infusion.as_given import as_given
from opsonin.patient.event import IMMUNOGLOBULIN, TRANSFUSION, Event

EPISODE_GAP_DAYS = 56  # assumed: about two half-lives of IgG
NOON = 12 / 24
_SECONDS = 86_400
MODELLED = ("platelets", "igg")

Segment = tuple[float, float, float]  # (start, length, grams): day, days, g


@dataclass(frozen=True)
class Infused:
    """One infusion of immunoglobulin as it really ran: its segments between interruptions."""

    product: str
    grams: Decimal
    at: datetime
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Observed:
    """One result: days since the first infusion began (negative before), in 10⁹/L or g/L."""

    what: str
    day: float
    value: float
    below: bool  # less than the value
    at: datetime
    written: str
    place: str


@dataclass(frozen=True)
class History:
    """One episode: what was given, what was seen, what is left out and why, and what the model cannot follow."""

    zero: datetime  # the first infusion begins
    today: float  # days from then to the day of the case
    baseline: Observed  # the last platelet count before
    igg_before: Observed | None
    infused: tuple[Infused, ...]
    observed: tuple[Observed, ...]  # after the first infusion began, in order
    not_modelled: tuple[str, ...]  # reasons to withhold every forecast
    notes: tuple[str, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(segment for infusion in self.infused for segment in infusion.segments)

    def counts(self) -> tuple[Observed, ...]:
        """The platelet counts after the first infusion began."""
        return tuple(one for one in self.observed if one.what == "platelets")

    def day(self, moment: datetime) -> float:
        """Days since the first infusion began."""
        return days_between(self.zero, moment)


def days_between(first: datetime, moment: datetime) -> float:
    """Days from the first moment to the other."""
    return (moment - first).total_seconds() / _SECONDS


def history(events: Sequence[Event], *, as_of: date, length_days: float) -> History:
    """The latest episode in these events. `length_days`: length of an infusion whose end is not known."""
    events = as_given(events)
    doses = [event for event in events if event.kind == "given" and event.what == IMMUNOGLOBULIN]
    if not doses:
        why = "no immunoglobulin is recorded as given, so there is nothing to follow."
        raise InputRefused([Problem("given", "", why, "Write what was given, or use `opsonin plan`.")])
    episode = _latest_episode(doses)
    zero = episode[0].at
    seen = [observed_at(event, zero) for event in events if event.kind == "measured" and event.what in MODELLED]
    before = [one for one in seen if one.day <= 0]
    baseline = next((one for one in reversed(before) if one.what == "platelets"), None)
    if baseline is None:
        why = "no platelet count before the first infusion is known."
        raise InputRefused([Problem("measured", "", why, "Add the last count before treatment.")])
    after = [one for one in seen if one.day > 0]
    kept, notes = _unmasked(after, events, zero)
    noon = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=zero.tzinfo)
    return History(
        zero=zero,
        today=max([days_between(zero, noon), 0.0, *(one.day for one in after)]),
        baseline=baseline,
        igg_before=next((one for one in reversed(before) if one.what == "igg"), None),
        infused=tuple(_infused(dose, zero, length_days) for dose in episode),
        observed=tuple(kept),
        not_modelled=tuple(_not_modelled(events, zero)),
        notes=(*notes, *_about(events, episode, doses)),
    )


def _latest_episode(doses: Sequence[Event]) -> list[Event]:
    episode = [doses[-1]]
    for dose in reversed(doses[:-1]):
        if episode[0].at - dose.at > timedelta(days=EPISODE_GAP_DAYS):
            break
        episode.insert(0, dose)
    return episode


def observed_at(event: Event, zero: datetime) -> Observed:
    """A result on the clock that begins at `zero`; a 0 as below 1."""
    assert event.amount is not None
    day = days_between(zero, event.at)
    if event.day_only and event.at.date() == zero.date():
        day = min(day, 0.0)
    if event.amount == 0:
        return Observed(event.what, day, 1.0, True, event.at, event.written, event.place)
    return Observed(event.what, day, float(event.amount), event.below, event.at, event.written, event.place)


def _infused(dose: Event, zero: datetime, length_days: float) -> Infused:
    """The segments as charted; else grams are shared over the running time in proportion to its length."""
    assert dose.amount is not None

    def days(time: timedelta) -> float:
        return time.total_seconds() / _SECONDS

    if dose.ran:
        charted = tuple((days(one.start - zero), days(one.end - one.start), float(one.grams)) for one in dose.ran)
        return Infused(dose.product or "", dose.amount, dose.at, charted)
    end = dose.until or dose.at + timedelta(days=length_days)
    pieces: list[tuple[datetime, datetime]] = []
    start = dose.at
    for paused, resumed in dose.interruptions:
        pieces.append((start, paused))
        start = resumed
    pieces.append((start, end))
    lengths = [days(b - a) for a, b in pieces]
    share = float(dose.amount) / sum(lengths)
    begins = [days(a - zero) for a, _ in pieces]
    segments = tuple((day, length, share * length) for day, length in zip(begins, lengths, strict=True) if length > 0)
    return Infused(dose.product or "", dose.amount, dose.at, segments)


def _unmasked(after: Iterable[Observed], events: Sequence[Event], zero: datetime) -> tuple[list[Observed], list[str]]:
    """Counts before the first platelet transfusion; later ones are left out: how long one masks is not on the shelf."""
    first = next((e for e in events if e.kind == "given" and e.what == TRANSFUSION and e.at >= zero), None)
    if first is None:
        return list(after), []
    kept, masked = [], 0
    for one in after:
        hidden = one.what == "platelets" and one.at >= first.at
        masked += hidden
        if not hidden:
            kept.append(one)
    said = f"Platelets were transfused on {first.at.date().isoformat()}: {masked} later counts are shown, not used. "
    return kept, [said + "How long a transfusion hides the patient's own count is not on the shelf."]


def _not_modelled(events: Sequence[Event], zero: datetime) -> Iterable[str]:
    for event in events:
        if event.kind != "given" or event.at < zero or event.what == IMMUNOGLOBULIN:
            continue
        if event.what == TRANSFUSION:
            yield f"platelets were transfused on {event.at.date().isoformat()}"
        elif event.raises_platelets is not False:
            stated = "raises platelets" if event.raises_platelets else "is not stated not to raise platelets"
            yield f"{event.what} was given on {event.at.date().isoformat()} and {stated}"


def _about(events: Sequence[Event], episode: Sequence[Event], doses: Sequence[Event]) -> Iterable[str]:
    if any(dose.day_only for dose in episode):
        yield "An infusion known only by its day is taken to begin at 09:00."
    if any(dose.until is None for dose in episode):
        yield "Where the end of an infusion is not known, the shelf's common length is taken."
    if any(event.kind == "measured" and event.day_only for event in events):
        yield "A result known only by its day is taken at 08:00; on the day of the first infusion, before it."
    if len(episode) < len(doses):
        earlier = len(doses) - len(episode)
        yield f"{earlier} infusions more than {EPISODE_GAP_DAYS} days before this course are taken as washed out."
    if len({dose.product for dose in episode}) > 1:
        yield "More than one product was given; the model does not tell brands apart."
    if any(event.kind == "rate" for event in events):
        yield "Where the rates of an infusion were charted, the forecast uses each rate for its time."
