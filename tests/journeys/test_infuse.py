"""`opsonin infuse` from a terminal: logged by single commands, typed at the screen, read as JSON Lines, followed up."""

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AID = "controls no pump and raises no alarm"


@pytest.fixture
def case(tmp_path):
    copy = tmp_path / "child.yaml"
    shutil.copy(ROOT / "examples/child-new-itp.yaml", copy)
    return copy


def infuse(*words, typed=None, code=0):
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "110", "OPSONIN_WHO": "nurse"}
    command = [sys.executable, "-m", "opsonin", "infuse", *map(str, words)]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, input=typed)
    assert run.returncode == code, f"{words}: exit {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-3000:]}"
    return run


WHOLE = """\
@15:55 v 36.8C 100/60 95 22 99% ok
@16:00 start 11.5 mL/h lot A1 vials 10 5 2.5 1 1
@16:15 v 36.8C 100/60 95 22 99% ok
@16:30 v 36.8C 100/60 95 22 99% ok
@16:30 rate 23 mL/h
@16:40 s headache mild
@16:41 rate 11.5 mL/h
@16:45 m paracetamol 250 mg
@17:00 gone headache
@17:05 pause toilet
@17:10 v 36.7C 102/61 92 21 99% ok
@17:11 resume
@18:00 stop line blocked
"""


def test_a_whole_infusion_typed_at_the_screen_and_followed_up(case):
    out = infuse("start", case, "--regimen", "gamunex_c:1x1", "--at", "2026-11-20T15:50-05:00", typed=WHOLE).stdout
    assert AID in out
    for advised in ("TAKE VITAL SIGNS", "BEGIN", "Raise to 23 mL/h", "Slow to 11.5 mL/h", "START AGAIN", "STOP"):
        assert advised in out, advised
    book = case.with_suffix(".events.jsonl")
    lines = [json.loads(line) for line in book.read_text(encoding="utf-8").splitlines()]
    given = lines[-1]
    ml = 11.5 * 30 / 60 + 23 * 11 / 60 + 11.5 * (24 + 49) / 60
    assert (given["kind"], given["what"]) == ("given", "immunoglobulin")
    assert float(given["grams"].removesuffix(" g")) == pytest.approx(ml / 10, abs=1e-4)
    assert len(given["interruptions"]) == 1
    found = json.loads(infuse("status", case, "--at", "18:01", "--json").stdout)
    assert found["delivered"]["whole"] is False and found["tolerated"]["highest_rate_ml_per_h"] == "11.5"
    assert found["grade"]["ctcae_5"] == 2 and AID in found["aid"]
    assert infuse("status", case, "--at", "18:01").stdout.count(AID) == 1
    each = [json.loads(line) for line in infuse("status", case, "--each").stdout.splitlines()]
    assert [one["advice"]["kind"] for one in each][:5] == ["begin", "hold", "hold", "hold", "slow"]


def test_single_commands_json_lines_and_a_late_entry(case, tmp_path):
    infuse(
        "log",
        case,
        "--regimen",
        "gamunex_c:1x1",
        "--at",
        "2026-11-20T15:55-05:00",
        *["v", "36.8C", "100/60", "95", "22", "ok"],
    )
    infuse("log", case, "--at", "16:00", *["start", "11.5", "mL/h", "lot", "A1", "vials", "10", "5", "2.5", "1", "1"])
    infuse("log", case, "--at", "16:31", *["v", "36.8C", "100/60", "95", "22", "ok"])
    late = infuse("log", case, "--at", "16:15", *["v", "36.8C", "100/60", "95", "22", "bad"], "--json")
    assert json.loads(late.stdout)["supervision"] == "recovering", "a later set was acceptable again"
    more = tmp_path / "more.jsonl"
    line = {"kind": "symptom", "at": "2026-11-20T16:40-05:00", "who": "nurse", "source": "ward", "what": "rash",
            "severity": "moderate", "says": "hives on both arms"}  # fmt: skip
    more.write_text(json.dumps(line) + "\n", encoding="utf-8")
    found = json.loads(infuse("log", case, "--lines", more, "--json").stdout)
    assert found["advice"]["kind"] == "pause"
    infuse("log", case, "--at", "16:41", *["s", "breathing-problems", "mild"])
    said = json.loads(infuse("status", case, "--at", "16:42", "--json").stdout)["advice"]
    assert said["kind"] == "stop-at-once" and "infusion/emergency/pathway" in said["facts"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["rate", "23"], "with its unit"),
        (["rate", "23", "mL/h"], "not started"),
        (["s", "headache"], "how bad it is"),
        (["s", "headache", "awful"], "not one of the words"),
        (["v", "36.8", "100/60", "95", "22"], "is no vital sign"),
        (["dance"], "is not understood"),
        (["resume"], "not started"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(case, words, why):
    at = ("--regimen", "gamunex_c:1x1", "--at", "2026-11-20T16:00-05:00")
    run = infuse("log", case, *at, *words, code=2)
    assert why in run.stderr and not case.with_suffix(".events.jsonl").exists()


@pytest.mark.parametrize(
    ("text", "why"), [("", "holds no event"), ("\n[1]\n", "line 2"), ("{oops", "is not one JSON object")]
)
def test_lines_that_hold_no_event_are_refused(case, text, why):
    at = ("--regimen", "gamunex_c:1x1", "--at", "2026-11-20T16:00-05:00")
    assert why in infuse("log", case, *at, "--lines", "-", typed=text, code=2).stderr


def test_the_ordered_course_must_be_named_when_there_are_several(case):
    run = infuse("status", case, code=2)
    assert "more than one course" in run.stderr and "privigen:1x1" in run.stderr


def update(*words, code=0):
    command = [sys.executable, "-m", "opsonin", "update", *map(str, words), "--people", "2000"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == code, f"{words}: exit {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-3000:]}"
    return run


MINUTES_AT = [("11.5", 30), ("23", 11), ("11.5", 24), ("11.5", 49)]  # of WHOLE; the pump stood still before the last
MG = [Fraction(rate) * minutes / 60 * 100 for rate, minutes in MINUTES_AT]  # of a 10 % product


def ran_in(case, *where):
    """What `opsonin update` says was infused: (grams in all, the grams of each segment)."""
    found = json.loads(update(case, "--json", *where).stdout)
    (one,) = found["history"]["infused"]
    return Fraction(one["grams"]), [grams for _, _, grams in one["segments"]]


@pytest.mark.parametrize("store", ["file", "record"])
def test_follow_up_uses_exactly_what_ran_in(case, tmp_path, store):
    where = {"file": (), "record": ("--record", tmp_path / "ward.record")}[store]
    if store == "record":
        subprocess.run([sys.executable, "-m", "opsonin", "record", "new", str(where[1])], cwd=ROOT, check=True)
    infuse("start", case, "--regimen", "gamunex_c:1x1", "--at", "2026-11-20T15:50-05:00", *where, typed=WHOLE)
    read = where or ("--events", case.with_suffix(".events.jsonl"))
    grams, segments = ran_in(case, *read)
    assert abs(grams - sum(MG) / 1000) < Fraction(1, 10**12)
    assert segments == pytest.approx([float(one / 1000) for one in MG], rel=1e-5)
    # a rate was typed wrong: withdrawn after the end, the right one logged; what was given is noted anew
    lines = json.loads(infuse("status", case, *where, "--at", "18:01", "--json").stdout)
    assert lines["delivered"]
    wrong = next(one for one in events_of(case, where) if one.kind == "rate" and one.amount == 23)
    infuse("log", case, *where, "--at", "18:05", "wrong", wrong.id, "was 20")
    infuse("log", case, *where, "--at", "16:30", "rate", "20", "mL/h")
    grams, _ = ran_in(case, *read)
    assert abs(grams - (sum(MG) - MG[1] + Fraction(20) * 11 / 60 * 100) / 1000) < Fraction(1, 10**12)


def events_of(case, where):
    if where:
        from opsonin.record import open_record

        with open_record(where[1]) as record:
            return record.events()
    from datetime import date

    from opsonin.case.events import read_events

    return read_events(case.with_suffix(".events.jsonl"), as_of=date(2026, 11, 21))


def test_an_infusion_charted_as_json_lines_is_followed_up_without_a_given_or_refused(case, tmp_path):
    book = tmp_path / "ward.jsonl"
    head = {"who": "nurse", "source": "ward", "infusion": "day-1"}
    lines = [
        {"kind": "start", "at": "2026-11-20T16:00-05:00", "product": "gamunex_c", "lots": ["A1"], "vials": ["20 g"],
         "concentration": "10 %", "rate": "11.5 mL/h"},
        {"kind": "rate", "at": "2026-11-20T16:30-05:00", "rate": "46 mL/h"},
    ]  # fmt: skip
    book.write_text("".join(json.dumps({**head, **line}) + "\n" for line in lines), encoding="utf-8")
    refused = update(case, "--events", book, code=2).stderr
    assert "was begun, and no end is charted" in refused and "gamunex_c" in refused and "line 1" in refused
    end = {"kind": "end", "at": "2026-11-20T19:30-05:00"}
    with book.open("a", encoding="utf-8") as more:
        more.write(json.dumps({**head, **end}) + "\n")
    grams, segments = ran_in(case, "--events", book)
    assert grams == Fraction("14.375") and segments == [pytest.approx(0.575), pytest.approx(13.8)]


def test_a_record_keeps_the_infusion_too(case, tmp_path):
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("rfc8785")
    pytest.importorskip("alembic")
    from opsonin.record import create_record, open_record, tolerance

    where = tmp_path / "ward.record"
    create_record(where).close()
    infuse(
        "start", case, "--regimen", "gamunex_c:1x1", "--record", where, "--at", "2026-11-20T15:50-05:00", typed=WHOLE
    )
    assert not case.with_suffix(".events.jsonl").exists()
    with open_record(where) as record:
        assert record.verify().holds
        assert record.events("child-new-itp")[-1].kind == "given"
        (borne,) = tolerance(record.events("child-new-itp"))
    assert borne.highest_rate_borne is not None and borne.reactions == ("headache (mild)",)
    found = json.loads(infuse("status", case, "--record", where, "--at", "18:01", "--json").stdout)
    assert found["pump"] == "stopped"


def script(tmp_path, *does):
    path = tmp_path / "script.jsonl"
    path.write_text("".join(json.dumps({"do": do}) + "\n" for do in does), encoding="utf-8")
    return path


def test_the_exercises_are_listed():
    out = infuse("train").stdout
    assert AID in out and "uneventful-child" in out and "atg-cytokine-release" in out
    assert len(json.loads(infuse("train", "--json").stdout)["scenarios"]) >= 10


def test_an_exercise_from_a_script_and_its_debrief(tmp_path):
    does = script(tmp_path, "v", "start 168 mL/h lot A1 vials 40 20 10", "wait 30", "wait 30", "stop chills", "wait 5")
    out = infuse("train", "chills-on-step-3", "--script", does).stdout
    assert AID in out and '"chills", moderate' in out and "against the rules: 1" in out
    assert "Minute by minute" in out and "What waited" in out
    found = json.loads(infuse("train", "chills-on-step-3", "--script", does, "--json").stdout)
    assert [one["verdict"] for one in found["actions"]][:2] == ["as advised", "against the rules"]
    assert len(found["minutes"]) > 10 and found["events"][0]["kind"] == "vitals"
    again = json.loads(infuse("train", "chills-on-step-3", "--script", does, "--json").stdout)
    assert again == found, "the same seed brings the same day"


def test_antithymocyte_globulin_keeps_its_shortest_time(tmp_path):
    does = script(tmp_path, "v", "start 41 mL/h lot T1 vials 25mg 25mg 25mg 25mg 5mg", "wait 20", "rate 60 mL/h")
    found = json.loads(infuse("train", "atg-cytokine-release", "--script", does, "--json").stdout)
    assert found["actions"][-1]["verdict"] == "against the rules"
    assert found["minutes"][-1]["advice"] == "slow"


def test_an_unknown_exercise_is_refused():
    run = infuse("train", "no-such", code=2)
    assert "uneventful-child" in run.stderr


def test_antithymocyte_globulin_is_followed_from_its_case(tmp_path):
    copy = tmp_path / "kidney.yaml"
    shutil.copy(ROOT / "examples/atg-kidney-induction.yaml", copy)
    typed = (
        "@07:50 v 36.7C 124/76 76 15 98% ok\n@08:00 start 83 mL/h lot T1 vials 25mg 25mg 25mg 25mg 25mg\n"
        "@08:15 v 36.7C 124/76 76 15 98% ok\n@08:20 rate 90 mL/h\n@08:21 rate 83 mL/h\n@14:02 end\n"
    )
    out = infuse("start", copy, "--at", "2026-11-21T07:45-05:00", typed=typed).stdout
    assert "Slow to 83 mL/h or less" in out and AID in out
    found = json.loads(infuse("status", copy, "--at", "14:03", "--json").stdout)
    assert found["order"]["shortest_min"] == "360" and found["unit"] == "mg"
    assert found["delivered"]["whole"] and found["delivered"]["amount"] == "120"
    given = json.loads(copy.with_suffix(".events.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (given["kind"], given["what"], given["dose"]) == ("given", "thymoglobulin", "120.0000 mg")


def test_a_teams_own_limits_hold_for_antithymocyte_globulin_too(tmp_path):
    copy = tmp_path / "kidney.yaml"
    text = (ROOT / "examples/atg-kidney-induction.yaml").read_text(encoding="utf-8")
    own = "limits: {pulse_above: 120 /min, systolic_change: 20 %, temperature_rise: 1 °C}"
    copy.write_text(f"{text}\n{own}\n", encoding="utf-8")
    infuse("start", copy, "--at", "2026-11-21T07:45-05:00", typed="@07:50 v 36.7C 124/76 76 15 98%\n"
           "@08:00 start 83 mL/h lot T1 vials 25mg 25mg 25mg 25mg 25mg\n@08:15 v 38.2C 124/76 76 15 98%\n")  # fmt: skip
    found = json.loads(infuse("status", copy, "--at", "08:16", "--json").stdout)
    assert found["order"]["limits"]["temperature_rise_c"] == "1"
    assert any("temperature has risen by 1.5" in used for used in found["advice"]["used"])
    copy.write_text(f"{text}\nlimits: {{pulse_above: 900 /min}}\n", encoding="utf-8")
    assert "limits.pulse_above" in infuse("status", copy, code=2).stderr


def test_a_sites_pack_that_asks_for_a_second_person_gets_one(case, tmp_path):
    rule = "  second_check:\n    says: Two nurses check the bag.\n    value: { of: [start] }\n    obtained: assumed\n"
    rule += "    status: unverified\n    note: This site's own rule.\n"
    us = (ROOT / "src/opsonin/knowledge/shelves/packs/us.yaml").read_text(encoding="utf-8")
    ours = tmp_path / "ours.yaml"
    ours.write_text(us.replace("supervision:\n", "supervision:\n" + rule, 1), encoding="utf-8")
    about = (case, "--pack", ours, "--regimen", "gamunex_c:1x1")
    infuse("start", *about, "--at", "2026-11-20T15:50-05:00", typed="\n".join(WHOLE.splitlines()[:2]))
    start = next(event for event in events_of(case, ()) if event.kind == "start")
    waiting = f"start at 16:00, id {start.id}: the pack asks for a second person"
    assert waiting in infuse("status", *about, "--at", "16:01").stdout
    own = infuse("log", *about, "--at", "16:02", "checked", start.id, code=2)
    assert "A second person checks" in own.stderr
    infuse("log", *about, "--at", "16:02", "--who", "second nurse", "checked", start.id)
    assert "the pack asks" not in infuse("status", *about, "--at", "16:03").stdout
