"""A PostgreSQL server whose disk is full records no more, says so, and has everything it acknowledged."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SCRIPT = Path(__file__).with_name("full_disk.py")
# Root may mount in a namespace of his own. Anyone else needs one in which he may without being root: the server never
# runs as root.
ALONE = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-m", "--map-current-user", "--keep-caps"]


def test_a_full_disk_under_the_server_loses_nothing_that_was_acknowledged(server, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with TemporaryDirectory(prefix="opsonin-") as folder:
        said = filled(folder)
    assert said["left"] < 200_000 and said["acknowledged"] > 50, said
    assert "No space left on device" in said["stopped"] or "Whether it was recorded is not known" in said["stopped"]
    assert said["there"] - said["acknowledged"] in (0, 1) and said["in_order"] and said["holds"] and said["goes_on"]


def filled(folder):
    """What the script says that fills a small file system mounted on this folder."""
    os.chmod(folder, 0o711)  # the server runs as another user when the tests run as root
    trial = [*ALONE, "mount", "-t", "tmpfs", "tmpfs", folder]
    if subprocess.run(trial, capture_output=True, check=False).returncode != 0:
        pytest.skip("POSTGRESQL ON A FULL DISK IS NOT TESTED: this machine allows no mount of one's own (unshare -m).")
    run = subprocess.run([*ALONE, sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)
