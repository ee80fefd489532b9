"""Ten steps of real work, one after the other: the share of a run's time that is inside the work."""

from __future__ import annotations

import statistics
from pathlib import Path

import project
from chain import attempts
from report import Figures
from server import Json, Server, seconds_between

STEPS = 10
NUMBER = 33
ROUNDS = 3


def measure(binary: Path) -> Figures:
    with Server(binary) as server:
        server.deploy(project.fibo_chain(server.folder / "work", "work", STEPS, NUMBER))
        client = server.client()
        runs = [client.run_to_end(f"/pipelines/{project.TEAM}/work/runs") for _ in range(ROUNDS)]
    totals = [seconds_between(run["created_at"], run["ended_at"]) for run in runs]
    shares = [inside(run) / total for run, total in zip(runs, totals, strict=True)]
    return Figures(
        f"work: {STEPS} steps of fibo({NUMBER}); median of {ROUNDS} rounds",
        {"total": f"{statistics.median(totals):.3f} s", "inside the work": f"{100 * statistics.median(shares):.2f} %"},
        {"total_seconds": totals, "share_inside": shares},
    )


def inside(run: Json) -> float:
    return sum(seconds_between(attempt["started_at"], attempt["ended_at"]) for attempt in attempts(run))
