"""Which of these events still wait for a second person, where the pack asks for one?"""

from __future__ import annotations

from collections.abc import Sequence

from opsonin.knowledge import Fact
from opsonin.patient.event import Event, standing


def unchecked(events: Sequence[Event], asked: Fact | None) -> tuple[Event, ...]:
    """The events of the kinds the pack names that stand and that nobody else has agreed to; () where no pack asks."""
    if asked is None:
        return ()
    stand = standing(events)
    agreed = {(event.about, event.who) for event in stand if event.kind == "check" and event.outcome == "agrees"}
    return tuple(
        event
        for event in stand
        if event.kind in asked.value["of"] and not any(id == event.id and who != event.who for id, who in agreed)
    )
