"""On what the figures were measured."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from pathlib import Path

# How crates/polder-store opens SQLite.
DURABILITY = "SQLite, WAL, synchronous=NORMAL: survives a killed process; power loss may take the last moments"


def describe(binary: Path) -> dict[str, object]:
    version = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "polder": version,
        "build": next((name for name in ("release", "debug") if name in binary.parts), "unknown"),
        "commit": commit(),
        "durability": DURABILITY,
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def commit() -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() or None
