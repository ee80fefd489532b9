"""A server for one part of the benchmark, and a way to speak to it that costs little."""

from __future__ import annotations

import datetime
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from processes import Trouble, end, free_port, spawn, wait_for

SECONDS = 120
# Not the system's temporary folder: where that is, making a file may cost more, or nothing at all.
FOLDER = Path(__file__).resolve().parents[1] / "target" / "bench"
Json = dict[str, Any]


class Server:
    """Started on an empty folder, or on the one given; with `with`, it is ended."""

    def __init__(self, binary: Path, data: Path | None = None, files: bool = False, sql: bool = False) -> None:
        self.binary = binary
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="polder-", dir=FOLDER))
        self.data = data or self.folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [str(binary), "server", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"]
        self.started = time.perf_counter()
        # What syncs may read beside their project.
        self.inbox = self.folder / "inbox"
        self.sql_port = free_port() if sql else None
        allowed = {"POLDER_FILES": str(self.inbox)} if files else {}
        listening = {"POLDER_SQL_LISTEN": f"127.0.0.1:{self.sql_port}"} if sql else {}
        self.process = spawn(command, self.folder / "server.log", {**allowed, **listening})

    def __enter__(self) -> Server:
        try:
            wait_for(f"{self.url}/api/v1/ready", self.process, pause=0.002)
        except Trouble as trouble:
            log = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
            self.__exit__()
            raise Trouble(f"{trouble}\n{log[-2000:]}") from trouble
        return self

    def __exit__(self, *_: object) -> None:
        end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def token(self) -> str:
        return (self.data / "admin-token").read_text(encoding="utf-8").strip()

    def client(self) -> Client:
        return Client(self.port, self.token)

    def deploy(self, project: Path) -> None:
        self.polder("deploy", str(project), "--env", "prod")

    def polder(self, *arguments: str) -> None:
        """Runs a command of the CLI against this server."""
        environment = {**os.environ, "POLDER_URL": self.url, "POLDER_TOKEN": self.token}
        command = [str(self.binary), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
        if done.returncode != 0:
            raise Trouble(f"polder {arguments[0]}: {done.stdout}{done.stderr}")

    def resident_bytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


# A server keeps a connection without requests for longer.
KEPT_SECONDS = 5


class Client:
    """One connection that is kept open as long as there is something to ask. For one thread."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.used = time.monotonic()

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        content = None if body is None else json.dumps(body)
        if time.monotonic() - self.used > KEPT_SECONDS:
            # The next request opens it again.
            self.connection.close()
        self.connection.request(method, f"/api/v1{path}", body=content, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        self.used = time.monotonic()
        if answer.status >= 300:
            raise Trouble(f"{method} {path} answers {answer.status}: {text.decode(errors='replace')[:500]}")
        return json.loads(text)

    def run_to_end(self, path: str) -> Json:
        """Starts a run, waits for its end, and answers with all that is known of it."""
        run = self.ask("POST", path, {})
        deadline = time.monotonic() + SECONDS
        while not run["terminal"]:
            if time.monotonic() > deadline:
                raise Trouble(f"the run {run['id']} does not end")
            run = self.ask("GET", f"/runs/{run['id']}?wait=45")
        if not run["succeeded"]:
            raise Trouble(f"the run {run['id']} ended {run['status']}: {run['error']}")
        return run


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.datetime.fromisoformat(later) - datetime.datetime.fromisoformat(earlier)).total_seconds()
