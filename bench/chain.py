"""A chain of 40 steps that each start a cold Python computing fibo(10), beside a shell loop of the same commands.

Both are measured in turns, so that a machine that gets slower or faster does so for both.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import project
from report import Figures, milliseconds, percentiles
from server import Json, Server, seconds_between

STEPS = 40
NUMBER = 10
ROUNDS = 7
LOOP = 'i=0; while [ "$i" -lt "$0" ]; do "$1" fibo.py "$2"; i=$((i + 1)); done'


def measure(binary: Path) -> Figures:
    with Server(binary) as server:
        folder = project.fibo_chain(server.folder / "chain", "chain", STEPS, NUMBER)
        server.deploy(folder)
        client = server.client()
        client.run_to_end(f"/pipelines/{project.TEAM}/chain/runs")  # the first fills caches
        loop(folder)
        loops, runs = [], []
        for _ in range(ROUNDS):
            loops.append(loop(folder))
            runs.append(client.run_to_end(f"/pipelines/{project.TEAM}/chain/runs"))
    return figures(loops, runs)


def loop(folder: Path) -> float:
    command = ["sh", "-c", LOOP, str(STEPS), project.PYTHON, str(NUMBER)]
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def figures(loops: list[float], runs: list[Json]) -> Figures:
    totals = [seconds_between(run["created_at"], run["ended_at"]) for run in runs]
    starts = [sample for run in runs for sample in ready_to_started(run)]
    follows = [sample for run in runs for sample in ended_to_ready(run)]
    between = [sample for run in runs for sample in ended_to_started(run)]
    loop_median, total_median = statistics.median(loops), statistics.median(totals)
    return Figures(
        f"chain: {STEPS} steps, each a cold Python computing fibo({NUMBER}); median of {ROUNDS} rounds",
        {
            "shell loop": f"{loop_median:.3f} s",
            "polder": f"{total_median:.3f} s",
            "more than the loop, a step": milliseconds((total_median - loop_median) / STEPS),
            "ready → started": percentiles(starts),
            "ended → next ready": percentiles(follows),
            "ended → next started": percentiles(between),
            "anchors (other machines)": "Airflow 116 s, Windmill 4.4 s, Temporal 3.0 s, Hatchet 1.2 s (warm)",
        },
        {
            "loop_seconds": loops,
            "total_seconds": totals,
            "ready_to_started_seconds": starts,
            "ended_to_ready_seconds": follows,
            "ended_to_started_seconds": between,
        },
    )


def attempts(run: Json) -> list[Json]:
    """The only attempt of each step, in the order in which they ran."""
    return sorted((step["attempts"][0] for step in run["steps"]), key=lambda attempt: attempt["started_at"])


def ready_to_started(run: Json) -> list[float]:
    return [seconds_between(attempt["ready_at"], attempt["started_at"]) for attempt in attempts(run)]


def ended_to_ready(run: Json) -> list[float]:
    return [seconds_between(one["ended_at"], next["ready_at"]) for one, next in pairwise(attempts(run))]


def ended_to_started(run: Json) -> list[float]:
    return [seconds_between(one["ended_at"], next["started_at"]) for one, next in pairwise(attempts(run))]
