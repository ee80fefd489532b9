"""10,000 runs of `true`, submitted over HTTP by a few clients at once; and some one after the other, for the latency
without a queue."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import project
from processes import Trouble
from report import Figures, percentiles
from server import Client, Json, Server, seconds_between

RUNS = 10_000
CLIENTS = 8
ALONE = 200
SAMPLE = 1_000
SECONDS = 900
JOB = {"team": project.TEAM, "name": "nothing", "run": "true"}


def measure(binary: Path) -> Figures:
    with Server(binary) as server:
        client = server.client()
        path = f"/jobs/{client.ask('POST', '/jobs', JOB)['id']}/runs"
        alone = [client.run_to_end(path) for _ in range(ALONE)]
        submitted, seconds_to_submit = submit(server, path)
        client = server.client()  # the server has closed the other one, which was silent for long
        wait_until_idle(client)
        ended_at = max(run["ended_at"] for run in newest(client, 500))
        sample = [client.ask("GET", f"/runs/{run}") for run in submitted[:: RUNS // SAMPLE]]
        first_at = min(run["created_at"] for run in sample)
        memory = server.resident_bytes()
    failed = [run["id"] for run in sample if not run["succeeded"]]
    took = seconds_between(first_at, ended_at)
    return Figures(
        f"flood: {RUNS:,} runs of `true` over HTTP, {CLIENTS} clients on this machine submitting at once",
        {
            "runs from submission to end": f"{RUNS / took:.0f} a second",
            "submitted (202 answered)": f"{RUNS / seconds_to_submit:.0f} a second",
            "start latency, one at a time": percentiles([start_latency(run) for run in alone]),
            "start latency in the flood": percentiles([start_latency(run) for run in sample]) + " (queueing included)",
            "failed": f"{len(failed)} of {len(sample)} looked at",
            "memory afterwards": f"{memory / 1e6:.0f} MB",
        },
        {
            "seconds": took,
            "submit_seconds": seconds_to_submit,
            "alone_seconds": [start_latency(run) for run in alone],
            "flood_seconds": [start_latency(run) for run in sample],
            "memory_bytes": memory,
            "failed": failed,
        },
    )


def submit(server: Server, path: str) -> tuple[list[str], float]:
    """The ids of the runs, and how long it took until all were accepted."""
    runs: list[str] = []

    def some() -> None:
        client = server.client()
        runs.extend([client.ask("POST", path, {})["id"] for _ in range(RUNS // CLIENTS)])

    threads = [threading.Thread(target=some) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(runs) != RUNS:
        raise Trouble("some runs were refused: see above")
    return runs, time.perf_counter() - started


def wait_until_idle(client: Client) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if not any(client.ask("GET", f"/runs?status={status}&limit=1")["items"] for status in ("QUEUED", "RUNNING")):
            return
        time.sleep(0.5)
    raise Trouble(f"the runs do not end within {SECONDS} s")


def newest(client: Client, count: int) -> list[Json]:
    return client.ask("GET", f"/runs?limit={count}")["items"]


def start_latency(run: Json) -> float:
    return seconds_between(run["created_at"], run["steps"][0]["attempts"][0]["started_at"])
