"""How long the server takes to its first answer, on an empty folder and with 1,000 pipelines; its memory at rest."""

from __future__ import annotations

import shutil
import statistics
import time
from pathlib import Path

import project
from report import Figures, milliseconds
from server import Server

PROJECTS = 10
PIPELINES = 100
ROUNDS = 5
REST_SECONDS = 5
PIPELINE = """triggers:
  - schedule: "0 3 * * *"
steps:
  - name: one
    run: echo one {{ run.date }}
  - name: two
    run: echo two
"""


def measure(binary: Path) -> Figures:
    empty = [first_answer(binary) for _ in range(ROUNDS)]
    with Server(binary) as server:
        bare = at_rest(server)
        started = time.perf_counter()
        for number in range(PROJECTS):
            pipelines = {f"pipeline-{number}-{one:03}": PIPELINE for one in range(PIPELINES)}
            server.deploy(project.write(server.folder / f"p{number}", f"project-{number}", pipelines))
        deploying = time.perf_counter() - started
        deployed = at_rest(server)
        data = server.folder.with_name(server.folder.name + "-kept")
        server.process.terminate()
        server.process.wait(20)
        server.data.rename(data)
    full, restarted = again(binary, data)
    return Figures(
        f"start: to the first answer; memory with {PROJECTS * PIPELINES:,} pipelines (scheduled, two steps each)",
        {
            "first answer, empty folder": milliseconds(statistics.median(empty)),
            "first answer, 1,000 pipelines": milliseconds(statistics.median(full)),
            "resident memory, empty": f"{bare / 1e6:.1f} MB",
            "resident memory, just deployed": f"{deployed / 1e6:.1f} MB",
            "resident memory, restarted": f"{restarted / 1e6:.1f} MB",
            "deploying 10 × 100 pipelines": f"{deploying:.2f} s",
        },
        {
            "empty_seconds": empty,
            "full_seconds": full,
            "empty_bytes": bare,
            "deployed_bytes": deployed,
            "restarted_bytes": restarted,
            "deploy_seconds": deploying,
        },
    )


def first_answer(binary: Path, data: Path | None = None) -> float:
    with Server(binary, data) as server:
        return time.perf_counter() - server.started


def again(binary: Path, data: Path) -> tuple[list[float], int]:
    try:
        seconds = [first_answer(binary, data) for _ in range(ROUNDS)]
        with Server(binary, data) as server:
            return seconds, at_rest(server)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def at_rest(server: Server) -> int:
    time.sleep(REST_SECONDS)
    return server.resident_bytes()
