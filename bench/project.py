"""Projects for the benchmark, written as files and deployed like any other."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

TEAM = "bench"
# Not `python3`: what that finds may be a shell script that picks a version first.
PYTHON = os.path.realpath(sys.executable)

FIBO = """import sys


def fibo(n):
    return n if n < 2 else fibo(n - 1) + fibo(n - 2)


print(fibo(int(sys.argv[1])))
"""


def write(folder: Path, name: str, pipelines: dict[str, str], files: dict[str, str] | None = None) -> Path:
    (folder / "pipelines").mkdir(parents=True)
    (folder / "polder.yaml").write_text(f"project: {name}\nteam: {TEAM}\n", encoding="utf-8")
    for pipeline, text in pipelines.items():
        (folder / "pipelines" / f"{pipeline}.yaml").write_text(f"name: {pipeline}\n{text}", encoding="utf-8")
    for path, text in (files or {}).items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def fibo_chain(folder: Path, name: str, steps: int, number: int) -> Path:
    """A pipeline of steps one after the other, each a Python of its own that computes fibo(number)."""
    return write(folder, name, {name: listed([PYTHON, "fibo.py", str(number)], steps)}, {"fibo.py": FIBO})


def listed(command: Sequence[str], steps: int) -> str:
    words = ", ".join(f'"{word}"' for word in command)
    return "steps:\n" + "".join(f"  - name: step-{step:02}\n    run: [{words}]\n" for step in range(steps))
