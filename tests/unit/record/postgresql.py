"""A PostgreSQL server for the tests: its own folder, a socket and no port, never run as root."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")  # as whom it runs when the tests run as root


class NoServer(Exception):
    """Why there is no server to test on."""


class Server:
    def __init__(self, folder: Path, *, small: bool = False) -> None:
        self.folder, self.data, self.small = folder, folder / "data", small
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
        on_path = shutil.which("initdb")
        if not found and on_path is None:
            raise NoServer("no initdb is installed (Debian: apt-get install postgresql).")
        self.programs = found[-1].parent if found else Path(str(on_path)).parent
        self.user = pwd.getpwuid(os.getuid()).pw_name if os.getuid() else self._someone()

    def _someone(self) -> str:
        users = {entry.pw_name for entry in pwd.getpwall()}
        user = next((name for name in UNPRIVILEGED if name in users), None)
        if user is None or shutil.which("setpriv") is None:
            raise NoServer("the tests run as root, and PostgreSQL must not; no other user or no setpriv is there.")
        shutil.chown(self.folder, user)
        return user

    def _run(self, program: str, *words: str) -> None:
        command = [str(self.programs / program), *words]
        if os.getuid() == 0:
            command = ["setpriv", f"--reuid={self.user}", "--clear-groups", "--", *command]
        log = self.folder / "command.log"
        with log.open("ab") as out:
            run = subprocess.run(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False, timeout=120
            )
        if run.returncode != 0:
            raise NoServer(f"{program} failed: {log.read_text(errors='replace')[-1500:]}")

    def __enter__(self) -> "Server":
        self._run("initdb", "--pgdata", str(self.data), "--auth=trust", "--username=owner", "--encoding=UTF8",
                  "--no-locale", "--no-sync", *(["--wal-segsize=1"] if self.small else []))  # fmt: skip
        self.start()
        return self

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c shared_buffers=16MB"
        if self.small:
            options += " -c min_wal_size=2MB -c max_wal_size=8MB"
        log = str(self.folder / "server.log")
        self._run("pg_ctl", "start", "--wait", "--pgdata", str(self.data), "--log", log, "--options", options)

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata", str(self.data))

    def kill(self) -> None:
        """End the server and all its children at once, as a power cut would (but for the disk's own cache)."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}").exists() for process in (first, *map(int, children))):
            pass
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def restart(self) -> None:
        """Start again after it ended by itself, or was in the middle of trying."""
        with suppress(NoServer):
            self._run("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata", str(self.data))
        self.start()

    def setting(self, name: str, value: str) -> None:
        """Change a setting of the running server, and wait until it holds."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {name} = {value}")
            connection.execute("SELECT pg_reload_conf()")
        for _ in range(100):
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                if connection.execute(f"SHOW {name}").fetchone()[0] == value:
                    return
            time.sleep(0.05)
        raise AssertionError(f"{name} did not become {value}")

    def url(self, database: str, user: str = "owner") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def new_database(self, name: str) -> str:
        self.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def execute(self, statement: str, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)
