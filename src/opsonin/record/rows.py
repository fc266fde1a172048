"""How are the rows of the table read: in order, page by page, and does each agree with itself?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from opsonin.record.chain import Entry, canonical
from opsonin.record.database import entries

_AT_ONCE = 1000  # rows fetched together


def rows(connection: sa.Connection, *what: Any, where: sa.ColumnElement[bool] | None = None) -> Iterator[sa.Row[Any]]:
    """Every row, first one first; `what`: the whole of it (`entries`), or some columns with the number."""
    after = -(2**62)
    wanted = sa.select(*what).order_by(entries.c.number).limit(_AT_ONCE)
    if where is not None:
        wanted = wanted.where(where)
    while page := connection.execute(wanted.where(entries.c.number > after)).all():
        yield from page
        if page[-1].number <= after:  # a damaged file may lead in circles
            raise ValueError("its numbers do not grow")
        after = page[-1].number


def entry_of_row(row: sa.Row[Any]) -> tuple[Entry, bool]:
    """The entry in a row, and whether its columns agree with its event, written canonically."""
    try:
        event = json.loads(row.event)
        agrees = canonical(event).decode() == row.event
        agrees = agrees and (row.case_id, row.event_id) == (event.get("case"), event.get("id"))
    except (ValueError, TypeError, RecursionError, AttributeError):
        event, agrees = {}, False
    return Entry(row.number, row.recorded, event, row.previous, row.hash, row.clock_back_from), agrees
