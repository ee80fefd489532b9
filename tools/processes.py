"""Servers that live no longer than the program that starts them, on ports of this machine only.

Shared by the demo and the benchmark; nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path


class Trouble(Exception):
    """Something did not start, answer or end as it should."""


def spawn(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Starts it in a session of its own, so that Ctrl-C reaches only us and we can end it in order."""
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def die_with_parent() -> None:
    """Also when we are killed and can end nothing."""
    parent_death_signal = 1
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGTERM)


def end(child: subprocess.Popen[bytes]) -> None:
    """TERM, and KILL for the whole group should that not be enough."""
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(20)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def wait_for(url: str, child: subprocess.Popen[bytes], seconds: float = 60, pause: float = 0.02) -> None:
    """Until `url` answers 200."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise Trouble(f"{child.args[0]} ended with status {child.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(pause)
    raise Trouble(f"nothing answers at {url}")


def free_port(preferred: int = 0) -> int:
    """The preferred one if nobody has it, else any."""
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise Trouble("no port is free on 127.0.0.1")
