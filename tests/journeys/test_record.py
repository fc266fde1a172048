"""A record from a terminal: made, filled, read by plan and update, exported, restored, and found out when broken."""

import io
import json
import sqlite3
import stat
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from opsonin.cli.commands import main

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "examples/followup-responder.yaml"
EVENTS = ROOT / "examples/followup-responder.events.jsonl"


@dataclass
class Run:
    stdout: str
    stderr: str


def opsonin(*words, code=0, stdin=""):
    """The command line with these words, in this process; its exit code is as expected."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as change, redirect_stdout(out), redirect_stderr(err):
        change.chdir(ROOT)
        change.setattr(sys, "argv", ["opsonin", *map(str, words)])
        change.setattr(sys, "stdin", io.StringIO(stdin))
        change.setenv("COLUMNS", "180")
        with pytest.raises(SystemExit) as ended:
            main()
    run = Run(out.getvalue(), err.getvalue())
    assert (ended.value.code or 0) == code, f"{words}: exit {ended.value.code}\n{run.stdout[-2000:]}\n{run.stderr}"
    return run


def as_json(*words, **more):
    return json.loads(opsonin(*words, "--json", **more).stdout)


def events_of(case):
    lines = [json.loads(line) for line in EVENTS.read_text().splitlines()]
    return "".join(json.dumps({**line, "case": case}) + "\n" for line in lines)


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """A record with the events of the example of a responder, and of another case."""
    where = tmp_path_factory.mktemp("ward") / "ward.record"
    opsonin("record", "new", where)
    opsonin("record", "append", where, "--events", "-", stdin=events_of("followup-responder"))
    opsonin("record", "append", where, "kind=note", "at=now", "who=nurse", "source=ward", "case=boy-3", "says=weighed")
    return where


def test_a_record_is_for_its_owners_eyes_only(ward):
    for file in ward.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_the_log_tells_every_entry_and_what_was_withdrawn(ward):
    shown = opsonin("record", "log", ward).stdout
    assert "1168 x10^9/L" in shown and "withdrawn by entry 2" in shown and "boy-3" in shown
    assert "boy-3" not in opsonin("record", "log", ward, "--case", "followup-responder").stdout
    assert as_json("record", "show", ward, "2")["corrects"] == "count-4"


def test_the_real_command_verifies(ward):
    command = [sys.executable, "-m", "opsonin", "record", "verify", str(ward)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "6 entries, every link holds" in run.stdout


def test_update_reads_the_same_from_the_record_as_from_the_file(ward):
    quick = ("--people", "2000")
    from_record = as_json("update", CASE, "--record", ward, *quick)
    from_file = as_json("update", CASE, "--events", EVENTS, *quick)
    assert from_record["response"] == from_file["response"]
    assert from_record["fit"]["verdict"] == from_file["fit"]["verdict"]
    refused = opsonin("update", CASE, "--record", ward, "--events", EVENTS, code=2)
    assert "Name one of them" in refused.stderr


def test_a_plan_is_recorded_as_it_was_issued_and_a_second_person_checks_it(tmp_path):
    where = tmp_path / "plans.record"
    case = ROOT / "examples/adult-before-surgery.yaml"
    opsonin("record", "new", where)
    made = opsonin("plan", case, "--record", where, "--who", "haematologist", "--people", "200", "--json")
    assert "Recorded as entry 1" in made.stderr
    from opsonin.record.chain import digest

    entry = as_json("record", "show", where, "1")
    plan = json.loads(made.stdout)
    assert entry["plan"]["sha256"] == digest(plan) and entry["who"] == "haematologist"
    assert entry["plan"]["first"]["regimen"] == plan["candidates"][0]["regimen"]
    check = ("kind=check", "at=now", "source=pharmacy", f"case={plan['patient']['id']}", "about=entry-1")
    own = opsonin("record", "append", where, *check, "who=haematologist", "outcome=agrees", code=2)
    assert "A second person checks" in own.stderr
    opsonin("record", "append", where, *check, "who=pharmacist", "outcome=agrees")
    assert "pharmacist agrees, entry 2" in opsonin("record", "log", where).stdout


def test_a_course_of_antithymocyte_globulin_is_recorded_too(tmp_path):
    where = tmp_path / "atg.record"
    opsonin("record", "new", where)
    made = opsonin("plan", ROOT / "examples/atg-kidney-induction.yaml", "--record", where, "--who", "surgeon", "--json")
    assert as_json("record", "show", where, "1")["plan"].keys() >= json.loads(made.stdout).keys() - {"facts", "sources"}


def test_the_next_dose_counts_what_the_record_holds(tmp_path):
    where, case = tmp_path / "atg.record", ROOT / "examples/atg-kidney-induction.yaml"
    given = {"kind": "given", "at": "2026-11-21T14:02-05:00", "who": "nurse", "source": "infusion chart"}
    given |= {"case": "atg-kidney-induction", "what": "thymoglobulin", "product": "thymoglobulin", "dose": "120 mg"}
    opsonin("record", "new", where)
    opsonin("record", "append", where, "--events", "-", stdin=json.dumps(given) + "\n")
    answer = as_json("next-dose", case, "--on", "2026-11-21", "--record", where)
    assert float(answer["given_mg"]) == 120 and "A dose was given today." in json.dumps(answer)


def test_export_backup_and_restore_give_the_same_record(ward, tmp_path):
    export, copy = tmp_path / "ward.jsonl", tmp_path / "copy.record"
    written = as_json("record", "export", ward, "--out", export)
    assert as_json("record", "verify", export)["head"] == written["head"]
    backup = as_json("record", "backup", ward, tmp_path / "backups")
    assert backup["head"] == written["head"] and stat.S_IMODE(Path(backup["written"]).stat().st_mode) == 0o600
    assert as_json("record", "import", backup["written"], copy)["added"] == written["length"]
    head = f"{written['length']}:{written['head'][:16]}"
    assert as_json("record", "verify", copy, "--head", head)["holds"]
    assert opsonin("record", "log", copy).stdout == opsonin("record", "log", ward).stdout
    one = opsonin("record", "export", ward, "--case", "followup-responder").stdout
    (tmp_path / "one.jsonl").write_text(one)
    assert as_json("update", CASE, "--events", tmp_path / "one.jsonl", "--people", "2000")["response"]
    other = tmp_path / "other.jsonl"
    other.write_text(one.replace('"case": "followup-responder"', '"case": "boy-3"'))
    assert "is not this case" in opsonin("update", CASE, "--events", other, code=2).stderr


def test_a_broken_record_is_found_out_with_exit_code_3(ward, tmp_path):
    copy = tmp_path / "broken.record"
    opsonin("record", "export", ward, "--out", tmp_path / "whole.jsonl")
    opsonin("record", "import", tmp_path / "whole.jsonl", copy)
    with sqlite3.connect(copy) as database:
        database.execute("DROP TRIGGER entries_no_update")
        database.execute("UPDATE entries SET event = replace(event, '140 x', '14 x') WHERE event LIKE '%140 x%'")
    found = json.loads(opsonin("record", "verify", copy, "--json", code=3).stdout)
    assert not found["holds"] and found["breaks"][0]["entry"] == 5
    assert "First: entry 5: was changed" in opsonin("record", "verify", copy, code=3).stderr
    assert "entry 5" in opsonin("update", CASE, "--record", copy, code=3).stderr
    assert "entry 5" in opsonin("record", "export", copy, code=3).stderr
    assert "entry 5" in opsonin("record", "backup", copy, tmp_path / "backups", code=3).stderr
    assert not list((tmp_path / "backups").glob("*.jsonl"))
    salvaged = opsonin("record", "export", copy, "--even-if-broken", code=3).stdout
    assert len(salvaged.splitlines()) == found["length"]
    saved = tmp_path / "saved.jsonl"
    opsonin("record", "export", copy, "--even-if-broken", "--out", saved, code=3)
    assert saved.read_text() == salvaged and stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert "is no new file" in opsonin("record", "export", copy, "--even-if-broken", "--out", saved, code=2).stderr


def test_an_older_record_is_upgraded_and_an_up_to_date_one_left_alone(ward):
    said = as_json("record", "upgrade", ward)
    assert said["from"] == said["to"] and said["head"] == as_json("record", "verify", ward)["head"]


def test_what_is_not_there_or_not_a_record_is_refused(tmp_path):
    assert "`opsonin record new` makes one" in opsonin("record", "log", tmp_path / "none.record", code=2).stderr
    (tmp_path / "text.record").write_text("not a database, but long enough to look at" * 50)
    assert "is not a record, or is damaged" in opsonin("record", "log", tmp_path / "text.record", code=3).stderr
    assert "is not a store known here" in opsonin("record", "log", "mysql://a@b/c", code=2).stderr
