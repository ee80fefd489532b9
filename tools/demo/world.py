"""The demo's folder, processes and ports, and how it speaks to them.

Every process is ended with the demo, however that ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import screen
from processes import Trouble, end, free_port, spawn, wait_for

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".demo"
EXAMPLES = ROOT / "examples"
SECONDS = 60
Json = dict[str, Any]


@dataclass
class World:
    """What runs while the demo does."""

    binary: Path
    folder: Path = FOLDER
    url: str = ""
    api_url: str = ""
    api_token: str = field(default_factory=lambda: f"flights-{secrets.token_hex(16)}")
    api_admin_token: str = field(default_factory=lambda: secrets.token_hex(16))
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    lock: int = -1

    @classmethod
    def start(cls, binary: Path) -> World:
        """An empty folder, kept from a second demo at the same time."""
        if not os.access(binary, os.X_OK):
            raise Trouble(f"{binary} is not there: build it with `make build`")
        FOLDER.mkdir(exist_ok=True)
        lock = os.open(FOLDER / "lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(f"another demo is running in {FOLDER}") from error
        for name in ("data", "projects"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)
        return cls(binary, lock=lock)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def lake(self) -> Path:
        """Where a server keeps it that is told nothing else."""
        return self.data / "lake"

    @property
    def projects(self) -> Path:
        return self.folder / "projects"

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    @property
    def token_file(self) -> Path:
        return self.data / "admin-token"

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self.children):
            end(child)
        os.close(self.lock)

    def start_api(self) -> None:
        port = free_port(7013)
        tokens = {"FLIGHT_API_TOKEN": self.api_token, "FLIGHT_API_ADMIN_TOKEN": self.api_admin_token}
        script = EXAMPLES / "flight-api" / "flight_api.py"
        self.spawn("api", [str(self.python), "-u", str(script), "--port", str(port)], tokens)
        self.api_url = f"http://127.0.0.1:{port}"
        self.wait_for(f"{self.api_url}/health")

    def start_server(self) -> None:
        port = free_port(7070)
        self.url = f"http://127.0.0.1:{port}"
        command = [str(self.binary), "server", "--data", str(self.data), "--listen", f"127.0.0.1:{port}"]
        # Steps look for `python` where the server does.
        self.spawn("server", command, {"PATH": f"{self.python.parent}:{os.environ['PATH']}"})
        self.wait_for(f"{self.url}/api/v1/ready")

    def spawn(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.children.append(spawn(command, self.folder / f"{name}.log", environment))

    def wait_for(self, url: str) -> None:
        try:
            wait_for(url, self.children[-1], SECONDS)
        except Trouble:
            self.show_logs()
            raise

    def wait(self) -> None:
        """Until a process ends by itself, which none should."""
        while all(child.poll() is None for child in self.children):
            time.sleep(0.2)
        raise Trouble("a process ended by itself: see the logs in .demo")

    def polder(self, *arguments: str, given: str | None = None, show: bool = True, check: bool = True) -> str:
        """Runs the CLI as a user would, and answers what it printed."""
        if show:
            shown = [str(argument).replace(f"{ROOT}/", "") for argument in arguments]
            screen.command(" ".join([*(["printf %s … |"] if given else []), "polder", *shown]))
        token = self.token_file.read_text(encoding="utf-8").strip()
        done = subprocess.run(
            [str(self.binary), *arguments],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env={**os.environ, "POLDER_URL": self.url, "POLDER_TOKEN": token, "NO_COLOR": "1"},
        )
        if check and done.returncode != 0:
            raise Trouble(f"`polder {' '.join(arguments)}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def get(self, path: str) -> Json:
        token = self.token_file.read_text(encoding="utf-8").strip()
        return ask(f"{self.url}/api/v1{path}", token)

    def run(self, run: str, wait: int = 0) -> Json:
        return self.get(f"/runs/{run}?wait={wait}" if wait else f"/runs/{run}")

    def finished(self, run: str) -> Json:
        """The run when it has ended."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            seen = self.run(run, wait=10)
            if seen["terminal"]:
                return seen
        raise Trouble(f"the run {run} does not end: {json.dumps(seen)}")

    def runs(self, team: str, pipeline: str) -> list[Json]:
        """All runs of a pipeline, oldest first."""
        return self.get(f"/runs?team={team}&pipeline={pipeline}&limit=500")["items"][::-1]

    def rows(self, run: Json | None) -> int | None:
        """The rows that a run reported."""
        if run is None:
            return None
        steps = run["steps"] if "steps" in run else self.run(run["id"])["steps"]
        return sum(step["rows"] or 0 for step in steps)

    def fault(self, fault: Json | None) -> None:
        """Makes the API answer wrongly for a day; without a fault, makes it whole again."""
        body = json.dumps(fault).encode() if fault else None
        ask(f"{self.api_url}/admin/faults", self.api_admin_token, "POST" if fault else "DELETE", body)

    def tables(self) -> Json:
        """What the lake holds, read by the Python that has the packages for it."""
        reader = Path(__file__).with_name("read_lake.py")
        done = subprocess.run([str(self.python), str(reader), str(self.lake)], capture_output=True, text=True)
        if done.returncode != 0:
            raise Trouble(f"the lake cannot be read:\n{done.stderr}")
        return json.loads(done.stdout)

    def show_logs(self) -> None:
        for name in ("api", "server"):
            path = self.folder / f"{name}.log"
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
            screen.say(f"\nthe end of {path}:")
            screen.output("\n".join(lines[-20:]))


def ask(url: str, token: str, method: str = "GET", body: bytes | None = None) -> Json:
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Trouble(f"{method} {url} answers {error.code}: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise Trouble(f"{method} {url}: {error}") from error
