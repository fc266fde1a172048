"""The commands of the record. Parse, call, render."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from opsonin.record import Entry, Head, Verification
    from opsonin.record.record import Record

BROKEN = 3  # exit code
JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
CASE = click.option("--case", metavar="ID", help="Only the entries of this case.")


def register(group: click.Group) -> None:
    """Add these commands to the main group."""
    group.add_command(record)


@click.group()
def record() -> None:
    """Keep what was planned, decided, given and felt: append-only and verifiable.

    RECORD is a file (SQLite) or postgresql://USER@HOST/DATABASE. Nothing leaves this machine but to that server.
    """


@record.command()
@click.argument("where", metavar="RECORD")
@JSON
def new(where: str, as_json: bool) -> None:
    """Make a new, empty record; a file is readable by its owner only."""
    from opsonin.record import create_record

    with create_record(where) as made:
        _say({"record": made.id, "where": made.name, "head_kept_in": str(made.witness)}, as_json,
             f"New record {made.name}. Its head is kept in {made.witness}.")  # fmt: skip


@record.command()
@click.argument("where", metavar="RECORD")
@click.argument("fields", metavar="[FIELD=VALUE]...", nargs=-1)
@click.option("--events", "events_file", metavar="FILE", help="JSON Lines of events; - for stdin.")
@JSON
def append(where: str, fields: tuple[str, ...], events_file: str | None, as_json: bool) -> None:
    """Add events, all or none: from a file, or one written as FIELD=VALUE.

    `at=now` is this moment. Lists are JSON: 'lots=["A123"]'. `opsonin schema event` prints every field.
    """
    from opsonin.errors import InputRefused, Problem

    if bool(fields) == bool(events_file):
        why = "are not both one event." if fields else "are missing."
        raise InputRefused([Problem("events", "", why, "Write either FIELD=VALUE, or --events FILE.")])
    text = _line_of(fields) if fields else _text(str(events_file))
    from opsonin.case.events import read_events

    events = read_events(text + "\n", as_of=date.today(), source=events_file or "event", points_outside=True)
    with _open(where) as opened:
        added = opened.append_all(events)
        for entry in added:
            if as_json:
                click.echo(json.dumps(_entry_as_json(entry), ensure_ascii=False))
            else:
                click.echo(f"Entry {entry.number}: {entry.event['kind']} of {entry.case}, id {entry.id}.")


@record.command()
@click.argument("where", metavar="RECORD")
@CASE
@click.option("--after", type=click.IntRange(0), default=0, help="Only entries after this number.")
@JSON
def log(where: str, case: str | None, after: int, as_json: bool) -> None:
    """List the entries, oldest first. Corrections and second checks are shown at the entry they are about."""
    from opsonin.report.record_print import print_log

    with _open(where) as opened:
        if as_json:
            for entry in opened.entries(case, after=after):
                click.echo(json.dumps(_entry_as_json(entry), ensure_ascii=False))
        else:
            print_log(opened.entries(case, after=after), _console())


@record.command()
@click.argument("where", metavar="RECORD")
@click.argument("number", type=click.IntRange(1))
@JSON
def show(where: str, number: int, as_json: bool) -> None:
    """Show one entry whole, as it was recorded."""
    from opsonin.errors import InputRefused, Problem

    with _open(where) as opened:
        entry = opened.entry(number)
        if entry is None:
            raise InputRefused([Problem("number", str(number), f"is not in {opened.name}.", "See `record log`.")])
        click.echo(json.dumps(_entry_as_json(entry), ensure_ascii=False, indent=None if as_json else 2))


@record.command()
@click.argument("where", metavar="RECORD|EXPORT")
@click.option("--head", "heads", metavar="LENGTH:HASH", multiple=True, help="A head noted elsewhere; may be repeated.")
@JSON
def verify(where: str, heads: tuple[str, ...], as_json: bool) -> int:
    """Check every entry, the chain, the store and the last known head. Exit code 3 names the first broken link."""
    from opsonin.record.transfer import is_export, verify_export

    known = [_head(text) for text in heads]
    if is_export(where):
        found = verify_export(Path(where), known=known)
    else:
        with _open(where) as opened:
            found = opened.verify(known=known)
    if as_json:
        click.echo(json.dumps(_verification_as_json(found), ensure_ascii=False))
    else:
        _print_verification(where, found)
    return 0 if found.holds else BROKEN


@record.command()
@click.argument("where", metavar="RECORD")
@CASE
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this new file, not to stdout.")
@click.option("--even-if-broken", is_flag=True, help="Write what is readable of a broken record, without a seal.")
@click.option("--json", "as_json", is_flag=True, help="With --out: what was written, as JSON on stdout.")
def export(where: str, case: str | None, out: Path | None, even_if_broken: bool, as_json: bool) -> int:
    """Verify, then write the entries as JSON Lines of `opsonin schema event`, sealed with length and last hash."""
    from opsonin.record import transfer

    with _open(where) as opened:
        if even_if_broken:
            return _salvage(opened, case, out)
        if out is None:
            transfer.refuse_broken(opened.verify(), opened.name)
            for line in transfer.export_lines(opened, case=case):
                click.echo(line)
            return 0
        head = transfer.write_export(opened, out, case=case)
    said = {"written": str(out), "record": head.record, "length": head.length, "head": head.hash}
    _say(said, as_json, f"Wrote {out}. Head: {head}")
    return 0


@record.command("import")
@click.argument("export_file", metavar="EXPORT", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("where", metavar="RECORD")
@JSON
def import_(export_file: Path, where: str, as_json: bool) -> None:
    """Verify an export or backup, then restore it: into a new RECORD, or into one it continues."""
    from opsonin.record import create_record, open_record, transfer

    transfer.refuse_broken(transfer.verify_export(export_file), str(export_file))
    is_file = "://" not in where
    make = not Path(where).exists() if is_file else not _holds_record(where)
    with create_record(where) if make else open_record(where) as opened:
        added = transfer.import_export(export_file, opened)
        head = opened.head()
    said = {"record": head.record, "added": added, "length": head.length, "head": head.hash}
    _say(said, as_json, f"{added} entries restored; {where} holds {head.length}. Head: {head}")


@record.command()
@click.argument("where", metavar="RECORD")
@click.argument("folder", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@JSON
def backup(where: str, folder: Path, as_json: bool) -> None:
    """Verify, also against the backups already in FOLDER; write an export there and read it back."""
    from opsonin.record.transfer import write_backup

    with _open(where) as opened:
        path, head = write_backup(opened, folder)
    said = {"written": str(path), "record": head.record, "length": head.length, "head": head.hash}
    _say(said, as_json, f"Backup {path}. Head: {head}")


@record.command()
@click.argument("where", metavar="RECORD")
@JSON
def upgrade(where: str, as_json: bool) -> None:
    """Bring a record of an older Opsonin to this version's tables; verified before and after, nothing in it changes."""
    from opsonin.record import upgrade_record
    from opsonin.record.database import REVISION

    before, head = upgrade_record(where)
    said = {"record": head.record, "from": before, "to": REVISION, "length": head.length, "head": head.hash}
    words = f"Tables of version {before}" + (" already." if before == REVISION else f" brought to {REVISION}.")
    _say(said, as_json, f"{words} Every link holds. Head: {head}")


@record.command()
@click.argument("where", metavar="RECORD")
@click.option("--case", metavar="ID", required=True, help="Of this case.")
@JSON
def tolerance(where: str, case: str, as_json: bool) -> None:
    """What was borne so far: the case's `tolerated:`, from what was charted."""
    from opsonin.record import tolerance as of
    from opsonin.report.record_print import tolerance_as_dict, tolerance_as_yaml

    with _open(where) as opened:
        found = of(opened.events(case))
    if as_json:
        click.echo(json.dumps([tolerance_as_dict(one) for one in found], ensure_ascii=False))
    else:
        click.echo(tolerance_as_yaml(found), nl=False)


def _open(where: str) -> Record:
    from opsonin.record import open_record

    return open_record(where)


def _holds_record(where: str) -> bool:
    from opsonin.errors import InputRefused
    from opsonin.record import open_record

    try:
        open_record(where).close()
    except InputRefused:
        return False
    return True


def _line_of(fields: tuple[str, ...]) -> str:
    """One line from FIELD=VALUE words."""
    from opsonin.errors import InputRefused, Problem

    line: dict[str, Any] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or name in line:
            why = "is written twice." if equals else "is not FIELD=VALUE."
            raise InputRefused([Problem("event", field, why, "Write each field once, as FIELD=VALUE.")])
        if name == "at" and value == "now":
            value = datetime.now().astimezone().isoformat(timespec="seconds")
        line[name] = _value(name, value)
    return json.dumps(line, ensure_ascii=False)


def _value(name: str, value: str) -> Any:
    from opsonin.errors import InputRefused, Problem

    if not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise InputRefused([Problem(name, value, f"is not JSON: {error}.", 'Write a list as ["A", "B"].')]) from None


def _text(path: str) -> str:
    from opsonin.errors import InputRefused, Problem

    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = f"cannot be read: {getattr(error, 'strerror', None) or 'not text in UTF-8'}."
        raise InputRefused([Problem("--events", path, why, "Check the path.")]) from None


def _head(text: str) -> Head:
    from opsonin.errors import InputRefused, Problem
    from opsonin.record import Head

    length, _, last = text.strip().partition(":")
    if not length.isdigit() or len(last) < 12 or set(last) - set("0123456789abcdef"):
        raise InputRefused([Problem("--head", text, "is not LENGTH:HASH.", "Copy it from `record verify`.")])
    return Head("", int(length), last)


def _salvage(opened: Record, case: str | None, out: Path | None) -> int:
    """What is readable of a record that does not verify; always a failed check."""
    from opsonin.record.transfer import line_of

    lines = (json.dumps(line_of(entry), ensure_ascii=False) for entry in opened.entries(case))
    if out is None:
        for line in lines:
            click.echo(line)
    else:
        _write_new(out, lines)
    found = opened.verify()
    for broken in found.breaks:
        click.echo(f"Check failed: {broken}", err=True)
    return 0 if found.holds else BROKEN


def _write_new(out: Path, lines: Iterator[str]) -> None:
    """Line by line into a new file of its owner's, as far as the record can be read."""
    from opsonin.errors import InputRefused, Problem

    try:
        handle = os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise InputRefused(
            [Problem("--out", str(out), f"is no new file: {error.strerror}.", "Name a new file.")]
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _say(values: dict[str, Any], as_json: bool, words: str) -> None:
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else words)


def _entry_as_json(entry: Entry) -> dict[str, Any]:
    from opsonin.record.transfer import line_of

    return line_of(entry)


def _verification_as_json(found: Verification) -> dict[str, Any]:
    return {
        "holds": found.holds,
        "record": found.head.record,
        "length": found.head.length,
        "head": found.head.hash,
        "breaks": [{"entry": broken.number, "why": broken.why} for broken in found.breaks],
        "remarks": list(found.remarks),
        "clock_went_back": found.clock_went_back,
    }


def _print_verification(where: str, found: Verification) -> None:
    if found.holds:
        count = "1 entry" if found.head.length == 1 else f"{found.head.length} entries"
        click.echo(f"{where}: {count}, every link holds. Head: {found.head}")
    else:
        click.echo(f"Check failed: {where} does not hold. First: {found.breaks[0]}", err=True)
        for broken in found.breaks[1:]:
            click.echo(f"  then {broken}", err=True)
    if found.clock_went_back:
        click.echo(f"The clock had gone back before {found.clock_went_back} entries; each says so.", err=True)
    for remark in found.remarks:
        click.echo(f"Note: {remark}", err=True)


def _console() -> Any:
    from rich.console import Console

    wide_enough = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if wide_enough else 110)
