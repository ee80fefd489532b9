"""What people would pick instead, run as programs of their own in a virtual environment of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

from processes import Trouble

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / "target" / "bench" / "peers"


@dataclass
class Cost:
    """Of a program: from its start to its end, and what it used by then."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.cpu_seconds:.2f} CPU-s, {self.peak_bytes / 2**20:.0f} MiB"


def python() -> Path:
    """The interpreter that has the peers; made the first time."""
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    made_from = VENV / "made-from"
    if not made_from.exists() or made_from.read_text(encoding="utf-8") != wanted:
        print("making an environment for the peers …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            str(HERE / "requirements.txt"),
        ]
        subprocess.run([str(VENV / "bin" / "python"), *install], check=True)
        made_from.write_text(wanted, encoding="utf-8")
    return VENV / "bin" / "python"


def run(program: str, folder: Path, *arguments: str) -> Cost:
    """Runs the text of a Python program, and measures it."""
    return measured([str(python()), "-c", textwrap.dedent(program), *arguments], folder)


def sling(folder: Path, *arguments: str, **connections: str) -> Cost:
    """Runs Sling, which finds its connections in the environment."""
    python()
    binary = next(VENV.glob("lib/python*/site-packages/sling_linux_amd64/bin/sling-linux-amd64"), None)
    if binary is None:
        raise Trouble("Sling's program is not where its package has it: look into bench/requirements.txt")
    return measured([str(binary), *arguments], folder, connections)


def measured(command: list[str], folder: Path, variables: dict[str, str] | None = None) -> Cost:
    quiet = {
        **os.environ,
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "DLT_DATA_DIR": str(folder / "dlt"),
        "SLING_DISABLE_TELEMETRY": "true",
        "SLING_HOME_DIR": str(folder / "sling"),
        **(variables or {}),
    }
    started = time.perf_counter()
    with (folder / "peer.log").open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=quiet)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise Trouble((folder / "peer.log").read_text(encoding="utf-8", errors="replace")[-2000:])
    return Cost(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
