"""The door for events: a JSON Lines file beside the case, one event on each line, only ever added to.

Every line is read on its own; all problems of all lines are reported at once. Lines stand in the order in which they
were written down: by `noted` where it is given, else by `at`. Nothing may lie after the day of the case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from opsonin.case.event_fields import EventLine
from opsonin.errors import InputRefused, Problem
from opsonin.patient.event import SEAL, Event
from opsonin.patient.event_line import event_from_line

if TYPE_CHECKING:
    from opsonin.knowledge import Knowledge

_MOST_LINES = 10_000
LONGEST_INFUSION = timedelta(hours=72)
_FIX = "Correct the line; `opsonin schema event` prints the form of a line."


def read_events(
    path_or_text: Path | str, *, as_of: date, source: str = "", points_outside: bool = False
) -> tuple[Event, ...]:
    """The events of a JSON Lines file, or of text with a line break. Raises InputRefused with every problem found.

    `points_outside`: what an event corrects or is about may stand elsewhere; who reads on will look there."""
    text, source = _text(path_or_text, source)
    problems: list[Problem] = []
    lines: list[tuple[int, EventLine]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if number > _MOST_LINES:
            problems.append(Problem(f"line {number}", "", f"is beyond {_MOST_LINES} lines.", "Start a new file."))
            break
        read = _line(number, line, problems)
        if read is not None and read.kind != SEAL:
            lines.append((number, read))
    problems += _sense(lines, as_of, points_outside)
    if problems:
        raise InputRefused(sorted(problems, key=_line_number), source=source)
    return tuple(_event(number, line) for number, line in lines)


def refuse_foreign(events: Sequence[Event], case: str, knowledge: Knowledge, *, source: str) -> None:
    """Raise InputRefused for events of another case, or of a product that is not on the shelf."""
    problems = [
        Problem(f"{event.place}.case", event.case, f"is not this case ({case}).", "Export one case, or use --record.")
        for event in events
        if event.case not in ("", case)
    ]
    known = ", ".join(sorted(knowledge.products))
    problems += [
        Problem(f"{event.place}.product", str(event.product), "is not on the shelf.", f"Known: {known}.")
        for event in events
        if event.product is not None and event.product not in knowledge.products
    ]
    if problems:
        raise InputRefused(problems, source=source)


def event_schema() -> dict[str, Any]:
    """The JSON Schema of one line."""
    schema = EventLine.model_json_schema(by_alias=True)
    schema.update({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "opsonin-event/1"})
    schema["description"] = "One event: one line of a JSON Lines file."
    schema["required"] = ["kind", "at", "who", "source"]
    return schema


def _text(path_or_text: Path | str, source: str) -> tuple[str, str]:
    if isinstance(path_or_text, str) and "\n" in path_or_text:
        return path_or_text, source or "events"
    path = Path(path_or_text)
    try:
        return path.read_bytes().decode("utf-8-sig"), source or str(path)
    except UnicodeDecodeError:
        problem = Problem("events", str(path), "is not text in UTF-8.", "Save it as UTF-8 text.")
    except OSError as error:
        problem = Problem("events", str(path), f"cannot be read: {error.strerror}.", "Check the path.")
    raise InputRefused([problem], source=source or str(path))


def _line(number: int, line: str, problems: list[Problem]) -> EventLine | None:
    place = f"line {number}"
    try:
        content = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        problems.append(Problem(place, "", f"is not one JSON object: {error}.", _FIX))
        return None
    if not isinstance(content, dict):
        problems.append(Problem(place, "", "is not one JSON object.", _FIX))
        return None
    try:
        return EventLine.model_validate(content)
    except ValidationError as error:
        for one in error.errors():
            where = ".".join([place, *(str(part) for part in one["loc"])])
            why = "is not a field known here." if one["type"] == "extra_forbidden" else one["msg"]
            shown = "" if isinstance(one["input"], dict | list) else str(one["input"])[:60]
            problems.append(Problem(where, shown, why, _FIX))
        return None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} written twice")
    return dict(pairs)


def _sense(lines: Sequence[tuple[int, EventLine]], as_of: date, points_outside: bool) -> Iterator[Problem]:
    """What a single field cannot show: required ones, clocks, order, corrections of what is there."""
    seen: dict[tuple[str | None, str], str] = {}  # case and id → who
    for number, line in lines:
        place = f"line {number}"
        for name, why in line.misplaced():
            yield Problem(f"{place}.{name}", "", why, _FIX)
        yield from _clock(place, line, as_of)
        for name, pointed in (("corrects", line.corrects), ("about", line.about)):
            if pointed is not None and not points_outside and _writer(seen, line.case, pointed) is None:
                why = "names no event on a line before."
                yield Problem(f"{place}.{name}", pointed, why, "Give the id of an earlier event.")
        if line.kind == "check" and line.about and line.who == _writer(seen, line.case, line.about):
            why = f"wrote {line.about} too."
            yield Problem(f"{place}.who", str(line.who), why, "A second person checks.")
        if line.id is not None:
            if (line.case, line.id) in seen:
                yield Problem(f"{place}.id", line.id, "is used twice.", "Give every event an id of its own.")
            seen[line.case, line.id] = line.who or ""
    yield from _order(lines)


def _writer(seen: Mapping[tuple[str | None, str], str], case: str | None, id: str) -> str | None:
    """Who wrote the event of this id, of this case or of one not named; None when there is no such event."""
    fitting = [who for (of, known), who in seen.items() if known == id and (case is None or of in (None, case))]
    return fitting[0] if fitting else None


def _order(lines: Sequence[tuple[int, EventLine]]) -> Iterator[Problem]:
    """Lines stand in the order in which they were written down. What a record took stands in the record's order."""
    timed = [(number, line.noted or line.at) for number, line in lines if line.at is not None and line.record is None]
    for (_, before), (number, after) in pairwise(timed):
        if before is not None and after is not None and after < before:
            why = f"stands after a line of {before.isoformat()}."
            remedy = 'Lines stand oldest first; a late entry says "noted", when it was written down.'
            yield Problem(f"line {number}.at", after.isoformat(), why, remedy)


def _clock(place: str, line: EventLine, as_of: date) -> Iterator[Problem]:
    if line.at is None:
        return
    right = "Correct the time, or its zone."
    for name, moment in (("at", line.at), ("ended", line.ended), ("noted", line.noted)):
        if moment is not None and moment.date() > as_of:
            yield Problem(f"{place}.{name}", moment.isoformat(), f"is after {as_of.isoformat()}.", right)
    if line.noted is not None and line.noted < line.at:
        yield Problem(f"{place}.noted", line.noted.isoformat(), "is before the event itself.", right)
    if line.ended is not None and not line.at < line.ended <= line.at + LONGEST_INFUSION:
        yield Problem(f"{place}.ended", line.ended.isoformat(), "is not within 72 h after the start.", right)
    last = line.at
    for paused, resumed in line.pauses():
        if not last <= paused < resumed or (line.ended is not None and resumed > line.ended):
            why = "does not lie inside the infusion, in order."
            yield Problem(f"{place}.interruptions", f"{paused.isoformat()} to {resumed.isoformat()}", why, right)
        last = resumed
    if line.interruptions and line.ended is None:
        yield Problem(f"{place}.ended", "", "is missing: an interrupted infusion needs its end.", right)


def _event(number: int, line: EventLine) -> Event:
    return event_from_line(line.model_dump(exclude_none=True), place=f"line {number}")


def _line_number(problem: Problem) -> tuple[int, str]:
    digits = problem.field.removeprefix("line ").partition(".")[0]
    return (int(digits) if digits.isdigit() else 0, problem.field)
