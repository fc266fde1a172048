"""The screen of `opsonin infuse start` as a nurse sees it: a terminal, a clock that goes on, hours of infusion."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="THE SCREEN IS NOT TESTED: this system has no pseudo-terminals.")

ROOT = Path(__file__).resolve().parents[2]
WITH_A_CLOCK = """
import sys
from datetime import datetime
from pathlib import Path
from opsonin.cli.infuse import infuse
infuse.main(args=sys.argv[2:], obj=lambda: datetime.fromisoformat(Path(sys.argv[1]).read_text()))
"""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LONGEST_WAIT_S = 90


class Screen:
    """A person at a terminal of 100 columns; the clock says what the test wrote."""

    def __init__(self, folder, *words):
        self.clock = folder / "clock"
        self.ours, theirs = pty.openpty()
        env = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "50", "OPSONIN_WHO": "nurse"}
        command = [sys.executable, "-c", WITH_A_CLOCK, str(self.clock), "start", *map(str, words)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)

    def shown(self):
        """What is on the screen once it waits for words, or has ended."""
        text, until = "", time.monotonic() + LONGEST_WAIT_S
        while not ESCAPES.sub("", text).rstrip(" ").endswith("\n>"):
            assert time.monotonic() < until, text[-2000:]
            if not select.select([self.ours], [], [], 1)[0]:
                continue
            try:
                more = os.read(self.ours, 65536).decode(errors="replace")
            except OSError:  # the other side has closed
                break
            if not more:
                break
            text += more.replace("\r", "")
        return ESCAPES.sub("", text[text.rfind("\x1b[2J") + 1 :])

    def at(self, clock, typed=""):
        """The clock says so; these words are typed; what is shown then."""
        tell(self.clock, clock)
        os.write(self.ours, f"{typed}\n".encode())
        return self.shown()

    def leave(self):
        os.write(self.ours, b"q\n")
        assert self.process.wait(LONGEST_WAIT_S) == 0
        os.close(self.ours)


def tell(file, clock):
    beside = file.with_name("clock.new")
    beside.write_text(f"2026-11-{clock if len(clock) > 5 else f'20T{clock}'}:20-05:00")
    beside.replace(file)


SIGNS = "v 36.8C 100/60 95 22 99% ok"


def test_hours_of_an_infusion_on_the_screen(tmp_path):
    case = tmp_path / "child.yaml"
    shutil.copy(ROOT / "examples/child-new-itp.yaml", case)
    tell(tmp_path / "clock", "15:55")
    screen = Screen(tmp_path, case, "--regimen", "gamunex_c:1x1")
    first = screen.shown()
    assert "controls no pump and raises no alarm" in first and "TAKE VITAL SIGNS" in first and "20 Nov 15:55" in first
    assert "Begin at 11.5 mL/h" in screen.at("15:56", SIGNS)
    started = screen.at("16:00", "start 11.5 mL/h lot A1 vials 10 5 2.5 1 1")
    assert "11.5 mL/h (0.6 mL/kg/h) since 16:00" in started and "Next check: vital signs 16:15" in started
    assert "Stay at 11.5 mL/h until 16:30" in screen.at("16:15", SIGNS)
    refused = screen.at("16:20", "rate 23")
    assert "Refused, nothing written" in refused and "with its unit" in refused
    assert "Given       3.8 of" in screen.at("16:20"), "Enter alone looks anew: the clock has gone on"
    assert "Raise to 23 mL/h" in screen.at("16:30", SIGNS)
    assert "23 mL/h (1.2 mL/kg/h) since 16:30" in screen.at("16:30", "rate 23 mL/h")
    overdue = screen.at("17:30")
    assert "OVERDUE" in overdue and "No rise before" in overdue and "Given       28.8 of" in overdue
    assert "paused since 17:30" in screen.at("17:30", "pause 28.75 mL walk")
    screen.at("17:40", SIGNS)
    assert "Pump says   28.75 mL at 17:30, as rate × time" in screen.at("17:41", "resume")
    screen.leave()

    tell(tmp_path / "clock", "21T00:41")
    screen = Screen(tmp_path, case)  # hours later, the same command comes back to where it stood
    later = screen.shown()
    assert "23 mL/h (1.2 mL/kg/h) since 20 Nov 17:41" in later and "OVERDUE" in later
    assert f"Given       {28.75 + 23 * 7:.1f} of" in later, "over midnight"
    ended = screen.at("21T00:42", "stop 190.5 mL line blocked")
    assert "Given in all: 19 g, the whole dose" in ended
    assert "Pump says   190.5 mL at 00:42" in ended
    screen.leave()
    lines = [json.loads(line) for line in case.with_suffix(".events.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines[-2:]] == ["stop", "given"]
    assert lines[1]["at"] == "2026-11-20T16:00:00-05:00", "to the minute, in the zone of the infusion"
