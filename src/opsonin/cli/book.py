"""The book of one infusion at the bedside: its order, its events, and the moment that is meant by "now"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opsonin.cli import packs
from opsonin.cli.bedside_words import line_of, on_its_day
from opsonin.errors import InputRefused, Problem

if TYPE_CHECKING:
    from opsonin.infusion.bedside import Bedside
    from opsonin.infusion.order import Order
    from opsonin.knowledge import Knowledge
    from opsonin.patient.event import Event

SOURCE = "bedside"
Clock = Callable[[], datetime]


def computers_clock() -> datetime:
    """The computer's clock, in its own zone."""
    return datetime.now().astimezone()


@dataclass
class Book:
    """The order of this infusion and the book its events stand in."""

    order: Order
    infusion: str
    knowledge: Knowledge
    case_id: str
    start: datetime | None  # planned
    as_of: date
    events: tuple[Event, ...]
    file: Path
    record: str | None
    at: str | None
    clock: Clock

    def now(self) -> datetime:
        """The moment asked for, else the clock's, to the minute, in the zone of the infusion."""
        if self.at is not None:
            return self.moment(self.at)
        here = self._last()
        zone = (here or self.start or self.clock()).tzinfo
        return self.clock().astimezone(zone).replace(second=0, microsecond=0)

    def moment(self, written: str) -> datetime:
        """A moment: whole, or a time of day on the day of the last event, else of the planned start."""
        if re.fullmatch(r"[0-2]?[0-9]:[0-5][0-9]", written):
            day = self._last() or self.start
            if day is None:
                why = "has no day: nothing is logged yet and the case has no planned start."
                raise InputRefused([Problem("--at", written, why, "Write 2026-11-21T09:30-05:00.")])
            hour, _, minute = written.partition(":")
            return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            found = datetime.min
        if found.tzinfo is None:
            raise InputRefused([Problem("--at", written, "is no time with its zone.", "Write 2026-11-21T09:30-05:00.")])
        return found

    def _last(self) -> datetime | None:
        return max((event.at for event in self.events if event.infusion == self.infusion), default=None)

    def look(self, now: datetime) -> Bedside:
        from opsonin.infusion.bedside import bedside

        return bedside(self.order, self.infusion, self.events, now)

    def log(self, typed: str, now: datetime, who: str) -> Bedside:
        """Log what was typed at this moment; when the infusion is over by it, what was given too."""
        line = on_its_day(line_of(typed), self.moment)
        if line["kind"] == "start":
            concentration = f"{self.order.mg_per_ml.normalize():f} mg/mL"
            weight = f"{self.order.weight_kg.normalize():f} kg"
            line = {**line, "product": self.order.product, "concentration": concentration, "weight": weight}
        head = {"at": now.isoformat(timespec="seconds"), "who": who, "source": SOURCE, "id": self._new_id()}
        if line["kind"] in ("correction", "check"):
            self.add([{**line, **head}])
        else:
            self.add([{**line, **head, "infusion": self.infusion}])
        found = self.look(max(now, self._last() or now))
        self.settle(found, who)
        return found

    def add(self, lines: Sequence[dict[str, Any]]) -> None:
        """Add events to the book; everything impossible is refused and nothing written."""
        from opsonin.case.bedside_book import add_to_book, add_to_record

        last = max((event.noted or event.at for event in self.events), default=None)
        timed = [self._late(line, last) for line in lines]
        as_of = max([self.as_of, *(datetime.fromisoformat(line["at"]).date() for line in timed if "at" in line)])

        def judge(events: tuple[Event, ...]) -> object:
            from opsonin.infusion.bedside import bedside

            return bedside(self.order, self.infusion, events, max(event.at for event in events))

        if self.record is not None:
            self.events = add_to_record(self.record, self.case_id, timed, as_of=as_of, judge=judge)
        else:
            self.events = add_to_book(self.file, timed, as_of=as_of, judge=judge)

    def _late(self, line: dict[str, Any], last: datetime | None) -> dict[str, Any]:
        """A late entry says when it was noted: lines stand in the order in which they were written down."""
        if last is None or "noted" in line or "at" not in line or datetime.fromisoformat(line["at"]) >= last:
            return line
        return {**line, "noted": last.isoformat(timespec="seconds")}

    def settle(self, found: Bedside, who: str) -> None:
        """What ran in stands as one `given` event: noted at the end, withdrawn and noted anew if the chart changes."""
        from opsonin.case.bedside_book import settled

        lines = settled(found.delivered, self.events, infusion=self.infusion, who=who, id=self._new_id())
        if lines:
            self.add(lines)

    def _new_id(self) -> str:
        used = {event.id for event in self.events}
        numbers = range(1, len(self.events) + 2)
        return next(name for n in numbers if (name := f"{self.infusion}-{n}") not in used)


def open_book(
    *,
    case_file: Path,
    regimen: str | None,
    day: int | None,
    pack: str | None,
    events_file: Path | None,
    record: str | None,
    at: str | None,
    clock: Clock,
) -> Book:
    """The book of this infusion, and its order from the case."""
    from opsonin.case.bedside_book import read_book, read_record
    from opsonin.infusion.from_events import name_of, named

    today = clock().date()
    case, knowledge = packs.open_case_with(case_file, pack, today=today)
    file = events_file or case_file.with_suffix(".events.jsonl")
    latest = max(today, case.circumstances.as_of)
    events = read_record(record, case.id) if record is not None else read_book(file, as_of=latest)
    if regimen is None:
        running = [name for event in events if event.infusion and (name := named(event.infusion)) is not None]
        regimen, day = (running[-1][0], day or running[-1][1]) if running else (None, day)
    order = _order(case, regimen, day or 1, knowledge)
    return Book(
        order=order,
        infusion=name_of(order.regimen, order.day),
        knowledge=knowledge,
        case_id=case.id,
        start=case.circumstances.start,
        as_of=latest,
        events=events,
        file=file,
        record=record,
        at=at,
        clock=clock,
    )


def _order(case: Any, regimen: str | None, day: int, knowledge: Knowledge) -> Order:
    from opsonin.infusion.order import course_order, immunoglobulin_order
    from opsonin.planning.ordered import ordered, ordered_globulin

    about: dict[str, Any] = {"circumstances": case.circumstances, "knowledge": knowledge}
    if case.therapy == "atg":
        who = case.recipient
        course = ordered_globulin(who, case.request, case.circumstances, regimen, knowledge)
        return course_order(course, day, is_adult=who.age_years >= _ADULT_YEARS, **about)
    found = ordered(case.patient, case.circumstances, regimen, knowledge)
    return immunoglobulin_order(found, day, patient=case.patient, **about)


_ADULT_YEARS = 18
