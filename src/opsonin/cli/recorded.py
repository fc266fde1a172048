"""What other commands read from a record or a file of events, and write to a record. Call, render."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from opsonin.case import AtgCase, Case
    from opsonin.knowledge import Knowledge
    from opsonin.patient.event import Event


def events_of(where: str, case: str, *, as_of: date) -> tuple[Event, ...]:
    """The events of one case, from a record that holds as far as this case goes. None may lie after the case's day."""
    from opsonin.errors import InputRefused, Problem
    from opsonin.record import open_record
    from opsonin.record.transfer import refuse_broken

    with open_record(where) as opened:
        refuse_broken(opened.verify_case(case), opened.name)
        events = opened.events(case)
    late = [event for event in events if event.at.date() > as_of]
    if late:
        why, remedy = f"is after {as_of.isoformat()}, the day of the case.", "Give the day with --on, or in `as_of`."
        raise InputRefused([Problem(e.place, e.at.isoformat(), why, remedy) for e in late], source=where)
    return events


def events_beside(
    path: Path | None, record_at: str | None, case: Case | AtgCase, knowledge: Knowledge
) -> tuple[Event, ...]:
    """The events of the file or of the record; another case's, or of a product not on the shelf, are refused."""
    from opsonin.case.events import read_events, refuse_foreign
    from opsonin.errors import InputRefused, Problem

    as_of = case.circumstances.as_of
    if path is not None and record_at is not None:
        why = "are both given; what stands in both would count twice."
        raise InputRefused([Problem("--events, --record", "", why, "Name one of them.")])
    if record_at is not None:
        events = events_of(record_at, case.id, as_of=as_of)
    else:
        events = read_events(path, as_of=as_of) if path is not None else ()
    refuse_foreign(events, case.id, knowledge, source=str(path or record_at))
    return events


def with_doses_and_counts(case: AtgCase, path: Path | None, record_at: str | None, knowledge: Knowledge) -> AtgCase:
    """The case with the doses, counts and levels of events, and on stderr what was read and passed over."""
    from opsonin.case.atg_events import add_events

    events = events_beside(path, record_at, case, knowledge)
    added = add_events(case, events, knowledge, source=str(path or record_at))
    click.echo(added.says, err=True)
    return added.case


def with_history(case: Case, where: str) -> Case:
    """The case with what its record adds: doses given, and infusions with the rates borne."""
    from dataclasses import replace

    from opsonin.record.tolerance import as_history

    events = events_of(where, case.id, as_of=case.circumstances.as_of)
    tolerated, given = as_history(events, case.patient)
    return replace(case, patient=replace(case.patient, tolerated=tolerated, given=given))


def issuer(who: str | None, case: Case | AtgCase) -> str:
    """Who issues a plan: as said, else who signs in the case. Refused when neither is known."""
    from opsonin.errors import InputRefused, Problem

    found = who or case.circumstances.team.get("signer")
    if not found:
        why = "is missing: a record needs to know who issues a plan."
        raise InputRefused([Problem("--who", "", why, "Name a role, or fill in team.signer in the case.")])
    return found


def record_plan(where: str, plan: dict[str, Any], case: Case | AtgCase, who: str, knowledge: Knowledge) -> None:
    """Record that this plan was issued now, and say so; and whether the pack asks for a second person."""
    from opsonin.record import open_record
    from opsonin.record.issue import issued

    now = datetime.now().astimezone().replace(microsecond=0)
    with open_record(where) as opened:
        entry = opened.append(issued(plan, case=case.id, who=who, at=now, case_sha256=case.text_hash))
    click.echo(f"Recorded as entry {entry.number}, id {entry.id}.", err=True)
    asked = knowledge.pack(case.circumstances.pack).supervision.get("second_check")
    if asked is not None and "plan" in asked.value["of"]:
        how = (
            f"opsonin record append {where} kind=check at=now who=… source=… case={case.id} about={entry.id} outcome=…"
        )
        click.echo(f"The pack asks for a second person: {asked.says} {how}", err=True)
